"""Devices as the suite reads, keeps and removes them: through updates, because reads show little for certain."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from conformance.answers import shown
from conformance.context import Context
from conformance.errors import Inconclusive, Skip
from conformance.schemas import at

WRITE, READ = "updateInventoryDeviceSerialOperation", "getInventoryDeviceSerial"
LIST, PATCH, DELETE = "listInventoryDeviceSerial", "patchInventoryDeviceSerial", "deleteInventoryDeviceSerial"
GUESSED = frozenset(("status", "configuration", "custom_fields", "tags"))
"""Members whose values, or the way in which they join what is there, are guesses: written by checks of their own."""
OPEN = tuple(
    f"/{name}" for name in ("id", "type", "organization", "status", "last_status_change", "pending_settings",
                            "created_at", "updated_at", "last_seen", "location", "tags")
)  # fmt: skip
"""What a record may show otherwise than the list does: all but the serial number and the name is open."""


OWN = tuple(
    f"/{name}" for name in ("id", "type", "organization", "created_at", "location", "assigned_user", "device_type",
                            "organization_unit", "manufacturer", "model", "configuration", "custom_fields", "tags")
)  # fmt: skip
"""What of a record no update moves that does not name it."""


def name_of(context: Context, path: Mapping[str, str], role: str | None) -> str:
    """The name that the inventory's record shows. Raises Inconclusive."""
    read = context.call(READ, path=path, role=role)
    name = at(read.json(), "/name")
    if not read.ok or not isinstance(name, str):
        raise Inconclusive(f"{READ} answered {shown(read, 80)}, so that nothing could be read back")
    return name


def by_later_update(context: Context, path: Mapping[str, str], role: str | None) -> Any:
    """The whole device, from the answer to an update that writes the name it has."""
    exchange = context.call(WRITE, path=path, body={"name": name_of(context, path, role)}, role=role)
    if not exchange.ok:
        raise Inconclusive(f"{WRITE} answered {shown(exchange, 80)}, so that nothing could be read back")
    return exchange.json()


def device(context: Context) -> dict[str, Any]:
    """The fixture device. Raises Inconclusive when it cannot be read back as an object."""
    handle = context.resource()
    found = by_later_update(context, handle.path, handle.role())
    if not isinstance(found, dict):
        raise Inconclusive(f"{WRITE} did not answer with an object")
    return found


def same_name(context: Context) -> Any:
    """A body that changes nothing."""
    handle = context.resource()
    return {"name": name_of(context, handle.path, handle.role())}


@contextmanager
def kept(context: Context, *members: str) -> Iterator[dict[str, Any]]:
    """The fixture device; what `members` of it were is noted on disk, and written back at the end."""
    before = device(context)
    handle = context.resource()
    body = {name: before[name] for name in members if before.get(name) is not None}
    entry = context.run.undo.add("request", WRITE, handle.path, handle.role(), body)
    try:
        yield before
    finally:
        with context.putting_back():
            back = not body or context.call(WRITE, path=handle.path, body=body, judged=False).ok
        if back:
            context.run.undo.done(entry)


def one_to_delete(context: Context) -> dict[str, str]:
    """The path of a device that is no fixture; the same one for all checks of a run."""
    serial: str = context.once("device to delete", lambda: _one_to_delete(context))
    return {"serial_number": serial}


def _one_to_delete(context: Context) -> str:
    rows = at(context.call(LIST).json(), "/results")
    fixtures = set(context.target.fixtures.values())
    for row in reversed(rows if isinstance(rows, list) else []):
        serial = at(row, "/serial_number")
        if isinstance(serial, str) and serial not in fixtures:
            return serial
    raise Skip("the list has no device but the fixtures")
