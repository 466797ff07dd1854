"""What a stored device looks like from outside: as the update operation, the record and the list show it."""

from typing import Any

from mock_server.types import Document, World

DEVICE = (
    "id",
    "serial_number",
    "name",
    "status",
    "location",
    "assigned_user",
    "organization_unit",
    "device_type",
    "manufacturer",
    "model",
    "configuration",
    "custom_fields",
    "tags",
    "created_at",
    "updated_at",
    "last_seen",
)
_RECORD_ONLY = ("type", "organization", "pending_settings", "_up", "_last_status_change")
_MEMBERS = frozenset((*DEVICE, *_RECORD_ONLY))
_BLANK: Document = {
    **dict.fromkeys(DEVICE),
    "id": 0,
    "name": "",
    "status": "active",
    "configuration": {},
    "custom_fields": {},
    "tags": [],
    "created_at": "1970-01-01T00:00:00Z",
    "updated_at": "1970-01-01T00:00:00Z",
    "type": 1,
    "organization": 1,
    "pending_settings": False,
    "_up": False,
    "_last_status_change": None,
}


def whole(serial: str, stored: Document) -> Document:
    """The stored device with every member: one planted by hand may have few."""
    if stored.keys() >= _MEMBERS and stored["serial_number"] == serial:
        return stored
    return {**_BLANK, **stored, "serial_number": serial}


def device(document: Document) -> dict[str, Any]:
    """A device as the update operation answers it; `status` is where it is in its life."""
    return {name: document[name] for name in DEVICE}


def item(document: Document) -> dict[str, Any]:
    """A device in a list; `status` says whether it is up."""
    return {
        "serial_number": document["serial_number"],
        "name": document["name"],
        "type": document["type"],
        "organization": document["organization"],
        "status": document["_up"],
        "last_status_change": document["_last_status_change"],
        "pending_settings": document["pending_settings"],
        "created_at": document["created_at"],
        "updated_at": document["updated_at"],
    }


def record(document: Document) -> dict[str, Any]:
    """A device by itself: what the list shows of it, and its attributes."""
    return {**device(document), **item(document)}


def shown_record(_world: World, serial: str, stored: Document) -> dict[str, Any]:
    """What getInventoryDeviceSerial would answer for the device stored under `serial`."""
    return record(whole(serial, stored))
