"""The journal of a world in a database: every process that serves the world writes to it and reads all of it."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, select, update
from sqlalchemy import func as sql

from mock_server.world.codec import dumps, loads
from mock_server.world.journal import LIMIT, LIMIT_BYTES, SIZE, Entry, Journal, Record, Watcher, size
from mock_server.world.sql.database import Database, Session, again
from mock_server.world.sql.schema import journal
from mock_server.world.sql.statements import Statements

_J = journal.name
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_CHUNK = 200
_SETTLED = " AND writer < pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
_FORGOTTEN = -1
"""The size of a row that holds nothing but the id of the last exchange, when that is forgotten."""
_KEPT = f"FROM {_J} WHERE world = ? AND size > {_FORGOTTEN}"
_NEWEST = (
    "SELECT id, sum(size) OVER (ORDER BY id DESC) AS total, row_number() OVER (ORDER BY id DESC) AS place " + _KEPT
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


class SqlJournal(Journal):
    """The last exchanges of one world. Ids grow over all worlds of the database."""

    __slots__ = ("_database", "_settled", "_world")

    def __init__(self, database: Database, world: int) -> None:
        super().__init__(LIMIT, LIMIT_BYTES)
        self._database = database
        self._world = world
        # An id is drawn before it can be seen: who follows must not pass one that is still to appear.
        self._settled = _SETTLED if database.postgresql else ""

    def append(self, record: Record) -> None:
        """Keep `record`, in a transaction of its own."""
        statements = Statements(self._database.postgresql)
        again(lambda: self._do(statements.append, (self._world, record[SIZE], pack(record))))

    @property
    def last(self) -> int:
        return int(self._one(f"SELECT coalesce(max(id), 0) FROM {_J} WHERE world = ?{self._settled}"))

    def __len__(self) -> int:
        return min(self._limit, int(self._one(f"SELECT count(*) {_KEPT}")))

    def _one(self, statement: str) -> Any:
        with self._database.reading() as session:
            return session.run(statement, (self._world,)).fetchone()[0]

    def _rows(self, statement: str, *parameters: int) -> Sequence[tuple[int, str]]:
        with self._database.reading() as session:
            rows: Sequence[tuple[int, str]] = session.run(statement, (self._world, *parameters)).fetchall()
            return rows

    def __iter__(self) -> Iterator[Entry]:
        return iter([*reversed(self)][::-1])

    def __reversed__(self) -> Iterator[Entry]:
        below, left = 2**62, self._limit
        while left > 0:
            condition = "AND id < ? ORDER BY id DESC LIMIT ?"
            rows = self._rows(f"SELECT id, entry {_KEPT} {condition}", below, min(left, _CHUNK))
            yield from (unpack(*row) for row in rows)
            if len(rows) < _CHUNK:
                return
            below, left = rows[-1][0], left - len(rows)

    def get(self, number: int) -> Entry | None:
        if number >= 2**63:
            return None
        rows = self._rows(f"SELECT id, entry {_KEPT} AND id = ?", number)
        return unpack(*rows[0]) if rows else None

    def since(self, number: int) -> list[Entry]:
        if number >= 2**63:
            return []
        condition = f"AND id > ?{self._settled} ORDER BY id LIMIT {self._limit}"
        return [unpack(*row) for row in self._rows(f"SELECT id, entry {_KEPT} {condition}", number)]

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
        beyond = f"SELECT max(id) FROM ({_NEWEST}) AS entries WHERE place > 1 AND (place > ? OR total > ?)"
        with self._database.session() as session:
            last = session.run(beyond, (self._world, self._limit, self._limit_bytes)).fetchone()[0]
            if last is not None:
                session.run(f"DELETE FROM {_J} WHERE world = ? AND id <= ?", (self._world, last))

    def watch(self, watcher: Watcher) -> Callable[[], None]:
        """Other processes write too: nobody can be called. Ask `since` again."""
        raise NotImplementedError
