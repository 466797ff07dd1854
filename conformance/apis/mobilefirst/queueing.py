"""Asynchronous changes: two at once, watched until they have ended, and what must hold at every moment of it.

The watch is made once a run; each check looks at all of it. Where two things are read one after the other, the order
is such that what is concluded holds whatever happened in between.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from conformance.answers import shown
from conformance.apis.mobilefirst.reading import device
from conformance.apis.mobilefirst.telling import moment
from conformance.checks.transactions import accepted
from conformance.context import Context
from conformance.errors import Inconclusive
from conformance.schemas import at
from conformance.types import Exchange, Requirement

ENDED = frozenset(("SUCCESS", "FAILURE", "CANCELED"))
AT_WORK = frozenset(("PREPARING", "COMMITTING", "REJECTING"))
RANK = {"PENDING": 0, "PREPARING": 1, "COMMITTING": 2, "REJECTING": 3, "SUCCESS": 4, "FAILURE": 4, "CANCELED": 4}
LATER = {"async": "true"}
Transaction = Mapping[str, Any]


@dataclass(frozen=True)
class Look:
    """What was seen in this order: the second transaction, the first, the lock, the first again."""

    second: Transaction
    first: Transaction
    busy: Any
    again: Transaction
    exchanges: tuple[Exchange, ...]


@dataclass(frozen=True)
class Watch:
    """Two changes asked for one after the other, all looks at them, and the device before, meanwhile and after."""

    answers: tuple[Exchange, Exchange]
    looks: tuple[Look, ...]
    before: str
    pending: tuple[tuple[str, Exchange], ...]
    """Statuses that the list showed while the second transaction was yet to begin, and the look that proves it."""
    after: str
    asked: tuple[str, str]
    free: bool
    """The lock was free in the end."""


def watch(context: Context) -> Watch:
    found: Watch = context.once(("watch",), lambda: _watch(context))
    return found


def read(context: Context, number: Any) -> tuple[Transaction, Exchange]:
    """A transaction as it is now."""
    exchange = context.call("getTransaction", path={"transaction-id": str(number)})
    value = exchange.json()
    if not exchange.ok or not isinstance(value, Mapping):
        raise Inconclusive(f"getTransaction answered {exchange.status} for the transaction {number}")
    return value, exchange


def later(context: Context, operation: str, path: Mapping[str, str], body: Any = None) -> tuple[Exchange, Any]:
    """Ask for a change to be made later; the answer and the transaction's id."""
    more = {} if body is None else {"body": body}
    exchange = accepted(context, operation, path=path, query=LATER, **more)
    number = at(exchange.json(), "/transaction/id")
    if not exchange.ok or not isinstance(number, int):
        raise Inconclusive(f"no transaction was begun: {shown(exchange, 80)}")
    return exchange, number


def _watch(context: Context) -> Watch:
    handle = context.resource("device")
    with context.keep(handle) as before:
        now = str(before[""]["status"])
        one, two = [value for value in ("LOST", "STOLEN", "DISABLED") if value != now][:2]
        answer_one, first = later(context, "setDeviceStatus", handle.path, {"status": one})
        answer_two, second = later(context, "setDeviceStatus", handle.path, {"status": two})
        looks: list[Look] = []
        pending: list[tuple[str, Exchange]] = []

        def ended() -> bool:
            if not looks or looks[-1].second["status"] == "PENDING":
                status = str(device(context, handle.path)["status"])
                state, exchange = read(context, second)
                if state["status"] == "PENDING":
                    pending.append((status, exchange))
            looks.append(_look(context, first, second))
            return {looks[-1].second["status"], looks[-1].again["status"]} <= ENDED

        context.settle(ended)
        after = str(device(context, handle.path)["status"])
        free = context.settle(lambda: at(context.call("getLock").json(), "/busy") is False)
    return Watch((answer_one, answer_two), tuple(looks), now, tuple(pending), after, (one, two), free)


def _look(context: Context, first: Any, second: Any) -> Look:
    two, seen_two = read(context, second)
    one, seen_one = read(context, first)
    lock = context.call("getLock")
    again, seen_again = read(context, first)
    return Look(two, one, at(lock.json(), "/busy"), again, (seen_two, seen_one, lock, seen_again))


def one_at_a_time(context: Context, requirement: Requirement) -> None:
    """Whenever the later transaction is at work or has ended, the earlier one, read after it, has ended."""
    for look in watch(context).looks:
        context.case()
        if look.second["status"] in AT_WORK and look.first["status"] in AT_WORK:
            context.fail(
                "Two transactions of one runtime are at work at once.",
                expected="the second waits",
                actual=f"{look.first['status']} and {look.second['status']}",
                exchanges=look.exchanges[:2],
            )


def lock_is_busy(context: Context, requirement: Requirement) -> None:
    """While a transaction is at work, before and after the look at it, the lock is busy."""
    for look in watch(context).looks:
        if look.first["status"] not in AT_WORK or look.again["status"] not in AT_WORK:
            continue
        context.case()
        if look.busy is not True:
            context.fail(
                f"The lock is free while a transaction is {look.again['status']}.",
                expected="busy true",
                actual=f"busy {look.busy}",
                exchanges=look.exchanges[1:],
            )
    if not context.cases:
        raise Inconclusive("no transaction was seen at work")


def lock_is_freed(context: Context, requirement: Requirement) -> None:
    """When the transactions have ended, the lock is free before settle_seconds are over."""
    seen = watch(context)
    last = seen.looks[-1]
    if not {last.second["status"], last.again["status"]} <= ENDED:
        raise Inconclusive("the transactions have not ended within settle_seconds")
    context.case()
    if not seen.free:
        context.fail(
            "The lock stays busy after the transactions have ended.",
            expected="busy false",
            actual="busy true",
            exchanges=(context.call("getLock"),),
        )


def histories(seen: Watch) -> list[list[tuple[Transaction, Exchange]]]:
    """All that was seen of the first transaction, and of the second, in order."""
    first, second = [], []
    for look in seen.looks:
        second.append((look.second, look.exchanges[0]))
        first += [(look.first, look.exchanges[1]), (look.again, look.exchanges[3])]
    return [first, second]


def ended_stays(context: Context, requirement: Requirement) -> None:
    """What a transaction has ended as it stays."""
    for history in histories(watch(context)):
        for (before, _), (after, exchange) in pairwise(history):
            if before["status"] not in ENDED:
                continue
            context.case()
            if after["status"] != before["status"]:
                context.fail(
                    "A transaction that had ended goes on.",
                    expected=str(before["status"]),
                    actual=str(after["status"]),
                    exchanges=(exchange,),
                )


def goes_forward(context: Context, requirement: Requirement) -> None:
    """A transaction never goes back to an earlier phase."""
    for history in histories(watch(context)):
        for (before, _), (after, exchange) in pairwise(history):
            context.case()
            if RANK.get(after["status"], 9) < RANK.get(before["status"], 0):
                context.fail(
                    "A transaction goes back.",
                    expected=f"not before {before['status']}",
                    actual=str(after["status"]),
                    exchanges=(exchange,),
                )


def stays_itself(context: Context, requirement: Requirement) -> None:
    """From the first answer on, a transaction keeps its type, user, project, description and timeCreated."""
    seen = watch(context)
    for answer, history in zip(seen.answers, histories(seen), strict=True):
        begun = at(answer.json(), "/transaction")
        for now, exchange in history:
            context.case()
            for name in ("type", "userName", "project", "description", "timeCreated"):
                if now.get(name) != begun.get(name):
                    context.fail(
                        f"{name} of a transaction changes.",
                        expected=str(begun.get(name)),
                        actual=str(now.get(name)),
                        exchanges=(answer, exchange),
                        cause=f"{name} changes",
                    )


def updated_moves(context: Context, requirement: Requirement) -> None:
    """timeUpdated of a transaction never goes back, and has moved when the transaction has gone on by half a second."""
    for history in histories(watch(context)):
        times = [(moment(one.get("timeUpdated")), exchange) for one, exchange in history]
        for (before, _), (after, exchange) in pairwise(times):
            context.case()
            if before is not None and after is not None and after < before:
                context.fail(
                    "timeUpdated goes back.", expected=f"not before {before}", actual=str(after), exchanges=(exchange,)
                )
        begun, ended = history[0], history[-1]
        took = ended[1].started - begun[1].started
        moved = begun[0]["status"] != ended[0]["status"] and took > 0.5
        if moved and begun[0].get("timeUpdated") == ended[0].get("timeUpdated"):
            context.fail(
                f"timeUpdated does not move from {begun[0]['status']} to {ended[0]['status']}.",
                expected="a later time",
                actual=str(ended[0].get("timeUpdated")),
                exchanges=(begun[1], ended[1]),
                cause="timeUpdated stands",
            )


def waits_its_turn(context: Context, requirement: Requirement) -> None:
    """While the second transaction is PENDING, as read after the list, the list does not show what it wants."""
    seen = watch(context)
    for status, exchange in seen.pending:
        context.case()
        if status == seen.asked[1]:
            context.fail(
                "A change is made while its transaction is PENDING.",
                expected=f"{seen.before} or {seen.asked[0]}",
                actual=status,
                exchanges=(exchange,),
                cause="acts early",
            )


def last_wins(context: Context, requirement: Requirement) -> None:
    """After two changes asked for one after the other, the device is as the second wanted it."""
    seen = watch(context)
    last = seen.looks[-1]
    if {last.first["status"], last.second["status"]} != {"SUCCESS"}:
        raise Inconclusive(f"the transactions ended as {last.first['status']} and {last.second['status']}")
    context.case()
    if seen.after != seen.asked[1]:
        context.fail(
            "The changes were not made in the order in which they were asked for.",
            expected=seen.asked[1],
            actual=seen.after,
            exchanges=(*seen.answers, *last.exchanges[:2]),
        )


def answers_early(context: Context, requirement: Requirement) -> None:
    """The answer to a request with async=true shows a transaction that has not ended."""
    for answer in watch(context).answers:
        context.case()
        state = at(answer.json(), "/transaction/status")
        if state in ENDED:
            context.fail(
                "The answer comes when everything is done.",
                expected="a transaction under way",
                actual=str(state),
                exchanges=(answer,),
            )


def sync_waits(context: Context, requirement: Requirement) -> None:
    """A synchronous change is answered when an asynchronous one asked for before has ended; the last wish holds."""
    handle = context.resource("device")
    with context.keep(handle) as before:
        one, two = [value for value in ("LOST", "STOLEN", "DISABLED") if value != before[""]["status"]][:2]
        _, number = later(context, "setDeviceStatus", handle.path, {"status": one})
        exchange = context.call("setDeviceStatus", path=handle.path, body={"status": two})
        state, seen = read(context, number)
        context.settle(lambda: read(context, number)[0]["status"] in ENDED)
        found = device(context, handle.path)["status"]
    context.case()
    if not context.expect_success(exchange):
        return
    if state["status"] not in ENDED or found != two:
        context.fail(
            "A synchronous change overtakes an asynchronous one that was asked for before.",
            expected=f"the first ended, and {two}",
            actual=f"{state['status']}, and {found}",
            exchanges=(exchange, seen),
        )
