"""For each API, one read and one write that work in the default world: the ground for tests that hold for all five."""

from dataclasses import dataclass, field
from typing import Any

_SUBSCRIPTION = "/orgs/yoigo/subscriptions/5b0a3a52-5d5b-4b3e-9c7f-6d3c0c1f0a11/devices"
_RUNTIME = "/management-apis/2.0/runtimes/myruntime"


@dataclass(frozen=True, slots=True)
class Calls:
    """A read and a write of one API, with a credential that may do both."""

    api: str
    authorization: str
    read: str
    write_method: str
    write: str
    body: Any
    allow: str
    unicode: tuple[str, str] | None = None
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def auth(self) -> dict[str, str]:
        return {"Authorization": self.authorization}


CALLS = {
    call.api: call
    for call in (
        Calls(
            "fleet",
            "Bearer fleet-write-key",
            "/devices/42",
            "PATCH",
            "/devices/42",
            {"name": "MacBook"},
            "DELETE, GET, HEAD, OPTIONS, PATCH",
        ),
        Calls(
            "masmovil",
            "Bearer masmovil-token",
            f"{_SUBSCRIPTION}/ce2f20cb-8c2a-4f1b-9d38-0c4c3f0b7a21",
            "PATCH",
            f"{_SUBSCRIPTION}/ce2f20cb-8c2a-4f1b-9d38-0c4c3f0b7a21",
            [{"op": "replace", "path": "/serial_number", "value": "S1"}],
            "GET, HEAD, OPTIONS, PATCH",
        ),
        Calls(
            "mobilefirst",
            "Basic YWRtaW46YWRtaW4=",
            f"{_RUNTIME}/devices",
            "PUT",
            f"{_RUNTIME}/devices/12345-6789",
            {"status": "LOST"},
            "DELETE, OPTIONS, PUT",
        ),
        Calls(
            "jasper",
            "Basic b3BlcmF0b3I6b3BlcmF0b3Ita2V5",
            "/v1/devices/8988216716970004975",
            "PUT",
            "/v1/devices/8988216716970004975",
            {"deviceID": "dev-1"},
            "GET, HEAD, OPTIONS, PUT",
        ),
        Calls(
            "zequenze",
            "Bearer zequenze-token",
            "/inventory_device_serial/ABC123456789/",
            "PUT",
            "/inventory_device_serial_operation/ABC123456789/",
            {"location": "Room 101"},
            "OPTIONS, PUT",
        ),
    )
}
