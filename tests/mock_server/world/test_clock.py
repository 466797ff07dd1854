"""The clock of a world: runs, stands, moves, and stays within what date arithmetic can bear."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from mock_server.world.clock import Clock, read
from mock_server.world.errors import BadWorld

NOON = datetime(2030, 1, 1, 12, tzinfo=UTC)


def test_a_new_clock_is_the_computers() -> None:
    clock = Clock()
    assert clock.running
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=5)


def test_a_frozen_clock_stands_and_goes_on_from_there() -> None:
    clock = Clock()
    clock.set(NOON)
    clock.freeze()
    stood = clock.now()
    assert clock.now() == stood
    clock.advance(timedelta(days=91))
    assert clock.now() == stood + timedelta(days=91)
    clock.run()
    assert timedelta(0) <= clock.now() - (stood + timedelta(days=91)) < timedelta(seconds=5)


def test_a_time_is_taken_in_any_zone_and_kept_in_utc() -> None:
    clock = Clock()
    clock.freeze()
    clock.set(datetime(2030, 1, 1, 14, tzinfo=timezone(timedelta(hours=2))))
    assert clock.now() == NOON
    assert clock.now().tzinfo is UTC


def test_a_running_clock_advanced_keeps_its_distance() -> None:
    clock = Clock()
    clock.advance(timedelta(hours=1))
    clock.advance(timedelta(hours=-1))
    assert clock.state == (timedelta(0), None)


def test_a_change_is_all_or_nothing() -> None:
    clock = Clock()
    before = clock.state
    with pytest.raises(BadWorld):
        clock.change(now=NOON, advance=timedelta(days=3_000_000), running=False)
    assert clock.state == before
    clock.change(now=NOON, advance=timedelta(days=1), running=False)
    assert clock.state == (timedelta(0), NOON + timedelta(days=1))


@pytest.mark.parametrize("set_", [False, True])
def test_a_clock_is_kept_to_be_read_later_as_it_stood(set_: bool) -> None:
    """Also one that was only stopped, and so is not ahead of the computer's."""
    clock = Clock()
    if set_:
        clock.set(NOON)
    clock.freeze()
    stood = clock.now()
    assert read(clock.reading()) == stood
    clock.run()
    assert timedelta(0) <= read(clock.reading()) - stood < timedelta(seconds=5)


def test_the_first_moment_of_1970_and_the_last_of_8999_are_a_worlds_time() -> None:
    clock = Clock()
    clock.freeze()
    last = datetime(8999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)
    for moment in (datetime(1970, 1, 1, tzinfo=UTC), last):
        clock.set(moment)
        assert clock.now() == moment
    with pytest.raises(BadWorld, match="between the years 1970 and 8999"):
        clock.advance(timedelta(microseconds=1))
    assert clock.now() == last


@pytest.mark.parametrize("by", [timedelta.max, timedelta.min, timedelta(days=365 * 7500)])
def test_time_does_not_leave_the_calendar(by: timedelta) -> None:
    with pytest.raises(BadWorld):
        Clock().advance(by)
    with pytest.raises(BadWorld):
        Clock().set(datetime(9999, 1, 1, tzinfo=UTC))
