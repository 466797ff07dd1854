"""Doors left open, and doors that nobody can open."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from conformance.planted.faults import Answer, Call, Fault, Forward, Modifier
from conformance.planted.rules.ground import Ground, Memory
from conformance.planted.tools import always, on, with_status
from openapi.contract import Operation

Given = Callable[[str | None, str], bool]
"""The credential that came and the right one → whether the faulty server lets it in."""

LETS_IN: tuple[tuple[str, str, Given, tuple[str, ...]], ...] = (
    (
        "no-credential",
        "lets in who has no credential",
        lambda given, _: given is None,
        ("no-credential", "needs-credential"),
    ),
    (
        "wrong-credential",
        "lets in who has any credential of the right scheme",
        lambda given, right: given is not None and given.split(" ")[0] == right.split(" ")[0],
        ("wrong-credential", "needs-credential"),
    ),
    (
        "wrong-scheme",
        "lets in who has any credential of another scheme",
        lambda given, right: given is not None and given.split(" ")[0] != right.split(" ")[0],
        ("wrong-scheme",),
    ),
)


def credentials(ground: Ground) -> Iterator[Fault]:
    """Who is not known gets in, or is not told so as he should be."""
    for operation in [one for one in ground.main() if one.security]:
        for slug, breaks, fits, caught in LETS_IN:
            yield from ground.fault(operation, f"lets-in-{slug}", breaks, caught, _lets_in(operation, fits))
    for operation in [one for one in ground.main() if one.security][:1]:
        yield from ground.fault(
            operation,
            "403-for-401",
            "answers 403 to who is not known",
            ground.refusals(operation, 401, "refuses_credentials"),
            always(on(operation.id, with_status({401: 403}))),
        )
    yield from ground.fault(
        None, "no-challenge", "a 401 has no WWW-Authenticate", ("challenge",), always(_no_challenge)
    )


def _lets_in(operation: Operation, fits: Given) -> Callable[[], Modifier]:
    def make() -> Modifier:
        right: list[str] = []

        def modifier(call: Call, forward: Forward) -> Answer:
            answer = forward(call)
            given = call.header("Authorization")
            if answer.ok and given:
                right[:] = [given]
            if answer.status == 401 and right and call.operation == operation.id and fits(given, right[0]):
                return forward(call.with_header("Authorization", right[0]))
            return answer

        return modifier

    return make


def _no_challenge(call: Call, forward: Forward) -> Answer:
    answer = forward(call)
    return answer.with_header("WWW-Authenticate", None) if answer.status == 401 else answer


def roles(ground: Ground) -> Iterator[Fault]:
    """Roles that may too much or too little."""
    for operation in ground.operations():
        refused = tuple(one.id for one in ground.requirements(operation, "role_refused"))
        yield from ground.fault(
            operation, "any-role", "is open to every role", refused, lambda: _as_if_right(forbidden=True)
        )
        members = tuple(one.id for one in ground.requirements(operation, "role_members"))
        yield from ground.fault(
            operation,
            "any-member",
            "lets every role write every member",
            members,
            lambda: _as_if_right(forbidden=False),
        )
        allowed = tuple(one.id for one in ground.requirements(operation, "role_allowed"))
        if len(allowed) > 1:
            yield from ground.fault(
                operation, "one-role", "is open to one role alone", allowed, _one_role_alone(operation)
            )


def _as_if_right(*, forbidden: bool) -> Modifier:
    """Refusals of a call by another role (all with 403, or any of a write) are made good with the role that may."""
    memory = Memory()

    def modifier(call: Call, forward: Forward) -> Answer:
        answer = forward(call)
        given, right = call.header("Authorization"), memory.right(call)
        refused = answer.status == 403 if forbidden else bool(call.body) and 400 <= answer.status < 500
        if refused and given and right and given != right and answer.status != 401:
            return forward(call.with_header("Authorization", right))
        known = memory.calls.get(call.operation)
        return answer if known else memory.learn(call, answer)

    return modifier


def _one_role_alone(operation: Operation) -> Callable[[], Modifier]:
    def make() -> Modifier:
        first: list[str] = []

        def modifier(call: Call, forward: Forward) -> Answer:
            given = call.header("Authorization")
            if call.operation == operation.id and given and first and given != first[0]:
                return Answer(403).with_json({"error": "FORBIDDEN"})
            answer = forward(call)
            if answer.ok and given and call.operation == operation.id and not first:
                first.append(given)
            return answer

        return modifier

    return make
