"""All that is written is stored: each member, each value, nulls, and several together."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Any

from conformance.checks.state.members import limits
from conformance.checks.state.moving import untouched
from conformance.checks.state.writing import agrees, handle_of, one_by_one, stored, value_for, written
from conformance.context import Context
from conformance.errors import Skip
from conformance.resources import Handle, Member, Reading
from conformance.schemas import ABSENT
from conformance.types import Requirement


def reads_back(context: Context, requirement: Requirement) -> None:
    """Each member alone is written with several values, and each is read back."""
    handle = handle_of(context, requirement)
    with context.keep(handle) as before:
        members = handle.usable(before=before)
        if not members:
            raise Skip("no member can be written and read back")
        each = max(1, min(3, context.options.examples // len(members)))
        reading = before
        for member in members:
            for value in handle.values(member, each, context.random, member.seen(reading)):
                reading = stored(context, handle, {member.name: value}, reading)
    _unseen(context, handle)


def _unseen(context: Context, handle: Handle) -> None:
    """Members that nothing shows are at least taken."""
    seen = {member.name for member in handle.usable()}
    for member in handle.usable(seen=False):
        if member.name in seen:
            continue
        for value in handle.values(member, 1, context.random):
            written(context, handle, {member.name: value}, {})


def takes_every_value(context: Context, requirement: Requirement) -> None:
    """Every value of every enumeration, and both ends of every length and range, are taken and read back."""
    handle = handle_of(context, requirement)
    with context.keep(handle) as before:
        reading = before
        for member in handle.usable(before=before):
            if member.name in context.api.values:
                continue
            for value in limits(member.schema):
                reading = stored(context, handle, {member.name: value}, reading)
    if not context.cases:
        raise Skip("no member has an enumeration or limits")


def null_clears(context: Context, requirement: Requirement) -> None:
    """A nullable member that has a value is written as null, and reads as null afterwards."""
    handle = handle_of(context, requirement)
    with context.keep(handle) as before:
        nullable = (member for member in handle.usable(before=before) if member.nullable)
        for member, _, _ in one_by_one(context, handle, nullable, before):
            _stored_alone(context, handle, {member.name: None}, handle.read())
    if not context.cases:
        raise Skip("no member may be null")


def _stored_alone(context: Context, handle: Handle, changes: Mapping[str, Any], before: Reading) -> Reading:
    """Write and read back, with every other member as it was; what was read last."""
    exchange = written(context, handle, changes, before)
    if exchange is None:
        return before
    after = agrees(context, handle, changes, before, exchange)
    untouched(context, handle, before, after, set(changes), exchange)
    return after


def combines(context: Context, requirement: Requirement) -> None:
    """Generated sets of members are written at once; a set that goes wrong is cut down to the fewest that still do."""
    handle = handle_of(context, requirement)
    with context.keep(handle) as before:
        members = handle.usable(before=before)
        if len(members) < 2:
            raise Skip("there are not two members to write")
        reading = before
        for _ in range(context.options.examples):
            chosen = context.random.sample(members, min(len(members), context.random.randint(2, 6)))
            changes = _together(context, handle, chosen, reading)
            if not changes:
                continue
            problems = len(context.failures)
            reading = _stored_alone(context, handle, changes, reading)
            if len(context.failures) > problems:
                _shrink(context, handle, changes)
                return


def _together(context: Context, handle: Handle, chosen: list[Member], reading: Reading) -> dict[str, Any]:
    changes = {}
    for member in chosen:
        value = value_for(context, handle, member, reading)
        if value is not ABSENT:
            changes[member.name] = value
    writing = context.role_writing(handle.write_operation, list(changes))
    return changes if writing is not None else {}


def _shrink(context: Context, handle: Handle, changes: Mapping[str, Any]) -> None:
    """Look for a smaller set of members that goes wrong, and report that one in front."""
    found = list(context.failures)
    for size in (1, 2):
        for names in itertools.islice(itertools.combinations(changes, size), 20):
            context.failures = []
            _stored_alone(context, handle, {name: changes[name] for name in names}, handle.read())
            if context.failures:
                return
    context.failures = found
