"""Times as the API writes them, from seconds since 1970."""

from datetime import UTC, datetime

DAY = 86_400


def instant(seconds: int) -> str:
    """A moment: `2024-09-03T08:12:44.000Z`."""
    return datetime.fromtimestamp(seconds, UTC).isoformat()[:19] + ".000Z"


def day(seconds: int) -> str:
    """A day: `2024-09-03`."""
    return datetime.fromtimestamp(seconds, UTC).isoformat()[:10]


def year_begins(year: int) -> int:
    """The first second of a year."""
    return int(datetime(year, 1, 1, tzinfo=UTC).timestamp())
