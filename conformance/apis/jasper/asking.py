"""What the checks of this API share: devices, the server's own clock, codes, a change that can be seen."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from conformance.answers import shown
from conformance.context import UNSET, Context
from conformance.errors import Inconclusive, Skip
from conformance.jsontext import text_of
from conformance.resources import Handle
from conformance.schemas import at, shortened
from conformance.types import Exchange

CUSTOM: Mapping[str, tuple[str, ...]] = {
    "operator": tuple(f"operatorCustom{i}" for i in range(1, 6)),
    "account": tuple(f"accountCustom{i}" for i in range(1, 11)),
    "customer": tuple(f"customerCustom{i}" for i in range(1, 6)),
}
TIME = re.compile(r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(\.\d{1,6})?\s?(Z|[+-]\d\d):?(\d\d)?")


def moment(text: Any) -> datetime | None:
    """The moment that a date of an answer names, in either of the two forms; None for anything else."""
    found = TIME.fullmatch(text) if isinstance(text, str) else None
    if found is None:
        return None
    day, clock, fraction, offset, minutes = found.groups()
    zone = "+00:00" if offset == "Z" else f"{offset}:{minutes or '00'}"
    try:
        return datetime.fromisoformat(f"{day}T{clock}{(fraction or '.0').ljust(7, '0')}{zone}")
    except ValueError:
        return None


def server_now(context: Context) -> datetime:
    """The time by the server's own clock: the history says it, else the Date field, else this computer."""
    begun: datetime
    begun, ticks = context.once("server's clock", lambda: _clock(context))
    return begun + timedelta(seconds=time.monotonic() - ticks)


def _clock(context: Context) -> tuple[datetime, float]:
    exchange = context.call("getDeviceAuditHistory", query={"pageSize": 1}, judged=False)
    ticks = time.monotonic()
    told = moment(at(exchange.json(), "/timestamp")) if exchange.ok else None
    if told is None:
        date = exchange.headers.get("date")
        told = parsedate_to_datetime(date) if date else datetime.now(UTC)
    return told.astimezone(UTC), ticks


def day(context: Context, ahead: int) -> str:
    """The date in so many days in UTC, as `effectiveDate` takes it."""
    return (server_now(context) + timedelta(days=ahead)).strftime("%Y-%m-%dZ")


def recently(context: Context) -> str:
    """The beginning of the day 300 days ago: a search may not look back a whole year."""
    return query_time(day_of(server_now(context) - timedelta(days=300)))


def day_of(when: datetime) -> datetime:
    """The beginning of a moment's day in UTC: what is asked for is the same all day long."""
    return when.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def query_time(when: datetime) -> str:
    """A moment as a search takes it, cut to whole seconds."""
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def read(context: Context, iccid: str | None = None, role: str | None = None) -> tuple[Exchange, dict[str, Any]]:
    """A device's details. Raises Inconclusive when there are none."""
    path = {"iccid": iccid} if iccid else None
    exchange = context.call("getDeviceDetails", path=path, role=role or UNSET)
    return exchange, answered(exchange)


def answered(exchange: Exchange) -> dict[str, Any]:
    """The object in a successful answer. Raises Inconclusive when there is none."""
    value = exchange.json()
    if not exchange.ok or not isinstance(value, dict):
        raise Inconclusive(f"{exchange.operation} answered {shown(exchange, 100)}")
    return value


def devices(context: Context) -> list[str]:
    """The devices that the target names, each once."""
    names = ("iccid", "iccid_activated", "iccid_pre_activation")
    return list(dict.fromkeys(str(context.fixture(name)) for name in names if name in context.target.fixtures))


def another(context: Context, handle: Handle, *names: str) -> tuple[str, Any, str]:
    """A member that may be written here (the first of `names`, else any), its value now, and another value for it."""
    before = handle.read()
    usable = {member.name: member for member in handle.usable()}
    for name in (*names, *usable):
        member = usable.get(name)
        if member is None:
            continue
        now = member.seen(before)
        values = [value for value in handle.values(member, 1, context.random, now) if value != now]
        if values:
            return name, now, str(values[0])
    raise Skip("the target lets the suite write no member")


def wrong(context: Context, told: str, expected: Any, actual: Any, exchange: Exchange, cause: str = "") -> None:
    """Record a failure about one answer."""
    context.fail(
        told,
        expected=expected if isinstance(expected, str) else shortened(text_of(expected)),
        actual=actual if isinstance(actual, str) else shortened(text_of(actual)),
        exchanges=(exchange,),
        cause=cause or told,
    )


def expect_coded(context: Context, exchange: Exchange, codes: tuple[str, ...], told: str, cause: str) -> bool:
    """The answer is 400 with one of `codes`; with any code at all where none are given."""
    found = at(exchange.json(), "/errorCode")
    fits = found in codes if codes else isinstance(found, str) and found.isdigit()
    if exchange.status == 400 and fits:
        return True
    wanted = f"400 with code {' or '.join(codes)}" if codes else "400 with a code"
    ending = "accepted" if exchange.ok else str(exchange.status)
    wrong(context, f"{told} is not refused as it must be.", wanted, shown(exchange), exchange, f"{cause}|{ending}")
    return False
