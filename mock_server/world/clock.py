"""A world's time: the computer's time moved by an offset, or standing still."""

from datetime import UTC, datetime, timedelta
from time import time
from typing import TypeAlias

from mock_server.types import Moment
from mock_server.world.errors import BadWorld

EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
LATEST = datetime(9000, 1, 1, tzinfo=UTC)
"""Beyond these, arithmetic on dates by the rules of an API could overflow."""

BEYOND = "A world's time must lie between the years 1970 and 8999."
_ZERO = timedelta(0)
ClockState: TypeAlias = tuple[timedelta, datetime | None]
"""How far the clock is ahead of the computer's, and where it stands when it does not run."""
_wall = datetime.now


class Clock:
    """Time of one world, UTC and aware. Every method that moves it answers at once; nothing waits."""

    __slots__ = ("_frozen", "_offset")

    def __init__(self, offset: timedelta = _ZERO, frozen: datetime | None = None) -> None:
        self._offset = offset
        self._frozen = frozen

    def now(self) -> datetime:
        """The world's time at this moment."""
        if self._frozen is not None:
            return self._frozen
        if self._offset:
            return _wall(UTC) + self._offset
        return _wall(UTC)

    def reading(self) -> Moment:
        """The world's time at this moment, to be `read` later: half the cost where the clock is the computer's."""
        return self.now() if self._offset or self._frozen is not None else time()

    @property
    def running(self) -> bool:
        """Whether time passes by itself."""
        return self._frozen is None

    @property
    def state(self) -> ClockState:
        """What a copy of this clock is made from: `Clock(*clock.state)`."""
        return self._offset, self._frozen

    def restore(self, state: ClockState) -> None:
        """Make this clock what another one's `state` says."""
        self._offset, self._frozen = state

    def change(
        self, *, now: datetime | None = None, advance: timedelta | None = None, running: bool | None = None
    ) -> None:
        """Set the time, then move it, then stop it or let it run: all or nothing.

        Raises BadWorld when the time would leave the years 1970 to 8999.
        """
        self.restore(changed(self.state, now, advance, running))

    def freeze(self) -> None:
        """Stop time where it is."""
        self.change(running=False)

    def run(self) -> None:
        """Let time pass again, from where it stands."""
        self.change(running=True)

    def set(self, moment: datetime) -> None:
        """Make it `moment` (aware); time keeps running or standing as before."""
        self.change(now=moment)

    def advance(self, by: timedelta) -> None:
        """Move time by `by`, which may be negative."""
        self.change(advance=by)


def read(moment: Moment) -> datetime:
    """A time that was kept, UTC and aware."""
    return moment if isinstance(moment, datetime) else datetime.fromtimestamp(moment, UTC)


def clock_at(now: datetime, *, running: bool) -> ClockState:
    """The state of a clock that stands at `now` (aware), or runs from there. Raises BadWorld as `Clock.change` does."""
    return changed((_ZERO, None), now, None, running)


def changed(state: ClockState, now: datetime | None, advance: timedelta | None, running: bool | None) -> ClockState:
    """The clock state after `Clock.change` with these arguments."""
    wall = _wall(UTC)
    offset, frozen = state
    moment = frozen if frozen is not None else wall + offset
    stands = frozen is not None if running is None else not running
    try:
        aim = (now.astimezone(UTC) if now is not None else moment) + (advance or _ZERO)
    except OverflowError:
        raise BadWorld(BEYOND) from None
    if not EARLIEST <= aim < LATEST:
        raise BadWorld(BEYOND)
    if stands:
        return _ZERO, aim
    if frozen is None and now is None:
        return offset + (advance or _ZERO), None
    return aim - wall, None
