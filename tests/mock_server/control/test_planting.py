"""Documents as they are stored are documents that may be planted, for every API."""

from collections.abc import Iterator

import pytest

from mock_server.app import Double, create_app
from mock_server.settings import Settings
from mock_server.world.settings import Settings as WorldSettings
from openapi.contract import API_IDS
from tests.mock_server.control.conftest import Caller


@pytest.fixture(scope="module")
def whole() -> Iterator[Double]:
    """A double of all five APIs."""
    double = create_app(Settings(world=WorldSettings(devices=15)))
    yield double
    double.close()


@pytest.mark.parametrize("api", API_IDS)
def test_every_stored_device_may_be_planted_again_and_a_spoilt_one_not(whole: Double, api: str) -> None:
    call = Caller(whole)
    (collection,) = whole.apis[api].api.shows
    path = f"/_mock/worlds/default/state/{api}/{collection}"
    items = call("GET", path).json()["items"]
    assert len(items) >= 10
    for item in items:
        answer = call("PUT", f"{path}/{item['key']}", json=item["document"])
        assert answer.status_code == 200, answer.text
    spoilt = {name: [{"spoilt": None}] for name in items[0]["document"]}
    answer = call("PUT", f"{path}/{items[0]['key']}", json=spoilt)
    assert answer.status_code == 422
    assert call("GET", f"{path}/{items[0]['key']}").json() == items[0]["document"]
    call.close()
