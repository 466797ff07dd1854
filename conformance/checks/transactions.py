"""Work that is done later when asked for: accepted at once, seen in legal states only, and ended in time."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from conformance.answers import shown
from conformance.api import Transactions
from conformance.checks.shape import observe
from conformance.checks.success import valid_body
from conformance.context import Context
from conformance.errors import Inconclusive, Skip
from conformance.requirements import Book
from conformance.schemas import ABSENT, at
from conformance.types import Exchange, Requirement

NEED = "capability:async_transactions"


def derive(book: Book) -> Iterator[Requirement]:
    how = book.api.transactions
    if how is None:
        return
    for name in how.operations:
        operation = book.contract.operations[name]
        for slug, check, text in (
            (
                "async-accepted",
                "async_accepted",
                "Asked for later work, the operation says under which id it can be watched.",
            ),
            ("async-ends", "async_ends", "Later work goes through legal states only and ends."),
            ("async-happens", "async_happens", "When later work has ended well, its effect can be read."),
            ("sync-has-ended", "sync_has_ended", "Not asked for later work, the answer comes when it has ended."),
        ):
            yield book.make(
                operation,
                slug,
                text,
                check,
                sends="changes",
                needs=(f"success:{name}", *((NEED,) if slug.startswith("async") else ())),
                order=40,
            )


def _how(context: Context) -> Transactions:
    assert context.api.transactions is not None
    return context.api.transactions


def accepted(context: Context, name: str, **request: Any) -> Exchange:
    """Ask for later work. Any success status will do; the body is held to that of the declared one."""
    operation = context.contract.operations[name]
    exchange = context.call(name, judged=False, **request)
    told = exchange
    if exchange.ok and operation.response(exchange.status) is None:
        declared = next(status for status in operation.responses if status.startswith("2"))
        told = replace(exchange, status=int(declared))
    observe(context.run, told, operation)
    return exchange


@dataclass
class Watched:
    """A change asked to be made later, from its acceptance to its end."""

    exchange: Exchange
    number: Any = ABSENT
    states: tuple[str, ...] = ()
    last: Exchange | None = None
    wanted: Any = None
    found: Any = None


def watched(context: Context, requirement: Requirement) -> Watched:
    """One asynchronous change of the object, made once a run and put back."""
    name = str(requirement.operation)
    found: Watched = context.once(("async", name), lambda: _watch(context, name))
    return found


def _watch(context: Context, name: str) -> Watched:
    handle = context.resource_written_by(name)
    if handle is None:
        raise Skip("the suite knows no object to write")
    how = _how(context)
    with context.keep(handle) as before:
        member = (handle.usable() or handle.lifecycle_members())[0]
        value = handle.values(member, 1, context.random, member.seen(before))[0]
        query = {**context.query_of(handle.write_operation), **how.asks}
        exchange = accepted(context, name, path=handle.path, body={member.name: value}, query=query)
        number = at(exchange.json(), how.id)
        if not exchange.ok or number is ABSENT:
            return Watched(exchange)
        states, last = _ended(context, number)
        return Watched(exchange, number, tuple(states), last, value, member.seen(handle.read()))


def async_accepted(context: Context, requirement: Requirement) -> None:
    """The answer is a 2xx, has an id, and a state that later work can be in."""
    seen = watched(context, requirement)
    exchange = seen.exchange
    context.case()
    if not context.expect_success(exchange, "Asking for later work is refused."):
        return
    how = _how(context)
    if seen.number is ABSENT:
        context.fail(
            "The answer names no transaction.",
            expected=f"an id at {how.id}",
            actual=shown(exchange),
            exchanges=(exchange,),
            cause="no transaction id",
        )
        return
    state = at(exchange.json(), how.initial)
    if state is not ABSENT and state not in how.follows and state not in how.final:
        context.fail(
            f"The state {state} is none of a transaction.",
            expected=", ".join(how.follows),
            actual=str(state),
            exchanges=(exchange,),
            cause="illegal state",
        )


def _ended(context: Context, number: Any) -> tuple[list[str], Exchange | None]:
    """Watch a transaction until it has ended or time is over; the states seen."""
    how = _how(context)
    states: list[str] = []
    last: list[Exchange] = []

    def done() -> bool:
        exchange = context.call(how.read, path={how.parameter: str(number)})
        last.append(exchange)
        if not exchange.ok:
            raise Inconclusive(f"{how.read} answered {exchange.status} for the transaction {number}")
        state = str(at(exchange.json(), how.state))
        if not states or states[-1] != state:
            states.append(state)
        return state in how.final

    context.settle(done)
    return states, last[-1] if last else None


def async_ends(context: Context, requirement: Requirement) -> None:
    """Watched from its acceptance, the transaction only ever goes forward, and reaches an end within settle_seconds."""
    one = watched(context, requirement)
    context.case()
    if not one.states:
        raise Inconclusive(f"no transaction was started: {one.exchange.status}")
    how = _how(context)
    first = at(one.exchange.json(), how.initial)
    seen = [*([str(first)] if first is not ABSENT and str(first) != one.states[0] else []), *one.states]
    shows = (one.last,) if one.last is not None else ()
    for before, after in itertools.pairwise(seen):
        if after not in how.follows.get(before, ()):
            context.fail(
                f"The transaction went from {before} to {after}.",
                expected=", ".join(how.follows.get(before, ())) or "nothing more",
                actual=" → ".join(seen),
                exchanges=shows,
                cause="illegal transition",
            )
    if seen[-1] not in how.final:
        context.fail(
            f"The transaction has not ended within {context.target.settle_seconds:g} s.",
            expected=" or ".join(how.final),
            actual=" → ".join(seen),
            exchanges=shows,
            cause="never ends",
        )


def async_happens(context: Context, requirement: Requirement) -> None:
    """A change asked to be made later is there once its transaction has succeeded."""
    one = watched(context, requirement)
    context.case()
    if not one.states:
        raise Inconclusive(f"no transaction was started: {one.exchange.status}")
    if one.states[-1] != _how(context).succeeded:
        raise Inconclusive(f"the transaction ended as {one.states[-1]}")
    if one.found != one.wanted:
        context.fail(
            f"The transaction has succeeded, and what it was to set is not {one.wanted}.",
            expected=str(one.wanted),
            actual=str(one.found),
            exchanges=(one.exchange, *((one.last,) if one.last else ())),
            cause="async without effect",
        )


def sync_has_ended(context: Context, requirement: Requirement) -> None:
    """Without being asked to work later, the operation answers with an ended transaction."""
    name = str(requirement.operation)
    handle = context.resource_written_by(name)
    if handle is None:
        raise Skip("the suite knows no object to write")
    with context.keep(handle):
        exchange = context.call(name, path=handle.path, body=valid_body(context, name))
    context.case()
    if not context.expect_success(exchange):
        return
    how = _how(context)
    state = at(exchange.json(), how.initial)
    if state not in how.final:
        context.fail(
            "The answer to synchronous work is a transaction that has not ended.",
            expected=" or ".join(how.final),
            actual=str(state),
            exchanges=(exchange,),
            cause="sync not ended",
        )


CHECKS = {
    "async_accepted": async_accepted,
    "async_ends": async_ends,
    "async_happens": async_happens,
    "sync_has_ended": sync_has_ended,
}
