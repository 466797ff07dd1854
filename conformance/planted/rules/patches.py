"""JSON Patch by half: what a home-made implementation of RFC 6902 gets wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from conformance.planted.faults import Answer, Call, Fault, Forward, Modifier
from conformance.planted.rules.ground import Ground, Memory
from conformance.planted.tools import always, on

Item = dict[str, Any]
DEFINED = {"op", "path", "value", "from"}


def patches(ground: Ground) -> Iterator[Fault]:
    """Faults of the operation that takes a JSON Patch."""
    name = ground.api.json_patch
    if name is None:
        return
    operation = ground.contract.operations[name]
    for slug, breaks, caught, make in (
        ("refuses-extra", "refuses members that a patch operation does not define", "patch-ignores-unknown",
         always(_refusing(lambda one: bool(set(one) - DEFINED)))),
        ("empty-for-missing", "takes a missing value for an empty text", "patch-malformed",
         always(_each(_with_value))),
        ("any-case", "takes the name of an operation in any case", "patch-malformed",
         always(_each(_lower_case))),
        ("adds-for-replace", "replaces what is not there", "patch-refuses",
         always(_each(lambda one: {**one, "op": "add"} if one.get("op") == "replace" else one))),
        ("no-tests", "passes over test", "patch-test-compares",
         always(_only(lambda one: one.get("op") != "test"))),
        ("copies-move", "leaves behind what it moves", "patch-applies",
         always(_each(lambda one: {**one, "op": "copy"} if one.get("op") == "move" else one))),
        ("backwards", "carries the operations out from the last to the first", "patch-order",
         always(_reversed)),
        ("in-part", "keeps what was done before the operation that failed", "patch-atomic",
         always(_in_part)),
        ("takes-failures", "answers a patch that failed like one that did not", "patch-refuses",
         _takes_failures),
    ):  # fmt: skip
        yield from ground.fault(operation, slug, breaks, (caught,), _of(operation.id, make))


def _of(operation: str, make: Callable[[], Modifier]) -> Callable[[], Modifier]:
    return lambda: on(operation, make())


def _items(call: Call) -> list[Item]:
    """The patch operations; none when the body is no list of objects."""
    value = call.json()
    return value if isinstance(value, list) and all(isinstance(one, dict) for one in value) else []


def _each(edit: Callable[[Item], Item]) -> Modifier:
    def modifier(call: Call, forward: Forward) -> Answer:
        items = _items(call)
        return forward(call.with_json([edit(one) for one in items]) if items else call)

    return modifier


def _only(wanted: Callable[[Item], bool]) -> Modifier:
    def modifier(call: Call, forward: Forward) -> Answer:
        items = _items(call)
        return forward(call.with_json([one for one in items if wanted(one)]) if items else call)

    return modifier


def _refusing(wrong: Callable[[Item], bool]) -> Modifier:
    def modifier(call: Call, forward: Forward) -> Answer:
        if any(wrong(one) for one in _items(call)):
            return Answer(400).with_json({"error": {"code": "BAD_REQUEST", "message": "Unknown property."}})
        return forward(call)

    return modifier


def _with_value(one: Item) -> Item:
    return {**one, "value": ""} if one.get("op") in ("add", "replace", "test") and "value" not in one else one


def _lower_case(one: Item) -> Item:
    return {**one, "op": one["op"].lower()} if isinstance(one.get("op"), str) else one


def _reversed(call: Call, forward: Forward) -> Answer:
    items = _items(call)
    return forward(call.with_json(items[::-1]) if len(items) > 1 else call)


def _in_part(call: Call, forward: Forward) -> Answer:
    answer = forward(call)
    if 400 <= answer.status < 500:
        for one in _items(call):
            if not forward(call.with_json([one])).ok:
                break
    return answer


def _takes_failures() -> Modifier:
    memory = Memory()

    def modifier(call: Call, forward: Forward) -> Answer:
        answer = memory.learn(call, forward(call))
        known = memory.answers.get(call.operation)
        return known if known is not None and 400 <= answer.status < 500 and _items(call) else answer

    return modifier
