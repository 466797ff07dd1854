"""Fixed addresses: who may have one, and that no two devices have the same."""

from collections.abc import Iterator, Mapping
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Any

from mock_server.apis.jasper.fleet import COMMUNICATIONS, DEVICES, untouched_holder
from mock_server.apis.jasper.state import untouched
from mock_server.types import Document, Refused, World

SHOWN: Mapping[str, str] = {"ipv4Address": "fixedIPAddress", "ipv6Address": "fixedIpv6Address"}
"""Under which name each is read that is written under another."""


def check_complete(changes: Mapping[str, Any]) -> None:
    """An address comes with `apn` and `pdpId` (source page). Raises Refused("address-incomplete")."""
    if changes.keys() & SHOWN.keys() and not (changes.get("apn") and changes.get("pdpId")):
        raise Refused("address-incomplete")


def check_possible(world: World, device: Document, changes: Mapping[str, Any]) -> None:
    """The plan after the change has fixed addresses, and no other device has one of these.

    Raises Refused: `no-fixed-addresses` or `address-taken`.
    """
    wanted = changes.keys() & SHOWN.keys()
    if not wanted:
        return
    plan = world.get(COMMUNICATIONS, str(changes.get("communicationPlan", device["communicationPlan"])))
    if plan is None or not plan.get("fixedAddresses"):
        raise Refused("no-fixed-addresses")
    for name in wanted:
        address = ip_address(changes[name])
        if any(iccid != device["iccid"] for iccid in _holders(world, SHOWN[name], address)):
            raise Refused("address-taken", field=name, value=changes[name])


def _holders(world: World, member: str, address: IPv4Address | IPv6Address) -> Iterator[str]:
    """The devices that have this address: found by its number, and among those that were written."""
    drawn = untouched_holder(untouched(world), address)
    if drawn is not None:
        stored = world.get(DEVICES, drawn)
        if stored is not None and _same(stored.get(member), address):
            yield drawn
    for iccid, stored in world.written(DEVICES):
        if _same(stored.get(member), address):
            yield iccid


def _same(text: Any, address: IPv4Address | IPv6Address) -> bool:
    if not text:
        return False
    try:
        return ip_address(text) == address
    except ValueError:
        return False
