"""What the tests of Control Center's double share: its callers, its fixed devices, its clock stopped."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import httpx

from tests.support import Client

ACTIVATED = "8988216716970004975"
TEST_READY = "8988216716970004983"
INVENTORY = "8988216716970004991"
FIXED_IP = "8988216716970005006"
MISSING = "8988216716970009999"
NOW = datetime(2026, 3, 10, 12, 0, 0, 250_000, UTC)
"""The tests' time: a Tuesday noon, ten days into its billing cycle."""

Factory = Callable[..., Client]


class Jasper:
    """A caller of the API in a world whose clock stands at NOW."""

    def __init__(self, double: Factory, role: str = "operator") -> None:
        self.client = double("jasper", auth=(role, f"{role}-key"))
        self.world = self.client.world
        self.world.freeze()
        self.world.open.clock.set(NOW)

    def as_(self, role: str) -> None:
        """Call as another kind of user from now on."""
        self.client.auth = (role, f"{role}-key")

    def edit(self, iccid: str = ACTIVATED, /, **changes: Any) -> httpx.Response:
        return self.client.put(f"/v1/devices/{iccid}", json=changes)

    def device(self, iccid: str = ACTIVATED) -> dict[str, Any]:
        return self._read(f"/v1/devices/{iccid}")

    def usage(self, iccid: str = ACTIVATED) -> dict[str, Any]:
        return self._read(f"/v1/devices/{iccid}/ctdUsages")

    def trail(self, iccid: str = ACTIVATED, **query: Any) -> list[dict[str, Any]]:
        records: list[dict[str, Any]] = self._read(f"/v1/devices/{iccid}/auditTrails", **query)["deviceAuditTrails"]
        return records

    def search(self, **query: Any) -> httpx.Response:
        return self.client.get("/v1/devices", params=query)

    def _read(self, path: str, **query: Any) -> dict[str, Any]:
        response = self.client.get(path, params=query)
        assert response.status_code == 200, response.text
        body: dict[str, Any] = response.json()
        return body


def refused(response: httpx.Response, status: int, code: str | None, message: str | None = None) -> None:
    """Hold an answer to one entry of the table of errors."""
    body = response.json()
    assert (response.status_code, body.get("errorCode")) == (status, code)
    assert body.keys() <= {"errorMessage", "errorCode"}
    if message is not None:
        assert body["errorMessage"] == message
