"""The wrong turns of a MasSubscriptions server that `planted/masmovil.py` puts together."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from conformance.planted.faults import Answer, Call, Forward, Modifier
from conformance.planted.masmovil_engine import PATCH, READ, refusal
from conformance.planted.tools import Memory, answer_with, edit_answer, edit_request, on

LIST, SEARCH = "listSubscriptionDevices", "searchDevices"
ADD, COMMITMENT = "addSubscriptionDevice", "getDeviceCommitment"
DEVICE = (READ, PATCH)
ANOTHER = "22222222-2222-4222-8222-222222222222"


# ---- patches, apart from the engine


def touching(*paths: str) -> Callable[[Any], bool]:
    """Whether a patch has an operation at one of these places."""
    return lambda body: isinstance(body, list) and any(isinstance(o, dict) and o.get("path") in paths for o in body)


def each_value(path: str, change: Callable[[Any], Any]) -> Modifier:
    """Values that a patch writes at this place are changed on the way."""

    def edit(body: Any) -> Any:
        if not isinstance(body, list):
            return body
        return [
            {**one, "value": change(one["value"])}
            if isinstance(one, dict) and one.get("path") == path and "value" in one
            else one
            for one in body
        ]

    return on(PATCH, edit_request(edit))


def everywhere(name: str) -> Modifier:
    """A member's new value goes to a second device, too, once that has been seen. For `Fault.make`."""
    seen: list[str] = []

    def modifier(call: Call, forward: Forward) -> Answer:
        answer = forward(call)
        if call.operation == READ and answer.ok and call.target not in seen:
            seen.append(call.target)
        if call.operation == PATCH and answer.ok and touching(f"/{name}")(call.json()) and name in answer.json():
            for other in seen:
                if other != call.target:
                    patch = [{"op": "add", "path": f"/{name}", "value": answer.json()[name]}]
                    forward(call.to("PATCH", other).with_json(patch))
        return answer

    return modifier


def shows_instead(path: str, wanted: Callable[[Any], bool]) -> Modifier:
    """A value that the right server would refuse is taken, and shown from then on. For `Fault.make`."""
    kept: dict[str, Any] = {}
    name = path[1:]

    def modifier(call: Call, forward: Forward) -> Answer:
        body = call.json()
        if call.operation == PATCH and touching(path)(body):
            last = body[-1]
            if last.get("path") == path and wanted(last.get("value")):
                kept["value"] = last.get("value")
                call = call.with_json(body[:-1])
            else:
                kept.pop("value", None)
        answer = forward(call)
        if call.operation in DEVICE and answer.ok and "value" in kept:
            return answer.with_json({**answer.json(), name: kept["value"]})
        return answer

    return modifier


def id_moves() -> Modifier:
    return shows_instead("/id", lambda value: value is not None)


def id_passed_over(call: Call, forward: Forward) -> Answer:
    """Operations on the id are left out, and the rest is done."""
    body = call.json()
    if touching("/id")(body):
        return forward(call.with_json([one for one in body if one.get("path") != "/id"]))
    return forward(call)


def checks_last(call: Call, forward: Forward) -> Answer:
    """The device is written operation by operation, and looked at when all is done."""
    answer = forward(call)
    body = call.json()
    if answer.status == 400 and isinstance(body, list) and len(body) > 1:
        forward(call.with_json(body[:-1]))
    return answer


def intruders() -> Modifier:
    """Who calls is found out when the patch is already carried out."""
    memory, places = Memory(), {"target": ""}

    def modifier(call: Call, forward: Forward) -> Answer:
        answer = forward(call)
        if call.operation == PATCH:
            memory.learn(call, answer)
            places["target"] = call.target if answer.ok else places["target"]
            if answer.status in (401, 403, 404) and memory.right and places["target"]:
                forward(call.with_header("Authorization", memory.right).with_(target=places["target"]))
        return answer

    return modifier


def reason_refused(call: Call, forward: Forward) -> Answer:
    body = call.json()
    known = {"op", "path", "value", "from"}
    if isinstance(body, list) and any(isinstance(one, dict) and set(one) - known for one in body):
        return refusal()
    return forward(call)


def media_refused(kind: str) -> Modifier:
    unfit = {"error": {"code": "UNSUPPORTED_MEDIA_TYPE", "message": "No.", "reference": "https://example.com/"}}
    return on(PATCH, answer_with(415, unfit, when=lambda call: (call.header("Content-Type") or "").startswith(kind)))


# ---- lists and searches


def items(change: Callable[[list[Any]], list[Any]]) -> Modifier:
    """The list of an answer, changed."""
    return edit_answer(lambda value: change(value) if isinstance(value, list) else value)


def all_when_none(call: Call, forward: Forward) -> Answer:
    """A filter that fits nothing is taken for none."""
    answer = forward(call)
    return forward(call.with_query({})) if answer.json() == [] and call.query else answer


def any_when_none(call: Call, forward: Forward) -> Answer:
    """A search that finds nothing by both numbers is made by one of them."""
    answer = forward(call)
    for name in call.query:
        if answer.json() == [] and len(call.query) > 1:
            answer = forward(call.with_query({name: call.query[name]}))
    return answer


def something_always() -> Modifier:
    """What is found last is found again when there is nothing. For `Fault.make`."""
    last: list[Answer] = []

    def modifier(call: Call, forward: Forward) -> Answer:
        answer = forward(call)
        if answer.json() == [] and last:
            return last[0]
        if answer.ok and answer.json():
            last[:] = [answer]
        return answer

    return modifier


def cached() -> Modifier:
    """The first good answer for a URL is given for ever. For `Fault.make`."""
    known: dict[str, Answer] = {}

    def modifier(call: Call, forward: Forward) -> Answer:
        if call.target in known:
            return known[call.target]
        answer = forward(call)
        if answer.ok and answer.json() and call.header("Authorization"):
            known[call.target] = answer
        return answer

    return modifier


def both_needed(call: Call, forward: Forward) -> Answer:
    if len([value for value in call.query.values() if value]) == 1:
        return Answer(200).with_json([])
    return forward(call)


def everything(call: Call, forward: Forward) -> Answer:
    """Without a filter the search shows something."""
    answer = forward(call)
    return Answer(200).with_json([]) if answer.status == 400 else answer


def one_a_mac(found: list[Any]) -> list[Any]:
    return list({one.get("mac_address") or one["id"]: one for one in found}.values())


def any_subscription() -> Modifier:
    """A device is looked for by its id alone. For `Fault.make`."""
    known: dict[str, str] = {}

    def modifier(call: Call, forward: Forward) -> Answer:
        answer = forward(call)
        key = call.path.get("deviceId", "")
        if answer.ok and key:
            known[key] = call.target
        if answer.status == 404 and key in known:
            return forward(call.with_(target=known[key]))
        return answer

    return modifier


def any_device() -> Modifier:
    """A commitment is looked for by its id alone. For `Fault.make`."""
    known: dict[str, str] = {}

    def modifier(call: Call, forward: Forward) -> Answer:
        answer = forward(call)
        key = call.path["commitmentId"]
        if answer.ok:
            known[key] = call.target
        return forward(call.with_(target=known[key])) if answer.status == 404 and key in known else answer

    return modifier


# ---- adding


def upserts() -> Modifier:
    """The same device added again is the one that is there. For `Fault.make`."""
    known: dict[bytes, Answer] = {}

    def modifier(call: Call, forward: Forward) -> Answer:
        answer = known.get(call.body) or forward(call)
        if answer.ok:
            known[call.body] = answer
        return answer

    return modifier


def adds_twice(call: Call, forward: Forward) -> Answer:
    answer = forward(call)
    if answer.ok:
        forward(call)
    return answer


def adds_before_looking(call: Call, forward: Forward) -> Answer:
    answer = forward(call)
    body = call.json()
    if answer.status == 400 and isinstance(body, dict) and "legacy_account_id" in body:
        forward(call.with_json({"catalogue_commercial_device_id": "x", "legacy_account_id": 1}))
    return answer


def sent_without(*names: str) -> Modifier:
    return edit_request(
        lambda body: {k: v for k, v in body.items() if k not in names} if isinstance(body, dict) else body
    )


def sent_with(**members: Any) -> Modifier:
    return edit_request(lambda body: {**members, **body} if isinstance(body, dict) else body)


def null_is_zero(value: Any) -> Any:
    if isinstance(value, dict) and "insurable_amount" in value:
        return {**value, "insurable_amount": value["insurable_amount"] or 0}
    return value
