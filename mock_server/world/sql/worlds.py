"""Worlds in a database: rows that name their layers. What is read of a world is read anew for each request."""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import lru_cache
from hashlib import blake2b
from secrets import randbits
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from mock_server.types import PopulationMaker, World
from mock_server.world.clock import Clock, ClockState
from mock_server.world.codec import dumps, loads
from mock_server.world.errors import Outdated, StoreUnavailable, Undeletable, UnknownWorld, WorldError, WorldExists
from mock_server.world.fleet import Fleet
from mock_server.world.settings import Settings
from mock_server.world.sql import layers
from mock_server.world.sql.database import (
    Again,
    ConnectionLost,
    Database,
    NothingDone,
    Session,
    again,
    at_start,
)
from mock_server.world.sql.journal import Growth, SqlJournal, append, forget, micros, moment
from mock_server.world.sql.parts import SqlClock, SqlFaults, clock_row, clock_state, faults_text
from mock_server.world.sql.schema import journal, prepare, worlds
from mock_server.world.sql.statements import SEQUENCES, Statements, decoded
from mock_server.world.sql.view import SqlView, read_changes
from mock_server.world.state import Changes
from mock_server.world.worlds import DEFAULT, NAME, OpenWorld, Outcome, Worlds, checked_new, start_of_day

FIRST_BITS = 62
AT_HAND = 256
"""So many worlds are remembered as they were."""


def open_database(settings: Settings, populations: Mapping[str, PopulationMaker]) -> Worlds:
    """The worlds kept in the database that `settings.state` names, which is made ready.

    Raises BadWorld, StoreUnavailable, StoreRefused.
    """
    database = Database(settings.state)
    try:
        found = SqlWorlds(database, populations)
        again(lambda: found.prepare(settings))
    except StoreUnavailable as error:
        database.close()
        raise at_start(error, database) from None
    except WorldError:
        database.close()
        raise
    return found


class SqlWorlds(Worlds):
    """All worlds of a database."""

    blocking = True

    def __init__(self, database: Database, populations: Mapping[str, PopulationMaker]) -> None:
        self.state = database.name
        self.database = database
        self.statements = Statements(database.postgresql)
        self.growth = Growth()
        self._at_hand: dict[str, SqlWorld] = {}
        self._fleets = lru_cache(maxsize=64)(lambda seed, devices, origin: Fleet(populations, seed, devices, origin))

    def prepare(self, settings: Settings) -> None:
        """Make tables and the default world, unless they are there."""
        with self.database.transaction() as connection:
            prepare(connection)
            if connection.execute(select(worlds.c.id).where(worlds.c.name == DEFAULT)).first() is not None:
                return
            clock = Clock()
            if settings.at is not None:
                clock.set(settings.at)
            origin = start_of_day(settings.at or clock.now())
            chain = [layers.new(connection)]
            numbers = {"seed": settings.seed, "devices": settings.devices, "origin": micros(origin)}
            _insert(connection, DEFAULT, None, chain, [], numbers, clock, settings.at)

    def get(self, name: str) -> "SqlWorld | None":
        if NAME.fullmatch(name) is None:
            return None
        try:
            row = self._row(name)
        except ConnectionLost:  # the database may have been started anew: what was open before is of no use
            row = self._row(name)
        return SqlWorld(self, row) if row is not None else None

    def at_hand(self, name: str) -> "SqlWorld | None":
        """The world as it was when it was last asked for; one with faults, which count their calls, is asked for."""
        found = self._at_hand.get(name)
        if found is None:
            found = self.get(name)
            if found is not None and not found.faults:
                if len(self._at_hand) >= AT_HAND:
                    self._at_hand.clear()
                found.shared = True
                self._at_hand[name] = found
        return found

    def forget(self, world: "SqlWorld") -> None:
        """Ask for the world anew the next time."""
        if self._at_hand.get(world.name) is world:
            self._at_hand.pop(world.name, None)

    def _row(self, name: str) -> Any:
        with self.database.reading() as session:
            return session.run(self.statements.world, (name,)).fetchone()

    def names(self) -> list[str]:
        with self.database.reading() as session:
            return [name for (name,) in session.run(self.statements.names).fetchall()]

    def create(
        self, name: str, source: str = DEFAULT, seed: int | None = None, at: datetime | None = None
    ) -> OpenWorld:
        checked_new(name, seed, at)
        again(lambda: self._create(name, source, seed, at))
        world = self.get(name)
        if world is None:
            raise UnknownWorld(name)
        return world

    def _create(self, name: str, source: str, seed: int | None, at: datetime | None) -> None:
        with self.database.transaction() as connection:
            parent = _locked(connection, source)
            if connection.execute(select(worlds.c.id).where(worlds.c.name == name)).first() is not None:
                raise WorldExists(name)
            clock = Clock(*clock_state(parent.ahead, parent.frozen))
            if at is not None:
                clock.set(at)
            numbers = {"seed": parent.seed, "devices": parent.devices, "origin": parent.origin}
            if seed is None or seed == parent.seed:
                below = layers.freeze(connection, parent)
            else:
                below = []
                numbers |= {"seed": seed, "origin": micros(start_of_day(at or clock.now()))}
            _insert(connection, name, source, [*below, layers.new(connection)], below, numbers, clock, at)

    def reset(self, name: str) -> None:
        again(lambda: self._reset(name))

    def _reset(self, name: str) -> None:
        with self.database.transaction() as connection:
            row = _locked(connection, name)
            birth = loads(row.birth)
            clock = Clock(*clock_state(birth["ahead"], birth["frozen"]))
            if birth["at"] is not None:
                clock.set(moment(birth["at"]))
            values = {
                **{column: birth[column] for column in ("seed", "devices", "origin")},
                **clock_row(clock.state),
                "chain": dumps([*birth["chain"], layers.new(connection)]),
                "generation": row.generation + 1,
                "faults": faults_text(),
            }
            connection.execute(update(worlds).where(worlds.c.id == row.id).values(**values))
            forget(connection, row.id)
            layers.sweep(connection, loads(row.chain))

    def delete(self, name: str) -> None:
        again(lambda: self._delete(name))

    def _delete(self, name: str) -> None:
        with self.database.transaction() as connection:
            row = _locked(connection, name)
            if name == DEFAULT:
                raise Undeletable
            connection.execute(delete(worlds).where(worlds.c.id == row.id))
            connection.execute(delete(journal).where(journal.c.world == row.id))
            layers.sweep(connection, [*loads(row.chain), *loads(row.birth)["chain"]])

    def fleet(self, seed: int, devices: int, origin: datetime) -> Fleet:
        return self._fleets(seed, devices, origin)

    def close(self) -> None:
        self.database.close()


def _locked(connection: Connection, name: str) -> Any:
    if NAME.fullmatch(name) is None:  # a database may not even hold it
        raise UnknownWorld(name)
    row = connection.execute(select(worlds).where(worlds.c.name == name).with_for_update()).one_or_none()
    if row is None:
        raise UnknownWorld(name)
    return row


def _insert(
    connection: Connection,
    name: str,
    source: str | None,
    chain: list[int],
    below: list[int],
    numbers: dict[str, int],
    clock: Clock,
    at: datetime | None,
) -> None:
    times = clock_row(clock.state)
    first = randbits(FIRST_BITS)  # an id may come again: what is known of a deleted world must not pass for this one
    birth = {**numbers, **times, "chain": below, "at": None if at is None else micros(at), "generation": first}
    row = {**numbers, **times, "name": name, "source": source, "generation": first, "chain": dumps(chain)}
    connection.execute(insert(worlds).values(**row, faults=faults_text(), birth=dumps(birth)))


class SqlWorld(OpenWorld):
    """A world as its row was when it was asked for. One that is `shared`, because it is at hand, stays so."""

    def __init__(self, worlds_: SqlWorlds, row: Any) -> None:
        self._worlds = worlds_
        self._id, self.name, self.source, self._generation, *columns, self._birth = row
        chain, seed, devices, origin, ahead, frozen, faults = columns
        self._chain: list[int] = loads(chain)
        self.fleet = worlds_.fleet(seed, devices, moment(origin))
        database = worlds_.database
        self.clock = SqlClock(database, self._id, self.name, clock_state(ahead, frozen))
        self.faults = SqlFaults(database, self._id, self.name, seed, faults)
        self.journal: SqlJournal = SqlJournal(database, self._id, worlds_.growth)
        self.shared = False

    def is_same(self, other: OpenWorld | None) -> bool:
        return isinstance(other, SqlWorld) and (other._id, other._birth) == (self._id, self._birth)

    def run(self, api: str, write: bool, work: Callable[[World], Outcome]) -> Outcome:
        try:
            outcome = again(lambda **options: self._run(api, work, **options), write=write)
        except NothingDone:  # the database may have been started anew: what was open before is of no use
            outcome = again(lambda **options: self._run(api, work, **options), write=write)
        if outcome.record is not None:
            self.journal.appended(outcome.record)
        return outcome

    def _run(
        self, api: str, work: Callable[[World], Outcome], *, write: bool, exclusive: bool = False, refresh: bool = False
    ) -> Outcome:
        if refresh:
            self._refresh()
        with self._worlds.database.session() as session:
            if exclusive and self._worlds.statements.concurrent:
                session.run("SELECT pg_advisory_xact_lock(?)", (_lock_number(self._id, api),))
            view = self._view(api, session, write=write, exclusive=exclusive)
            outcome = work(view)
            kept = outcome.keep and view.changed
            if kept:
                if not write:
                    raise Again(write=True)
                view.flush()
            self._conclude(session, outcome, kept)
        return outcome

    def _conclude(self, session: Session, outcome: Outcome, kept: bool) -> None:
        """Write the journal, unless the world has meanwhile become another: then everything is done again."""
        statements = self._worlds.statements
        if outcome.record is not None:
            current = append(session, statements, self._id, self._generation, outcome.record)
        else:
            current = not kept or session.run(statements.still, (self._id, self._generation)).fetchone() is not None
        if current:
            return
        if self.shared:
            self._worlds.forget(self)
            raise Outdated
        raise Again(refresh=True)

    def _refresh(self) -> None:
        found = self._worlds.get(self.name)
        if found is None:
            raise StoreUnavailable(f"The world {self.name!r} has just been deleted.")
        self.__dict__ = found.__dict__

    def _view(self, api: str, session: Session, *, write: bool, exclusive: bool) -> SqlView:
        fleet = self.fleet
        return SqlView(
            api,
            self._chain,
            session,
            self._worlds.statements,
            fleet.of(api),
            self.clock,
            fleet.seed,
            fleet.origin,
            write=write,
            exclusive=exclusive,
        )

    def collections(self, api: str) -> list[str]:
        populations = list(self.fleet.of(api))
        known = [f"{api}/{name}" for name in (*populations, SEQUENCES)]
        statement = self._worlds.statements.others(len(self._chain), len(known))
        with self._worlds.database.reading() as session:
            found = session.run(statement, (*self._chain, api + "/%", *known, *self._chain)).fetchall()
        return [*populations, *sorted(decoded(name.removeprefix(api + "/")) for (name,) in found)]

    def _written(self, api: str) -> list[str]:
        """The collections that were written to, as they are `named`."""
        with self._worlds.database.reading() as session:
            statement = self._worlds.statements.collections(len(self._chain))
            found = session.run(statement, (*self._chain, api + "/%")).fetchall()
        names = (name.removeprefix(api + "/") for (name,) in found)
        return [name for name in names if name != SEQUENCES]

    def changes(self, api: str) -> Changes:
        names = self._written(api)
        changes = Changes({}, {}, {})
        with self._worlds.database.reading() as session:
            read = (session, self._worlds.statements, self._chain)
            for name in names:
                found = read_changes(*read, f"{api}/{name}")
                changes.documents[decoded(name)], changes.added[decoded(name)] = found
            drawn, _ = read_changes(*read, f"{api}/{SEQUENCES}")
        changes.sequences = {decoded(name): number for name, number in drawn.items()}  # type: ignore[misc]
        return changes

    def load(self, fleet: Fleet, changes: Mapping[str, Changes], clock: ClockState | None) -> None:
        again(lambda: self._load(fleet, changes, clock))
        self._refresh()

    def _load(self, fleet: Fleet, changes: Mapping[str, Changes], clock: ClockState | None) -> None:
        with self._worlds.database.transaction() as connection:
            row = _locked(connection, self.name)
            layer = layers.new(connection)
            layers.fill(connection, layer, changes, sequences=SEQUENCES)
            values = {
                **({} if clock is None else clock_row(clock)),
                "seed": fleet.seed,
                "devices": fleet.devices,
                "origin": micros(fleet.origin),
                "chain": dumps([layer]),
                "generation": row.generation + 1,
            }
            connection.execute(update(worlds).where(worlds.c.id == row.id).values(**values))
            layers.sweep(connection, loads(row.chain))


def _lock_number(world: int, api: str) -> int:
    digest = blake2b(f"{world}/{api}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)
