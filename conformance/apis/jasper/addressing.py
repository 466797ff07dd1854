"""Fixed addresses: what belongs to one, who may have it, and where it is read."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import ip_address
from typing import Any

from conformance.answers import shown
from conformance.apis.jasper.asking import expect_coded, read, wrong
from conformance.apis.jasper.editing import EDIT
from conformance.context import Context
from conformance.errors import Inconclusive
from conformance.resources import Handle
from conformance.types import Exchange, Requirement

NAMED = {"apn": "iot.example.com", "pdpId": "1"}
READ = {"ipv4Address": "fixedIPAddress", "ipv6Address": "fixedIpv6Address"}


@contextmanager
def with_plan(context: Context, number: str | None = None) -> Iterator[Handle]:
    """The device while it is under the plan with fixed addresses; its own plan is put back."""
    handle = context.resource()
    if number is not None:
        handle = Handle(context, handle.resource, {**handle.path, "iccid": number})
    plan = context.fixture("fixed_ip_communication_plan")
    with context.keep(handle):
        exchange = handle.write({"communicationPlan": plan})
        if not exchange.ok:
            raise Inconclusive(f"the plan {plan} was answered {shown(exchange, 100)}")
        yield handle


def ask(context: Context, handle: Handle, body: dict[str, Any]) -> Exchange:
    return context.call(EDIT, path=handle.path, body=body, role=handle.role())


def refused_address(context: Context, requirement: Requirement) -> None:
    """Under a plan with addresses, each body is refused: 400 with one of the codes; no address comes of it."""
    data = requirement.data
    with with_plan(context) as handle:
        before = read(context)[1]
        for told in data["bodies"]:
            body = {**told}
            for name, value in told.items():
                if value in ("{taken}", "{near}"):
                    taken = ip_address(context.fixture("taken_ipv4"))
                    body[name] = str(taken if value == "{taken}" else taken + 1)
            exchange = ask(context, handle, body)
            context.case()
            names = ", ".join(f"{name} = {value}" for name, value in body.items())
            expect_coded(
                context, exchange, tuple(data["codes"]), f"A change of {names}", f"{EDIT} address {data['codes']}"
            )
            after = read(context)[1]
            for member in READ.values():
                if after.get(member) != before.get(member) and not exchange.ok:
                    told_so = "A refused address is assigned all the same."
                    wrong(context, told_so, before.get(member), after.get(member), exchange)


def assigned(context: Context) -> tuple[str, Exchange]:
    """A free address near the taken one, and the answer when the device was given it. Raises Inconclusive: none."""
    found: tuple[str, Exchange] = context.once("an assigned address", lambda: _assign(context))
    return found


def _assign(context: Context) -> tuple[str, Exchange]:
    taken = ip_address(context.fixture("taken_ipv4"))
    exchange = None
    with with_plan(context) as handle:
        for distance in range(1, 6):
            address = str(taken + distance)
            exchange = ask(context, handle, {"ipv4Address": address, **NAMED})
            if exchange.ok:
                return address, exchange
    assert exchange is not None
    raise Inconclusive(f"no address near {taken} could be assigned: {shown(exchange, 100)}")


def address_read(context: Context, requirement: Requirement) -> None:
    """An address that was assigned with a plan, an APN and a PDP is read as fixedIPAddress."""
    address, exchange = assigned(context)
    context.case()
    found = read(context)[1].get("fixedIPAddress")
    if found != address:
        wrong(context, "ipv4Address is not read as fixedIPAddress.", address, found, exchange)


def both_addresses(context: Context, requirement: Requirement) -> None:
    """A device that has an IPv4 address takes an IPv6 address, too, and shows both."""
    address, _ = assigned(context)
    with with_plan(context) as handle:
        exchange = ask(context, handle, {"ipv6Address": requirement_address(context), **NAMED})
        context.case()
        if not exchange.ok:
            raise Inconclusive(f"an IPv6 address was answered {shown(exchange, 100)}")
        device = read(context)[1]
        wanted = (address, requirement_address(context))
        found = (device.get("fixedIPAddress"), _short(device.get("fixedIpv6Address")))
        if found != wanted:
            wrong(context, "The device does not show both of its addresses.", list(wanted), list(found), exchange)


def requirement_address(context: Context) -> str:
    """An IPv6 address of the range kept for documents, another one for each target device."""
    return str(ip_address(f"2001:db8::{int(context.fixture('taken_ipv4').split('.')[-1]) + 1:x}"))


def _short(text: Any) -> str | None:
    try:
        return str(ip_address(text))
    except ValueError:
        return None


def becomes_taken(context: Context, requirement: Requirement) -> None:
    """An address that one device was given is refused to a second one with 10000517, and to the first one never."""
    address, _ = assigned(context)
    other = str(context.fixture("iccid_pre_activation"))
    with with_plan(context) as handle:
        long = requirement_address(context)
        held = ask(context, handle, {"ipv6Address": long, **NAMED}).ok
    with with_plan(context, other) as handle:
        if held and _short(read(context)[1].get("fixedIpv6Address")) == long:
            exchange = ask(context, handle, {"ipv6Address": long, **NAMED})
            context.case()
            expect_coded(context, exchange, ("10000517",), "The IPv6 address of another device", f"{EDIT} ipv6 taken")
        exchange = ask(context, handle, {"ipv4Address": address, **NAMED})
        context.case()
        expect_coded(context, exchange, ("10000517",), "The address of another device", f"{EDIT} address taken")
    with with_plan(context) as handle:
        again = ask(context, handle, {"ipv4Address": address, **NAMED})
        context.case()
        context.expect_success(again, "A device is refused the address that it has.")


def needs_plan(context: Context, requirement: Requirement) -> None:
    """A complete address under a plan without fixed addresses is refused with the code of the communication plan."""
    handle = context.resource()
    plain = [
        name
        for name in context.fixture("communication_plans")
        if name != context.fixture("fixed_ip_communication_plan")
    ]
    if not plain:
        raise Inconclusive("the target names no plan without fixed addresses")
    with context.keep(handle):
        taken = ip_address(context.fixture("taken_ipv4"))
        body = {"communicationPlan": plain[0], "ipv4Address": str(taken + 9), **NAMED}
        exchange = ask(context, handle, body)
        context.case()
        expect_coded(context, exchange, ("10000014",), "An address under a plan without any", f"{EDIT} address plan")


CHECKS = {
    "refused_address": refused_address,
    "address_read": address_read,
    "both_addresses": both_addresses,
    "becomes_taken": becomes_taken,
    "needs_plan": needs_plan,
}
