"""The rules of the inventory, one function an operation. Lists have a file of their own."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from mock_server.apis.zequenze import views
from mock_server.apis.zequenze.fleet import DEVICES
from mock_server.apis.zequenze.listing import list_devices
from mock_server.types import Behaviour, Document, Refused, Reply, Request, World

ATTRIBUTES = (
    "name",
    "location",
    "assigned_user",
    "organization_unit",
    "device_type",
    "manufacturer",
    "model",
    "configuration",
    "custom_fields",
    "tags",
)
UPDATED = frozenset((*ATTRIBUTES, "status"))
"""What the update operation writes; everything else in its body is passed over."""
PATCHED = frozenset((*ATTRIBUTES, "type", "organization"))
"""What a patch of the record writes; `status` there is measured, not written."""
MERGED = frozenset(("configuration", "custom_fields"))


def find(world: World, request: Request) -> Document:
    """The device that the path names. Raises Refused("unknown")."""
    serial: str = request.path["serial_number"]
    stored = world.get(DEVICES, serial)
    if stored is None:
        raise Refused("unknown", serial_number=serial)
    return views.whole(serial, stored)


def merge(old: Any, new: Any) -> Any:
    """`new` written over `old`: member by member where both are objects, else as it is, null included."""
    if not isinstance(old, dict) or not isinstance(new, dict):
        return new
    return {**old, **{name: merge(old.get(name), value) for name, value in new.items()}}


def changed(device: Document, body: Mapping[str, Any], writable: frozenset[str], now: datetime) -> Document:
    """The device after the body's writable members were written, at `now`."""
    written = {
        name: merge(device[name], value) if name in MERGED else value
        for name, value in body.items()
        if name in writable
    }
    return {**device, **written, "updated_at": now.strftime("%Y-%m-%dT%H:%M:%SZ")}


def _write(world: World, request: Request, writable: frozenset[str]) -> Document:
    device = changed(request.found, request.body, writable, world.now)
    world.put(DEVICES, device["serial_number"], device)
    return device


def update(world: World, request: Request) -> Reply:
    """PUT …_operation/{serial_number}/: a partial update of the attributes (source page, Best Practices)."""
    return Reply(200, views.device(_write(world, request, UPDATED)))


def patch(world: World, request: Request) -> Reply:
    """PATCH …/{serial_number}/: a partial update of the inventory's record."""
    return Reply(200, views.record(_write(world, request, PATCHED)))


def read(world: World, request: Request) -> Reply:
    """GET …/{serial_number}/: the inventory's record."""
    return Reply(200, views.record(find(world, request)))


def delete(world: World, request: Request) -> Reply:
    """DELETE …/{serial_number}/: the device is gone."""
    world.delete(DEVICES, find(world, request)["serial_number"])
    return Reply(204)


BEHAVIOURS: Mapping[str, Behaviour] = {
    "updateInventoryDeviceSerialOperation": Behaviour(update, guard=find),
    "listInventoryDeviceSerial": Behaviour(list_devices),
    "getInventoryDeviceSerial": Behaviour(read),
    "patchInventoryDeviceSerial": Behaviour(patch, guard=find),
    "deleteInventoryDeviceSerial": Behaviour(delete),
}
