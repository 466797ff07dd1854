"""Lifecycles speak of the states of their enum, of all of them, and answer every transition that they forbid."""

from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any

from openapi.contract import lifecycle_of
from openapi.rules.subject import Problem, Subject, member
from openapi.source import Pointer


def states(subject: Subject) -> Iterator[Problem]:
    """Every state that a lifecycle names is in the enum, and every one of the enum has its row."""
    for pointer, lifecycle, enum in _lifecycles(subject):
        if not enum:
            yield Problem(pointer, "a lifecycle needs an enum beside it: list the states there")
            continue
        known = {*enum, *_shown_states(subject, pointer)}
        for part in ("allowed", "refused", "bases"):
            for left, reached in member(lifecycle, part).items():
                for state in (left, *(reached if isinstance(reached, (list, dict)) else ())):
                    if state not in known and (part != "refused" or state != "default"):
                        yield Problem((*pointer, part, left), f"{state!r} is no state of the enum: correct it")
        for state in enum:
            if state not in member(lifecycle, "allowed"):
                missing = f"the state {state!r} is missing: list what may follow it, [] for nothing"
                yield Problem((*pointer, "allowed"), missing)


def answers(subject: Subject) -> Iterator[Problem]:
    """A status that requests may set names an error for every transition that is not allowed."""
    asked = {
        place.pointer
        for operation in subject.contract.operations.values()
        if operation.request_body is not None
        for place in subject.reached("body", (*subject.written(operation), "requestBody"))
    }
    for pointer, _, enum in _lifecycles(subject):
        if pointer[:-1] not in asked:
            continue
        lifecycle = lifecycle_of(subject.resolved(pointer[:-1]))
        for left, right in product({**dict.fromkeys(enum), **lifecycle.allowed}, enum) if lifecycle else ():
            try:
                assert lifecycle is not None
                lifecycle.answer(left, right)
            except LookupError:
                yield Problem(pointer, f"nothing answers {left} → {right}: allow it, or name an error under `refused`")
                break


def _lifecycles(subject: Subject) -> Iterator[tuple[Pointer, Mapping[str, Any], list[str]]]:
    for place in subject.places:
        lifecycle = place.node.get("x-lifecycle")
        if place.kind == "schema" and isinstance(lifecycle, Mapping):
            enum = [state for state in place.node.get("enum", ()) if isinstance(state, str)]
            yield (*place.pointer, "x-lifecycle"), lifecycle, enum


def _shown_states(subject: Subject, pointer: Pointer) -> set[str]:
    """The states that properties of the same name may have: answers may show some that no request may ask for."""
    return {
        state
        for place in subject.places
        if place.kind == "schema" and place.pointer[-2:] == pointer[-3:-1]
        for state in member({"node": subject.resolved(place.pointer)}, "node").get("enum", ())
    }
