"""Removing a device: what is gone, what stays, and who may.

Only with the target's leave, and one device a run: nothing brings it back. So what is refused is tried before, and what
follows from a removal is looked at after that one.
"""

from __future__ import annotations

from conformance.answers import shown
from conformance.apis.mobilefirst.reading import DEVICE, find, removable, whole
from conformance.apis.mobilefirst.telling import REMOVE, writers
from conformance.checks.success import baseline
from conformance.context import Context
from conformance.errors import Inconclusive
from conformance.types import Requirement


def may_remove(context: Context, requirement: Requirement) -> None:
    """A role that may remove devices is told that one does not exist: who may not, hears 403."""
    role = requirement.data["role"]
    path = context.path_of(context.contract.operations[REMOVE], "unknown")
    exchange = context.call(REMOVE, path=path, role=role)
    context.case()
    if exchange.status in (401, 403):
        context.fail(
            f"The role {role} is refused.",
            expected="404: there is no such device",
            actual=shown(exchange, 120),
            exchanges=(exchange,),
        )


def leaves_the_list(context: Context, requirement: Requirement) -> None:
    """After the removal the list shows all devices that it showed before but the removed one."""
    path = removable(context)
    before = {str(item.get("id")): item for item in whole(context, "listDevices")}
    exchange = baseline(context, REMOVE)
    context.case()
    if not context.expect_success(exchange):
        return
    after = {str(item.get("id")): item for item in whole(context, "listDevices")}
    gone = set(before) - set(after)
    if path[DEVICE] not in before:
        raise Inconclusive("the device had been removed before")
    if gone != {path[DEVICE]}:
        context.fail(
            "The list does not lack the removed device alone.",
            expected=f"without {path['device-id']}",
            actual=f"without {', '.join(sorted(gone)[:3]) or 'any'}",
            exchanges=(exchange,),
        )


def stays_gone(context: Context, requirement: Requirement) -> None:
    """A device that was removed can be neither removed nor changed any more: 404."""
    path = removable(context)
    if not baseline(context, REMOVE).ok:
        raise Inconclusive("the device could not be removed")
    again = context.call(REMOVE, path=path)
    changed = context.call("setDeviceStatus", path=path, body={"status": "LOST"})
    for exchange, what in ((again, "removed again"), (changed, "changed")):
        context.case()
        if exchange.status != 404:
            context.fail(
                f"A removed device can be {what}.",
                expected="404",
                actual=shown(exchange, 120),
                exchanges=(exchange,),
                cause=f"removed but {what}",
            )


def refused_stays(context: Context, requirement: Requirement) -> None:
    """A device that a reading role, or nobody, wanted to remove is still there."""
    readers: list[str | None] = [name for name in context.roles() if name not in writers(context, REMOVE)]
    for role in [*readers, None]:
        path = removable(context)
        exchange = context.call(REMOVE, path=path, role=role)
        if exchange.ok:
            continue  # That it was let in is another requirement's matter.
        context.case()
        if find(context, path) is None:
            context.fail(
                "A refused removal was made.",
                expected=f"{exchange.status}, and the device is there",
                actual="the device is gone",
                exchanges=(exchange,),
            )
