"""What binds Fleet alone: labels kept as lists, hidden drafts, members that nobody may write, batches, search."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from conformance.answers import shown
from conformance.apis.fleet.devices import HIDDEN, an_item, ids_of, noted, own_devices, remove
from conformance.context import UNSET, Context, text_of
from conformance.errors import Inconclusive, Skip
from conformance.resources import changed_pointers
from conformance.schemas import at, same, shortened
from conformance.strategies import valid_values
from conformance.types import Exchange, Requirement

MOVING = ("/mdm/last_seen_date", "/mdm/last_sync_date")


def read(context: Context, number: str | None = None) -> tuple[Exchange, dict[str, Any]]:
    """A device as it is read. Raises Inconclusive when it is not."""
    exchange = context.call("getDevice", path={"device_id": number} if number else None)
    device = at(exchange.json(), "/data")
    if not exchange.ok or not isinstance(device, dict):
        raise Inconclusive(f"getDevice answered {shown(exchange, 100)}")
    return exchange, device


def page(context: Context, **query: Any) -> tuple[Exchange, list[dict[str, Any]]]:
    """A page of the list. Raises Inconclusive when there is none."""
    exchange = context.call("listDevices", query=query)
    devices = at(exchange.json(), "/data")
    if not exchange.ok or not isinstance(devices, list):
        raise Inconclusive(f"listDevices answered {shown(exchange, 100)}")
    return exchange, devices


def wrong(context: Context, told: str, expected: Any, actual: Any, exchange: Exchange, cause: str = "") -> None:
    """Record a failure about one answer."""
    context.fail(
        told,
        expected=shortened(text_of(expected)),
        actual=shortened(text_of(actual)),
        exchanges=(exchange,),
        cause=cause or told,
    )


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
        wrong(context, "The answer is about another device than the path.", int(number), found, exchange)


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
                wrong(context, f"{place} shows {member} otherwise than as that list.", stored, found, exchange, member)


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
            wrong(context, "compliance is not cleared by null.", None, found, exchange)


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
    context.expect_error(exchange, requirement.data["error"], f"A {kind} is not refused as guessed")


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
        wrong(context, "A READ key is not refused.", "4xx INSUFFICIENT_SCOPE", shown(exchange, 100), exchange)


def drafts_hidden(context: Context, requirement: Requirement) -> None:
    """No device of the list shows an enrollment with the status DRAFT."""
    for offset in range(0, 1000, 100):
        exchange, devices = page(context, limit=100, offset=offset)
        for device in devices:
            context.case()
            if at(device, "/mdm/status") == "DRAFT":
                told = "An enrollment that is a draft is shown."
                wrong(context, told, {"mdm": None}, {"id": device.get("id"), "mdm": {"status": "DRAFT"}}, exchange)
        if len(devices) < 100:
            return


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
            moved = [p for p in changed_pointers(before, after) if p not in MOVING]
            changed = [p for p in moved if p == f"/{name}" or p.startswith(f"/{name}/")]
            if changed:
                told = f"{name} was changed although no request has such a member."
                wrong(context, told, at(before, changed[0]), at(after, changed[0]), exchange)


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
        changed = [p for p in changed_pointers(before, after) if p not in MOVING and p.split("/")[1] in KNOWN]
        if changed:
            told = "Writing members that no answer shows has changed others."
            wrong(context, told, "nothing changed", changed, exchange)


KNOWN = frozenset(
    ("id", "name", "serial_number", "rent", "type", "category", "source", "comment", "characteristics", "mdm")
)


def assignment(context: Context, requirement: Requirement) -> None:
    """A device of the suite's own is given to a user and taken back: the list filtered by that user follows."""
    user = context.fixture("user_id")
    with own_devices(context) as (number,):
        for value, there in ((user, True), (None, False), (user, True)):
            exchange = context.call("updateDevice", path={"device_id": number}, body={"user_id": value})
            context.case()
            if not context.expect_success(exchange, f"user_id = {value} is refused."):
                continue
            if (number in _numbers(context, user_id=user)) is not there:
                told = (
                    f"After user_id = {text_of(value)} the list by user {'lacks' if there else 'still has'} the device."
                )
                wrong(context, told, "among them" if there else "not among them", number, exchange)


def _numbers(context: Context, **query: Any) -> list[str]:
    """The numbers of all devices that filters let pass."""
    found: list[str] = []
    for offset in range(0, 2000, 100):
        _, devices = page(context, **query, limit=100, offset=offset)
        found += [str(device.get("id")) for device in devices]
        if len(devices) < 100:
            break
    return found


def refused_first(context: Context, requirement: Requirement) -> None:
    """A device whose state forbids changes, and one written with a READ key, read the same before and after."""
    handle = context.resource()
    for fixture, role in (("forbidden_device_id", handle.role()), ("device_id", "read")):
        if role not in context.roles():
            continue
        number = str(context.fixture(fixture))
        _, before = read(context, number)
        entry = context.run.undo.add("snapshot", "device", {"device_id": number}, handle.role(), handle.read())
        body = {"comment": "devicedouble"}
        exchange = context.call("updateDevice", path={"device_id": number}, body=body, role=role)
        context.case()
        _, after = read(context, number)
        if not exchange.ok and not same(before.get("comment"), after.get("comment")):
            told = "A request that was forbidden has been carried out."
            wrong(context, told, before.get("comment"), after.get("comment"), exchange)
        if not same(before.get("comment"), after.get("comment")):
            context.call("updateDevice", path={"device_id": number}, body={"comment": before.get("comment")})
        context.run.undo.done(entry)


# ---- the list


def page_meta(context: Context, requirement: Requirement) -> None:
    """`meta` repeats limit and offset, 50 and 0 where none are given, and no page is longer than its limit."""
    for query in ({}, {"limit": 1}, {"limit": 100}, {"limit": 7, "offset": 3}, {"offset": 0}):
        exchange, devices = page(context, **query)
        context.case()
        wanted = {"limit": 50, "offset": 0, **query}
        meta = at(exchange.json(), "/meta")
        found = {name: meta.get(name) for name in wanted} if isinstance(meta, Mapping) else meta
        if not same(found, wanted):
            wrong(context, "meta says another page than was asked for.", wanted, found, exchange)
        total = meta.get("total") if isinstance(meta, Mapping) else None
        least = min(wanted["limit"], max(total - wanted["offset"], 0)) if isinstance(total, int) else 0
        if len(devices) != least:
            wrong(
                context, "The page has another length than limit, offset and total say.", least, len(devices), exchange
            )


def beyond_the_end(context: Context, requirement: Requirement) -> None:
    """An offset at or beyond the total gives an empty page with the same total."""
    exchange, _ = page(context, limit=1)
    total = at(exchange.json(), "/meta/total")
    if not isinstance(total, int):
        raise Inconclusive("meta.total is no number")
    for offset in (total, total + 1000):
        exchange = context.call("listDevices", query={"offset": offset})
        context.case()
        if not context.expect_success(exchange, "An offset beyond the end is refused."):
            continue
        devices = at(exchange.json(), "/data")
        found = {
            "data": len(devices) if isinstance(devices, list) else devices,
            "total": at(exchange.json(), "/meta/total"),
        }
        if not same(found, {"data": 0, "total": total}):
            wrong(context, "A page beyond the end is not empty.", {"data": 0, "total": total}, found, exchange)


def search_finds(context: Context, requirement: Requirement) -> None:
    """Searching by a word of a device's name, or by its serial number, finds that device."""
    _, device = read(context)
    text = device.get(requirement.data["member"])
    words = re.findall(r"[^\W_]{4,}", text) if isinstance(text, str) else []
    if not words:
        raise Skip(f"the {requirement.data['member']} of the device has no word to search by")
    for word in words[:2]:
        context.case()
        exchange, _ = page(context, search=word, limit=1)
        if str(device["id"]) not in _numbers(context, search=word):
            wrong(
                context, f"search={word} does not find the device.", f"{device['id']} among them", "it is not", exchange
            )


def search_narrows(context: Context, requirement: Requirement) -> None:
    """A word that stands nowhere finds nothing, alone and beside a word that does stand somewhere."""
    _, device = read(context)
    word = next(iter(re.findall(r"[^\W_]{3,}", str(device.get("name")))), "laptop")
    for search in ("qxzjvkwqpy", f"{word} qxzjvkwqpy"):
        exchange, devices = page(context, search=search)
        context.case()
        found = (len(devices), at(exchange.json(), "/meta/total"))
        if found != (0, 0):
            wrong(
                context, f"search={search} finds devices although a word of it stands nowhere.", [0, 0], found, exchange
            )


def filters_combine(context: Context, requirement: Requirement) -> None:
    """Two filters together let pass what both let pass, no more and no less."""
    user = context.fixture("user_id")
    mine = set(_numbers(context, user_id=user))
    statuses = {str(at(item, "/client_status")) for item in page(context, user_id=user)[1]} or {"AVAILABLE"}
    for status in (*sorted(statuses), "ARCHIVED"):
        wanted = mine & set(_numbers(context, client_status=status))
        found = set(_numbers(context, user_id=user, client_status=status))
        context.case()
        if found != wanted:
            exchange, _ = page(context, user_id=user, client_status=status)
            wrong(
                context,
                "Two filters together let pass another set than each alone.",
                sorted(wanted),
                sorted(found),
                exchange,
            )


def every_status(context: Context, requirement: Requirement) -> None:
    """The list can be filtered by each state that a device can be in, and shows devices in that state only."""
    operation = context.contract.operations["listDevices"]
    parameter = operation.parameter("query", "client_status")
    assert parameter is not None
    for status in parameter.schema["enum"]:
        exchange = context.call("listDevices", query={"client_status": status, "limit": 100})
        context.case()
        if not context.expect_success(exchange, f"client_status={status} is refused."):
            continue
        others = {one.get("client_status") for one in at(exchange.json(), "/data") or []} - {status}
        if others:
            wrong(context, "The filter by state lets others pass.", status, sorted(map(str, others)), exchange)


# ---- making and deleting


def created(context: Context, requirement: Requirement) -> None:
    """A batch with every way of adding and two layouts: each device is answered, read and listed as it was sent."""
    items = [
        an_item(context, f"devicedouble {way}", added_via=way, comment=f"by {way}", connection_type="HDMI", ram="8 GB")
        for way in ("MASS_IMPORT", "SINGLE_IMPORT", "ONBOARDING")
    ]
    items[0] |= {"keyboard_layout": "FRENCH_AZERTY", "has_webcam": True}
    exchange = context.create_silently("createDevices", {"devices": items})
    numbers = noted(context, ids_of(exchange))
    try:
        context.case()
        if not context.expect_success(exchange, "A batch of three is refused."):
            return
        if len(set(numbers)) != len(items):
            wrong(context, "The answer names another number of devices than were sent.", 3, numbers, exchange)
        shown_by_name = {at(one, "/name"): one for one in at(exchange.json(), "/data/devices") or []}
        for item in items:
            device = shown_by_name.get(item["name"])
            _as_sent(context, item, device, exchange)
            if isinstance(device, Mapping):
                _as_sent(context, item, read(context, str(device.get("id")))[1], exchange)
        missing = set(numbers) - set(_numbers(context))
        if missing:
            wrong(context, "Devices that were created are not in the list.", sorted(numbers), sorted(missing), exchange)
    finally:
        remove(context, numbers)


def _as_sent(context: Context, item: Mapping[str, Any], device: Any, exchange: Exchange) -> None:
    context.case()
    for name, value in item.items():
        if name == "added_via":
            continue
        found = at(device, f"/{name}") if name in KNOWN else at(device, f"/characteristics/{name}")
        wanted = [value] if name == "connection_type" else value
        if not same(found, wanted):
            wrong(context, f"A new device does not show {name} as it was sent.", wanted, found, exchange, name)


def batch_whole(context: Context, requirement: Requirement) -> None:
    """A batch with a good and a bad item is refused, and the list has as many devices as before."""
    exchange, _ = page(context, limit=1)
    before = at(exchange.json(), "/meta/total")
    good = an_item(context)
    for bad in ({**good, "name": ""}, {"name": "devicedouble"}, {**good, "keyboard_layout": "NO_SUCH_LAYOUT"}):
        answer = context.call("createDevices", body={"devices": [good, bad]})
        context.case()
        if not context.expect_error(answer, None, "A batch with a bad item is accepted"):
            continue
        exchange, _ = page(context, limit=1)
        after = at(exchange.json(), "/meta/total")
        if before != after:
            wrong(context, "A refused batch has added devices.", before, after, answer)
            return


def ids_are_new(context: Context, requirement: Requirement) -> None:
    """The number of a device created after another was deleted is that of no device before."""
    known = set(_numbers(context))
    for _ in range(2):
        with own_devices(context) as (number,):
            context.case()
            if number in known:
                exchange, _ = page(context, limit=1)
                wrong(context, "A new device has the number of another.", "a new number", number, exchange)
            known.add(number)


def snapshot(context: Context, requirement: Requirement) -> None:
    """Deleting answers with the device that was deleted, as it was read before but for its state."""
    with own_devices(context, an_item(context, comment="devicedouble", ram="8 GB")) as (number,):
        _, before = read(context, number)
        exchange = context.call("deleteDevice", path={"device_id": number})
        context.case()
        if not context.expect_success(exchange, "Deleting a device that was just created is refused."):
            return
        found = at(exchange.json(), "/data")
        changed = [p for p in changed_pointers(before, found) if p.split("/")[1] in KNOWN and p not in MOVING]
        if changed:
            wrong(
                context,
                "The snapshot of the deleted device differs from it.",
                "as it was read before",
                changed,
                exchange,
            )


def gone(context: Context, requirement: Requirement) -> None:
    """A deleted device is not found any more, or is ARCHIVED; and it can neither be changed nor deleted again."""
    with own_devices(context) as (number,):
        path = {"device_id": number}
        deleted = context.call("deleteDevice", path=path)
        if not deleted.ok:
            raise Inconclusive(f"deleteDevice answered {deleted.status}")
        exchange = context.call("getDevice", path=path)
        context.case()
        state = at(exchange.json(), "/data/client_status")
        if exchange.status != 404 and state != "ARCHIVED":
            wrong(context, "A deleted device reads as if it were not.", "404 or ARCHIVED", state, exchange)
        for again in ("updateDevice", "deleteDevice"):
            body = {"comment": "devicedouble"} if again == "updateDevice" else UNSET
            answer = context.call(again, path=path, body=body)
            context.case()
            if answer.status not in (403, 404):
                wrong(context, f"{again} is carried out on a deleted device.", "403 or 404", answer.status, answer)


CHECKS = {
    "same_device": same_device,
    "labels": labels,
    "compliance_null": compliance_null,
    "guessed_refusal": guessed_refusal,
    "scope": scope,
    "drafts_hidden": drafts_hidden,
    "unwritable": unwritable,
    "hidden_members": hidden_members,
    "assignment": assignment,
    "refused_first": refused_first,
    "page_meta": page_meta,
    "beyond_the_end": beyond_the_end,
    "search_finds": search_finds,
    "search_narrows": search_narrows,
    "filters_combine": filters_combine,
    "every_status": every_status,
    "created": created,
    "batch_whole": batch_whole,
    "ids_are_new": ids_are_new,
    "snapshot": snapshot,
    "gone": gone,
}
