"""The audit history: one record for each value that was changed, kept per device in the order of happening."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from mock_server.apis.jasper.dates import audit
from mock_server.types import Document, World

AUDIT = "audit"
KEPT = 1000
"""So many records of a device are kept; older ones are forgotten."""


def entry(field: str, prior: Any, value: Any, date: str, status: str, user: str) -> dict[str, Any]:
    """One record as it is answered. `prior` None or blank: nothing was there before."""
    return {
        "field": field,
        "priorValue": prior or None,
        "value": value,
        "effectiveDate": date,
        "status": status,
        "userName": user,
        "delegatedUser": None,
    }


def record(world: World, device: Document, entries: list[dict[str, Any]]) -> Document:
    """Keep the entries, and give the device back with how many it has had."""
    before: int = device.get("_changes", 0)
    iccid = device["iccid"]
    for number, made in enumerate(entries, before + 1):
        world.put(AUDIT, f"{iccid}/{number}", made)
        if number > KEPT:
            world.delete(AUDIT, f"{iccid}/{number - KEPT}")
    return {**device, "_changes": before + len(entries)} if entries else device


def records(world: World, device: Document, days: int) -> list[dict[str, Any]]:
    """What was changed within the last `days`, the latest first; changes of the same moment in reverse order."""
    since = audit(world.now - timedelta(days=days))
    found = [made for made in _latest_first(world, device) if made["effectiveDate"] >= since]
    found += [made for made in _before(device) if made["effectiveDate"] >= since]
    return sorted(found, key=lambda made: str(made["effectiveDate"]), reverse=True)


def _latest_first(world: World, device: Document) -> Iterator[dict[str, Any]]:
    last: int = device.get("_changes", 0)
    for number in range(last, max(last - KEPT, 0), -1):
        made = world.get(AUDIT, f"{device['iccid']}/{number}")
        if made is not None:
            yield made


def _before(device: Document) -> Iterator[dict[str, Any]]:
    """The first activation, when it was before the world began: the device's own date tells of it."""
    activated = device["dateActivated"]
    if activated and "_activated" not in device:
        date = f"{activated.replace(' ', 'T')[:-5]}Z"
        yield entry("status", "TEST_READY", "ACTIVATED", date, "Completed", "system")
