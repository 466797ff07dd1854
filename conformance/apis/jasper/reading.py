"""Reads of one device: partial answers, usage beside details, and a history that tells what was changed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from conformance.apis.jasper.asking import another, answered, devices, moment, read, server_now, wrong
from conformance.context import Context
from conformance.errors import Inconclusive, Skip
from conformance.resources import Handle
from conformance.schemas import same
from conformance.types import Exchange, Requirement

HISTORY = "getDeviceAuditHistory"
COMMON = ("iccid", "imsi", "msisdn", "imei", "status", "ratePlan", "communicationPlan")
CLEARED = (None, "")


def partial(context: Context, requirement: Requirement) -> None:
    """With `fields` the answer has the members named, with the values of the whole answer, and no others."""
    name = str(requirement.operation)
    whole = answered(context.call(name))
    for fields in requirement.data["fields"]:
        names = [field.strip() for field in fields.split(",")]
        exchange = context.call(name, query={"fields": fields})
        context.case()
        if not context.expect_success(exchange, f"fields={fields} is refused."):
            continue
        found = answered(exchange)
        extra = sorted(set(found) - set(names))
        if extra:
            wrong(context, f"fields={fields} shows other members, too.", fields, ", ".join(extra), exchange)
        for field in set(names) & set(whole):
            if field not in found or not same(found[field], whole[field]):
                wrong(
                    context,
                    f"fields={fields} does not show {field} as it is.",
                    whole[field],
                    found.get(field),
                    exchange,
                )


def partial_items(context: Context, requirement: Requirement) -> None:
    """In a page, `fields` picks the members of each item, and what is around the items stays."""
    name, items, fields = str(requirement.operation), requirement.data["items"], requirement.data["fields"]
    query = context.query_of(context.contract.operations[name])
    if name == HISTORY:
        made_changes(context)
    if answered(context.call(name, query=query)).get(items) == []:
        raise Skip(f"{name} finds nothing")
    exchange = context.call(name, query={**query, "fields": fields})
    context.case()
    page = answered(exchange)
    rows = page.get(items)
    if not isinstance(rows, list) or not rows or not {"pageNumber", "lastPage"} <= set(page):
        wrong(context, f"fields={fields} takes away the page around the items.", items, sorted(page), exchange)
        return
    extra = sorted({key for row in rows for key in row} - set(fields.split(",")))
    if extra:
        wrong(context, f"fields={fields} shows other members of the items, too.", fields, ", ".join(extra), exchange)


def usage_agrees(context: Context, requirement: Requirement) -> None:
    """What usage and details both show is the same in both, for each device of the target, also after a change."""
    handle = context.resource()
    with context.keep(handle):
        for wish in ("ratePlan", "communicationPlan"):
            name, _, value = another(context, handle, wish)
            handle.write({name: value})
        for number in devices(context):
            device = read(context, number)[1]
            exchange = context.call("getDeviceUsage", path={"iccid": number})
            shown = answered(exchange)
            context.case()
            for member in COMMON:
                if member in shown and member in device and not same(shown[member], device[member]):
                    told = f"The usage shows another {member} than the details."
                    wrong(context, told, device[member], shown[member], exchange)


def usage_stays(context: Context, requirement: Requirement) -> None:
    """Changing the overage setting makes no counter smaller."""
    handle = context.resource()
    counters = ("ctdDataUsage", "ctdSMSUsage", "ctdVoiceUsage", "ctdSessionCount")
    with context.keep(handle):
        before = answered(context.call("getDeviceUsage"))
        name, _, value = another(context, handle, "overageLimitOverride")
        handle.write({name: value})
        exchange = context.call("getDeviceUsage")
        after = answered(exchange)
        context.case()
        fallen = [one for one in counters if isinstance(before.get(one), int) and after.get(one, -1) < before[one]]
        if fallen:
            told = f"A change of {name} makes {', '.join(fallen)} smaller."
            wrong(context, told, [before[one] for one in fallen], [after.get(one) for one in fallen], exchange)


# ---- history


def history(context: Context, number: str | None = None, **query: Any) -> tuple[Exchange, list[dict[str, Any]]]:
    """A page of a device's history. Raises Inconclusive when there is none."""
    exchange = context.call(HISTORY, path={"iccid": number} if number else None, query=query)
    rows = answered(exchange).get("deviceAuditTrails")
    if not isinstance(rows, list):
        raise Inconclusive(f"{HISTORY} has no deviceAuditTrails")
    return exchange, rows


def made_changes(context: Context, count: int = 4) -> Handle:
    """The device after some changes that were made once a run, so that there is a history."""

    def make() -> Handle:
        handle = context.resource()
        with context.keep(handle):
            for _ in range(count):
                name, _, value = another(context, handle, "deviceID", "modemID")
                handle.write({name: value})
        return handle

    made: Handle = context.once("made a history", make)
    return made


def _soon_with(context: Context, value: Any) -> tuple[Exchange, list[dict[str, Any]]]:
    """The history once it has a record of the value, or when the target's time for such things is over."""
    pages = [history(context)]

    def there() -> bool:
        pages.append(history(context))
        return any(row.get("value") == value for row in pages[-1][1])

    context.settle(there)
    return pages[-1]


def records_change(context: Context, requirement: Requirement) -> None:
    """After a change the newest records tell of it: the value before, the value after, and a time that fits."""
    handle = context.resource()
    with context.keep(handle):
        for wish in requirement.data["members"]:
            name, now, value = another(context, handle, wish)
            begun = server_now(context) - timedelta(minutes=5)
            if not context.expect_success(handle.write({name: value})):
                continue
            exchange, rows = _soon_with(context, value)
            context.case()
            found = _now(context, begun, [row for row in rows if row.get("value") == value])
            if found is None:
                told = f"A change of {name} is not in the history."
                wrong(context, told, f"a record with the value {value}", f"{len(rows)} others", exchange)
                continue
            prior = found.get("priorValue")
            if prior != now and not (prior in CLEARED and now in CLEARED):
                wrong(context, f"The record of a change of {name} has another prior value.", now, prior, exchange)
            if not _is_now(context, begun, found):
                told = f"The record of a change of {name} has another time."
                wrong(context, told, f"after {begun.isoformat()}", found.get("effectiveDate"), exchange)


def _is_now(context: Context, begun: datetime, row: Mapping[str, Any]) -> bool:
    when = moment(row.get("effectiveDate"))
    return when is not None and begun <= when <= server_now(context) + timedelta(minutes=5)


def _now(context: Context, begun: datetime, rows: list[dict[str, Any]]) -> dict[str, Any] | None:
    """The record of this moment; beside it, an earlier run may have left one of a change that is still to come."""
    return next((row for row in rows if _is_now(context, begun, row)), rows[0] if rows else None)


def records_first(context: Context, requirement: Requirement) -> None:
    """The record of a value that is set for the first time has an empty priorValue."""
    handle = context.resource()
    with context.keep(handle) as before:
        blank = [
            member.name for member in handle.usable() if "Custom" in member.name and member.seen(before) in CLEARED
        ]
        if not blank:
            raise Skip("the device has no blank custom field")
        value = f"first {context.random.randint(1, 99999)}"
        handle.write({blank[0]: value})
        exchange, rows = _soon_with(context, value)
        context.case()
        found = next((row for row in rows if row.get("value") == value), None)
        if found is None or found.get("priorValue") not in CLEARED:
            told = "A value set for the first time has a prior value in its record."
            wrong(context, told, "an empty priorValue", found and found.get("priorValue"), exchange)


def records_apart(context: Context, requirement: Requirement) -> None:
    """A change of one device is not in the history of another."""
    handle = context.resource()
    other = handle.other().path["iccid"]
    with context.keep(handle):
        name, _, value = another(context, handle, "deviceID", "modemID")
        handle.write({name: value})
        exchange, rows = history(context, other)
        context.case()
        if any(row.get("value") == value for row in rows):
            wrong(context, "A change is in the history of another device.", "no such record", value, exchange)


def latest_first(context: Context, requirement: Requirement) -> None:
    """Within the history no record is later than the one before it."""
    made_changes(context)
    exchange, rows = history(context, daysOfHistory=365)
    times = [moment(row.get("effectiveDate")) for row in rows]
    told = [when for when in times if when is not None]
    if len(told) < 2:
        raise Inconclusive("the history has fewer than two records with a date")
    context.case()
    if told != sorted(told, reverse=True):
        wrong(context, "The history does not begin with the latest.", "latest first", "another order", exchange)


def history_days(context: Context, requirement: Requirement) -> None:
    """daysOfHistory leaves out what is older, and shows nothing that a longer look back does not show."""
    made_changes(context)
    for number in devices(context):
        _, long = history(context, number, daysOfHistory=365)
        for days in (1, 30):
            exchange, rows = history(context, number, daysOfHistory=days)
            context.case()
            oldest = server_now(context) - timedelta(days=days + 1)
            late = [row for row in rows if (moment(row.get("effectiveDate")) or oldest) < oldest]
            if late:
                wrong(context, f"daysOfHistory={days} shows older records.", f"{days} days", late[0], exchange)
            if len(rows) > len(long):
                wrong(context, f"daysOfHistory={days} shows more than 365 does.", len(long), len(rows), exchange)


def history_pages(context: Context, requirement: Requirement) -> None:
    """Pages of two records, one after the other, are the history; lastPage is true on the last one alone."""
    made_changes(context)
    _, whole = history(context, pageSize=20)
    if len(whole) < 3:
        raise Inconclusive("the history has fewer than three records")
    found: list[Mapping[str, Any]] = []
    for number in range(1, (len(whole) + 3) // 2):
        exchange, rows = history(context, pageSize=2, pageNumber=number)
        page = answered(exchange)
        context.case()
        found += rows
        if page.get("pageNumber") != number:
            wrong(context, "The page says another number than asked for.", number, page.get("pageNumber"), exchange)
        if len(rows) > 2:
            wrong(context, "A page of the history is longer than asked for.", "2", str(len(rows)), exchange)
            return
    if not same([dict(row) for row in found[: len(whole)]], whole[: len(found)]) or len(found) < len(whole):
        told = "The pages of the history are not the history."
        wrong(context, told, f"{len(whole)} records in their order", f"{len(found)}, or others", exchange)
    _says_last(context)


def _says_last(context: Context) -> None:
    """A page that is not full is the last, and the last has nothing behind it."""
    for number in range(1, 11):
        exchange, rows = history(context, pageSize=50, pageNumber=number)
        last = answered(exchange).get("lastPage")
        context.case()
        if len(rows) < 50 and last is not True:
            wrong(context, "A page that is not full is not said to be the last.", True, last, exchange)
        if last is not True and rows:
            continue
        beyond, more = history(context, pageSize=50, pageNumber=number + 1)
        if more:
            wrong(context, "After the last page there are more records.", "none", str(len(more)), beyond)
        return


CHECKS = {
    "partial": partial,
    "partial_items": partial_items,
    "usage_agrees": usage_agrees,
    "usage_stays": usage_stays,
    "records_change": records_change,
    "records_first": records_first,
    "records_apart": records_apart,
    "latest_first": latest_first,
    "history_days": history_days,
    "history_pages": history_pages,
}
