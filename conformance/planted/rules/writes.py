"""Writes that are lost, forgotten, doubled or do more than they were asked."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator
from typing import Any

from conformance.api import Resource
from conformance.checks.state.members import static_members
from conformance.planted.faults import Answer, Call, Fault, Forward, Modifier
from conformance.planted.rules.ground import Ground
from conformance.planted.tools import always, edit_request, forget, on, setting
from conformance.requirements import Book
from conformance.resources import Member, read_operation
from conformance.schemas import at
from openapi.contract import Operation


def writes(ground: Ground) -> Iterator[Fault]:
    """Faults of every resource that can be written."""
    for resource in ground.api.resources[:2]:
        operation = ground.contract.operations[resource.write]
        yield from _lost(ground, resource, operation)
        members = static_members(Book(ground.contract, ground.api), resource)
        if members and resource.changes is None:
            yield from _altered(ground, operation, members)
        if resource.read_back is None:
            yield from _around(ground, resource, operation)
            yield from _late(ground, resource, operation, members or [])


def _lost(ground: Ground, resource: Resource, operation: Operation) -> Iterator[Fault]:
    name = operation.id
    yield from ground.fault(
        operation,
        "forgets",
        "answers well and stores nothing",
        ("reads-back", "takes-every-value", "*-from-*-allowed-*"),
        lambda: on(name, forget()),
    )
    if resource.read_back is None:
        yield from ground.fault(
            operation,
            "once-only",
            "refuses a change that was made before",
            ("repeats",),
            lambda: on(name, _once_only()),
        )
    reader = read_operation(ground.contract, resource)
    if reader is not None and resource.read_back is None:
        yield from ground.fault(
            operation,
            "reads-stale",
            f"writes, and {reader.id} goes on showing what it showed first",
            ("reads-back", "answer-agrees"),
            lambda: on(reader.id, _stale()),
        )


def _once_only() -> Modifier:
    last: list[tuple[str, bytes]] = []

    def modifier(call: Call, forward: Forward) -> Answer:
        if last == [(call.target, call.body)]:
            return Answer(409).with_json({"error": "CONFLICT"})
        answer = forward(call)
        if answer.ok:
            last[:] = [(call.target, call.body)]
        return answer

    return modifier


def _stale() -> Modifier:
    seen: dict[str, Answer] = {}

    def modifier(call: Call, forward: Forward) -> Answer:
        answer = forward(call)
        return seen.setdefault(call.target, answer) if answer.ok else answer

    return modifier


def _altered(ground: Ground, operation: Operation, members: list[Member]) -> Iterator[Fault]:
    """The body is not taken as it is."""
    name = operation.id
    for slug, breaks, caught, edit in (
        ("plain-letters", "turns letters beyond ASCII into question marks", ("keeps-unicode",), _each_text(_plain)),
        ("trims", "cuts texts after 20 characters", ("takes-every-value", "keeps-unicode"), _each_text(_cut)),
        ("cuts-at-64", "cuts texts after 64 characters", ("keeps-whole",), _each_text(lambda text: text[:64])),
        ("strips", "takes away blanks around texts", ("keeps-whole",), _each_text(str.strip)),
        ("small-letters", "stores texts in small letters", ("reads-back",), _each_text(_small, ground.api.values)),
        ("first-of-many", "stores only the first of several members", ("combines",), _first_member),
        ("last-of-many", "stores only the last of several members", ("combines",), _last_member),
    ):
        if slug == "trims" and not any(20 < node.schema.get("maxLength", 0) < 10**5 for node in members):
            continue
        yield from ground.fault(operation, slug, breaks, caught, always(on(name, edit_request(edit))))
    yield from ground.fault(operation, "no-emoji", "refuses emoji", ("takes-unicode",), always(on(name, _no_emoji)))
    nullable = [one for one in members if one.nullable and one.need is None]
    if nullable:
        yield from ground.fault(
            operation,
            "ignores-null",
            "takes null for no change",
            ("null-clears",),
            lambda: on(name, _ignores_null()),
        )
    texts = [one for one in nullable if one.schema.get("type") == "string" and not {"enum", "format"} & set(one.schema)]
    if texts:
        yield from ground.fault(
            operation,
            "null-is-empty",
            f"stores an empty text where {texts[-1].name} is to be null",
            ("null-clears",),
            always(on(name, edit_request(_empty_for_null(texts[-1].name)))),
        )
    if len(nullable) > 1:
        yield from ground.fault(
            operation,
            "empties-omitted",
            "clears the members that a request leaves out",
            ("keeps-omitted",),
            always(on(name, _empties([one.name for one in nullable]))),
        )
    listed = [one for one in members if one.schema.get("type") == "string" and len(one.schema.get("enum", ())) > 1]
    for one in listed[:1]:
        value = [value for value in one.schema["enum"] if value is not None][-1]
        yield from ground.fault(
            operation,
            "value-missing",
            f"does not know {value} of {one.name}",
            ("takes-every-value",),
            always(on(name, _refuses_value(one.name, value))),
        )


def _each_text(edit: Callable[[str], str], but: Container[str] = ()) -> Callable[[Any], Any]:
    def edited(value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        return {key: edit(one) if isinstance(one, str) and key not in but else one for key, one in value.items()}

    return edited


def _empty_for_null(name: str) -> Callable[[Any], Any]:
    return lambda value: {**value, name: ""} if isinstance(value, dict) and value.get(name, "") is None else value


def _no_emoji(call: Call, forward: Forward) -> Answer:
    """The text is to be stored in three bytes a character."""
    if any(ord(char) > 0xFFFF for char in call.body.decode("utf-8", "replace")):
        return Answer(400).with_json({"error": "VALIDATION_ERROR"})
    return forward(call)


def _plain(text: str) -> str:
    return text.encode("ascii", "replace").decode()


def _small(text: str) -> str:
    """All but constants."""
    return text if text.isupper() else text.lower()


def _cut(text: str) -> str:
    return text[:20]


def _first_member(value: Any) -> Any:
    return dict(list(value.items())[:1]) if isinstance(value, dict) else value


def _last_member(value: Any) -> Any:
    return dict(list(value.items())[-1:]) if isinstance(value, dict) else value


def _ignores_null() -> Modifier:
    forgetting = forget()

    def modifier(call: Call, forward: Forward) -> Answer:
        value = call.json()
        if not isinstance(value, dict) or None not in value.values():
            return forgetting(call.with_(body=b""), lambda _: forward(call))
        kept = {key: one for key, one in value.items() if one is not None}
        return forward(call.with_json(kept)) if kept else forgetting(call, forward)

    return modifier


def _empties(names: list[str]) -> Modifier:
    def modifier(call: Call, forward: Forward) -> Answer:
        answer = forward(call)
        value = call.json()
        if answer.ok and isinstance(value, dict):
            for name in names:
                if name not in value:
                    forward(call.with_json({name: None}))
        return answer

    return modifier


def _refuses_value(name: str, value: Any) -> Modifier:
    def modifier(call: Call, forward: Forward) -> Answer:
        body = call.json()
        if isinstance(body, dict) and body.get(name) == value:
            return Answer(400).with_json({"error": "VALIDATION_ERROR"})
        return forward(call)

    return modifier


def _around(ground: Ground, resource: Resource, operation: Operation) -> Iterator[Fault]:
    """What happens beside the write."""
    reader = read_operation(ground.contract, resource)
    if reader is None:
        return
    if resource.answer is not None and reader.path == operation.path:
        yield from ground.fault(
            operation,
            "answers-before",
            "answers with the object as it was before",
            ("answer-agrees",),
            always(on(operation.id, _answers_before)),
        )
    if resource.other:
        yield from ground.fault(
            operation,
            "touches-another",
            "writes to another object, too",
            ("others-untouched",),
            lambda: _touches_another(operation, reader),
        )


def _late(ground: Ground, resource: Resource, operation: Operation, members: list[Member]) -> Iterator[Fault]:
    """What goes wrong with the last of the members alone: a check that tries but some of them passes it."""
    reader = read_operation(ground.contract, resource)
    last = next((one for one in reversed(members) if one.need is None and not one.operation), None)
    if reader is None or last is None or resource.changes is not None:
        return
    if resource.other:
        yield from ground.fault(
            operation,
            "last-member-everywhere",
            f"writes {last.name} to another object, too",
            ("others-untouched",),
            lambda: _touches_another(operation, reader, last.name),
        )
    if resource.answer is not None and reader.path == operation.path:
        yield from ground.fault(
            operation,
            "last-member-before",
            f"answers with {last.name} as it was before",
            ("answer-agrees",),
            always(on(operation.id, _member_before(str(last.pointer)))),
        )


def _member_before(pointer: str) -> Modifier:
    def modifier(call: Call, forward: Forward) -> Answer:
        before = forward(call.to("GET", call.target.partition("?")[0]))
        answer = forward(call)
        if not (answer.ok and before.ok):
            return answer
        return answer.with_json(setting(pointer, at(before.json(), pointer))(answer.json()))

    return modifier


def _answers_before(call: Call, forward: Forward) -> Answer:
    before = forward(call.to("GET", call.target.partition("?")[0]))
    answer = forward(call)
    return answer.with_(body=before.body) if answer.ok and before.ok else answer


def _touches_another(operation: Operation, reader: Operation, only: str | None = None) -> Modifier:
    """The object read first under another address gets the same body, or `only` this member of it."""
    seen: dict[str, Call] = {}

    def modifier(call: Call, forward: Forward) -> Answer:
        answer = forward(call)
        if answer.ok and call.operation == reader.id:
            seen.setdefault(_key(call), call)
        body = call.json()
        if only is not None and (not isinstance(body, dict) or only not in body):
            return answer
        if answer.ok and call.operation == operation.id:
            for other in [one for key, one in seen.items() if key != _key(call)]:
                path = call.target
                for name, value in call.path.items():
                    path = path.replace(value, other.path.get(name, value))
                again = call.to(call.method, path, call.body)
                forward(again if only is None else again.with_json({only: body[only]}))
        return answer

    return modifier


def _key(call: Call) -> str:
    return " ".join(value for _, value in sorted(call.path.items()))
