"""Removals: devices that stay, come back, or take others along."""

from __future__ import annotations

from conformance.planted.faults import Answer, Call, Fault, Forward, Modifier
from conformance.planted.mobilefirst.rows import DEVICES, REMOVE, fault, plain
from conformance.planted.mobilefirst.strokes import is_later, put, says, when
from conformance.planted.tools import Memory, on


def activates_instead(call: Call, target: str, forward: Forward) -> Answer:
    """A change is made that removes nothing, and is told as a removal."""
    return says("/transaction/type", "REMOVE_DEVICE")(put(call, target, "ACTIVE"), forward)


def pretends_to_remove(call: Call, forward: Forward) -> Answer:
    """A removal is answered well, and nothing is removed."""
    return activates_instead(call, call.target.partition("?")[0], forward)


def pretends_as_asked(call: Call, forward: Forward) -> Answer:
    """The same with the query of the removal: later, when that was asked for."""
    return activates_instead(call, call.target, forward)


def removes_twice() -> Modifier:
    """Removing what was removed before goes well again."""
    known: dict[str, Answer] = {}

    def modifier(call: Call, forward: Forward) -> Answer:
        answer = forward(call)
        if answer.ok:
            known[call.target] = answer
        return known.get(call.target, answer) if answer.status == 404 else answer

    return on(REMOVE, modifier)


def takes_another() -> Modifier:
    """A removal takes along the device that was listed last."""
    memory = Memory()

    def modifier(call: Call, forward: Forward) -> Answer:
        answer = forward(call)
        value = answer.json()
        if call.operation == DEVICES and answer.ok and isinstance(value, dict):
            memory.seen["last"] = value["items"][-1]["id"] if value["items"] else None
        if call.operation == REMOVE and answer.ok and memory.seen.get("last"):
            forward(call.to("DELETE", f"{call.target.rpartition('/')[0]}/{memory.seen['last']}"))
        return answer

    return modifier


FAULTS: tuple[Fault, ...] = (
    plain(
        "pretends-to-remove",
        "a removed device is still listed",
        REMOVE,
        "leaves-the-list",
        pretends_to_remove,
    ),
    fault(
        "removes-two",
        "a removal takes another device along",
        REMOVE,
        "leaves-the-list",
        takes_another,
    ),
    fault(
        "removes-twice",
        "what was removed can be removed again",
        REMOVE,
        "stays-gone",
        removes_twice,
    ),
    plain(
        "removes-nothing-later",
        "a removal asked for later is never made",
        REMOVE,
        "removes-later",
        when(is_later, pretends_as_asked),
    ),
)
