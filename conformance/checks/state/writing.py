"""Writing members and reading them back: what every check of a write is made of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from conformance.answers import shown
from conformance.checks.state.showing import shows
from conformance.context import Context
from conformance.jsontext import text_of
from conformance.resources import Handle, Member, Reading
from conformance.schemas import ABSENT, Validator, same, shortened
from conformance.types import Exchange, Requirement

TOGETHER = 6
"""How many members are written in one request where it does not matter which."""


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


def in_groups(
    context: Context,
    handle: Handle,
    members: Iterable[Member],
    before: Reading,
    other: Reading | None = None,
    *,
    strict: bool = True,
) -> Iterator[tuple[dict[str, Any], Exchange]]:
    """All members are written, a few in a request, each with another value where there is one: what was taken.

    What is refused together is tried one by one, unless a refusal is nothing to wonder at (not `strict`). With `other`,
    the values are others than a second object has.
    """
    for group in groups_of(context, handle, members):
        changes = {member.name: _unlike(context, handle, member, before, other) for member in group}
        changes = {name: value for name, value in changes.items() if value is not ABSENT}
        exchange = handle.write(changes, before) if changes else None
        if exchange is not None and exchange.ok:
            context.case(len(changes))
            yield changes, exchange
            continue
        for name, value in changes.items() if strict else ():
            alone = written(context, handle, {name: value}, before)
            if alone is not None:
                yield {name: value}, alone


def groups_of(context: Context, handle: Handle, members: Iterable[Member]) -> list[list[Member]]:
    """Members that one role may write together, `TOGETHER` at most."""
    groups: list[list[Member]] = []
    for member in members:
        for group in groups:
            names = [*(one.name for one in group), member.name]
            if len(group) < TOGETHER and context.role_writing(handle.write_operation, names) is not None:
                group.append(member)
                break
        else:
            groups.append([member])
    return groups


def _unlike(context: Context, handle: Handle, member: Member, before: Reading, other: Reading | None) -> Any:
    """A value that neither the object nor, above all, the other one has."""
    now = member.seen(before)
    if other is None:
        return value_for(context, handle, member, before)
    values = handle.values(member, 4, context.random, now) or [ABSENT]
    there = member.seen(other)
    strange = [value for value in values if not same(member.stored(value, now), there)]
    if not strange and Validator(member.schema, "request").valid(now) and not same(now, there):
        return now
    return (strange or values)[0]


def value_for(context: Context, handle: Handle, member: Member, before: Reading) -> Any:
    """A value to write, another than there is where possible; ABSENT when there is none."""
    values = handle.values(member, 1, context.random, member.seen(before))
    return values[0] if values else ABSENT
