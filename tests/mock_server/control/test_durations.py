"""ISO 8601 durations."""

from datetime import UTC, datetime, timedelta

import pytest

from mock_server.control.durations import add, parse
from mock_server.world.errors import BadWorld

LEAP = datetime(2028, 2, 29, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "later"),
    [
        ("P91D", timedelta(days=91)),
        ("PT30M", timedelta(minutes=30)),
        ("P2W", timedelta(weeks=2)),
        ("-PT1.5H", timedelta(hours=-1.5)),
        ("PT0,25S", timedelta(seconds=0.25)),
        ("P1DT1H1M1S", timedelta(days=1, hours=1, minutes=1, seconds=1)),
        ("P4Y", timedelta(days=1461)),
        ("-P1M", timedelta(days=-31)),
        ("-PT1S", timedelta(seconds=-1)),
        ("PT0000000000000000001S", timedelta(seconds=1)),
        ("P000000001DT1S", timedelta(days=1, seconds=1)),
        ("P000000001M", timedelta(days=29)),
        ("PT1000000000S", timedelta(seconds=1_000_000_000)),
        ("PT1.1234567890123S", timedelta(seconds=1, microseconds=123_456)),
        ("PT0.0000019S", timedelta(microseconds=1)),
        ("-PT0.0000019S", timedelta(microseconds=-1)),
        ("PT0.0000009S", timedelta(0)),
        ("PT33333333.333333333333333333M", timedelta(minutes=33_333_333, seconds=19, microseconds=999_999)),
    ],
)
def test_durations_move_time(text: str, later: timedelta) -> None:
    assert add(LEAP, parse(text)) == (
        LEAP + later if text != "P1Y" and text != "P12M" else datetime(2029, 2, 28, 12, tzinfo=UTC)
    )


@pytest.mark.parametrize("text", ["", "P", "PT", "P1", "1D", "P1H", "P-1D", "PT1H1D", "p1d", "P١D", "P1DT"])
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(BadWorld):
        parse(text)


@pytest.mark.parametrize(
    "text", ["P99999Y", "-P99999Y", "P999999999D", "P9999999999W", f"P{'9' * 50}Y", f"PT{'9' * 60}S"]
)
def test_the_calendar_ends(text: str) -> None:
    with pytest.raises((OverflowError, ValueError)):
        add(LEAP, parse(text))
