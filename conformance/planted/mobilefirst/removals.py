"""Removals: devices that stay, come back, or take others along."""

from __future__ import annotations

from conformance.planted.faults import Answer, Call, Fault, Forward, Modifier
from conformance.planted.mobilefirst.access import DEPLOYER, for_user
from conformance.planted.mobilefirst.rows import DEVICES, REMOVE, fault, plain
from conformance.planted.mobilefirst.strokes import put, refused, says
from conformance.planted.tools import Memory, on


def pretends_to_remove(call: Call, forward: Forward) -> Answer:
    """A removal is answered well, and nothing is removed."""
    target = call.target.partition("?")[0]
    return says("/transaction/type", "REMOVE_DEVICE")(put(call, target, "ACTIVE"), forward)


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
        "deployer-removes-not",
        "a deployer may not remove devices",
        REMOVE,
        "role-deployer",
        for_user(DEPLOYER, refused(403)),
    ),
)
