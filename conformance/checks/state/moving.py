"""What has moved between two readings, and what of that was free to."""

from __future__ import annotations

from collections.abc import Iterator

from conformance.context import Context
from conformance.differences import differences, read_schema, turned, within
from conformance.jsontext import text_of
from conformance.resources import Handle, Reading, declared
from conformance.schemas import ABSENT, at, shortened
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
        if differences(old, new, declared(read_schema(handle, member.operation), member.pointer) or member.schema):
            context.fail(
                f"Writing {', '.join(sorted(named))} has changed {name}, which the request left out.",
                expected=f"{name} = {shortened(text_of(old))}",
                actual=f"{name} = {shortened(text_of(new))}",
                exchanges=(exchange,),
                cause=f"omitted changed {exchange.operation} {'cleared' if new in (None, ABSENT, '') else 'altered'}",
            )


def moved(handle: Handle, before: Reading, after: Reading) -> Iterator[str]:
    """The declared pointers at which two readings differ, without those that may move by themselves."""
    schema = read_schema(handle)
    for pointer in differences(before[""], after[""], schema, handle.resource.volatile):
        if not turned(declared(schema, pointer), at(before[""], pointer), at(after[""], pointer)):
            yield pointer
