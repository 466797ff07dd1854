"""The mock that a check starts for itself."""

import httpx

from devicedouble.mocking import running_mock
from mock_server.apis.draw import ANCHOR


def test_in_the_mock_of_a_check_it_is_the_day_of_its_devices() -> None:
    """So a check is the same in any year: a search that looks back a year finds what it found in the first."""
    with running_mock(api="fleet") as root:
        now = httpx.get(f"{root}/_mock/worlds/default/clock").json()["now"]
    assert now.startswith(f"{ANCHOR:%Y-%m-%d}T12:0")
