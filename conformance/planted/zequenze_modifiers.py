"""The modifiers behind the planted faults of Zequenze: what a hurried developer's code does, a function each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from conformance.apis.zequenze.devices import DELETE, LIST, WRITE
from conformance.planted.faults import Answer, Call, Forward, Modifier
from conformance.planted.tools import Memory, on

TEXTS = ("location", "assigned_user", "organization_unit", "device_type", "manufacturer", "model")


def device_of(call: Call) -> str:
    return call.path.get("serial_number", "")


def record(call: Call, forward: Forward) -> dict[str, Any]:
    """The device as it is now: the answer to an update that writes the name that it has."""
    target = call.target.replace("_serial_operation/", "_serial/")
    name = (forward(call.to("GET", target)).json() or {}).get("name", "x")
    found = forward(call.with_json({"name": name})).json()
    return found if isinstance(found, dict) else {}


def rewriting(change: Callable[[dict[str, Any]], dict[str, Any]]) -> Modifier:
    """Objects in requests are changed before they are carried out."""

    def modifier(call: Call, forward: Forward) -> Answer:
        body = call.json()
        return forward(call.with_json(change(body)) if isinstance(body, dict) else call)

    return modifier


def replacing(change: Callable[[str, Any], Any]) -> Modifier:
    """Each member of a request's object gets the value that `change` makes of it."""
    return rewriting(lambda body: {name: change(name, value) for name, value in body.items()})


def resets_omitted(call: Call, forward: Forward) -> Answer:
    """PUT as the RFC has it: what is not sent is emptied."""
    body = call.json()
    if isinstance(body, dict) and set(body) - {"name"}:
        call = call.with_json({**{name: "" for name in TEXTS if name != "assigned_user"}, **body})
    return forward(call)


def nested_replaced() -> Modifier:
    """configuration is what the last request said."""
    kept: dict[str, Any] = {}

    def modifier(call: Call, forward: Forward) -> Answer:
        answer = forward(call)
        body = call.json()
        if call.operation == WRITE and answer.ok:
            if isinstance(body, dict) and "configuration" in body:
                kept[device_of(call)] = body["configuration"]
            if device_of(call) in kept:
                return answer.with_json({**answer.json(), "configuration": kept[device_of(call)]})
        return answer

    return modifier


def tags_added(call: Call, forward: Forward) -> Answer:
    """New tags join the old ones."""
    body = call.json()
    if isinstance(body, dict) and isinstance(body.get("tags"), list):
        old = record(call, forward).get("tags", [])
        call = call.with_json({**body, "tags": [*old, *(tag for tag in body["tags"] if tag not in old)]})
    return forward(call)


def another_too(call: Call, forward: Forward) -> Answer:
    """The WHERE of the statement is too wide."""
    answer = forward(call)
    if answer.ok and "XYZ987654321" not in call.target:
        body = {name: value for name, value in (call.json() or {}).items() if name != "name"}
        if body:
            forward(call.with_json(body).with_(target="/inventory_device_serial_operation/XYZ987654321/"))
    return answer


def tags_everywhere(call: Call, forward: Forward) -> Answer:
    """The WHERE of the statement for the tags is missing."""
    answer = forward(call)
    tags = (call.json() or {}).get("tags") if isinstance(call.json(), dict) else None
    if answer.ok and tags is not None and "XYZ987654321" not in call.target:
        forward(call.with_json({"tags": tags}).with_(target="/inventory_device_serial_operation/XYZ987654321/"))
    return answer


def one_behind() -> Modifier:
    """The answer is made before the write: it shows what the last write left."""
    last: dict[str, Answer] = {}

    def modifier(call: Call, forward: Forward) -> Answer:
        answer = forward(call)
        if call.operation != WRITE or not answer.ok:
            return answer
        shown = last.get(device_of(call), answer)
        last[device_of(call)] = answer
        return shown

    return modifier


def first_seen(member: str) -> Modifier:
    """A member of answers that stays at what it was first."""
    seen: dict[str, Any] = {}

    def modifier(call: Call, forward: Forward) -> Answer:
        answer = forward(call)
        if call.operation != WRITE or not answer.ok:
            return answer
        body = answer.json()
        return answer.with_json({**body, member: seen.setdefault(device_of(call), body[member])})

    return modifier


def created_now(value: Any) -> Any:
    """One column for both time stamps."""
    return {**value, "created_at": value["updated_at"]}


def member_by_member(call: Call, forward: Forward) -> Answer:
    """Written one after another, whatever becomes of the others."""
    answer = forward(call)
    body = call.json()
    if answer.status == 422 and isinstance(body, dict) and len(body) > 1:
        for name, value in body.items():
            forward(call.with_json({name: value}))
    return answer


def lost_after_refusal() -> Modifier:
    """A transaction that failed is left open, and the next one is rolled back with it."""
    failed: set[str] = set()

    def modifier(call: Call, forward: Forward) -> Answer:
        body = call.json()
        lost = call.operation == WRITE and device_of(call) in failed and isinstance(body, dict) and "location" in body
        before = record(call, forward) if lost else {}
        answer = forward(call)
        if call.operation == WRITE and answer.status == 422:
            failed.add(device_of(call))
        if before and answer.ok:
            failed.discard(device_of(call))
            forward(call.with_json({"location": before["location"]}))
        return answer

    return modifier


def texts_made(name: str, value: Any) -> Any:
    """Everything can be made a text."""
    return str(value) if name in (*TEXTS, "name") and not isinstance(value, str) and value is not None else value


def swapped(body: dict[str, Any]) -> dict[str, Any]:
    """Two columns in the wrong order."""
    other = {"manufacturer": "model", "model": "manufacturer"}
    return {other.get(name, name): value for name, value in body.items()}


def small_tags(body: dict[str, Any]) -> dict[str, Any]:
    tags = body.get("tags")
    return {**body, "tags": [str(tag).lower() for tag in tags]} if isinstance(tags, list) else body


def cut_location(body: dict[str, Any]) -> dict[str, Any]:
    location = body.get("location")
    return {**body, "location": location[:64]} if isinstance(location, str) else body


def unseen(value: Any) -> Any:
    return {name: one for name, one in value.items() if name != "last_seen"}


def ascii_only(name: str, value: Any) -> Any:
    """A column of the wrong encoding."""
    keep = name == "name" or not isinstance(value, str)
    return value if keep else value.encode("ascii", "replace").decode()


def bodies_forgiven(test: Callable[[Any, bytes], bool]) -> Modifier:
    """Bodies for which `test` holds are taken for an update of nothing."""

    def modifier(call: Call, forward: Forward) -> Answer:
        return forward(call.with_json({})) if test(call.json(), call.body) else forward(call)

    return modifier


def id_taken() -> Modifier:
    """The body is spread over the row, number and all."""
    kept: dict[str, Any] = {}

    def modifier(call: Call, forward: Forward) -> Answer:
        answer = forward(call)
        body = call.json()
        if call.operation == WRITE and answer.ok:
            if isinstance(body, dict) and "id" in body:
                kept[device_of(call)] = body["id"]
            if device_of(call) in kept:
                return answer.with_json({**answer.json(), "id": kept[device_of(call)]})
        return answer

    return modifier


def cached(operation: str) -> Modifier:
    """What was read first is read for ever."""
    known: dict[str, Answer] = {}

    def modifier(call: Call, forward: Forward) -> Answer:
        answer = forward(call)
        if call.operation != operation or not answer.ok:
            return answer
        return known.setdefault(call.target, answer)

    return modifier


# ---- the list


def asked(change: Callable[[dict[str, str]], Mapping[str, str]]) -> Modifier:
    """Lists asked for with another query than came."""
    return on(LIST, lambda call, forward: forward(call.with_query(change(call.query))))


def without(name: str) -> Modifier:
    """A parameter that is not looked at."""
    return asked(lambda query: {key: value for key, value in query.items() if key != name})


def zero_is_true(query: dict[str, str]) -> dict[str, str]:
    """bool("0")."""
    return {key: "true" if key == "status" and value == "0" else value for key, value in query.items()}


def one_less(query: dict[str, str]) -> dict[str, str]:
    """Numbers of organizations counted from nought."""
    return {k: str(int(v) - 1) if k == "organization" and v.isdigit() else v for k, v in query.items()}


def one_more(query: dict[str, str]) -> dict[str, str]:
    """<= where < was meant."""
    return {k: str(int(v) + 1) if k == "limit" and v.isdigit() else v for k, v in query.items()}


def overlapping(query: dict[str, str]) -> dict[str, str]:
    """Each page but the first begins with the last device of the page before."""
    start = query.get("offset", "0")
    return {**query, "offset": str(int(start) - 1)} if start.isdigit() and int(start) > 0 else query


def links_without_filters(value: Any) -> Any:
    """The links are made of limit and offset alone."""

    def bare(link: Any) -> Any:
        if not isinstance(link, str):
            return link
        base, _, query = link.partition("?")
        return base + "?" + "&".join(part for part in query.split("&") if part.startswith(("limit=", "offset=")))

    return {**value, "next": bare(value["next"]), "previous": bare(value["previous"])}


def counted(value: Any) -> Any:
    return {**value, "count": len(value["results"])}


def last_page_lost(value: Any) -> Any:
    """Whole pages only."""
    link = value["next"]
    if not isinstance(link, str):
        return value
    size, _, start = link.partition("limit=")[2].partition("&offset=")
    whole = size.isdigit() and start.isdigit() and int(start) + int(size) > value["count"]
    return {**value, "next": None} if whole else value


def refused_query(test: Callable[[dict[str, str]], bool]) -> Modifier:
    """Lists whose query `test` holds of are refused."""

    def modifier(call: Call, forward: Forward) -> Answer:
        return Answer(400).with_json({"detail": "Invalid."}) if test(call.query) else forward(call)

    return on(LIST, modifier)


# ---- removing


def written_again() -> Modifier:
    """An update of what was removed makes it anew."""
    gone: set[str] = set()

    def modifier(call: Call, forward: Forward) -> Answer:
        answer = forward(call)
        if call.operation == DELETE and answer.ok:
            gone.add(device_of(call))
        if call.operation == WRITE and answer.status == 404 and device_of(call) in gone:
            return Answer(200).with_json({"serial_number": device_of(call), **(call.json() or {})})
        return answer

    return modifier


def never_removed(call: Call, forward: Forward) -> Answer:
    """Answered, not done."""
    answer = forward(call.to("GET", call.target))
    return Answer(204, ()) if answer.ok else answer


def removed_by_anyone() -> Modifier:
    """The guard of one route was forgotten."""
    memory = Memory()

    def modifier(call: Call, forward: Forward) -> Answer:
        answer = forward(call)
        memory.learn(call, answer)
        if call.operation == DELETE and answer.status == 401 and memory.right:
            return forward(call.with_header("Authorization", memory.right))
        return answer

    return modifier


def any_date(call: Call, forward: Forward) -> Answer:
    """A time that is none is passed over."""
    answer = forward(call)
    return without("last_status_change_from")(call, forward) if answer.status == 400 else answer
