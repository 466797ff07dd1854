"""What of two readings differs where the contract has a say: what a server shows beside that is its own affair."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from conformance.context import Context
from conformance.resources import Handle, Reading, changed_pointers, declared, read_operation
from conformance.schemas import ABSENT, at
from openapi.contract import Operation


def differences(before: Any, after: Any, schema: Mapping[str, Any], passing: Iterable[str] = ()) -> list[str]:
    """The declared places at which two documents differ, but for those at or below `passing`."""
    roots = set(passing)
    found = changed_pointers(before, after)
    return [one for one in found if declared(schema, one) is not None and not within(one, roots)]


def within(pointer: str, roots: Iterable[str]) -> bool:
    return any(pointer == root or pointer.startswith(root + "/") for root in roots)


def moved(handle: Handle, before: Reading, after: Reading, passing: Iterable[str] = ()) -> list[str]:
    """The declared places of an object that have changed, but for those that move by themselves.

    Of what is read beside the object (usage, say) only the members that can be written are looked at.
    """
    found = differences(before[""], after.get(""), read_schema(handle), {*handle.resource.volatile, *passing})
    for name in before:
        own = {member.pointer for member in handle.all.values() if name and member.operation == name and member.pointer}
        beside = differences(before[name], after.get(name), read_schema(handle, name)) if own else []
        found += [pointer for pointer in beside if within(pointer, own)]
    return found


def place(reading: Reading, pointer: str) -> Any:
    """What stands at a pointer of the object, or of what is read beside it."""
    return next((found for one in reading.values() if (found := at(one, pointer)) is not ABSENT), ABSENT)


def turned(node: Mapping[str, Any] | None, old: Any, new: Any) -> bool:
    """Whether a time stamp has moved forward, as a server may let it."""
    if node is None or node.get("format") != "date-time" or "x-reads-as" in node:
        return False
    return isinstance(new, str) and (not isinstance(old, str) or new >= old)


def read_schema(handle: Handle, operation: str = "") -> Mapping[str, Any]:
    """The schema of a document that reading back gives: the main one, or that of one more operation."""
    context = handle.context
    if operation:
        return success_schema(context, operation)
    if handle.resource.shown is not None:
        return handle.resource.shown(context)
    reader = read_operation(context.contract, handle.resource)
    schema = _schema(reader) or _schema(handle.write_operation)
    return declared(schema, handle.resource.root) or {}


def success_schema(context: Context, operation: str) -> Mapping[str, Any]:
    """The schema of what an operation answers when all is well; empty where it declares none."""
    return _schema(context.contract.operations[operation])


def _schema(operation: Operation | None) -> Mapping[str, Any]:
    response = operation.response(200) if operation else None
    return next(iter(response.content.values())).schema if response and response.content else {}
