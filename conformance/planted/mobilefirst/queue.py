"""What is asked for later: the states that a transaction goes through, the lock, and which change comes last."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from conformance.planted.faults import Answer, Call, Fault, Forward, Modifier
from conformance.planted.mobilefirst.rows import DEVICE, DEVICES, LOCK, TRANSACTION, fault, plain
from conformance.planted.mobilefirst.strokes import (
    Item,
    asked,
    default,
    is_later,
    items,
    put,
    says,
    telling,
    when,
    without,
)
from conformance.planted.tools import Memory, changing, edit_answer, on

ENDED = ("SUCCESS", "FAILURE", "CANCELED")
HOPELESS = 1.5
"""How long is waited for what never ends."""


# ---- the transaction and the lock


def shown_as(wrong: Mapping[str, str]) -> Modifier:
    """Some states of a transaction are shown as others."""
    return edit_answer(changing("/status", lambda old: wrong.get(old, old)))


def ends_twice() -> Modifier:
    """A transaction that was seen as SUCCESS is CANCELED the next time."""
    seen: set[str] = set()

    def change(value: Any, call: Call) -> Any:
        if value["status"] != "SUCCESS":
            return value
        if call.target in seen:
            return {**value, "status": "CANCELED"}
        seen.add(call.target)
        return value

    return on(TRANSACTION, telling(change))


STATES = (
    plain(
        "always-later",
        "without async a change is made later",
        DEVICE,
        "sync-has-ended",
        default("async", "true"),
    ),
    plain(
        "never-later",
        "async=true is not looked at",
        DEVICE,
        "answers-early",
        without("async"),
    ),
    plain(
        "never-ends",
        "a transaction stays COMMITTING",
        TRANSACTION,
        "set-device-status.async-ends",
        shown_as(dict.fromkeys(ENDED, "COMMITTING")),
        settling=HOPELESS,
    ),
    plain(
        "two-at-work",
        "waiting transactions are shown as at work",
        TRANSACTION,
        "get-lock.one-at-a-time",
        shown_as({"PENDING": "PREPARING"}),
    ),
    plain(
        "steps-back",
        "COMMITTING is shown as PENDING",
        TRANSACTION,
        "goes-forward",
        shown_as({"COMMITTING": "PENDING"}),
    ),
    fault(
        "ends-twice",
        "what has ended as SUCCESS is CANCELED later",
        TRANSACTION,
        "ended-is-ended",
        ends_twice,
    ),
    plain(
        "updated-stands",
        "timeUpdated stays timeCreated",
        TRANSACTION,
        "updated-moves",
        edit_answer(lambda value: {**value, "timeUpdated": value["timeCreated"]}),
    ),
    plain(
        "created-moves",
        "timeCreated moves with timeUpdated",
        TRANSACTION,
        "stays-itself",
        edit_answer(lambda value: {**value, "timeCreated": value["timeUpdated"]}),
    ),
    plain(
        "lock-never-busy",
        "the lock is never busy",
        LOCK,
        "busy-while-at-work",
        says("/busy", False),
    ),
    plain(
        "lock-never-free",
        "the lock is not given back",
        LOCK,
        "free-afterwards",
        says("/busy", True),
    ),
)


# ---- what becomes of the change


def becomes_active(call: Call, forward: Forward) -> Answer:
    """The change ends well and leaves the device ACTIVE."""
    return forward(call.with_json({"status": "ACTIVE"}))


def late_landing() -> Modifier:
    """A later change is made once more after the change that was asked for after it."""
    memory = Memory()

    def modifier(call: Call, forward: Forward) -> Answer:
        answer = forward(call)
        if not answer.ok:
            return answer
        if is_later(call):
            memory.seen["late"] = asked(call)
        elif late := memory.seen.pop("late", None):
            forward(put(call, call.target.partition("?")[0], late))
        return answer

    return on(DEVICE, modifier)


def second_is_first() -> Modifier:
    """Of two later changes, the second makes what the first wanted."""
    memory = Memory()

    def modifier(call: Call, forward: Forward) -> Answer:
        return forward(call.with_json({"status": memory.seen.setdefault("first", asked(call))}))

    return on(DEVICE, when(is_later, modifier))


def acts_early() -> Modifier:
    """What is asked for later is shown at once."""
    wanted: dict[str, str] = {}

    def early(found: list[Item], _: Call) -> list[Item]:
        return [{**one, "status": wanted.get(str(one.get("id")), one.get("status"))} for one in found]

    def modifier(call: Call, forward: Forward) -> Answer:
        if call.operation == DEVICE:
            name = call.path["device-id"]
            wanted.pop(name, None)
            if is_later(call):
                wanted[name] = str(asked(call))
        return items(early)(call, forward) if call.operation == DEVICES else forward(call)

    return modifier


MADE = (
    plain(
        "never-made",
        "a later change ends well and is not made",
        DEVICE,
        "async-happens",
        when(lambda call: is_later(call) and asked(call) is not None, becomes_active),
    ),
    fault(
        "late-landing",
        "a later change is made after the one that was asked for after it",
        DEVICE,
        "sync-waits",
        late_landing,
    ),
    fault(
        "second-is-first",
        "of two later changes the first is made twice",
        DEVICE,
        "last-wins",
        second_is_first,
    ),
    fault(
        "acts-early",
        "a later change is made while its transaction is PENDING",
        DEVICE,
        "pending-changes-nothing",
        acts_early,
    ),
)
FAULTS: tuple[Fault, ...] = (*STATES, *MADE)
