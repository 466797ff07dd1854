"""The journal of a world in a database: every process that serves the world writes to it and reads all of it."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, select, update
from sqlalchemy import func as sql

from mock_server.world.codec import dumps, loads
from mock_server.world.errors import StoreUnavailable
from mock_server.world.journal import LIMIT, LIMIT_BYTES, SIZE, Entry, Journal, Record, Watcher, size
from mock_server.world.sql.database import Database, Session, again
from mock_server.world.sql.schema import journal
from mock_server.world.sql.statements import Statements

TRIM_ENTRIES, TRIM_BYTES = 256, 1024 * 1024
"""After so many exchanges, or bytes of them, that a process adds to a journal, it lets go of what is too much there."""

AT_ONCE = 4096
"""A process counts so many journals at once."""

_J = journal.name
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_CHUNK = 200
_SETTLED = " AND writer < pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
_FORGOTTEN = -1
"""The size of a row that holds nothing but the id of the last exchange, when that is forgotten."""
_KEPT = f"FROM {_J} WHERE world = ? AND size > {_FORGOTTEN}"
_NEWEST = (
    "(SELECT id, sum(size) OVER (ORDER BY id DESC) AS total, row_number() OVER (ORDER BY id DESC) AS place "
    f"{_KEPT}) AS newest"
)


def micros(moment: datetime) -> int:
    """Microseconds since 1970, exactly."""
    return (moment - _EPOCH) // _MICROSECOND


def moment(count: int) -> datetime:
    """The inverse of `micros`."""
    return _EPOCH + timedelta(microseconds=count)


def append(session: Session, statements: Statements, world: int, generation: int, record: Record) -> bool:
    """Keep `record`; False when the world is no longer of that generation."""
    parameters = (record[SIZE], pack(record), world, generation)
    return bool(session.run(statements.append_if_current, parameters).rowcount == 1)


def forget(connection: Connection, world: int) -> None:
    """Forget the exchanges of a world, but not how far their ids have come."""
    of_world = journal.c.world == world
    last = connection.execute(select(sql.max(journal.c.id)).where(of_world)).scalar()
    if last is not None:
        connection.execute(update(journal).where(journal.c.id == last).values(size=_FORGOTTEN, entry=""))
        connection.execute(delete(journal).where(of_world, journal.c.id < last))


def pack(record: Record) -> str:
    """A record as text, but its size."""
    entry = Entry.of(0, record)
    return dumps(
        [
            micros(entry.time),
            entry.api,
            entry.operation,
            entry.key,
            entry.basis,
            entry.method,
            entry.target,
            entry.request_headers.decode("latin-1"),
            entry.request_body.decode("latin-1"),
            entry.status,
            [[name.decode("latin-1"), value.decode("latin-1")] for name, value in entry.response_headers],
            entry.response_body.decode("latin-1"),
            round(entry.duration * 1e6),
            entry.violations,
            entry.fault,
            entry.principal,
        ]
    )


def unpack(number: int, text: str) -> Entry:
    """The entry that `pack` made text of, to the microsecond."""
    values: list[Any] = loads(text)
    values[0] = moment(values[0])
    for place in (7, 8, 11):
        values[place] = values[place].encode("latin-1")
    values[10] = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in values[10]]
    values[12] /= 1e6
    values[13] = tuple(tuple(violation) for violation in values[13])
    values.append(size(values[6], values[7], values[8], values[11]))
    return Entry._make((number, *values))


class Growth:
    """What this process has added to each journal since it last trimmed it."""

    def __init__(self) -> None:
        self._added: dict[int, tuple[int, int]] = {}
        self._lock = threading.Lock()

    def much(self, world: int, size: int) -> bool:
        """Count an exchange of that size; whether the journal is to be trimmed now.

        A journal that was not counted is trimmed at once: processes before this one may have left much.
        """
        with self._lock:
            entries, bytes_ = self._added.get(world, (TRIM_ENTRIES, TRIM_BYTES))
            entries, bytes_ = entries + 1, bytes_ + size
            much = entries >= TRIM_ENTRIES or bytes_ >= TRIM_BYTES
            if len(self._added) >= AT_ONCE:
                self._added.clear()
            self._added[world] = (0, 0) if much else (entries, bytes_)
        return much


class SqlJournal(Journal):
    """The last exchanges of one world. Ids grow over all worlds of the database.

    What is beyond the bounds is not shown, though it is there until the journal is trimmed.
    """

    __slots__ = ("_database", "_growth", "_settled", "_world")

    def __init__(self, database: Database, world: int, growth: Growth) -> None:
        super().__init__(LIMIT, LIMIT_BYTES)
        self._database = database
        self._world = world
        self._growth = growth
        # An id is drawn before it can be seen: who follows must not pass one that is still to appear.
        self._settled = _SETTLED if database.postgresql else ""

    def append(self, record: Record) -> None:
        """Keep `record`, in a transaction of its own."""
        statements = Statements(self._database.postgresql)
        again(lambda: self._do(statements.append, (self._world, record[SIZE], pack(record))))
        self.appended(record)

    def appended(self, record: Record) -> None:
        """Trim the journal, to which `record` was just added, if it has grown by much."""
        if self._growth.much(self._world, record[SIZE]):
            with suppress(StoreUnavailable):  # what was added is kept; who adds next trims
                again(self.trim)

    @property
    def last(self) -> int:
        return int(self._one(f"SELECT coalesce(max(id), 0) FROM {_J} WHERE world = ?{self._settled}"))

    def __len__(self) -> int:
        count, fits = self._behind(0)
        if fits:
            return count
        within = "place = 1 OR (place <= ? AND total <= ?)"  # looking at each costs five times as much
        return int(self._one(f"SELECT count(*) FROM {_NEWEST} WHERE {within}", self._limit, self._limit_bytes))

    def _behind(self, number: int) -> tuple[int, bool]:
        """How many entries there are from that id on, and whether they are within the bounds."""
        ((count, total),) = self._rows(f"SELECT count(*), sum(size) {_KEPT} AND id >= ?", number)
        return count, count <= 1 or (count <= self._limit and total <= self._limit_bytes)

    def _one(self, statement: str, *parameters: int) -> Any:
        return self._rows(statement, *parameters)[0][0]

    def _rows(self, statement: str, *parameters: int) -> Sequence[Any]:
        with self._database.reading() as session:
            rows: Sequence[Any] = session.run(statement, (self._world, *parameters)).fetchall()
            return rows

    def __iter__(self) -> Iterator[Entry]:
        return iter([*reversed(self)][::-1])

    def __reversed__(self) -> Iterator[Entry]:
        return self._newest(0)

    def _newest(self, after: int, settled: str = "") -> Iterator[Entry]:
        """The entries behind that id which are within the bounds, newest first."""
        condition = f"AND id > ? AND id < ?{settled} ORDER BY id DESC LIMIT ?"
        below, place, total = 2**63 - 1, 0, 0
        while place < self._limit:
            rows = self._rows(
                f"SELECT id, size, entry {_KEPT} {condition}", after, below, min(self._limit - place, _CHUNK)
            )
            for below, size_, text in rows:
                place, total = place + 1, total + size_
                if place > 1 and total > self._limit_bytes:
                    return
                yield unpack(below, text)
            if len(rows) < _CHUNK:
                return

    def get(self, number: int) -> Entry | None:
        if number >= 2**63:
            return None
        rows = self._rows(f"SELECT id, entry {_KEPT} AND id = ?", number)
        return unpack(*rows[0]) if rows and self._behind(number)[1] else None

    def since(self, number: int) -> list[Entry]:
        return [*self._newest(number, self._settled)][::-1] if number < 2**63 else []

    def clear(self) -> None:
        again(self._forget)

    def _forget(self) -> None:
        with self._database.transaction() as connection:
            forget(connection, self._world)

    def _do(self, statement: str, parameters: Sequence[Any]) -> None:
        with self._database.session() as session:
            session.run(statement, parameters)

    def trim(self) -> None:
        """Let the oldest entries go where there are too many, or their bodies too large."""
        beyond = f"SELECT max(id) FROM {_NEWEST} WHERE place > 1 AND (place > ? OR total > ?)"
        last = self._one(beyond, self._limit, self._limit_bytes)
        if last is not None:
            self._do(f"DELETE FROM {_J} WHERE world = ? AND id <= ?", (self._world, last))

    def watch(self, watcher: Watcher) -> Callable[[], None]:
        """Other processes write too: nobody can be called. Ask `since` again."""
        raise NotImplementedError
