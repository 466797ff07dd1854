"""What is to happen later by the world's clock: scheduled changes, and the end of temporary overrides."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from mock_server.apis.jasper import changes as changing
from mock_server.apis.jasper.dates import audit, cycle_end
from mock_server.apis.jasper.fleet import DEVICES
from mock_server.apis.jasper.state import whole
from mock_server.types import Document, Refused, World

SCHEDULED = "scheduled"
"""Changes that wait for their date, by number."""
CALENDAR = "calendar"
NEXT = "next"
"""The one document of the calendar: when the earliest of them is due, so that nothing else is read before."""
SYSTEM = "system"


def add(world: World, iccid: str, changes: Mapping[str, Any], at: datetime, user: str) -> None:
    """Have `changes` made at the moment `at`."""
    due = audit(at)
    change = {"iccid": iccid, "at": due, "by": user, "changes": dict(changes)}
    world.put(SCHEDULED, str(world.number(SCHEDULED)), change)
    earliest = world.get(CALENDAR, NEXT)
    if earliest is None or due < earliest["at"]:
        world.put(CALENDAR, NEXT, {"at": due})


def change_now(world: World, device: Document, changes: Mapping[str, Any], at: datetime, user: str) -> None:
    """Make the changes as of `at`; a temporary override that they begin ends with its billing cycle."""
    changed = changing.apply(world, device, changes, at, user)
    if changes.get("overageLimitOverride") == "TEMPORARY_OVERRIDE":
        ends = cycle_end(at)
        if changed.get("_overrideEnds") != audit(ends):
            world.put(DEVICES, changed["iccid"], {**changed, "_overrideEnds": audit(ends)})
            add(world, changed["iccid"], {"overageLimitOverride": "DEFAULT"}, ends, SYSTEM)


def settle(world: World) -> None:
    """Make every change that is due, in the order of their dates. One read when nothing is due."""
    while (earliest := world.get(CALENDAR, NEXT)) is not None and _come(world, earliest):
        _make_due(world)


def _come(world: World, earliest: Document) -> bool:
    """Whether the earliest change is due; also when somebody has written what is no moment, for that is mended then."""
    try:
        return moment(earliest["at"]) <= world.now
    except (KeyError, TypeError, ValueError):
        return True


def _make_due(world: World) -> None:
    waiting = sorted(world.items(SCHEDULED), key=lambda item: (item[1]["at"], int(item[0])))
    due = [item for item in waiting if moment(item[1]["at"]) <= world.now]
    rest = waiting[len(due) :]
    if rest:
        world.put(CALENDAR, NEXT, {"at": rest[0][1]["at"]})
    else:
        world.delete(CALENDAR, NEXT)
    for number, change in due:
        world.delete(SCHEDULED, number)
        _make(world, change)


def _make(world: World, change: Document) -> None:
    stored = world.get(DEVICES, change["iccid"])
    if stored is None:
        return
    device, changes, at, user = whole(change["iccid"], stored), change["changes"], moment(change["at"]), change["by"]
    if user == SYSTEM and (device["_override"] != "TEMPORARY_OVERRIDE" or device.get("_overrideEnds") != change["at"]):
        return
    try:
        changing.check(world, device, changes)
    except Refused:
        changing.failed(world, device, changes, at, user)
    else:
        change_now(world, device, changes, at, user)


def pending(world: World, device: Document) -> list[dict[str, Any]]:
    """Records of what is scheduled for the device, the latest first."""
    found: list[dict[str, Any]] = []
    for _, change in world.items(SCHEDULED):
        if change.get("iccid") == device["iccid"] and change.get("by") != SYSTEM:
            found += changing.pending(device, change["changes"], moment(change["at"]), change["by"])
    return sorted(found, key=lambda made: str(made["effectiveDate"]), reverse=True)


def moment(text: str) -> datetime:
    """The moment that a stored change is due."""
    return datetime.fromisoformat(text)
