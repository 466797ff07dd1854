"""Synchronous changes, and what their transactions say of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

from conformance.answers import shown
from conformance.apis.mobilefirst.reading import APPLICATION, DEVICE, RUNTIME, ask, find, removable
from conformance.checks.success import baseline
from conformance.context import Context
from conformance.errors import Inconclusive
from conformance.schemas import at, shortened
from conformance.types import Exchange, Requirement

REMOVE = "removeDevice"


@dataclass(frozen=True)
class Step:
    """One synchronous change: what was asked by whom, the answer, and the device as the list showed it afterwards."""

    operation: str
    path: Mapping[str, str]
    role: str
    asked: str | None
    exchange: Exchange
    after: Mapping[str, Any] | None = None
    transaction: Mapping[str, Any] = field(default_factory=dict)


def steps(context: Context, operation: str) -> list[Step]:
    """A walk through all statuses, each asked for by the next role that may; or one removal. Made once a run."""
    make = _removal if operation == REMOVE else _walk
    found: list[Step] = context.once(("walk", operation), lambda: make(context, operation))
    good = [step for step in found if step.exchange.ok and step.transaction]
    if not good:
        raise Inconclusive(f"no change was made: {operation} answered {found[0].exchange.status}")
    return good


def writers(context: Context, operation: str) -> list[str]:
    """The roles of the target that may call an operation."""
    known = {
        name: role for scheme in context.contract.operations[operation].security for name, role in scheme.roles.items()
    }
    return [name for name in context.roles() if name not in known or known[name].may_call(operation)]


def _walk(context: Context, operation: str) -> list[Step]:
    handle = context.resource_written_by(operation)
    assert handle is not None
    roles = writers(context, operation)
    made = []
    with context.keep(handle) as before:
        now = before[""].get("status")
        values = sorted(handle.members["status"].schema["enum"], key=lambda value: value == now)
        for number, value in enumerate(values):
            role = roles[number % len(roles)]
            query = {"async": "false", "locale": "de_DE"} if number % 2 else {}
            exchange = context.call(operation, path=handle.path, body={"status": value}, role=role, query=query)
            made.append(_step(operation, handle.path, role, value, exchange, find(context, handle.path)))
    return made


def _removal(context: Context, operation: str) -> list[Step]:
    path, role = removable(context), writers(context, operation)[0]
    return [_step(operation, path, role, None, baseline(context, operation), find(context, path))]


def _step(
    operation: str,
    path: Mapping[str, str],
    role: str,
    asked: str | None,
    exchange: Exchange,
    after: Mapping[str, Any] | None,
) -> Step:
    transaction = at(exchange.json(), "/transaction")
    return Step(operation, path, role, asked, exchange, after, transaction if isinstance(transaction, Mapping) else {})


# ---- what a transaction says: each rule gives what was expected and what came, or None

Difference = tuple[Any, Any] | None


def _ok(context: Context, step: Step) -> Difference:
    wanted = step.transaction.get("status") == "SUCCESS"
    found = at(step.exchange.json(), "/ok")
    return None if found is wanted else (f"ok {wanted} beside {step.transaction.get('status')}", found)


def _ended(context: Context, step: Step) -> Difference:
    found = step.transaction.get("status")
    return None if found in ("SUCCESS", "FAILURE") else ("SUCCESS or FAILURE", found)


def _description(context: Context, step: Step) -> Difference:
    wanted = {"deviceId": step.path[DEVICE]}
    if step.asked is not None:
        wanted["status"] = step.asked
    if APPLICATION in step.path:
        wanted["appName"] = step.path[APPLICATION]
    told = step.transaction.get("description")
    found = {name: told.get(name) for name in wanted} if isinstance(told, Mapping) else told
    return None if found == wanted else (wanted, found)


def _project(context: Context, step: Step) -> Difference:
    found = at(step.transaction, "/project/name")
    return None if found == step.path[RUNTIME] else (step.path[RUNTIME], found)


def _user(context: Context, step: Step) -> Difference:
    wanted = context.target.credentials[step.role].username
    found = step.transaction.get("userName")
    return None if found == wanted else (wanted, found)


def _times(context: Context, step: Step) -> Difference:
    begun, moved = moment(step.transaction.get("timeCreated")), moment(step.transaction.get("timeUpdated"))
    if begun is None or moved is None or begun <= moved:
        return None  # What is no time at all is the schema's business.
    return f"not before {step.transaction['timeCreated']}", step.transaction["timeUpdated"]


def _no_errors(context: Context, step: Step) -> Difference:
    found = step.transaction.get("errors")
    return ("no errors", found) if step.transaction.get("status") == "SUCCESS" and found else None


def _errors(context: Context, step: Step) -> Difference:
    failed = step.transaction.get("status") == "FAILURE"
    return ("an error that says why", "none") if failed and not step.transaction.get("errors") else None


def _copies(context: Context, step: Step) -> Difference:
    if step.transaction.get("status") != "SUCCESS":
        return None
    if step.after is None:
        return f"{step.path[DEVICE]} in the list", "it is not there"
    parts = step.after.get("applicationDeviceAssociations", ())
    found = sorted({str(part.get("deviceStatus")) for part in parts})
    if step.after.get("status") != step.asked:
        return step.asked, step.after.get("status")
    return None if found in ([], [step.asked]) else (step.asked, ", ".join(found))


def readable(context: Context, step: Step) -> Difference:
    number = step.transaction.get("id")
    exchange = context.call("getTransaction", path={RUNTIME: step.path[RUNTIME], "transaction-id": str(number)})
    if not exchange.ok:
        return f"transaction {number}", shown(exchange, 120)
    alone = exchange.json()
    names = ("id", "type", "status", "userName", "timeCreated", "project", "description", "appServerId")
    wanted = {name: step.transaction.get(name) for name in names}
    found = {name: at(alone, f"/{name}") for name in names if name in step.transaction}
    different = [name for name in found if found[name] != wanted[name]]
    return ({n: wanted[n] for n in different}, {n: found[n] for n in different}) if different else None


def _listed(context: Context, step: Step) -> Difference:
    number = step.transaction.get("id")
    _, page = ask(context, "listTransactions", {"orderBy": "-created", "pageSize": 50}, step.path)
    ids = [item.get("id") for item in page["items"]]
    return None if number in ids else (f"{number} among the latest", ids[:8])


RULES: Mapping[str, Callable[[Context, Step], Difference]] = {
    "ok": _ok,
    "ended": _ended,
    "description": _description,
    "project": _project,
    "user": _user,
    "times": _times,
    "no-errors": _no_errors,
    "errors": _errors,
    "copies": _copies,
    "readable": readable,
    "listed": _listed,
}


def short(value: Any) -> str:
    return shortened(str(value), 80)


def transaction_tells(context: Context, requirement: Requirement) -> None:
    """Each synchronous change, made by each role that may, is described by its transaction as it was asked for."""
    rule = RULES[requirement.data["rule"]]
    for step in steps(context, str(requirement.operation)):
        context.case()
        difference = rule(context, step)
        if difference is not None:
            wanted, found = difference
            asked = f" to {step.asked}" if step.asked else ""
            context.fail(
                f"A change{asked} by {step.role} is told with {short(found)}, not {short(wanted)}.",
                expected=str(wanted),
                actual=str(found),
                exchanges=(step.exchange,),
                cause=f"{step.operation} {requirement.data['rule']}",
            )


def ids_differ(context: Context, requirement: Requirement) -> None:
    """No two transactions of a run have the same id."""
    found: dict[Any, Step] = {}
    for step in steps(context, str(requirement.operation)):
        number = step.transaction.get("id")
        context.case()
        if number in found:
            context.fail(
                "Two transactions have the same id.",
                expected="an id of its own",
                actual=str(number),
                exchanges=(found[number].exchange, step.exchange),
                cause=f"{step.operation} id",
            )
        found[number] = step


def times_move_on(context: Context, requirement: Requirement) -> None:
    """A later transaction was not begun before an earlier one."""
    made = steps(context, str(requirement.operation))
    for before, after in pairwise(made):
        context.case()
        one, two = moment(before.transaction.get("timeCreated")), moment(after.transaction.get("timeCreated"))
        if one is not None and two is not None and two < one:
            context.fail(
                "timeCreated goes back from one transaction to the next.",
                expected=f"not before {before.transaction['timeCreated']}",
                actual=str(after.transaction["timeCreated"]),
                exchanges=(before.exchange, after.exchange),
            )


def one_version(context: Context, requirement: Requirement) -> None:
    """productVersion is the same in the answers to a change, to a list and to a transaction."""
    step = steps(context, str(requirement.operation))[0]
    path = {RUNTIME: step.path[RUNTIME], "transaction-id": str(step.transaction.get("id"))}
    exchanges = [step.exchange, context.call("getTransaction", path=path), ask(context)[0]]
    found = {str(at(exchange.json(), "/productVersion")) for exchange in exchanges if exchange.ok}
    context.case()
    if len(found) > 1:
        context.fail(
            "The product has several versions at once.",
            expected="one version",
            actual=", ".join(sorted(found)),
            exchanges=tuple(exchanges),
        )


def moment(text: Any) -> datetime | None:
    """The time that a text says, or None."""
    try:
        found = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
