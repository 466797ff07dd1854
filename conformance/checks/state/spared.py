"""A write changes only what it names: other members stay, and so do other objects."""

from __future__ import annotations

from conformance.checks.state.moving import moved, read_schema, untouched, within
from conformance.checks.state.writing import handle_of, one_by_one, value_for, written
from conformance.context import Context
from conformance.errors import Inconclusive, Skip
from conformance.jsontext import text_of
from conformance.resources import changed_pointers
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
    schema = read_schema(context, handle)
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
            for pointer in moved(schema, handle, middle, after):
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


def others_untouched(context: Context, requirement: Requirement) -> None:
    """A second object reads the same before and after a write to the first."""
    handle = handle_of(context, requirement)
    other = handle.other()
    with context.keep(other) as before_other, context.keep(handle) as before:
        members = handle.usable(before=before)[: max(2, context.options.examples // 5)]
        for member, _, exchange in one_by_one(context, handle, members, before):
            now = other.read()
            for pointer in changed_pointers(before_other[""], now[""]):
                if not within(pointer, set(handle.resource.volatile)):
                    context.fail(
                        f"Writing {member.name} of one object has changed {pointer} of another.",
                        expected="the other object as it was",
                        actual=shortened(f"{pointer} = {text_of(at(now[''], pointer))}"),
                        exchanges=(exchange,),
                        cause=f"other object {exchange.operation}",
                    )
    if not context.cases:
        raise Inconclusive("no change could be made")
