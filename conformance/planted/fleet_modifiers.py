"""The modifiers behind the planted faults of Fleet: what a hurried developer's code does, a function each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from conformance.planted.faults import Answer, Call, Forward, Modifier
from conformance.planted.tools import (
    Memory,
    answer_with,
    changing,
    edit_answer,
    edit_request,
    for_each,
    on,
    setting,
)
from conformance.schemas import at

UPDATE, READ, LIST, CREATE, DELETE = "updateDevice", "getDevice", "listDevices", "createDevices", "deleteDevice"
ONE = (READ, UPDATE)
FLAGS = ("has_webcam", "has_microphone")
DETAILS = ("graphic", "processor", "ram", "storage", "resolution", "color", "os_platform", "model_year")


def reading(call: Call) -> Call:
    """The read of the device that a call is about."""
    return call.to("GET", call.target.partition("?")[0])


def dropping(unwanted: Callable[[str, Any], bool]) -> Modifier:
    """Members for which `unwanted` holds are passed over; when nothing is left, nothing is done."""

    def modifier(call: Call, forward: Forward) -> Answer:
        body = call.json()
        if not isinstance(body, dict) or not any(unwanted(name, value) for name, value in body.items()):
            return forward(call)
        kept = {name: value for name, value in body.items() if not unwanted(name, value)}
        return forward(call.with_json(kept) if kept else reading(call))

    return modifier


def body_has(test: Callable[[dict[str, Any]], bool]) -> Callable[[Call], bool]:
    """Whether a call has an object as its body for which `test` holds."""

    def has(call: Call) -> bool:
        body = call.json()
        return isinstance(body, dict) and test(body)

    return has


def refused(test: Callable[[dict[str, Any]], bool], error: str = "Invalid input") -> Modifier:
    return answer_with(400, {"error": error}, when=body_has(test))


def query(change: Callable[[dict[str, str]], Mapping[str, str]]) -> Modifier:
    """Lists asked for with another query than came."""
    return on(LIST, lambda call, forward: forward(call.with_query(change(call.query))))


def resets_omitted(call: Call, forward: Forward) -> Answer:
    body = call.json()
    if isinstance(body, dict) and body:
        call = call.with_json({**dict.fromkeys(DETAILS), **body})
    return forward(call)


def member_by_member(call: Call, forward: Forward) -> Answer:
    """Written one after another until one fails; what was written before stays written."""
    answer = forward(call)
    body = call.json()
    if answer.status == 400 and isinstance(body, dict) and len(body) > 1:
        for name, value in body.items():
            if forward(call.with_json({name: value})).status == 400:
                break
    return answer


def lost_after_refusal() -> Modifier:
    """A transaction that failed is left open, and the next one is rolled back with it."""
    failed: set[str] = set()

    def modifier(call: Call, forward: Forward) -> Answer:
        number, body = call.path.get("device_id", ""), call.json()
        lost = call.operation == UPDATE and number in failed and isinstance(body, dict) and "comment" in body
        before = forward(reading(call)).json() if lost else None
        answer = forward(call)
        if call.operation == UPDATE and answer.status == 400:
            failed.add(number)
        if before and answer.ok:
            failed.discard(number)
            forward(call.with_json({"comment": before["data"]["comment"]}))
        return answer

    return modifier


def label_as_sent() -> Modifier:
    """A single label is kept as the text that it is."""
    kept: dict[str, Any] = {}

    def modifier(call: Call, forward: Forward) -> Answer:
        body = call.json()
        if call.operation == UPDATE and isinstance(body, dict) and "connection_type" in body:
            kept[call.path["device_id"]] = body["connection_type"]
        answer = forward(call)
        value = kept.get(call.path.get("device_id", ""))
        if call.operation in ONE and answer.ok and isinstance(value, str):
            return answer.with_json(setting("/data/characteristics/connection_type", value)(answer.json()))
        return answer

    return modifier


def each_device(edit: Callable[[Any], Any]) -> Modifier:
    """An edit of every device of a page."""
    return edit_answer(for_each("/data", edit))


def short_comment(device: Any) -> Any:
    return {**device, "comment": device["comment"] and device["comment"][:20]}


def one_label(device: Any) -> Any:
    labels = device["characteristics"]["connection_type"]
    return {**device, "characteristics": {**device["characteristics"], "connection_type": labels and labels[:1]}}


def labels_once(body: Any) -> Any:
    return _labels(body, lambda labels: list(dict.fromkeys(labels)))


def no_labels(body: Any) -> Any:
    return _labels(body, lambda labels: labels or None)


def _labels(body: Any, change: Callable[[list[Any]], Any]) -> Any:
    labels = body.get("connection_type") if isinstance(body, dict) else None
    if not isinstance(labels, list) or not all(isinstance(label, str) for label in labels):
        return body
    return {**body, "connection_type": change(labels)}


def labels_added(call: Call, forward: Forward) -> Answer:
    """New labels join the old ones."""
    body = call.json()
    if isinstance(body, dict) and isinstance(body.get("connection_type"), list):
        old = forward(reading(call)).json()["data"]["characteristics"]["connection_type"] or []
        call = call.with_json({**body, "connection_type": [*old, *body["connection_type"]]})
    return forward(call)


def another_too(call: Call, forward: Forward) -> Answer:
    """The WHERE of the statement is too wide."""
    answer = forward(call)
    if answer.ok and call.path["device_id"] != "1":
        forward(call.with_(target="/devices/1"))
    return answer


def swapped(call: Call, forward: Forward) -> Answer:
    """Two columns in the wrong order."""
    body = call.json()
    if isinstance(body, dict):
        other = dict(zip(FLAGS, reversed(FLAGS), strict=True))
        call = call.with_json({other.get(name, name): value for name, value in body.items()})
    return forward(call)


def answer_before(call: Call, forward: Forward) -> Answer:
    """The answer is made before the write."""
    before = forward(reading(call))
    answer = forward(call)
    return before if answer.ok and before.ok else answer


def status_taken() -> Modifier:
    """The body is spread over the row, state and all."""
    kept: dict[str, Any] = {}

    def modifier(call: Call, forward: Forward) -> Answer:
        body = call.json()
        answer = forward(call)
        number = call.path.get("device_id", "")
        if call.operation == UPDATE and answer.ok and isinstance(body, dict) and "client_status" in body:
            kept[number] = body["client_status"]
        if call.operation in ONE and answer.ok and number in kept:
            return answer.with_json(setting("/data/client_status", kept[number])(answer.json()))
        return answer

    return modifier


def scope_unchecked() -> Modifier:
    """Any key may write."""
    memory = Memory()

    def modifier(call: Call, forward: Forward) -> Answer:
        answer = forward(call)
        if call.operation == UPDATE:
            memory.learn(call, answer)
        if call.operation == UPDATE and answer.status == 403 and memory.right and "SCOPE" in answer.body.decode():
            return forward(call.with_header("Authorization", memory.right))
        return answer

    return modifier


def scope_checked_late() -> Modifier:
    """The scope is looked at after the write."""
    inner = scope_unchecked()

    def modifier(call: Call, forward: Forward) -> Answer:
        answer = forward(call)
        if answer.status == 403 and "SCOPE" in answer.body.decode():
            inner(call, forward)
            return answer
        return inner(call, lambda _: answer)

    return modifier


def drafts_shown(call: Call, forward: Forward) -> Answer:
    answer = forward(call)
    body = answer.json()
    pattern = next((one["mdm"] for one in body["data"] if one["mdm"]), None) if answer.ok else None
    if pattern is None:
        return answer

    def with_draft(device: dict[str, Any]) -> dict[str, Any]:
        show = device["mdm"] is None and device["type"] == "Laptop"
        return {**device, "mdm": {**pattern, "status": "DRAFT"}} if show else device

    return answer.with_json(for_each("/data", with_draft)(body))


def page_too_long(call: Call, forward: Forward) -> Answer:
    """<= where < was meant."""
    asked = int(call.query.get("limit", "50")) if call.query.get("limit", "50").isdigit() else 0
    answer = forward(call.with_query({**call.query, "limit": str(asked + 1)}) if 0 < asked < 100 else call)
    return answer.with_json(changing("/meta/limit", lambda limit: min(limit, asked or limit))(answer.json()))


def page_overlaps(call: Call, forward: Forward) -> Answer:
    """Each page but the first begins with the last device of the page before."""
    offset = call.query.get("offset", "0")
    if not offset.isdigit() or int(offset) < 2:
        return forward(call)
    answer = forward(call.with_query({**call.query, "offset": str(int(offset) - 1)}))
    return answer.with_json(changing("/meta/offset", lambda old: old + 1)(answer.json())) if answer.ok else answer


def total_of_page(value: Any) -> Any:
    return setting("/meta/total", len(value["data"]))(value)


def past_the_end(call: Call, forward: Forward) -> Answer:
    answer = forward(call)
    return Answer(404).with_json({"error": "DEVICE_NOT_FOUND"}) if answer.ok and not answer.json()["data"] else answer


def clamped(name: str, low: int, high: int) -> Modifier:
    """A number out of range is moved into it."""

    def change(asked: dict[str, str]) -> dict[str, str]:
        value = asked.get(name, "")
        if value.lstrip("-").isdigit():
            return {**asked, name: str(min(max(int(value), low), high))}
        return asked

    return query(change)


def without(name: str, when: str | None = None) -> Modifier:
    """A parameter that is not looked at (where another is given)."""
    return query(lambda asked: {k: v for k, v in asked.items() if k != name or (when and when not in asked)})


def one_status_for_another(asked: dict[str, str]) -> dict[str, str]:
    return {k: "OUT_OF_SERVICE" if v == "IN_MAINTENANCE" else v for k, v in asked.items()}


def first_word(asked: dict[str, str]) -> dict[str, str]:
    return {k: v.split(" ")[0] if k == "search" else v for k, v in asked.items()}


def unlisted_is_empty(call: Call, forward: Forward) -> Answer:
    """A state that there is not is a state that no device has."""
    answer = forward(call)
    if answer.status == 400 and "client_status" in call.query:
        return Answer(200).with_json({"data": [], "meta": {"total": 0, "limit": 50, "offset": 0}})
    return answer


def first_of_batch(value: Any) -> Any:
    devices = value.get("devices") if isinstance(value, dict) else None
    return {"devices": devices[:1]} if isinstance(devices, list) and devices else value


def batch_in_part(call: Call, forward: Forward) -> Answer:
    """The items are added one by one until one is wrong."""
    answer = forward(call)
    body = call.json()
    devices = body.get("devices") if isinstance(body, dict) else None
    if answer.status == 400 and isinstance(devices, list) and len(devices) > 1:
        for device in devices:
            if not forward(call.with_json({"devices": [device]})).ok:
                break
    return answer


def batch_without(*names: str) -> Modifier:
    """Members of new devices that are forgotten."""

    def edit(value: Any) -> Any:
        if not isinstance(value, dict) or not isinstance(value.get("devices"), list):
            return value
        kept = [{k: v for k, v in d.items() if k not in names} if isinstance(d, dict) else d for d in value["devices"]]
        return {**value, "devices": kept}

    return on(CREATE, edit_request(edit))


def blank_details(value: Any) -> Any:
    return changing("/data/characteristics", dict.fromkeys)(value)


def searched_long(call: Call, forward: Forward) -> Answer:
    """An index that takes no long words."""
    return Answer(500).with_json({"error": "x"}) if len(call.query.get("search", "")) > 30 else forward(call)


def squeezed(value: Any) -> Any:
    """All white space is made one space."""
    if isinstance(value, dict):
        return {k: " ".join(v.split()) if isinstance(v, str) and k != "name" else v for k, v in value.items()}
    return value


def cut(value: Any) -> Any:
    """VARCHAR(10)."""
    return {k: v[:10] if k == "comment" and v else v for k, v in value.items()} if isinstance(value, dict) else value


def shouted(value: Any) -> Any:
    if isinstance(value, dict) and isinstance(value.get("serial_number"), str):
        return {**value, "serial_number": value["serial_number"].upper()}
    return value


def no_challenge(call: Call, forward: Forward) -> Answer:
    return forward(call).with_header("WWW-Authenticate", None)


def year_as_text(value: Any) -> Any:
    """A number is made a text without a word."""
    if isinstance(value, dict):
        return {k: str(v) if k == "model_year" and isinstance(v, int) else v for k, v in value.items()}
    return value


def user_zero(value: Any) -> Any:
    """Zero is nobody."""
    return {**value, "user_id": None} if isinstance(value, dict) and value.get("user_id") == 0 else value


def user_untold(value: Any) -> Any:
    return {**value, "error": "Invalid input"} if at(value, "/error") == "INVALID_USER" else value


def unknown_user(name: str, value: Any) -> bool:
    """A number that no user has."""
    return name == "user_id" and isinstance(value, int) and value > 10**6
