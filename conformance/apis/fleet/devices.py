"""Devices that the suite makes in a workspace, and takes away again where the target lets it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from conformance.answers import shown
from conformance.context import Context
from conformance.errors import Inconclusive, Skip
from conformance.schemas import at
from conformance.types import Exchange

HIDDEN = frozenset(
    (
        "user_id", "brand", "is_rented", "client_purchase_price", "client_purchase_date", "client_warranty_endDate",
        "client_rental_price", "client_rental_startDate", "client_rental_endDate", "client_contract_number",
        "client_invoice_number",
    )
)  # fmt: skip
"""Members that no answer shows, so that they cannot be put back: written to the suite's own devices only."""
APART = HIDDEN | {"compliance"}
"""With what may perhaps not be set back to null (a guess)."""


def an_item(context: Context, name: str = "devicedouble check", **more: Any) -> dict[str, Any]:
    """The smallest new device, of the kind that the fixture device is: a real catalogue may know no other."""
    given = context.call("getDevice").json()
    kinds = {"type": at(given, "/data/type"), "category": at(given, "/data/category")}
    usual = {"type": "Laptop", "category": "Computers"}
    return {"name": name, **{key: v if isinstance(v, str) and v else usual[key] for key, v in kinds.items()}, **more}


def a_batch(context: Context) -> Any:
    """A batch of one device."""
    return context.once("fleet batch", lambda: {"devices": [an_item(context)]})


def ids_of(exchange: Exchange) -> list[str]:
    """The numbers of the devices that a batch has made."""
    devices = at(exchange.json(), "/data/devices")
    if not exchange.ok or not isinstance(devices, list):
        return []
    return [str(one["id"]) for one in devices if isinstance(one, Mapping) and "id" in one]


def remove(context: Context, numbers: list[str]) -> None:
    """Delete devices that the suite has made, where the target lets that be done."""
    if not context.capability("delete_devices"):
        return
    for number in numbers:
        exchange = context.call("deleteDevice", path={"device_id": number}, judged=False)
        gone = exchange.status == 404 or at(exchange.json(), "/error") == "DEVICE_MUTATION_FORBIDDEN"
        if not exchange.ok and not gone:
            context.run.warn(f"Could not take away device {number}, which the suite had made: {exchange.status}.")


def remove_created(context: Context, exchange: Exchange) -> None:
    """Delete what a successful batch has made."""
    remove(context, ids_of(exchange))


def one_to_delete(context: Context) -> dict[str, str]:
    """The path of a device that the suite has made itself; if nobody deletes it, it goes at the end of the run."""
    return {"device_id": make(context, [an_item(context)])[0]}


def noted(context: Context, numbers: list[str]) -> list[str]:
    """Note on disk that these devices are to be taken away; `forget` does away with the note."""
    if context.capability("delete_devices"):
        for number in numbers:
            context.run.undo.add("request", "deleteDevice", {"device_id": number}, context.roles()[0])
    return numbers


def forget(context: Context, exchange: Exchange) -> None:
    """After a deletion there is nothing left to take away."""
    number = exchange.sent.target.partition("?")[0].rpartition("/")[2]
    for entry in context.run.undo.pending():
        if entry.name == "deleteDevice" and entry.path.get("device_id") == number:
            context.run.undo.done(entry)


def make(context: Context, items: list[dict[str, Any]]) -> list[str]:
    """Create devices and give their numbers, in the order of the batch. Raises Skip or Inconclusive."""
    for capability in ("create_devices", "delete_devices"):
        if reason := context.unmet(f"capability:{capability}"):
            raise Skip(reason)
    exchange = context.create_silently("createDevices", {"devices": items})
    numbers = noted(context, ids_of(exchange))
    if len(numbers) != len(items):
        remove(context, numbers)
        raise Inconclusive(f"createDevices answered {shown(exchange, 100)}")
    return numbers


@contextmanager
def own_devices(context: Context, *items: dict[str, Any]) -> Iterator[list[str]]:
    """Devices that exist as long as a check needs them."""
    numbers = make(context, list(items) or [an_item(context)])
    try:
        yield numbers
    finally:
        remove(context, numbers)


def second_device(context: Context) -> str:
    """A device of the list that is none of the fixtures."""
    known = {str(context.target.fixtures.get(name)) for name in ("device_id", "forbidden_device_id")}
    devices = at(context.call("listDevices", query={"limit": 10}).json(), "/data")
    for device in devices if isinstance(devices, list) else []:
        if str(device.get("id")) not in known:
            return str(device["id"])
    raise Skip("the list has no second device")
