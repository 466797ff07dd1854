"""A device as the suite handles it: what generic checks may write, how a change becomes a patch, how it is put back."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from conformance.answers import shown
from conformance.context import Context
from conformance.errors import Inconclusive, Skip
from conformance.schemas import ABSENT, at, same
from conformance.types import Exchange

Document = dict[str, Any]
Patch = list[dict[str, Any]]
PATCH = "patchSubscriptionDevice"
READ = "getSubscriptionDevice"
LIST = "listSubscriptionDevices"
SEARCH = "searchDevices"
ADD = "addSubscriptionDevice"
ELSEWHERE = frozenset(
    ("id", "legacy_id", "catalogue_commercial_device_id", "catalogue_device_id", "commitments", "legacy_account_id")
)
"""Members that other systems go by: a server may hold them to more than their type, so no arbitrary values go there."""
PATTERNS = {"mac_address": "^02-[0-9A-F]{2}-[0-9A-F]{2}-[0-9A-F]{2}-[0-9A-F]{2}-[0-9A-F]{2}$", "imei": "^35[0-9]{13}$"}
"""What values of these members look like to a server that takes a closer look than the page says."""


def schema(context: Context) -> Document:
    """The schema of a device."""
    response = context.contract.operations[READ].response(200)
    assert response is not None
    return response.content["application/json"].schema


def members(context: Context) -> Document:
    """The schema of what generic checks may write."""
    device = schema(context)
    made = {}
    for name, node in device["properties"].items():
        if name not in ELSEWHERE:
            made[name] = {**node, "pattern": PATTERNS[name]} if name in PATTERNS else node
    return {**device, "properties": made}


def as_patch(context: Context, changes: Mapping[str, Any], before: Any) -> Patch:
    """Changes of members as a JSON Patch: what is there is replaced, what is not is added; ABSENT takes away."""
    operations: Patch = []
    for name, value in changes.items():
        there = isinstance(before, Mapping) and name in before
        if value is not ABSENT:
            operations.append({"op": "replace" if there else "add", "path": f"/{name}", "value": value})
        elif there or before is None:
            operations.append({"op": "remove", "path": f"/{name}"})
    return operations


def put_back(context: Context, path: Mapping[str, str], before: Any) -> list[str]:
    """Patch a device until its declared members are as they were; those that are not then."""
    names = [name for name in schema(context)["properties"] if name != "id"]
    for attempt in range(2):
        now = context.call(READ, path=path).json()
        changes = _differences(names, now, before)
        if not changes:
            return []
        # Together at first; when that is refused, one by one.
        for part in [changes] if attempt == 0 else [{name: changes[name]} for name in changes]:
            context.call(PATCH, path=path, body=as_patch(context, part, now))
    return list(_differences(names, context.call(READ, path=path).json(), before))


def _differences(names: list[str], now: Any, before: Any) -> Document:
    """What the members that differ were before."""
    found = {}
    for name in names:
        old, new = at(before, f"/{name}"), at(now, f"/{name}")
        if old is not new and not same(old, new):
            found[name] = old
    return found


def patched(context: Context, operations: Any, **request: Any) -> Exchange:
    """Send a patch of the target's device, and count a case."""
    context.case()
    return context.call(PATCH, body=operations, **request)


def device(context: Context) -> Document:
    """The target's device as it is now.

    Raises:
        Inconclusive: it cannot be read.
    """
    exchange = context.call(READ)
    found = exchange.json()
    if not exchange.ok or not isinstance(found, dict):
        raise Inconclusive(f"{READ} answered {shown(exchange, 80)}")
    return found


def listed(context: Context, **query: str) -> tuple[Exchange, list[Any]]:
    """The devices of the subscription, filtered.

    Raises:
        Inconclusive: no list comes.
    """
    return _items(context.call(LIST, query=query))


def found(context: Context, **query: str) -> tuple[Exchange, list[Any]]:
    """The devices that a search finds; Inconclusive when no list comes."""
    return _items(context.call(SEARCH, query=query))


def _items(exchange: Exchange) -> tuple[Exchange, list[Any]]:
    items = exchange.json()
    if not exchange.ok or not isinstance(items, list):
        raise Inconclusive(f"{exchange.operation} answered {shown(exchange, 80)}")
    return exchange, items


def ids(items: list[Any]) -> list[str]:
    """The ids of devices, in lower case."""
    return [str(at(item, "/id")).lower() for item in items]


def least(context: Context) -> Document:
    """The least that can be added: offer and account of the device that is there, which other systems know."""
    made: Document = context.once(("masmovil", "least device"), lambda: _least(context))
    return dict(made)


def _least(context: Context) -> Document:
    there = device(context)
    names = ("catalogue_commercial_device_id", "legacy_account_id")
    if any(at(there, f"/{name}") is ABSENT for name in names):
        raise Inconclusive("the device lacks a required member")
    return {name: there[name] for name in names}


def new_id(context: Context) -> str:
    return str(uuid.UUID(int=context.random.getrandbits(128), version=4))


def promise(context: Context) -> Document:
    """A commitment that nobody has made yet."""
    return {
        "id": new_id(context),
        "legacy_id": context.random.randint(10_000, 99_999),
        "expiration_date": f"20{context.random.randint(30, 39)}-01-05T03:30:15Z",
        "cancellation_system": f"suite {context.random.randint(100, 999)}",
    }


# ---- what a target may leave out


def other_device(context: Context) -> str:
    """Another device of the subscription, found in its list."""
    _, items = listed(context)
    for item in items:
        key = at(item, "/id")
        if isinstance(key, str) and key.lower() != str(context.fixture("device_id")).lower():
            return key
    raise Skip("the subscription has no second device")


def a_commitment(context: Context) -> str:
    """The first commitment of the device."""
    key = at(device(context), "/commitments/0/id")
    if not isinstance(key, str):
        raise Skip("the device has no commitment")
    return key
