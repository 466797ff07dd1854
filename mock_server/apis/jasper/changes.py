"""Changing a device: what is looked at first, and what is written."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from mock_server.apis.jasper import addresses, history, lifecycle
from mock_server.apis.jasper.catalogue import CUSTOM_FIELDS
from mock_server.apis.jasper.dates import audit, detail
from mock_server.apis.jasper.fleet import CLIENTS, COMMUNICATIONS, DEVICES, PLANS
from mock_server.types import Document, Refused, World

COMBO_BOXES = "comboBoxes"
"""Custom fields that take blank or listed values only, by name: `{"values": ["red", "green"]}`. None unless planted."""
_NAMED = (
    ("ratePlan", PLANS, "unknown-rate-plan"),
    ("communicationPlan", COMMUNICATIONS, "unknown-communication-plan"),
    ("customer", CLIENTS, "unknown-customer"),
)
_STORED: Mapping[str, str] = {**addresses.SHOWN, "overageLimitOverride": "_override"}
"""Members that are kept under another name than they are written under."""
_NOT_STORED = frozenset({"apn", "pdpId"})
"""Members that only say which address is meant (source page)."""


def check(world: World, device: Document, changes: Mapping[str, Any]) -> None:
    """Whether the device can be changed like this. Raises Refused for the first reason why not."""
    for name, collection, condition in _NAMED:
        if name in changes and world.get(collection, changes[name]) is None:
            raise Refused(condition, field=name, value=changes[name])
    if world.count(COMBO_BOXES):
        _check_combo_boxes(world, changes)
    addresses.check_possible(world, device, changes)
    if "status" in changes:
        lifecycle.check(str(device["status"]), changes["status"])


def _check_combo_boxes(world: World, changes: Mapping[str, Any]) -> None:
    for name in changes.keys() & CUSTOM_FIELDS:
        box = world.get(COMBO_BOXES, name)
        listed = box.get("values") if box is not None else None
        values = listed if isinstance(listed, list) else []
        if box is not None and changes[name] and changes[name] not in values:
            raise Refused("not-listed", field=name, value=changes[name])


def apply(world: World, device: Document, changes: Mapping[str, Any], at: datetime, user: str) -> Document:
    """Write the changes as of the moment `at`, with a record of each value that is another than before."""
    moment = audit(at)
    entries = [
        history.entry(name, prior, value, moment, "Completed", user)
        for name, prior, value in compared(device, changes)
        if prior != value
    ]
    written = {_STORED.get(name, name): value for name, value in changes.items() if name not in _NOT_STORED}
    changed = {**device, **written, "dateUpdated": detail(at)}
    if changed["status"] == "ACTIVATED" and device["dateActivated"] is None:
        changed |= {"dateActivated": detail(at), "_activated": True}
    changed = history.record(world, changed, entries)
    world.put(DEVICES, device["iccid"], changed)
    return changed


def failed(world: World, device: Document, changes: Mapping[str, Any], at: datetime, user: str) -> None:
    """Record that a scheduled change was not possible when its date came; the device stays as it is."""
    entries = pending(device, changes, at, user, "Failed")
    world.put(DEVICES, device["iccid"], history.record(world, device, entries))


def pending(
    device: Document, changes: Mapping[str, Any], at: datetime, user: str, status: str = "Pending"
) -> list[dict[str, Any]]:
    """Records of changes that have not happened."""
    moment = audit(at)
    return [history.entry(name, prior, value, moment, status, user) for name, prior, value in compared(device, changes)]


def compared(device: Document, changes: Mapping[str, Any]) -> Iterator[tuple[str, Any, Any]]:
    """Each member that a change writes, with what it is now and what it becomes."""
    for name, value in changes.items():
        if name not in _NOT_STORED:
            yield name, device[_STORED.get(name, name)], value
