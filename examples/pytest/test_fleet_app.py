"""An application's tests against the double: copy this; `pip install devicedouble` brings the fixtures."""

import httpx
import pytest

KEY = {"Authorization": "Bearer fleet-write-key"}


class Fleet:
    """The code under test: a small client of the Fleet API."""

    def __init__(self, client: httpx.Client) -> None:
        self._client = client

    def rename(self, device: int, name: str) -> str:
        """Rename a device, once more when the line breaks; the name that the server then has."""
        for attempt in (1, 2):
            try:
                answer = self._client.patch(f"/devices/{device}", json={"name": name})
                answer.raise_for_status()
                return str(answer.json()["data"]["name"])
            except httpx.TransportError:
                if attempt == 2:
                    raise
        raise AssertionError


@pytest.fixture
def fleet(devicedouble_world):
    """The code under test; all that it needs to know of the double is a base URL."""
    with httpx.Client(base_url=devicedouble_world.url("fleet"), headers=KEY) as client:
        yield Fleet(client)


def test_a_device_is_renamed(fleet, devicedouble_world) -> None:
    assert fleet.rename(42, "Reception") == "Reception"
    assert devicedouble_world.document("fleet", "devices", "42")["name"] == "Reception"


def test_a_broken_line_is_tried_again(fleet, devicedouble_world) -> None:
    devicedouble_world.fault(api="fleet", operation="updateDevice", drop=True, nth=1)
    assert fleet.rename(42, "Reception") == "Reception"
    devicedouble_world.verify({"api": "fleet", "operation": "updateDevice", "key": "42"}, count=2)


def test_a_refusal_reaches_the_caller(fleet) -> None:
    with pytest.raises(httpx.HTTPStatusError, match="403"):
        fleet.rename(13, "Reception")
