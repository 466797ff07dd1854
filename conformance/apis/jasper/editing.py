"""Changes and their refusals: who is told what about which member, and that nothing comes of what is refused."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

from conformance.apis.jasper.asking import (
    CUSTOM,
    another,
    answered,
    day,
    devices,
    expect_coded,
    moment,
    query_time,
    read,
    server_now,
    wrong,
)
from conformance.context import Context
from conformance.differences import moved
from conformance.errors import Skip
from conformance.resources import Handle
from conformance.schemas import at, same
from conformance.types import Exchange, Requirement

EDIT = "editDevice"


def harmless_body(context: Context) -> dict[str, Any]:
    """One member with the value that it has, one that users of every kind may write if there is any."""
    _, device = context.once("device at first", lambda: read(context))
    for name in ("deviceID", "modemID", "ratePlan", "communicationPlan"):
        if isinstance(device.get(name), str) and device[name]:
            return {name: device[name]}
    return {"ratePlan": context.fixture("rate_plans")[0]}


def present_customer(context: Context) -> str:
    """The customer that the device has: one that has none could not be given it back."""
    _, device = context.once("device at first", lambda: read(context))
    if not device.get("customer"):
        raise Skip("the device has no customer, and could not be put back")
    return str(device["customer"])


def names_device(context: Context, requirement: Requirement) -> None:
    """The `iccid` of the answer is the one in the path."""
    name = str(requirement.operation)
    handle = context.resource()
    if name == EDIT:
        with context.keep(handle):
            exchanges = [handle.write(harmless_body(context))]
    else:
        exchanges = [context.call(name, path={"iccid": number}) for number in devices(context)]
    for exchange in exchanges:
        context.case()
        found = answered(exchange).get("iccid")
        if found != exchange.sent.target.split("/devices/")[1].split("/")[0]:
            wrong(context, "The answer is about another device than the path.", "the ICCID asked for", found, exchange)


def edit_refused(context: Context, requirement: Requirement) -> None:
    """Each of the bodies, wrong in one thing, gets exactly the answer named, and the device stays as it was.

    `data`: `bodies`; `error` (an entry of the catalogue) or `codes` (400 with one of them, with any if empty); `role`;
    `beside`: the body needs a change beside its date. In values `{+N}` is a day ahead, `{year}` next year, `{name}` a
    fixture.
    """
    data = requirement.data
    handle = context.resource()
    role = data.get("role") or handle.role()
    for told in data["bodies"]:
        body = {name: _filled(context, value) for name, value in told.items()}
        if set(body) <= {"effectiveDate"} and data.get("beside"):
            body = {**harmless_body(context), **body}
        with context.keep(handle) as before:
            exchange = context.call(EDIT, path=handle.path, body=body, role=role)
            context.case()
            _answered_so(context, exchange, data, ", ".join(told))
            _unchanged(context, handle, before, exchange)


def _filled(context: Context, value: Any) -> Any:
    text = str(value)
    if text.startswith(("{+", "{-")):
        ahead, _, rest = text[1:].partition("}")
        return day(context, int(ahead)) + rest
    if text.startswith("{year}"):
        return f"{(server_now(context)).year + 1}{text[6:]}"
    return str(context.fixture(text[1:-1])) if text.startswith("{") else value


def _answered_so(context: Context, exchange: Exchange, data: Any, members: str) -> None:
    role = f" by a user of kind {data['role']}" if data.get("role") else ""
    told = f"A change of {members}{role}"
    if "error" in data:
        cause = f"{EDIT} {data['error']} {data.get('role', '')}"
        context.expect_error(exchange, data["error"], f"{told} is not refused as it must be", cause=cause)
    else:
        expect_coded(context, exchange, tuple(data["codes"]), told, f"{EDIT} {members} {data.get('role', '')}")


def _unchanged(context: Context, handle: Handle, before: Any, exchange: Exchange) -> None:
    if exchange.ok:
        return
    changed = moved(handle, before, handle.read())
    if changed:
        told = f"A refused change has changed {', '.join(changed)}."
        wrong(context, told, "nothing changed", changed, exchange, f"refused but changed {EDIT}")


def long_customs(context: Context, requirement: Requirement) -> None:
    """2000 characters in a field of each kind are kept, 2001 refused with 400 and a code."""
    handle = context.resource()
    with context.keep(handle):
        for names in CUSTOM.values():
            for name in (names[0], names[-1]):
                if context.role_writing(handle.write_operation, [name]) is None:
                    continue
                exchange = handle.write({name: "y" * 2000})
                context.case()
                if context.expect_success(exchange, f"2000 characters in {name} are refused.") and not same(
                    handle.read()[""].get(name), "y" * 2000
                ):
                    wrong(context, f"{name} does not keep 2000 characters.", "2000", "another text", exchange)
                too_long = handle.write({name: "z" * 2001})
                context.case()
                expect_coded(context, too_long, (), f"A text of 2001 characters in {name}", "custom too long")


def unmixed(context: Context, requirement: Requirement) -> None:
    """A valid member beside one that the role may not write is refused with it, whichever stands first."""
    role, member = requirement.data["role"], requirement.data["member"]
    handle = context.resource()
    for first in (True, False):
        name, _, value = another(context, handle, "deviceID", "modemID")
        pair = {name: value, member: "devicedouble"}
        body = pair if first else dict(reversed(pair.items()))
        with context.keep(handle) as before:
            exchange = context.call(EDIT, path=handle.path, body=body, role=role)
            context.case()
            expect_coded(context, exchange, (), f"{member} written by {role}", f"{EDIT} {role} {member}")
            _unchanged(context, handle, before, exchange)


def own_fields(context: Context, requirement: Requirement) -> None:
    """Every custom field that the role may write is written by it, and read back; blank empties it again."""
    role = requirement.data["role"]
    handle = context.resource()
    shown_to = "operator" if "operator" in context.target.credentials else role
    with context.keep(handle):
        for kind in requirement.data["kinds"]:
            for name in CUSTOM[kind]:
                for value in (f"devicedouble {context.random.randint(1, 99999)}", ""):
                    exchange = context.call(EDIT, path=handle.path, body={name: value}, role=role)
                    context.case()
                    if not context.expect_success(exchange, f"{role} may not write {name}."):
                        continue
                    found = read(context, handle.path["iccid"], shown_to)[1].get(name)
                    if (found or "") != value and not (kind == "operator" and shown_to != "operator"):
                        wrong(context, f"{name} does not read back as {role} wrote it.", value, found, exchange)


def takes_members(context: Context, requirement: Requirement) -> None:
    """The members named are written by the role, and read back."""
    role = requirement.data["role"]
    handle = context.resource()
    with context.keep(handle):
        for name in requirement.data["members"]:
            value = f"{name}-{context.random.randint(1, 99999)}"
            exchange = context.call(EDIT, path=handle.path, body={name: value}, role=role)
            context.case()
            if context.expect_success(exchange, f"{role} may not write {name}."):
                found = handle.read()[""].get(name)
                if found != value:
                    wrong(context, f"{name} does not read back as {role} wrote it.", value, found, exchange)


def hides_fields(context: Context, requirement: Requirement) -> None:
    """Who reads as `role` gets none of the operator's fields, also when one holds something and is asked for."""
    role = requirement.data["role"]
    handle = context.resource()
    name = CUSTOM["operator"][0]
    with context.keep(handle):
        if "operator" in context.target.credentials and context.capability("custom_fields"):
            context.call(EDIT, path=handle.path, body={name: "devicedouble"}, role="operator")
        for query in ({}, {"fields": f"iccid,{name}"}):
            exchange = context.call("getDeviceDetails", path=handle.path, query=query, role=role)
            context.case()
            seen = [field for field in CUSTOM["operator"] if answered(exchange).get(field)]
            if seen:
                told = f"A user of kind {role} is shown the operator's fields."
                wrong(context, told, "no operatorCustom with a value", ", ".join(seen), exchange)


def moves_date(context: Context, requirement: Requirement) -> None:
    """dateUpdated is later after a change of any kind than before it, near the server's time; the others stay."""
    handle = context.resource()
    tried: set[str] = set()
    with context.keep(handle):
        for wish in ("deviceID", "ratePlan", "accountCustom8", "communicationPlan"):
            name = another(context, handle, wish)[0]
            if name not in tried:
                tried.add(name)
                _moves_date(context, handle, name)


def _moves_date(context: Context, handle: Handle, name: str) -> None:
    for pause in (0.0, 1.1):  # A date may be cut to whole seconds: who stands still is given another one.
        time.sleep(pause)
        _, _, value = another(context, handle, name)
        before = read(context)[1]
        exchange = handle.write({name: value})
        context.case()
        if not context.expect_success(exchange):
            return
        after = read(context)[1]
        old, new = moment(before.get("dateUpdated")), moment(after.get("dateUpdated"))
        if old is None or new != old:
            break
    if new is None or (old is not None and new < old):
        wrong(context, "dateUpdated goes backwards.", before.get("dateUpdated"), after.get("dateUpdated"), exchange)
    elif new == old or new < server_now(context) - timedelta(minutes=5):
        told = f"dateUpdated does not move with a change of {name}."
        wrong(context, told, f"about {query_time(server_now(context))}", after.get("dateUpdated"), exchange)
    for kept in ("dateAdded", "dateActivated", "dateShipped"):
        if not same(at(before, f"/{kept}"), at(after, f"/{kept}")):
            wrong(context, f"A change of {name} moves {kept}.", before.get(kept), after.get(kept), exchange)


def activation_dated(context: Context, requirement: Requirement) -> None:
    """A device that is activated has the date of its activation, and one that never was has none."""
    for number in devices(context):
        exchange, device = read(context, number)
        status, dated = device.get("status"), bool(device.get("dateActivated"))
        if status not in ("ACTIVATED", "TEST_READY", "INVENTORY", "ACTIVATION_READY"):
            continue
        context.case()
        if dated != (status == "ACTIVATED"):
            told = f"dateActivated does not fit the status {status}."
            wrong(context, told, "a date only after activation", device.get("dateActivated"), exchange)
    if not context.cases:
        raise Skip("the target's devices are neither activated nor before activation")


def structured(context: Context, requirement: Requirement) -> None:
    """A list and an object in place of the text of each member are refused with any 4xx."""
    handle = context.resource()
    body = handle.write_operation.request_body
    assert body is not None
    with context.keep(handle):
        for name in next(iter(body.content.values())).schema["properties"]:
            for value in (["text"], {"text": "text"}):
                given = {**harmless_body(context), name: value}
                exchange = context.call(EDIT, path=handle.path, body=given, role=handle.role())
                context.case()
                context.expect_error(exchange, None, f"{name} = {value} is not refused", cause=f"{EDIT} structured")


CHECKS = {
    "structured": structured,
    "names_device": names_device,
    "edit_refused": edit_refused,
    "long_customs": long_customs,
    "unmixed": unmixed,
    "own_fields": own_fields,
    "takes_members": takes_members,
    "hides_fields": hides_fields,
    "moves_date": moves_date,
    "activation_dated": activation_dated,
}
