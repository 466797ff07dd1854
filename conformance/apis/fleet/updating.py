"""One device: what an update takes, refuses, keeps and must leave alone."""

from __future__ import annotations

from typing import Any

from conformance.answers import shown
from conformance.apis.fleet.asking import all_numbers, changes, read
from conformance.apis.fleet.devices import HIDDEN, an_item, own_devices
from conformance.context import Context
from conformance.differences import within
from conformance.jsontext import text_of
from conformance.resources import Handle
from conformance.schemas import at, same
from conformance.strategies import valid_values
from conformance.types import Requirement


def same_device(context: Context, requirement: Requirement) -> None:
    """The id in every answer about one device is the number in its path."""
    name = str(requirement.operation)
    handle = context.resource()
    number = handle.path["device_id"]
    if name == "updateDevice":
        with context.keep(handle):
            exchange = handle.write(handle.harmless())
    else:
        exchange = context.call(name)
    context.case()
    found = at(exchange.json(), "/data/id")
    if exchange.ok and str(found) != number:
        context.wrong("The answer is about another device than the path.", int(number), found, exchange)


def labels(context: Context, requirement: Requirement) -> None:
    """One text is read as a list of it; lists of one and several labels are read as they were written."""
    member = requirement.data["member"]
    handle = context.resource()
    if member in handle.members:
        with context.keep(handle):
            _labels(context, handle.path["device_id"], member)
        return
    with own_devices(context) as (number,):
        _labels(context, number, member)


def _labels(context: Context, number: str, member: str) -> None:
    lists = (["HDMI"], ["USB-C", "HDMI", "Jack"])
    for sent in ("USB-C", lists[0], "HDMI, DisplayPort", lists[1]):
        stored = [sent] if isinstance(sent, str) else sent
        exchange = context.call("updateDevice", path={"device_id": number}, body={member: sent})
        context.case()
        if not context.expect_success(exchange, f"{member} = {text_of(sent)} is refused."):
            continue
        for place, answer in (("The answer", exchange), ("A read", read(context, number)[0])):
            found = at(answer.json(), f"/data/characteristics/{member}")
            if not same(found, stored):
                context.wrong(f"{place} shows {member} otherwise than as that list.", stored, found, exchange, member)


def compliance_null(context: Context, requirement: Requirement) -> None:
    """Null written over a list of a device of the suite's own is read as null."""
    with own_devices(context) as (number,):
        for value in (["one"], None):
            exchange = context.call("updateDevice", path={"device_id": number}, body={"compliance": value})
            context.case()
            if not context.expect_success(exchange, f"compliance = {text_of(value)} is refused."):
                return
        found = at(read(context, number)[1], "/characteristics/compliance")
        if found is not None:
            context.wrong("compliance is not cleared by null.", None, found, exchange)


NAMED = {
    "unknown member": "nothing but an unknown member",
    "unknown user": "a user_id that no user has",
    "batch with unknown user": "a user_id that no user has",
    "batch with serial number twice": "one serial number for two devices",
}


def guessed_refusal(context: Context, requirement: Requirement) -> None:
    """A request that breaks the rule and no other, to a device of the suite's own, gets the answer guessed."""
    name, kind = str(requirement.operation), requirement.data["kind"]
    item = an_item(context, serial_number="DEVICEDOUBLE1")
    bodies: dict[str, Any] = {
        "unknown member": {"devicedouble_unknown": "text"},
        "unknown user": {"user_id": 2_147_483_646},
        "batch with unknown user": {"devices": [{**item, "user_id": 2_147_483_646}]},
        "batch with serial number twice": {"devices": [item, item]},
    }
    if name == "createDevices":
        exchange = context.call(name, body=bodies[kind])
    else:
        with own_devices(context) as (number,):
            exchange = context.call(name, path={"device_id": number}, body=bodies[kind])
    context.case()
    context.expect_error(exchange, requirement.data["error"], f"A request with {NAMED[kind]} is not refused as guessed")


def scope(context: Context, requirement: Requirement) -> None:
    """With the READ key a valid request is refused, whatever the status, with the code INSUFFICIENT_SCOPE."""
    name = str(requirement.operation)
    if name == "createDevices":
        exchange = context.call(name, body={"devices": [an_item(context)]}, role="read")
    else:
        with own_devices(context) as (number,):
            exchange = context.call(name, path={"device_id": number}, role="read")
    context.case()
    found = at(exchange.json(), "/error")
    if not 400 <= exchange.status < 500 or found != "INSUFFICIENT_SCOPE":
        context.wrong("A READ key is not refused.", "4xx INSUFFICIENT_SCOPE", shown(exchange, 100), exchange)


def unwritable(context: Context, requirement: Requirement) -> None:
    """A request that names members which only answers have is refused, or leaves them as they are."""
    handle = context.resource()
    with context.keep(handle):
        _, before = read(context)
        status = "AVAILABLE" if before.get("client_status") != "AVAILABLE" else "IN_SERVICE"
        attempts: dict[str, Any] = {
            "id": 999_999_998,
            "client_status": status,
            "type": "Spaceship",
            "category": "Spaceships",
            "source": "DEVICEDOUBLE",
            "rent": "0.01",
            "tracking_number": "DEVICEDOUBLE",
            "mdm": None,
            "characteristics": {"ram": "devicedouble"},
        }
        for name, value in attempts.items():
            exchange = context.call("updateDevice", body={**handle.harmless(), name: value})
            context.case()
            _, after = read(context)
            changed = [p for p in changes(context, before, after) if within(p, (f"/{name}",))]
            if changed:
                told = f"{name} was changed although no request has such a member."
                context.wrong(told, at(before, changed[0]), at(after, changed[0]), exchange)


def hidden_members(context: Context, requirement: Requirement) -> None:
    """On a device of the suite's own, each member that is only written is taken, with null where it may be null."""
    operation = context.contract.operations["updateDevice"]
    assert operation.request_body is not None
    known = next(iter(operation.request_body.content.values())).schema["properties"]
    with own_devices(context) as (number,):
        _, before = read(context, number)
        for name in sorted(HIDDEN - {"user_id"}):
            values = valid_values(known[name], context.random, 1, name) + (
                [None] if known[name].get("nullable") else []
            )
            for value in values:
                exchange = context.call("updateDevice", path={"device_id": number}, body={name: value})
                context.case()
                context.expect_success(exchange, f"{name} = {text_of(value)} is refused.")
        _, after = read(context, number)
        changed = changes(context, before, after, "/client_status")
        if changed:
            told = "Writing members that no answer shows has changed others."
            context.wrong(told, "nothing changed", changed, exchange)


def assignment(context: Context, requirement: Requirement) -> None:
    """A device of the suite's own is given to a user and taken back: the list filtered by that user follows."""
    user = context.fixture("user_id")
    with own_devices(context) as (number,):
        for value, there in ((user, True), (None, False), (user, True)):
            exchange = context.call("updateDevice", path={"device_id": number}, body={"user_id": value})
            context.case()
            if not context.expect_success(exchange, f"user_id = {value} is refused."):
                continue
            if (number in all_numbers(context, user_id=user)) is not there:
                told = (
                    f"After user_id = {text_of(value)} the list by user {'lacks' if there else 'still has'} the device."
                )
                context.wrong(told, "among them" if there else "not among them", number, exchange)


def refused_first(context: Context, requirement: Requirement) -> None:
    """A device whose state forbids changes, and one written with a READ key, read the same before and after."""
    handle = context.resource()
    for fixture, role in (("forbidden_device_id", handle.role()), ("device_id", "read")):
        if role not in context.roles():
            continue
        number = str(context.fixture(fixture))
        body = {"comment": "devicedouble"}
        with context.keep(Handle(context, handle.resource, {"device_id": number})):
            _, before = read(context, number)
            exchange = context.call("updateDevice", path={"device_id": number}, body=body, role=role)
            context.case()
            _, after = read(context, number)
        if not exchange.ok and not same(before.get("comment"), after.get("comment")):
            told = "A request that was forbidden has been carried out."
            context.wrong(told, before.get("comment"), after.get("comment"), exchange)


CHECKS = {
    "same_device": same_device,
    "labels": labels,
    "compliance_null": compliance_null,
    "guessed_refusal": guessed_refusal,
    "scope": scope,
    "unwritable": unwritable,
    "hidden_members": hidden_members,
    "assignment": assignment,
    "refused_first": refused_first,
}
