"""ISO 8601 durations, years and months by the calendar."""

import calendar
import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from mock_server.world.errors import BadWorld

_NUMBER = r"(\d{1,9}(?:[.,]\d{1,9})?)"
_DURATION = re.compile(
    rf"(-?)P(?=.)(?:(\d{{1,5}})Y)?(?:(\d{{1,6}})M)?(?:{_NUMBER}W)?(?:{_NUMBER}D)?"
    rf"(?:T(?=.)(?:{_NUMBER}H)?(?:{_NUMBER}M)?(?:{_NUMBER}S)?)?",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Duration:
    """So many months, and then so much time."""

    months: int
    time: timedelta


def parse(text: str) -> Duration:
    """The duration that `text` says. Raises BadWorld for what is none."""
    found = _DURATION.fullmatch(text)
    if found is None:
        raise BadWorld(f"{text!r} is no ISO 8601 duration such as P91D, PT30M or P1Y2M.")
    sign = -1 if found[1] else 1
    years, months, *numbers = found.groups()[1:]
    weeks, days, hours, minutes, seconds = (float((number or "0").replace(",", ".")) for number in numbers)
    time = timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
    return Duration(sign * (int(years or 0) * 12 + int(months or 0)), sign * time)


def add(moment: datetime, duration: Duration) -> datetime:
    """The moment that much later; the 31st becomes a shorter month's last day.

    Raises OverflowError or ValueError when that is outside the calendar.
    """
    if duration.months:
        year, month = divmod(moment.year * 12 + moment.month - 1 + duration.months, 12)
        if not 1 <= year <= 9999:
            raise OverflowError
        day = min(moment.day, calendar.monthrange(year, month + 1)[1])
        moment = moment.replace(year=year, month=month + 1, day=day)
    return moment + duration.time
