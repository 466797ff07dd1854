"""Writing members and reading them back: what every check of a write is made of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from conformance.answers import shown
from conformance.checks.state.showing import shows
from conformance.context import Context
from conformance.jsontext import text_of
from conformance.resources import Handle, Member, Reading
from conformance.schemas import ABSENT, shortened
from conformance.types import Exchange, Requirement


def handle_of(context: Context, requirement: Requirement) -> Handle:
    return context.resource(requirement.data["resource"])


def written(context: Context, handle: Handle, changes: Mapping[str, Any], before: Reading) -> Exchange | None:
    """Write valid changes; None (and a failure) when they are refused."""
    exchange = handle.write(changes, before)
    context.case()
    names = ", ".join(changes)
    if not exchange.ok:
        context.fail(
            f"A valid change of {names} is refused.",
            expected="2xx",
            actual=shown(exchange),
            exchanges=(exchange,),
            cause=f"refused {exchange.operation} {names if len(changes) == 1 else ''}",
        )
        return None
    return exchange


def agrees(
    context: Context, handle: Handle, changes: Mapping[str, Any], before: Reading, exchange: Exchange
) -> Reading:
    """Read back, and fail for each member that does not show what was written."""
    after = handle.read()
    for name, value in changes.items():
        member = handle.members[name]
        if member.pointer is None:
            continue
        wanted = member.stored(value, member.seen(before))
        found = member.seen(after)
        if not shows(found, wanted, member.schema):
            context.fail(
                f"{name} does not read back as it was written.",
                expected=f"{name} = {shortened(text_of(wanted))}",
                actual=f"{member.pointer} = {shortened(text_of(found))}",
                exchanges=(exchange,),
                cause=f"not stored {exchange.operation} {name}",
            )
    return after


def stored(context: Context, handle: Handle, changes: Mapping[str, Any], before: Reading) -> Reading:
    """Write and read back; what was read last."""
    exchange = written(context, handle, changes, before)
    return before if exchange is None else agrees(context, handle, changes, before, exchange)


def one_by_one(
    context: Context, handle: Handle, members: Iterable[Member], before: Reading
) -> Iterator[tuple[Member, Any, Exchange]]:
    """Each member is written alone, with another value where there is one: those that were taken."""
    for member in members:
        value = value_for(context, handle, member, before)
        if value is ABSENT:
            continue
        exchange = written(context, handle, {member.name: value}, before)
        if exchange is not None:
            yield member, value, exchange


def value_for(context: Context, handle: Handle, member: Member, before: Reading) -> Any:
    """A value to write, another than there is where possible; ABSENT when there is none."""
    values = handle.values(member, 1, context.random, member.seen(before))
    return values[0] if values else ABSENT
