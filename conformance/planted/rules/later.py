"""Work done later that never ends or does nothing, and statuses that follow other rules than their own."""

from __future__ import annotations

from collections.abc import Iterator

from conformance.api import Transactions
from conformance.planted.faults import Answer, Call, Fault, Forward, Modifier
from conformance.planted.rules.ground import Ground, Memory
from conformance.planted.tools import always, edit_answer, on, setting, without
from conformance.types import Requirement
from openapi.contract import Operation


def transactions(ground: Ground) -> Iterator[Fault]:
    """Faults of the operations that can be asked to work later."""
    how = ground.api.transactions
    if how is None:
        return
    for name in how.operations:
        yield from _later(ground, how, ground.contract.operations[name])


def _later(ground: Ground, how: Transactions, operation: Operation) -> Iterator[Fault]:
    pending = next(state for state in how.follows if state not in how.final)
    for slug, breaks, caught, modifier in (
        ("names-no-transaction", "does not say which transaction it started", "async-accepted",
         on(operation.id, edit_answer(without(how.id)))),
        ("never-ends", "starts transactions that never end", "async-ends",
         on(how.read, edit_answer(setting(how.state, pending)))),
        ("unknown-state", "starts transactions in a state that there is not", "async-accepted",
         on(operation.id, edit_answer(setting(how.initial, "RUNNING")))),
        ("answers-early", "answers before the work has ended", "sync-has-ended",
         on(operation.id, edit_answer(setting(how.initial, pending)))),
    ):  # fmt: skip
        yield from ground.fault(operation, slug, breaks, (caught,), always(modifier))
    yield from ground.fault(
        operation,
        "does-nothing-later",
        "starts transactions that succeed and do nothing",
        ("async-happens",),
        lambda: on(operation.id, _does_nothing(how)),
    )


def _does_nothing(how: Transactions) -> Modifier:
    """Asked for later work, the body of the last change that was made at once is used again."""
    memory = Memory()

    def modifier(call: Call, forward: Forward) -> Answer:
        known = memory.calls.get(call.operation)
        if known is not None and all(call.query.get(name) == value for name, value in how.asks.items()):
            return forward(call.with_(body=known.body))
        return memory.learn(call, forward(call))

    return modifier


def lifecycles(ground: Ground) -> Iterator[Fault]:
    """One allowed step that is refused, and one refused step that seems to be made."""
    for resource in ground.api.resources[:1]:
        operation = ground.contract.operations[resource.write]
        steps = list(ground.requirements(operation, "lifecycle"))
        for refused in (False, True):
            pairs = [
                (step.data["member"], value)
                for step in steps
                for value in step.data["to"]
                if (step.data["error"] is not None) is refused and value != step.data["from"]
            ]
            for member, value in pairs[:1]:
                yield from _step(ground, operation, steps, member, value, refused=refused)


def _step(
    ground: Ground, operation: Operation, steps: list[Requirement], member: str, value: str, *, refused: bool
) -> Iterator[Fault]:
    caught = _all_to(steps, member, value, refused=refused)
    slug, breaks, modifier = (
        ("takes-step", f"makes believe that every step of {member} to {value} is made", _takes_step)
        if refused
        else ("refuses-step", f"refuses every step of {member} to {value}", _refuses_step)
    )
    yield from ground.fault(operation, slug, breaks, caught, lambda: on(operation.id, modifier(member, value)))


def _all_to(steps: list[Requirement], member: str, value: str, *, refused: bool) -> tuple[str, ...]:
    return tuple(
        one.id
        for one in steps
        if one.data["member"] == member and value in one.data["to"] and (one.data["error"] is not None) is refused
    )


def _is_step(call: Call, member: str, value: str) -> bool:
    body = call.json()
    return isinstance(body, dict) and body.get(member) == value


def _refuses_step(member: str, value: str) -> Modifier:
    def modifier(call: Call, forward: Forward) -> Answer:
        return Answer(400).with_json({"error": "REFUSED"}) if _is_step(call, member, value) else forward(call)

    return modifier


def _takes_step(member: str, value: str) -> Modifier:
    memory = Memory()

    def modifier(call: Call, forward: Forward) -> Answer:
        answer = memory.learn(call, forward(call))
        if _is_step(call, member, value) and 400 <= answer.status < 500:
            return memory.answers.get(call.operation, Answer(200).with_json({}))
        return answer

    return modifier
