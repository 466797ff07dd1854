"""ISO 8601 durations, years and months by the calendar."""

import calendar
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction

from mock_server.world.errors import BadWorld

_NUMBER = r"(\d+(?:[.,]\d+)?)"
_DURATION = re.compile(
    rf"(-?)P(?=.)(?:(\d+)Y)?(?:(\d+)M)?(?:{_NUMBER}W)?(?:{_NUMBER}D)?"
    rf"(?:T(?=.)(?:{_NUMBER}H)?(?:{_NUMBER}M)?(?:{_NUMBER}S)?)?",
    re.ASCII,
)
_SECONDS = (7 * 86_400, 86_400, 3600, 60, 1)
"""In a week, a day, an hour, a minute and a second."""


@dataclass(frozen=True, slots=True)
class Duration:
    """So many months, and then so much time."""

    months: int
    time: timedelta


def parse(text: str) -> Duration:
    """The duration that `text` says; what is finer than a microsecond is left out.

    Raises BadWorld for what is none, OverflowError for one that no time could be moved by.
    """
    found = _DURATION.fullmatch(text)
    if found is None:
        raise BadWorld(f"{text!r} is no ISO 8601 duration such as P91D, PT30M or P1Y2M.")
    sign = -1 if found[1] else 1
    years, months, *numbers = found.groups()[1:]
    values = (Fraction((number or "0").replace(",", ".")) for number in numbers)
    seconds = sum(value * unit for value, unit in zip(values, _SECONDS, strict=True))
    time = timedelta(microseconds=int(seconds * 1_000_000))
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
