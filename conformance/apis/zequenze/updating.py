"""One device: nested settings, tags and states, time stamps, values that cannot be."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from conformance.apis.zequenze.asking import all_rows, put, shows, taken
from conformance.apis.zequenze.devices import WRITE, device, kept, name_of
from conformance.context import Context
from conformance.errors import Inconclusive, Skip
from conformance.jsontext import text_of
from conformance.schemas import at, same
from conformance.types import Exchange, Requirement

PAGE_EXAMPLE: Mapping[str, Any] = {
    "name": "Conference Room Laptop",
    "status": "active",
    "location": "Building A - Room 101",
    "assigned_user": "john.doe@company.com",
    "organization_unit": "IT Department",
    "device_type": "laptop",
    "manufacturer": "Dell",
    "model": "Latitude 5520",
    "tags": ["laptop", "conference-room", "windows"],
}
"""The example body of the page, without the objects: what is added to those cannot be taken out again."""


def page_example(context: Context, requirement: Requirement) -> None:
    """The body of the page's example is taken, and each of its texts and its tags are shown as sent.

    Without the members that the device does not have: what is null cannot be made so again.
    """
    with kept(context, *PAGE_EXAMPLE) as before:
        body = {name: value for name, value in PAGE_EXAMPLE.items() if before.get(name) is not None}
        exchange = taken(context, body)
        if exchange is not None:
            shows(context, exchange, body)


def states(context: Context, requirement: Requirement) -> None:
    """Each of these states is taken and shown."""
    with kept(context, "status"):
        for value in requirement.data["values"]:
            exchange = taken(context, {"status": value})
            if exchange is not None:
                shows(context, exchange, {"status": value})


def tags(context: Context, requirement: Requirement) -> None:
    """Lists of tags of several lengths, one after another: each is shown as sent, nothing of the last is left."""
    with kept(context, "tags"):
        for value in (["one"], ["Two words", "three"], [], ["four"]):
            exchange = taken(context, {"tags": value})
            if exchange is not None:
                shows(context, exchange, {"tags": value})


def _altered(value: Any) -> Any:
    """Another value of the same kind; None where the suite knows none."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, str):
        return "2025-01-31" if len(value) == 10 and value[4:5] == "-" and value != "2025-01-31" else f"{value} x"
    return None


def nested(context: Context, requirement: Requirement) -> None:
    """Each member that an object has is written alone, and shown; with `rest`, the others are still there."""
    found = False
    for name in ("configuration", "custom_fields"):
        with kept(context, name) as before:
            known = before.get(name)
            if not isinstance(known, Mapping):
                continue
            for key, value in known.items():
                new = _altered(value)
                if new is None:
                    continue
                found = True
                put(context, {name: known})
                exchange = taken(context, {name: {key: new}})
                if exchange is None:
                    continue
                if not requirement.data.get("rest"):
                    shows(context, exchange, {f"{name}/{key}": new})
                    continue
                after = at(device(context), f"/{name}")
                if not same(after, {**known, key: new}):
                    told = f"Writing one member of {name} has not left the others as they were."
                    context.wrong(told, {**known, key: new}, after, exchange)
    if not found:
        raise Skip("the configuration and custom_fields of the device are empty")


def same_device(context: Context, requirement: Requirement) -> None:
    """The serial number of the answer is that of the path."""
    name = str(requirement.operation)
    handle = context.resource()
    path = handle.path
    body = {"name": name_of(context, path, handle.role())} if name == WRITE else None
    exchange = context.call(name, path=path, body=body) if body else context.call(name, path=path)
    context.case()
    found = at(exchange.json(), "/serial_number")
    if exchange.ok and found != path["serial_number"]:
        context.wrong("The answer is about another device than the path.", path["serial_number"], found, exchange)


def impossible(context: Context, requirement: Requirement) -> None:
    """A value of another kind altogether is refused; a number for a text is let pass, as a form would."""
    cases: Mapping[str, tuple[Any, ...]] = {
        "values": (
            {"name": {"a": "b"}},
            {"name": ["a"]},
            {"location": {"a": 1}},
            {"model": ["a", "b"]},
            {"assigned_user": {"mail": "a@example.com"}},
            {"configuration": "text"},
            {"configuration": ["a"]},
            {"custom_fields": "text"},
            {"tags": {"a": "b"}},
        ),
        "bodies": ([], [{"name": "x"}], "text", 17, True, None),
    }
    with kept(context, "name", "location", "model", "assigned_user", "configuration", "custom_fields", "tags"):
        for body in cases[requirement.data["kind"]]:
            exchange = put(context, body)
            context.case()
            context.expect_error(exchange, None, f"{text_of(body)} is not refused", cause=f"taken {text_of(body)}")


def refused_whole(context: Context, requirement: Requirement) -> None:
    """An update with a good member and one that cannot be is refused, and neither is written."""
    with kept(context, "location", "tags") as before:
        for body in (
            {"location": "devicedouble", "tags": {"a": "b"}},
            {"tags": {"a": "b"}, "location": "devicedouble"},
        ):
            exchange = put(context, body)
            if exchange.ok:
                raise Inconclusive("the update was not refused")
            context.case()
            found = at(device(context), "/location")
            if not same(found, before.get("location")):
                context.wrong("A refused update has been carried out in part.", before.get("location"), found, exchange)


def identity(context: Context, requirement: Requirement) -> None:
    """Members that belong to the server are refused in an update, or passed over."""
    attempts = {"id": 999_999, "serial_number": "DEVICEDOUBLE", "created_at": "2001-01-01T00:00:00Z"}
    before = device(context)
    for name, value in attempts.items():
        exchange = put(context, {"name": before["name"], name: value})
        context.case()
        found = device(context).get(name)
        if not same(found, before.get(name)):
            context.wrong(f"An update has changed {name}.", before.get(name), found, exchange)


def _a_second_apart(context: Context) -> tuple[Exchange, Exchange]:
    """The answers to two updates that change something. Raises Inconclusive when they are refused."""
    with kept(context, "location"):
        first = put(context, {"location": "devicedouble 1"})
        time.sleep(1.1)
        second = put(context, {"location": "devicedouble 2"})
    if not (first.ok and second.ok):
        raise Inconclusive(f"an update of location was answered {first.status} and {second.status}")
    return first, second


def creation_time(context: Context, requirement: Requirement) -> None:
    """created_at and id are the same in the answers to two updates a second apart."""
    first, second = context.once("a second apart", lambda: _a_second_apart(context))
    context.case()
    for name in ("created_at", "id"):
        old, new = (at(one.json(), f"/{name}") for one in (first, second))
        if not same(old, new):
            context.wrong(f"An update has changed {name}.", old, new, second)


def update_time(context: Context, requirement: Requirement) -> None:
    """Of two updates that change something, a second apart, the later one has the later updated_at."""
    first, second = context.once("a second apart", lambda: _a_second_apart(context))
    context.case()
    old, new = (at(one.json(), "/updated_at") for one in (first, second))
    if not (isinstance(old, str) and isinstance(new, str) and new > old):
        context.wrong("updated_at did not move with an update.", f"later than {old}", new, second)


def name_in_record(context: Context, requirement: Requirement) -> None:
    """A name written by one way is the name that the record and the list show."""
    handle = context.resource()
    operation = str(requirement.operation)
    serial = handle.path["serial_number"]
    with kept(context, "name"):
        for value in ("devicedouble one", "devicedouble two"):
            exchange = context.call(operation, path=handle.path, body={"name": value})
            context.case()
            if not context.expect_success(exchange, "A name is refused."):
                continue
            found = name_of(context, handle.path, handle.role())
            if found != value:
                context.wrong("The record shows another name than was written.", value, found, exchange)
        listed = [at(row, "/name") for row in all_rows(context) if at(row, "/serial_number") == serial]
        if exchange.ok and listed and listed != [value]:
            context.wrong("The list shows another name than was written.", value, listed, exchange)


CHECKS = {
    "page_example": page_example,
    "states": states,
    "tags": tags,
    "nested": nested,
    "same_device": same_device,
    "impossible": impossible,
    "refused_whole": refused_whole,
    "identity": identity,
    "creation_time": creation_time,
    "update_time": update_time,
    "name_in_record": name_in_record,
}
