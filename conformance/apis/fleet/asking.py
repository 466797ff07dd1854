"""What the checks of Fleet ask for again and again."""

from __future__ import annotations

from typing import Any

from conformance.answers import shown
from conformance.context import Context
from conformance.differences import differences, success_schema
from conformance.errors import Inconclusive
from conformance.schemas import at
from conformance.types import Exchange

MOVING = ("/mdm/last_seen_date", "/mdm/last_sync_date")


KNOWN = frozenset(
    ("id", "name", "serial_number", "rent", "type", "category", "source", "comment", "characteristics", "mdm")
)


def read(context: Context, number: str | None = None) -> tuple[Exchange, dict[str, Any]]:
    """A device as it is read. Raises Inconclusive when it is not."""
    exchange = context.call("getDevice", path={"device_id": number} if number else None)
    device = at(exchange.json(), "/data")
    if not exchange.ok or not isinstance(device, dict):
        raise Inconclusive(f"getDevice answered {shown(exchange, 100)}")
    return exchange, device


def changes(context: Context, before: Any, after: Any, *passing: str) -> list[str]:
    """Where two readings of a device differ in what the pages know; `passing` may."""
    schema = success_schema(context, "getDevice")["properties"]["data"]
    return differences(before, after, schema, (*MOVING, *passing))


def page(context: Context, **query: Any) -> tuple[Exchange, list[dict[str, Any]]]:
    """A page of the list. Raises Inconclusive when there is none."""
    exchange = context.call("listDevices", query=query)
    devices = at(exchange.json(), "/data")
    if not exchange.ok or not isinstance(devices, list):
        raise Inconclusive(f"listDevices answered {shown(exchange, 100)}")
    return exchange, devices


def all_numbers(context: Context, **query: Any) -> list[str]:
    """The numbers of all devices that filters let pass."""
    found: list[str] = []
    for offset in range(0, 2000, 100):
        _, devices = page(context, **query, limit=100, offset=offset)
        found += [str(device.get("id")) for device in devices]
        if len(devices) < 100:
            break
    return found
