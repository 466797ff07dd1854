"""Devices: which there are, what they look like to a caller, and how their status comes about.

A device that nobody has seen for 90 days is EXPIRED without anything being written: its status is worked out when it is
read. What is stored beside the published members begins with an underscore.
"""

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from mock_server.types import Document, Refused, World

DEVICES = "devices"
RUNTIMES = "runtimes"
RUNTIME = "myruntime"
EXPIRES_AFTER = timedelta(days=90)


@lru_cache(maxsize=16)
def stamp(moment: datetime) -> str:
    """A time as the service writes it: `2014-04-13T00:18:36.979Z`; remembered, one request writes it several times."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")[:23] + "Z"


def moment(text: object) -> datetime | None:
    """The time that `text` says, or None when it says none."""
    try:
        parsed = datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None
    return parsed.replace(tzinfo=UTC) if parsed is not None and parsed.tzinfo is None else parsed


def runtime(world: World, name: str, *, running: bool = False) -> Document:
    """The runtime of this name. Raises Refused `unknown-parent`, with `running` also for one that is stopped."""
    found = world.get(RUNTIMES, name)
    if found is None or (running and not found.get("running", True)):
        raise Refused("unknown-parent", runtime_name=name)
    return found


def collection(runtime_name: str) -> str:
    """Where a runtime's devices are stored: `devices` for the first runtime, `devices:NAME` for others."""
    return DEVICES if runtime_name == RUNTIME else f"{DEVICES}:{runtime_name}"


def find(world: World, runtime_name: str, key: str) -> Document | None:
    """The device `key` of the runtime as it is stored, or None."""
    stored = world.get(collection(runtime_name), key)
    return stored if stored is None else named(key, stored)


def named(key: str, stored: Document) -> Document:
    """The device with its id: one planted by hand may lack it."""
    return stored if stored.get("id") == key else {**stored, "id": key}


def status(device: Document, now: datetime) -> str:
    """The device's status at `now`.

    Only an active device expires: one that is lost, stolen or disabled stays so. An EXPIRED that an administrator
    has set ends when the device has been seen since, and the 90 days of a device set to ACTIVE begin anew.
    """
    stored = str(device.get("status", "ACTIVE"))
    if stored not in {"ACTIVE", "EXPIRED"}:
        return stored
    seen = moment(device.get("lastAccessed"))
    if seen is None:
        return stored
    seen_before = moment(device.get("_seen"))
    if stored == "EXPIRED" and seen_before is not None and seen <= seen_before:
        return stored
    renewed = moment(device.get("_renewed"))
    since = seen if renewed is None else max(seen, renewed)
    return "EXPIRED" if now - since >= EXPIRES_AFTER else "ACTIVE"


def view(device: Document, now: datetime) -> Document:
    """The device as the list shows it."""
    shown = status(device, now)
    return {
        "applicationDeviceAssociations": _each_with(device, {"deviceStatus": shown}),
        "deviceDisplayName": device.get("deviceDisplayName"),
        "deviceModel": device.get("deviceModel", ""),
        "deviceOs": device.get("deviceOs", ""),
        "id": device["id"],
        "lastAccessed": device.get("lastAccessed"),
        "status": shown,
        "userIds": device.get("userIds", []),
    }


def environment(device: Document) -> str:
    """The platform of the device's first application, as its `appId` says: `com.example.app$android$1.0.0`."""
    for association in _associations(device):
        parts = str(association.get("appId", "")).split("$")
        if len(parts) > 1:
            return parts[1]
    return ""


def with_status(device: Document, new: str, now: datetime) -> Document:
    """The device after an administrator has set its status."""
    changed = {**device, "status": new}
    changed.pop("_seen", None)
    changed.pop("_renewed", None)
    changed["applicationDeviceAssociations"] = _each_with(device, {"deviceStatus": new})
    if new == "EXPIRED":
        changed["_seen"] = device.get("lastAccessed")
    if new == "ACTIVE":
        changed["_renewed"] = stamp(now)
    return changed


def has_application(device: Document, name: str) -> bool:
    """Whether an application of this name is on the device."""
    return any(association.get("appName") == name for association in _associations(device))


def with_application_status(device: Document, name: str, new: str) -> Document:
    """The device with its application (in every version) enabled or disabled."""
    return {**device, "applicationDeviceAssociations": _each_with(device, {"status": new}, name)}


def _associations(device: Document) -> list[Document]:
    """The applications on a device; none where something else was planted."""
    found = device.get("applicationDeviceAssociations")
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []


def _each_with(device: Document, members: Document, name: str | None = None) -> Any:
    """The applications with these members, or those of this name; what was planted in their place as it is."""
    found = device.get("applicationDeviceAssociations", [])
    if not isinstance(found, list):
        return found
    return [
        {**item, **members} if isinstance(item, dict) and name in (None, item.get("appName")) else item
        for item in found
    ]
