"""What has moved between two readings, and what of that was free to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from conformance.context import Context
from conformance.jsontext import text_of
from conformance.resources import Handle, Reading, changed_pointers, declared, read_operation
from conformance.schemas import ABSENT, at, same, shortened
from conformance.types import Exchange


def untouched(
    context: Context, handle: Handle, before: Reading, after: Reading, named: set[str], exchange: Exchange
) -> None:
    """Fail for each member that a write did not name and has changed."""
    coupled = {pointer for name in named for pointer in handle.resource.coupled.get(name, ())}
    for name, member in handle.members.items():
        if name in named or member.pointer is None or within(member.pointer, coupled | set(handle.resource.volatile)):
            continue
        old, new = member.seen(before), member.seen(after)
        if not same(old, new):
            context.fail(
                f"Writing {', '.join(sorted(named))} has changed {name}, which the request left out.",
                expected=f"{name} = {shortened(text_of(old))}",
                actual=f"{name} = {shortened(text_of(new))}",
                exchanges=(exchange,),
                cause=f"omitted changed {exchange.operation} {'cleared' if new in (None, ABSENT, '') else 'altered'}",
            )


def moved(schema: Mapping[str, Any], handle: Handle, before: Reading, after: Reading) -> Iterator[str]:
    """The declared pointers at which two readings differ, without those that may move by themselves."""
    for pointer in changed_pointers(before[""], after[""]):
        node = declared(schema, pointer)
        if node is None or within(pointer, set(handle.resource.volatile)):
            continue
        if not _moves_by_itself(node, before[""], after[""], pointer):
            yield pointer


def within(pointer: str, roots: set[str]) -> bool:
    """Whether a place is one of these or below one."""
    return any(pointer == root or pointer.startswith(root + "/") for root in roots)


def _moves_by_itself(node: Mapping[str, Any], before: Any, after: Any, pointer: str) -> bool:
    """A server may move its own time stamps forward."""
    if node.get("format") != "date-time":
        return False
    old, new = at(before, pointer), at(after, pointer)
    return isinstance(new, str) and (not isinstance(old, str) or new >= old) and "x-reads-as" not in node


def read_schema(context: Context, handle: Handle) -> Mapping[str, Any]:
    """The schema of the document that reading back gives."""
    if handle.resource.shown is not None:
        return handle.resource.shown(context)
    operation = read_operation(context.contract, handle.resource)
    response = operation.response(200) if operation else None
    if response is None or not response.content:
        response = handle.write_operation.response(200)
    schema = next(iter(response.content.values())).schema if response and response.content else {}
    return declared(schema, handle.resource.root) or {}
