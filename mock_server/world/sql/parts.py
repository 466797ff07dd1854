"""A world's clock and faults in its row: read with it, changed in transactions of their own."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import Connection, select, update

from mock_server.world.clock import Clock, ClockState, changed
from mock_server.world.codec import dumps, loads
from mock_server.world.errors import UnknownWorld
from mock_server.world.faults import Fault, Faults, Rule
from mock_server.world.sql.database import Database, again
from mock_server.world.sql.journal import micros, moment
from mock_server.world.sql.schema import worlds

_T = TypeVar("_T")
_MICROSECOND = timedelta(microseconds=1)
MOVED: Mapping[str, Any] = {"generation": worlds.c.generation + 1}
"""What a change of the row comes with: who holds the world as it was notices."""


def clock_row(state: ClockState) -> dict[str, int | None]:
    """A clock's state as columns."""
    ahead, frozen = state
    return {"ahead": ahead // _MICROSECOND, "frozen": None if frozen is None else micros(frozen)}


def clock_state(ahead: int, frozen: int | None) -> ClockState:
    """The inverse of `clock_row`."""
    return timedelta(microseconds=ahead), None if frozen is None else moment(frozen)


class SqlClock(Clock):
    """The clock of a world in a database."""

    __slots__ = ("_database", "_name", "_world")

    def __init__(self, database: Database, world: int, name: str, state: ClockState) -> None:
        super().__init__(*state)
        self._database = database
        self._world = world
        self._name = name

    def change(
        self, *, now: datetime | None = None, advance: timedelta | None = None, running: bool | None = None
    ) -> None:
        def work() -> ClockState:
            with self._database.transaction() as connection:
                row = locked(connection, self._world, self._name, worlds.c.ahead, worlds.c.frozen)
                state = changed(clock_state(row.ahead, row.frozen), now, advance, running)
                values = {**clock_row(state), **MOVED}
                connection.execute(update(worlds).where(worlds.c.id == self._world).values(**values))
            return state

        self.restore(again(work))


class SqlFaults(Faults):
    """The fault rules of a world in a database; calls are counted across processes."""

    __slots__ = ("_database", "_name", "_world")

    def __init__(self, database: Database, world: int, name: str, seed: int, text: str) -> None:
        super().__init__(seed)
        self._database = database
        self._world = world
        self._name = name
        self._read(text)

    def _read(self, text: str) -> None:
        content = loads(text)
        self._last = content["last"]
        rules = (Rule(one["id"], one["rule"], one["seen"], one["fired"]) for one in content["rules"])
        self._rules = {rule.id: rule for rule in rules}

    def _counted(self, about: Callable[[Rule], bool]) -> Fault | None:
        return self._changing(lambda: Faults._counted(self, about), {})

    def add(self, definition: Mapping[str, Any]) -> Rule:
        return self._changing(lambda: Faults.add(self, definition))

    def remove(self, id: str) -> bool:  # noqa: A002
        return self._changing(lambda: Faults.remove(self, id))

    def clear(self) -> None:
        self._changing(lambda: Faults.clear(self))

    def _changing(self, work: Callable[[], _T], moved: Mapping[str, Any] = MOVED) -> _T:
        """What `work` returns, done to the rules as they are in the database now; other columns become `moved`."""

        def change() -> _T:
            with self._database.transaction() as connection:
                self._read(locked(connection, self._world, self._name, worlds.c.faults).faults)
                result = work()
                values = {"faults": faults_text(self._last, self._rules.values()), **moved}
                connection.execute(update(worlds).where(worlds.c.id == self._world).values(**values))
            return result

        return again(change)


def faults_text(last: int = 0, rules: Iterable[Rule] = ()) -> str:
    """Fault rules as text."""
    plain = [{"id": rule.id, "rule": rule.definition, "seen": rule.seen, "fired": rule.fired} for rule in rules]
    return dumps({"last": last, "rules": plain})


def locked(connection: Connection, world: int, name: str, *columns: Any) -> Any:
    """The columns of a world's row, which nobody else changes until the transaction ends. Raises UnknownWorld."""
    wanted = select(*columns).where(worlds.c.id == world).with_for_update(key_share=True)
    row = connection.execute(wanted).one_or_none()
    if row is None:
        raise UnknownWorld(name)
    return row
