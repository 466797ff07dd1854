"""Transactions that ended long ago: something to list, to page through and to filter."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, NamedTuple

from mock_server.apis.draw import ANCHOR
from mock_server.apis.mobilefirst.devices import RUNTIME, stamp
from mock_server.types import Document

_INTERNAL = "An internal error occured."  # the vendor's own spelling
_STALLED = "FWLSE3090E: The transaction was never finished. Check the application server logs."


class Past(NamedTuple):
    """One of them: how long before the anchor, how long it took, what it was and how it ended."""

    hours: float
    seconds: float
    kind: str
    description: dict[str, Any]
    user: str
    error: str | None = None


_GONE = "4c1d6c0e-95a8-4a5f-8f0b-7a1f2d1c6f3e"

HISTORY: Sequence[Past] = (
    Past(1080.31, 2.4, "DELETE_ADAPTER", {}, "demouser", _INTERNAL),
    Past(1080.12, 3.1, "DELETE_ADAPTER", {}, "admin"),
    Past(912.75, 0.9, "CHANGE_DEVICE_STATUS", {"deviceId": _GONE, "status": "LOST"}, "demouser"),
    Past(888.02, 1.2, "CHANGE_DEVICE_STATUS", {"deviceId": _GONE, "status": "DISABLED"}, "demouser"),
    Past(744.5, 1800.0, "REMOVE_DEVICE", {"deviceId": _GONE, "status": "DISABLED"}, "admin", _STALLED),
    Past(743.1, 1.7, "REMOVE_DEVICE", {"deviceId": _GONE, "status": "DISABLED"}, "admin"),
    Past(430.4, 1.1, "CHANGE_DEVICE_STATUS", {"deviceId": "98765-4321", "status": "LOST"}, "demouser"),
    Past(409.8, 0.8, "CHANGE_DEVICE_STATUS", {"deviceId": "98765-4321", "status": "ACTIVE"}, "demouser"),
    Past(
        220.25,
        1.0,
        "CHANGE_DEVICE_APPLICATION_STATUS",
        {"appName": "com.example.app", "deviceId": "12345-6789", "status": "DISABLED"},
        "deployer",
    ),
    Past(
        219.9,
        1.3,
        "CHANGE_DEVICE_APPLICATION_STATUS",
        {"appName": "com.example.app", "deviceId": "12345-6789", "status": "ENABLED"},
        "deployer",
    ),
    Past(96.6, 2.8, "DELETE_ADAPTER", {}, "deployer", _INTERNAL),
    Past(30.3, 0.7, "CHANGE_DEVICE_STATUS", {"deviceId": "98765-4321", "status": "ACTIVE"}, "demouser"),
)


class History:
    """The population of `transactions`, keyed by number."""

    def __len__(self) -> int:
        return len(HISTORY)

    def key(self, index: int) -> str:
        return str(index + 1)

    def index(self, key: str) -> int | None:
        if key.isascii() and key.isdigit() and len(key) < 4 and key == str(int(key)) and 0 < int(key) <= len(HISTORY):
            return int(key) - 1
        return None

    def document(self, index: int) -> Document:
        past = HISTORY[index]
        created = ANCHOR - timedelta(hours=past.hours)
        return {
            "appServerId": "Tomcat",
            "description": past.description,
            "errors": [{"details": past.error}] if past.error else [],
            "id": index + 1,
            "project": {"name": RUNTIME},
            "status": "FAILURE" if past.error else "SUCCESS",
            "timeCreated": stamp(created),
            "timeUpdated": stamp(created + timedelta(seconds=past.seconds)),
            "type": past.kind,
            "userName": past.user,
        }
