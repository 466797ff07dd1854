"""Changes for a later day: accepted, not made early, not too far ahead. Each is followed by one that takes it back."""

from __future__ import annotations

import time
from typing import Any

from conformance.answers import shown
from conformance.apis.jasper.asking import another, day, expect_coded, wrong
from conformance.apis.jasper.editing import EDIT, harmless_body
from conformance.context import Context
from conformance.differences import moved
from conformance.resources import Handle
from conformance.types import Exchange, Requirement

LIMIT = 180
"""Days ahead that a change may be scheduled (page 003, effectiveDate)."""


def _status(context: Context, exchange: Exchange, wanted: int, told: str) -> bool:
    context.case()
    if exchange.status == wanted:
        return True
    wrong(context, told, str(wanted), shown(exchange), exchange, f"{EDIT} {exchange.status} instead of {wanted}")
    return False


def at_once(context: Context, requirement: Requirement) -> None:
    """A change with the date given (none at all for null) is answered 200 and shows at once."""
    handle = context.resource()
    with context.keep(handle):
        for date in requirement.data["dates"]:
            name, _, value = another(context, handle, "deviceID", "modemID", "ratePlan")
            told: dict[str, Any] = {} if date is None else {"effectiveDate": day(context, 0) if date else ""}
            exchange = context.call(EDIT, path=handle.path, body={name: value, **told}, role=handle.role())
            if _status(context, exchange, 200, f"A change with effectiveDate {date!r} is not answered 200."):
                found = handle.members[name].seen(handle.read())
                if found != value:
                    wrong(context, f"{name} is not changed at once.", value, found, exchange)


def schedule(context: Context, handle: Handle, name: str, value: Any, ahead: int) -> Exchange:
    """Ask for a change in so many days."""
    role = context.role_writing(handle.write_operation, [name])
    body = {name: value, "effectiveDate": day(context, ahead)}
    return context.call(EDIT, path=handle.path, body=body, role=role)


def put_back(context: Context, handle: Handle, name: str, value: Any) -> None:
    """On the last possible day: the value that the device has now."""
    if value is not None or handle.members[name].schema.get("type") == "string":
        schedule(context, handle, name, value or "", LIMIT)


def not_early(context: Context, requirement: Requirement) -> None:
    """Members of several kinds are scheduled; each is answered 202, and for a while nothing of the device changes."""
    handle = context.resource()
    tried: set[str] = set()
    for wish in requirement.data["members"]:
        name, now, value = another(context, handle, wish)
        if name in tried:
            continue
        tried.add(name)
        with context.keep(handle) as before:
            exchange = schedule(context, handle, name, value, LIMIT - 1)
            _status(context, exchange, 202, "A change for a later day is not answered 202.")
            if not exchange.ok:
                continue
            time.sleep(min(0.1, context.target.settle_seconds))
            after = handle.read()
            changed = moved(handle, before, after, ("/dateUpdated",))
            if changed:
                told = f"A change of {name} for a later day has changed {', '.join(changed)} already."
                wrong(context, told, "nothing changed before the day", f"{changed}", exchange, f"{EDIT} acts early")
        put_back(context, handle, name, now)


def tomorrow(context: Context, requirement: Requirement) -> None:
    """The nearest later day is later, too: 202, and nothing changes now. What it brings is taken back the day after."""
    handle = context.resource()
    name, now, value = another(context, handle, "deviceID", "modemID", "ratePlan")
    exchange = schedule(context, handle, name, value, 2)
    _status(context, exchange, 202, "A change for the day after tomorrow is not answered 202.")
    found = handle.members[name].seen(handle.read())
    if exchange.ok:
        schedule(context, handle, name, now or "", 3)
    if found != now:
        wrong(context, f"{name} has changed before its day.", now, found, exchange, f"{EDIT} acts early")
        handle.write({name: now or ""})


def limit_accepted(context: Context, requirement: Requirement) -> None:
    """A date of exactly 180 days ahead is accepted: 202."""
    handle = context.resource()
    body = {**harmless_body(context), "effectiveDate": day(context, LIMIT)}
    exchange = context.call(EDIT, path=handle.path, body=body, role=handle.role())
    _status(context, exchange, 202, "A change in 180 days is not answered 202.")


def limit_refused(context: Context, requirement: Requirement) -> None:
    """Dates of 181 days ahead and of years ahead are refused with 400 and a code, whatever the code."""
    handle = context.resource()
    for ahead in (LIMIT + 1, 200, 3650):
        body = {**harmless_body(context), "effectiveDate": day(context, ahead)}
        exchange = context.call(EDIT, path=handle.path, body=body, role=handle.role())
        context.case()
        expect_coded(context, exchange, (), f"A change in {ahead} days", "date beyond 180 days")


CHECKS = {
    "at_once": at_once,
    "not_early": not_early,
    "tomorrow": tomorrow,
    "limit_accepted": limit_accepted,
    "limit_refused": limit_refused,
}
