"""Dates as Control Center reads and writes them (the forms are public; see the README)."""

import re
from datetime import UTC, datetime, timedelta, timezone

from mock_server.types import Refused

AHEAD = timedelta(days=180)
"""How far in the future a change may be scheduled (source page, Request Parameters)."""
SKEW = timedelta(hours=1)
"""A caller's "now" may be so much behind the world's."""
_FORM = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d):(\d\d)(?:\.(\d{1,3}))?)?(?:Z|([+-])(\d\d):?(\d\d))", re.ASCII
)


def detail(moment: datetime) -> str:
    """As a device's details have it: `2016-06-29 00:21:33.339+0000`. Such texts sort by time."""
    return moment.isoformat(sep=" ", timespec="milliseconds")[:-6] + "+0000"


def audit(moment: datetime) -> str:
    """As the audit history has it: `2016-06-29T00:21:33.339Z`. Such texts sort by time."""
    return moment.isoformat(timespec="milliseconds")[:-6] + "Z"


def read(text: str) -> tuple[datetime, bool]:
    """The moment in its own offset, and whether the text has a time of day (without one it is midnight).

    Raises ValueError for a form or a day that there is not.
    """
    found = _FORM.fullmatch(text)
    if found is None:
        raise ValueError(text)
    year, month, day, hour, minute, second, fraction, sign, offset_hours, offset_minutes = found.groups()
    offset = timedelta(hours=int(offset_hours or 0), minutes=int(offset_minutes or 0))
    if offset > timedelta(hours=14) or int(offset_minutes or 0) > 59:
        raise ValueError(text)
    micro = int((fraction or "0").ljust(6, "0"))
    zone = timezone(-offset if sign == "-" else offset)
    moment = datetime(int(year), int(month), int(day), int(hour or 0), int(minute or 0), int(second or 0), micro, zone)
    _in_utc(moment)
    return moment, hour is not None


def _in_utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise ValueError(moment) from None


def utc(text: str) -> datetime:
    """The moment that a text of the query names, in UTC. Raises ValueError."""
    return read(text)[0].astimezone(UTC)


def effective(text: str | None, now: datetime) -> datetime | None:
    """When a change takes effect; None for at once: no date, today, or now.

    Raises Refused: `date-unreadable`, `date-past`, or `date-beyond` for more than 180 days ahead.
    """
    if not text:
        return None
    try:
        moment, timed = read(text)
    except ValueError:
        raise Refused("date-unreadable", field="effectiveDate", value=text) from None
    here = now.astimezone(moment.tzinfo)
    today = moment.date() in (here.date(), now.date())
    if moment > now and (timed or not today):
        if moment.date() - here.date() > AHEAD:
            raise Refused("date-beyond", field="effectiveDate", value=text)
        return moment.astimezone(UTC)
    if today or (timed and now - moment <= SKEW):
        return None
    raise Refused("date-past", field="effectiveDate", value=text)


def cycle_end(moment: datetime) -> datetime:
    """The end of the billing cycle that `moment` (in UTC) lies in. A cycle is a calendar month in UTC."""
    first = moment.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return (first + timedelta(days=32)).replace(day=1)
