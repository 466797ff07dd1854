"""What a write has done lasts: its answer says what a read says, and repeating it does nothing more."""

from __future__ import annotations

from conformance.checks.state.moving import moved
from conformance.checks.state.writing import handle_of, in_groups, written
from conformance.context import Context
from conformance.differences import differences, read_schema
from conformance.jsontext import text_of
from conformance.resources import declared
from conformance.schemas import at, shortened
from conformance.types import Requirement


def answer_agrees(context: Context, requirement: Requirement) -> None:
    """Every member is written; the document in the write's own answer is the one that a read shows.

    Only what is declared counts, and no time stamp.
    """
    handle = handle_of(context, requirement)
    schema = read_schema(handle)
    with context.keep(handle) as before:
        for _, exchange in in_groups(context, handle, handle.usable(before=before), before):
            answer = at(exchange.json(), handle.resource.answer or "")
            after = handle.read()[""]
            for pointer in differences(answer, after, schema, handle.resource.volatile):
                if (declared(schema, pointer) or {}).get("format") == "date-time":
                    continue
                context.fail(
                    f"The answer to the write and a read afterwards differ at {pointer or 'the top'}.",
                    expected=shortened(text_of(at(after, pointer))),
                    actual=shortened(text_of(at(answer, pointer))),
                    exchanges=(exchange,),
                    cause=f"answer disagrees {exchange.operation} {pointer}",
                )


def repeats(context: Context, requirement: Requirement) -> None:
    """Every member is written, and the same request sent again: both succeed, and the object reads the same."""
    handle = handle_of(context, requirement)
    with context.keep(handle) as before:
        for changes, _ in in_groups(context, handle, handle.usable(before=before), before):
            once = handle.read()
            exchange = written(context, handle, changes, before)
            if exchange is None:
                continue
            twice = handle.read()
            for pointer in moved(handle, once, twice):
                context.fail(
                    f"Sending a change of {', '.join(changes)} again has changed {pointer}.",
                    expected=shortened(text_of(at(once[""], pointer))),
                    actual=shortened(text_of(at(twice[""], pointer))),
                    exchanges=(exchange,),
                    cause=f"not idempotent {exchange.operation} {pointer}",
                )
