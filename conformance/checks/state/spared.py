"""A write changes only what it names: other members stay, and so do other objects."""

from __future__ import annotations

import itertools

from conformance.checks.state.moving import moved, untouched
from conformance.checks.state.writing import handle_of, in_groups, value_for, written
from conformance.context import Context
from conformance.differences import moved as differing
from conformance.differences import place, read_schema, turned, within
from conformance.errors import Inconclusive, Skip
from conformance.jsontext import text_of
from conformance.resources import Handle, Member, Reading, declared
from conformance.schemas import ABSENT, at, shortened
from conformance.types import Requirement


def keeps_omitted(context: Context, requirement: Requirement) -> None:
    """Two members are set one after the other; writing the second leaves the first."""
    handle = handle_of(context, requirement)
    with context.keep(handle) as before:
        members = handle.usable(before=before)
        if len(members) < 2:
            raise Skip("there are not two members to write")
        for one in members[: context.options.examples]:
            other = members[(members.index(one) + 1) % len(members)]
            first = value_for(context, handle, one, before)
            second = value_for(context, handle, other, before)
            if first is ABSENT or second is ABSENT:
                continue
            if written(context, handle, {one.name: first}, before) is None:
                continue
            middle = handle.read()
            exchange = written(context, handle, {other.name: second}, middle)
            if exchange is None:
                continue
            after = handle.read()
            untouched(context, handle, middle, after, {other.name}, exchange)


def changes_only_that(context: Context, requirement: Requirement) -> None:
    """After a write, a comparison of all that the contract declares shows only what was asked; ids never move."""
    handle = handle_of(context, requirement)
    with context.keep(handle) as before:
        for member in handle.usable(before=before)[: context.options.examples]:
            value = value_for(context, handle, member, before)
            if value is ABSENT:
                continue
            middle = handle.read()
            exchange = written(context, handle, {member.name: value}, middle)
            if exchange is None:
                continue
            after = handle.read()
            allowed = {member.pointer or "", *handle.resource.coupled.get(member.name, ()), *handle.resource.volatile}
            for pointer in moved(handle, middle, after):
                if not within(pointer, allowed) and not _parent_of(pointer, allowed):
                    context.fail(
                        f"Writing {member.name} has changed {pointer}.",
                        expected=shortened(f"{pointer} = {text_of(at(middle[''], pointer))}"),
                        actual=shortened(f"{pointer} = {text_of(at(after[''], pointer))}"),
                        exchanges=(exchange,),
                        cause=f"side effect {exchange.operation} {pointer}",
                    )


def _parent_of(pointer: str, allowed: set[str]) -> bool:
    return any(one.startswith(pointer + "/") for one in allowed)


def _guarded(handle: Handle, before: Reading) -> list[Member]:
    """Members kept apart that have a value to go back to."""
    members = [handle.all[name] for name in sorted(handle.resource.guarded)]
    return [member for member in members if member.seen(before) not in (None, ABSENT)]


def others_untouched(context: Context, requirement: Requirement) -> None:
    """Every member of one object is written, with values that a second has not: that one reads as before."""
    handle = handle_of(context, requirement)
    other = handle.other()
    schema = read_schema(handle)
    with context.keep(other) as before_other, context.keep(handle) as before:
        usual = in_groups(context, handle, handle.usable(before=before), before, before_other)
        rest = in_groups(context, handle, _guarded(handle, before), before, before_other, strict=False)
        for changes, exchange in itertools.chain(usual, rest):
            now = other.read()
            for pointer in differing(other, before_other, now):
                old, new = place(before_other, pointer), place(now, pointer)
                if turned(declared(schema, pointer), old, new):
                    continue
                context.fail(
                    f"Writing {', '.join(changes)} of one object has changed {pointer} of another.",
                    expected=shortened(f"{pointer} = {text_of(old)}, as it was"),
                    actual=shortened(f"{pointer} = {text_of(new)}"),
                    exchanges=(exchange,),
                    cause=f"other object {exchange.operation}",
                )
    if not context.cases:
        raise Inconclusive("no change could be made")
