"""The strokes that planted faults are drawn with."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from conformance.planted.faults import Answer, Call, Forward, Modifier
from conformance.schemas import ABSENT, at, steps_of
from conformance.violations import REMOVE, placed

Edit = Callable[[Any], Any]


def honest(call: Call, forward: Forward) -> Answer:
    """No fault at all."""
    return forward(call)


def always(modifier: Modifier) -> Callable[[], Modifier]:
    """For `Fault.make`: a modifier without memory."""
    return lambda: modifier


def on(operations: str | Iterable[str], modifier: Modifier) -> Modifier:
    """`modifier` for these operations only."""
    names = {operations} if isinstance(operations, str) else set(operations)

    def chosen(call: Call, forward: Forward) -> Answer:
        return modifier(call, forward) if call.operation in names else forward(call)

    return chosen


def edit_answer(edit: Edit, *, ok: bool = True, statuses: Iterable[int] = ()) -> Modifier:
    """Change the JSON of answers: of successes, or of these statuses."""
    wanted = set(statuses)

    def modifier(call: Call, forward: Forward) -> Answer:
        answer = forward(call)
        chosen = answer.status in wanted if wanted else answer.ok is ok
        value = answer.json()
        return answer.with_json(edit(value)) if chosen and value is not None else answer

    return modifier


def edit_request(edit: Edit) -> Modifier:
    """Change the JSON of requests before they reach the server."""

    def modifier(call: Call, forward: Forward) -> Answer:
        value = call.json()
        return forward(call if value is None else call.with_json(edit(value)))

    return modifier


def setting(pointer: str, new: Any) -> Edit:
    """An edit that puts a value at a pointer (REMOVE takes it away), where its place exists."""

    def edit(value: Any) -> Any:
        try:
            return placed(value, pointer, new)
        except (KeyError, IndexError, TypeError, AttributeError, ValueError):
            return value

    return edit


def without(pointer: str) -> Edit:
    return setting(pointer, REMOVE)


def changing(pointer: str, change: Edit) -> Edit:
    """An edit that changes what stands at a pointer, where something does."""

    def edit(value: Any) -> Any:
        old = at(value, pointer)
        return value if old is ABSENT else setting(pointer, change(old))(value)

    return edit


def ignoring(names: Iterable[str]) -> Edit:
    """An edit that takes members out of an object, unless nothing would be left."""
    names = set(names)

    def edit(value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        kept = {key: one for key, one in value.items() if key not in names}
        return kept or value

    return edit


def for_each(pointer: str, edit: Edit) -> Edit:
    """An edit of every item of the list at a pointer."""

    def edit_all(items: Any) -> Any:
        return [edit(item) for item in items] if isinstance(items, list) else items

    return edit_all if pointer == "" else changing(pointer, edit_all)


def edit_text(edit: Callable[[str], str], *, statuses: Iterable[int] = ()) -> Modifier:
    """Change the text of answers, whatever their media type: of successes, or of these statuses."""
    wanted = set(statuses)

    def modifier(call: Call, forward: Forward) -> Answer:
        answer = forward(call)
        chosen = answer.status in wanted if wanted else answer.ok
        return replace(answer, body=edit(answer.body.decode()).encode()) if chosen and answer.body else answer

    return modifier


def with_status(wrong: Mapping[int, int]) -> Modifier:
    """Other statuses in place of the right ones."""

    def modifier(call: Call, forward: Forward) -> Answer:
        answer = forward(call)
        return answer.with_status(wrong.get(answer.status, answer.status))

    return modifier


def answering(status: int, value: Any) -> Modifier:
    """The same answer to everything; nothing reaches the server."""

    def modifier(call: Call, forward: Forward) -> Answer:  # noqa: ARG001
        return Answer(status).with_json(value)

    return modifier


def answer_with(status: int, value: Any = None, *, when: Callable[[Call], bool] = lambda call: True) -> Modifier:  # noqa: ARG005
    """This answer, without asking the server, to the calls chosen by `when`; no body for None."""

    def modifier(call: Call, forward: Forward) -> Answer:
        if not when(call):
            return forward(call)
        return Answer(status, ()) if value is None else Answer(status).with_json(value)

    return modifier


def instead_of(status: int, new: int, value: Any) -> Modifier:
    """Answers of one status are replaced by another answer."""

    def modifier(call: Call, forward: Forward) -> Answer:
        answer = forward(call)
        return Answer(new).with_json(value) if answer.status == status else answer

    return modifier


def forget(when: Callable[[Call], bool] = lambda call: True) -> Modifier:  # noqa: ARG005
    """Writes chosen by `when` look done and are not: the last good answer for the same object is given again.

    The first write of an object is done, for want of an answer to give. Has a memory: call it in `Fault.make`.
    """
    known: dict[tuple[str | None, str, str | None], Answer] = {}

    def modifier(call: Call, forward: Forward) -> Answer:
        key = (call.operation, call.target, call.header("Authorization"))
        if call.body and key in known and call.json() is not None and when(call):
            return known[key]
        answer = forward(call)
        if answer.ok:
            known[key] = answer
        return answer

    return modifier


def lost_for_good(write: str, reads: Iterable[str], pointer: str, new: Any) -> Callable[[], Modifier]:
    """For `Fault.make`: after its first write an object shows `new` at the pointer, as if it had been stored."""
    shown = {write, *reads}

    def make() -> Modifier:
        written: set[tuple[tuple[str, str], ...]] = set()

        def modifier(call: Call, forward: Forward) -> Answer:
            answer = forward(call)
            key = tuple(sorted(call.path.items()))
            if call.operation == write and answer.ok:
                written.add(key)
            value = answer.json() if call.operation in shown and answer.ok and key in written else None
            return (
                answer
                if value is None or at(value, pointer) is ABSENT
                else answer.with_json(setting(pointer, new)(value))
            )

        return modifier

    return make


def ignore_members(*names: str) -> Modifier:
    """These members of a request's object are dropped without a word; what is left is done.

    When nothing is left, the last good answer for the object is given again. Has a memory: call it in `Fault.make`.
    """
    forgetting = forget()

    def modifier(call: Call, forward: Forward) -> Answer:
        value = call.json()
        if not isinstance(value, dict) or not set(names) & set(value):
            return forgetting(call.with_(body=b""), lambda _: forward(call))
        kept = {key: one for key, one in value.items() if key not in names}
        if not kept:
            return forgetting(call, forward)
        return forgetting(call.with_(body=b""), lambda _: forward(call.with_json(kept)))

    return modifier


def accepting(broken: Callable[[Any], bool], mended: Edit) -> Modifier:
    """Requests whose body is `broken` are let through, `mended` so that the correct server takes them."""

    def modifier(call: Call, forward: Forward) -> Answer:
        value = call.json()
        return forward(call.with_json(mended(value)) if value is not None and broken(value) else call)

    return modifier


def as_if_by(authorization: str, when: Callable[[Call], bool] = lambda call: True) -> Modifier:  # noqa: ARG005
    """Calls are made with this credential, whatever came: who calls is not looked at."""

    def modifier(call: Call, forward: Forward) -> Answer:
        return forward(call.with_header("Authorization", authorization) if when(call) else call)

    return modifier


def not_done(instead: Callable[[Call], Call]) -> Modifier:
    """A write is answered with what another request (a read) gives, and never done."""

    def modifier(call: Call, forward: Forward) -> Answer:
        return forward(instead(call))

    return modifier


def first(pointer: str) -> str:
    """The first step of a pointer."""
    return steps_of(pointer)[0]


class Memory:
    """What a modifier remembers between calls."""

    def __init__(self) -> None:
        self.right: str | None = None
        """The last credential that the server took."""
        self.seen: dict[str, Any] = {}

    def learn(self, call: Call, answer: Answer) -> None:
        given = call.header("Authorization")
        if answer.ok and given:
            self.right = given
