"""What binds Zequenze alone: nested settings, tags and states, time stamps, values that cannot be, links of pages."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from conformance.answers import shown
from conformance.apis.zequenze.devices import DELETE, LIST, PATCH, READ, WRITE, device, kept, name_of, one_to_delete
from conformance.context import UNSET, Context, text_of
from conformance.errors import Inconclusive, Skip
from conformance.schemas import at, same, shortened
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


def wrong(context: Context, told: str, expected: Any, actual: Any, exchange: Exchange, cause: str = "") -> None:
    """Record a failure about one answer."""
    context.fail(
        told,
        expected=shortened(text_of(expected)),
        actual=shortened(text_of(actual)),
        exchanges=(exchange,),
        cause=cause or told,
    )


def put(context: Context, body: Any) -> Exchange:
    """Update the fixture device."""
    return context.call(WRITE, path=context.resource().path, body=body)


def taken(context: Context, body: Mapping[str, Any]) -> Exchange | None:
    """The answer to a valid update; None, and a failure, when it is refused."""
    exchange = put(context, body)
    context.case()
    return exchange if context.expect_success(exchange, f"{', '.join(body)} is refused.") else None


def shows(context: Context, exchange: Exchange, wanted: Mapping[str, Any]) -> None:
    """Hold the answer to an update, and that to a later one of another member, to what was written."""
    for place, found in (("The answer", exchange.json()), ("A later update", device(context))):
        for name, value in wanted.items():
            told = f"{place} does not show {name} as it was written."
            if not same(at(found, f"/{name}"), value):
                wrong(context, told, value, at(found, f"/{name}"), exchange, f"not stored {name}")


def page_example(context: Context, requirement: Requirement) -> None:
    """The body of the page's example is taken, and each of its texts and its tags are shown as sent."""
    with kept(context, *PAGE_EXAMPLE):
        exchange = taken(context, PAGE_EXAMPLE)
        if exchange is not None:
            shows(context, exchange, PAGE_EXAMPLE)


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
        for value in (["one"], ["two", "three"], [], ["four"]):
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
                    wrong(context, told, {**known, key: new}, after, exchange)
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
        wrong(context, "The answer is about another device than the path.", path["serial_number"], found, exchange)


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
                wrong(
                    context, "A refused update has been carried out in part.", before.get("location"), found, exchange
                )


def identity(context: Context, requirement: Requirement) -> None:
    """Members that belong to the server are refused in an update, or passed over."""
    attempts = {"id": 999_999, "serial_number": "DEVICEDOUBLE", "created_at": "2001-01-01T00:00:00Z"}
    before = device(context)
    for name, value in attempts.items():
        exchange = put(context, {"name": before["name"], name: value})
        context.case()
        found = device(context).get(name)
        if not same(found, before.get(name)):
            wrong(context, f"An update has changed {name}.", before.get(name), found, exchange)


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
            wrong(context, f"An update has changed {name}.", old, new, second)


def update_time(context: Context, requirement: Requirement) -> None:
    """Of two updates that change something, a second apart, the later one has the later updated_at."""
    first, second = context.once("a second apart", lambda: _a_second_apart(context))
    context.case()
    old, new = (at(one.json(), "/updated_at") for one in (first, second))
    if not (isinstance(old, str) and isinstance(new, str) and new > old):
        wrong(context, "updated_at did not move with an update.", f"later than {old}", new, second)


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
                wrong(context, "The record shows another name than was written.", value, found, exchange)
        listed = [at(row, "/name") for row in all_rows(context) if at(row, "/serial_number") == serial]
        if exchange.ok and listed and listed != [value]:
            wrong(context, "The list shows another name than was written.", value, listed, exchange)


# ---- the list


def rows_of(exchange: Exchange) -> list[Any]:
    """The rows of a page. Raises Inconclusive when it has none."""
    rows = at(exchange.json(), "/results")
    if not exchange.ok or not isinstance(rows, list):
        raise Inconclusive(f"{LIST} answered {shown(exchange, 100)}")
    return rows


def follow(context: Context, link: str) -> Exchange:
    """The page that a link of another page leads to; it must be an address of the same list."""
    base, _, query = link.partition("?")
    path = context.contract.operations[LIST].path
    if not base.endswith(path):
        raise Inconclusive(f"a link leads to {shortened(link, 80)}")
    from urllib.parse import parse_qsl

    return context.call(LIST, query=dict(parse_qsl(query, keep_blank_values=True)))


def all_rows(context: Context, **query: Any) -> list[Any]:
    """The rows of at most twenty pages."""
    exchange = context.call(LIST, query={"limit": 100, **query})
    rows = list(rows_of(exchange))
    for _ in range(20):
        link = at(exchange.json(), "/next")
        if not isinstance(link, str):
            break
        exchange = follow(context, link)
        rows += rows_of(exchange)
    return rows


def links(context: Context, requirement: Requirement) -> None:
    """`previous` of the first page and `next` of the last are null; going on and back leads to the same page."""
    first = context.call(LIST, query={"limit": 5})
    context.case()
    serials = [at(row, "/serial_number") for row in rows_of(first)]
    if at(first.json(), "/previous") is not None:
        wrong(context, "The first page has a page before it.", None, at(first.json(), "/previous"), first)
    link = at(first.json(), "/next")
    if not isinstance(link, str):
        if at(first.json(), "/count") != len(serials):
            wrong(context, "There are more devices, but no next page.", at(first.json(), "/count"), len(serials), first)
        return
    second = follow(context, link)
    back = at(second.json(), "/previous")
    context.case()
    if not isinstance(back, str):
        wrong(context, "The second page has no page before it.", "an address", back, second)
        return
    again = [at(row, "/serial_number") for row in rows_of(follow(context, back))]
    if again != serials:
        wrong(context, "`previous` of the second page does not lead to the first.", serials, again, second)
    count = at(first.json(), "/count")
    if isinstance(count, int) and count > 0:
        last = context.call(LIST, query={"limit": 5, "offset": count - 1})
        context.case()
        if at(last.json(), "/next") is not None:
            wrong(context, "The last page has a page after it.", None, at(last.json(), "/next"), last)


def links_filter(context: Context, requirement: Requirement) -> None:
    """Following `next` of a filtered list gives as many devices as its count says, each of them once."""
    for status in ("true", "false"):
        exchange = context.call(LIST, query={"status": status, "limit": 3})
        count = at(exchange.json(), "/count")
        rows = list(rows_of(exchange))
        for _ in range(3):
            link = at(exchange.json(), "/next")
            if not isinstance(link, str):
                break
            exchange = follow(context, link)
            rows += rows_of(exchange)
            context.case()
            if at(exchange.json(), "/count") != count:
                wrong(context, "The next page has lost the filter.", count, at(exchange.json(), "/count"), exchange)
                break
            ups = {at(row, "/status") for row in rows if isinstance(at(row, "/status"), bool)}
            if ups - {status == "true"}:
                wrong(context, "The next page has lost the filter.", status, sorted(map(str, ups)), exchange)
    if not context.cases:
        raise Skip("neither list has a second page")


def up_and_down(context: Context, requirement: Requirement) -> None:
    """Devices that are up and devices that are down are all devices, and no device is both; spellings are the same."""
    whole = {at(row, "/serial_number") for row in all_rows(context)}
    found = {value: {at(r, "/serial_number") for r in all_rows(context, status=value)} for value in ("true", "false")}
    exchange = context.call(LIST, query={"status": "true"})
    context.case()
    if found["true"] & found["false"]:
        wrong(context, "A device is both up and down.", [], sorted(found["true"] & found["false"]), exchange)
    if found["true"] | found["false"] != whole:
        wrong(
            context,
            "Up and down together are not all devices.",
            len(whole),
            {k: len(v) for k, v in found.items()},
            exchange,
        )
    counts = {v: at(context.call(LIST, query={"status": v}).json(), "/count") for v in ("1", "True", "true")}
    counts |= {v: at(context.call(LIST, query={"status": v}).json(), "/count") for v in ("0", "False", "false")}
    for spelling, like in (("1", "true"), ("True", "true"), ("0", "false"), ("False", "false")):
        context.case()
        if counts[spelling] != counts[like]:
            wrong(
                context,
                f"status={spelling} is not the same as status={like}.",
                counts[like],
                counts[spelling],
                exchange,
            )


def parameters(context: Context, requirement: Requirement) -> None:
    """Every parameter in every form that the page shows is taken."""
    forms: tuple[dict[str, Any], ...] = (
        {"last_status_change_from": "2000-01-01"},
        {"last_status_change_from": "2000-01-01 00:01:00"},
        {"last_status_change_from": "2000-01-01 00:01:00+00:00"},
        {"pending": "true"},
        {"pending": "false"},
        {"update_status": "true"},
        {"update_status": "false"},
        {"type": 1},
        {"organization": 1},
        {"limit": 10, "offset": 10},
    )
    for query in forms:
        exchange = context.call(LIST, query=query)
        context.case()
        context.expect_success(exchange, f"{query} is refused.")


def impossible_date(context: Context, requirement: Requirement) -> None:
    """The 30th of February, with and without a time, gets the catalogue's answer."""
    for day in ("2000-02-30", "2001-02-29 00:01:00"):
        exchange = context.call(LIST, query={"last_status_change_from": day})
        context.case()
        context.expect_error(exchange, "INVALID_PARAMETER", f"last_status_change_from={day} is not refused")


def deleted(context: Context, requirement: Requirement) -> None:
    """The device that was removed in this run is neither read, nor written, nor listed any more."""
    path = one_to_delete(context)
    exchange = context.once(("removed", path["serial_number"]), lambda: _removed(context, path))
    for name in (READ, WRITE, PATCH):
        answer = context.call(name, path=path, body=UNSET if name == READ else {"name": "devicedouble"})
        context.case()
        if answer.status != 404:
            wrong(context, f"{name} finds a device that was removed.", 404, answer.status, answer)
    if path["serial_number"] in {at(row, "/serial_number") for row in all_rows(context)}:
        wrong(context, "The list has a device that was removed.", "not among them", path["serial_number"], exchange)


def _removed(context: Context, path: Mapping[str, str]) -> Exchange:
    from conformance.checks.success import baseline

    exchange = baseline(context, DELETE)
    if not exchange.ok or not exchange.sent.target.rstrip("/").endswith(path["serial_number"]):
        raise Inconclusive(f"{DELETE} answered {exchange.status}")
    return exchange


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
    "links": links,
    "links_filter": links_filter,
    "up_and_down": up_and_down,
    "parameters": parameters,
    "impossible_date": impossible_date,
    "deleted": deleted,
}
