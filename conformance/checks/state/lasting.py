"""What a write has done lasts: its answer says what a read says, and repeating it does nothing more."""

from __future__ import annotations

from conformance.checks.state.moving import moved, read_schema, within
from conformance.checks.state.writing import handle_of, one_by_one, written
from conformance.context import Context
from conformance.jsontext import text_of
from conformance.resources import changed_pointers, declared
from conformance.schemas import at, shortened
from conformance.types import Requirement


def answer_agrees(context: Context, requirement: Requirement) -> None:
    """The document in the write's own answer is the one that a read shows, as far as both are declared."""
    handle = handle_of(context, requirement)
    schema = read_schema(context, handle)
    with context.keep(handle) as before:
        members = handle.usable(before=before)[: max(1, context.options.examples // 5)]
        for _, _, exchange in one_by_one(context, handle, members, before):
            answer = at(exchange.json(), handle.resource.answer or "")
            after = handle.read()[""]
            for pointer in changed_pointers(answer, after):
                node = declared(schema, pointer)
                if not node or node.get("format") == "date-time" or within(pointer, set(handle.resource.volatile)):
                    continue
                context.fail(
                    f"The answer to the write and a read afterwards differ at {pointer or 'the top'}.",
                    expected=shortened(text_of(at(after, pointer))),
                    actual=shortened(text_of(at(answer, pointer))),
                    exchanges=(exchange,),
                    cause=f"answer disagrees {exchange.operation} {pointer}",
                )


def repeats(context: Context, requirement: Requirement) -> None:
    """The same change is sent twice: both succeed, and the object reads the same after either."""
    handle = handle_of(context, requirement)
    schema = read_schema(context, handle)
    with context.keep(handle) as before:
        members = handle.usable(before=before)[: max(2, context.options.examples // 5)]
        for member, value, _ in one_by_one(context, handle, members, before):
            once = handle.read()
            exchange = written(context, handle, {member.name: value}, before)
            if exchange is None:
                continue
            twice = handle.read()
            for pointer in moved(schema, handle, once, twice):
                context.fail(
                    f"Sending a change of {member.name} again has changed {pointer}.",
                    expected=shortened(text_of(at(once[""], pointer))),
                    actual=shortened(text_of(at(twice[""], pointer))),
                    exchanges=(exchange,),
                    cause=f"not idempotent {exchange.operation} {pointer}",
                )
