"""Zequenze: what its contract cannot say to the suite."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from conformance.api import Api, Capability, Filter, Fixture, Listing, Resource, Role
from conformance.context import Context
from conformance.errors import Inconclusive
from conformance.schemas import at

from .checks import CHECKS

WRITE = "updateInventoryDeviceSerialOperation"
READ = "getInventoryDeviceSerial"


def by_later_update(context: Context, path: Mapping[str, str], role: str | None) -> Any:
    """The whole device, from the answer to an update that writes the name it has: a read shows less for certain."""
    read = context.call(READ, path=path, role=role)
    name = at(read.json(), "/name")
    if not read.ok or not isinstance(name, str):
        raise Inconclusive(f"{READ} answered {read.status}, so that nothing could be read back")
    exchange = context.call(WRITE, path=path, body={"name": name}, role=role)
    if not exchange.ok:
        raise Inconclusive(f"{WRITE} answered {exchange.status}, so that nothing could be read back")
    return exchange.json()


API = Api(
    id="zequenze",
    roles=(Role("api", "token", "an API token of the portal"),),
    fixtures=(
        Fixture("serial_number", "a device that may be changed, and is put back"),
        Fixture("other_serial_number", "another device, which is only read"),
        Fixture("missing_serial_number", "a serial number that no device has"),
    ),
    capabilities=(
        Capability("robustness", True, "hostile but harmless requests"),
        Capability("delete_devices", False, "delete devices: there is no way back"),
    ),
    bindings={"serial_number": "serial_number"},
    conditions={"unknown": {"serial_number": "missing_serial_number"}},
    needs={"deleteInventoryDeviceSerial": "capability:delete_devices"},
    resources=(
        Resource(
            "device",
            write=WRITE,
            read_back=by_later_update,
            other={"serial_number": "other_serial_number"},
            volatile=("/updated_at", "/last_seen"),
        ),
    ),
    lists=(
        Listing(
            "listInventoryDeviceSerial",
            items="/results",
            key="/serial_number",
            paging="next",
            following="/next",
            total="/count",
            single=READ,
            parameter="serial_number",
            filters=(Filter("type", "/type"), Filter("organization", "/organization")),
        ),
    ),
    checks=CHECKS,
)
