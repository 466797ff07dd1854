"""What one request sees of one API's part of a world kept in a database.

Reads go to the database, locked when the request is to write; writes are kept here until the request ends in a reply.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from mock_server.types import Document, Moment
from mock_server.world.clock import Clock
from mock_server.world.codec import dumps, loads
from mock_server.world.fleet import Cached
from mock_server.world.sql.database import Again, Session
from mock_server.world.sql.statements import SEQUENCES, Statements, decoded, encoded, named
from mock_server.world.state import EMPTY, GONE, Changes, Collection, part_of
from mock_server.world.view import numbered_uuid

_NEW: Any = object()
"""The position of a document that is to come last."""


class Stored:
    """What the database holds of one key: the document (GONE for a deleted one), and whether it is in the top layer."""

    __slots__ = ("document", "position", "there", "top")

    def __init__(self, there: bool, document: Any = None, position: int | None = None, top: bool = False) -> None:
        self.there = there
        self.document: Document | None = document
        self.position = position
        self.top = top


class SqlView:
    """See `mock_server.types.World`."""

    __slots__ = (
        "_api",
        "_chain",
        "_clock",
        "_collections",
        "_exclusive",
        "_now",
        "_populations",
        "_session",
        "_statements",
        "_stored",
        "_write",
        "_written",
        "origin",
        "seed",
    )

    def __init__(
        self,
        api: str,
        chain: list[int],
        session: Session,
        statements: Statements,
        populations: dict[str, Cached],
        clock: Clock,
        seed: int,
        origin: datetime,
        *,
        write: bool,
        exclusive: bool,
    ) -> None:
        self._api = api
        self._chain = chain
        self._session = session
        self._statements = statements
        self._populations = populations
        self._clock = clock
        self._write = write
        self._exclusive = exclusive
        self._now: datetime | None = None
        self._stored: dict[tuple[str, str], Stored] = {}
        self._written: dict[tuple[str, str], tuple[Any, Any]] = {}
        self._collections: dict[str, Collection] = {}
        self.seed = seed
        self.origin = origin

    @property
    def changed(self) -> bool:
        """Whether anything was written."""
        return bool(self._written)

    @property
    def now(self) -> datetime:
        if self._now is None:
            self._now = self._clock.now()
        return self._now

    @property
    def moment(self) -> Moment:
        return self.now

    def get(self, collection: str, key: str) -> Document | None:
        place = (named(collection), key)
        if place in self._written:
            written: Document | None = self._written[place][0]
            return written
        stored = self._stored.get(place) or self._read(place)
        if stored.there:
            return stored.document
        population = self._populations.get(collection)
        return population.find(key) if population is not None else None

    def _read(self, place: tuple[str, str]) -> Stored:
        collection, key = self._api + "/" + place[0], encoded(place[1])
        found = self._session.run(self._statements.top(self._write), (self._chain[-1], collection, key)).fetchone()
        top = found is not None
        if found is None and len(self._chain) > 1:
            statement = self._statements.below(len(self._chain) - 1)
            found = self._session.run(statement, (*self._chain[:-1], collection, key)).fetchone()
        if found is None:
            stored = Stored(False)
        else:
            stored = Stored(True, loads(found[0]) if found[0] is not None else GONE, found[1], top)
        self._stored[place] = stored
        return stored

    def put(self, collection: str, key: str, document: Document) -> None:
        collection = named(collection)
        place = (collection, key)
        if place in self._written:
            before, position = self._written[place]
            if before is GONE:
                del self._written[place]  # comes last now
                position = _NEW
        else:
            position = self._position(place)
        self._written[place] = (document, position)
        if collection in self._collections:
            changed = self._collections[collection].put(key, document, self._populations.get(collection))
            self._collections[collection] = changed

    def _position(self, place: tuple[str, str]) -> Any:
        """Where a document written now stands: where the one before it stood, in the population's place, or last."""
        stored = self._stored.get(place) or self._read(place)
        if stored.there:
            return _NEW if stored.document is GONE else stored.position
        population = self._populations.get(place[0])
        return None if population is not None and population.index(place[1]) is not None else _NEW

    def delete(self, collection: str, key: str) -> None:
        if self.get(collection, key) is None:
            return
        collection = named(collection)
        self._written[(collection, key)] = (GONE, None)
        if collection in self._collections:
            left = self._collections[collection].delete(key, self._populations.get(collection))
            self._collections[collection] = left

    def keys(self, collection: str) -> Iterator[str]:
        return self._whole(collection).keys(self._populations.get(collection))

    def items(self, collection: str) -> Iterator[tuple[str, Document]]:
        return self._whole(collection).items(self._populations.get(collection))

    def written(self, collection: str) -> Iterator[tuple[str, Document]]:
        return self._whole(collection).changed(self._populations.get(collection))

    def count(self, collection: str) -> int:
        return self._whole(collection, exact=False).count(self._populations.get(collection))

    def _whole(self, name: str, exact: bool = True) -> Collection:
        """The collection with everything written to it.

        Who reads a whole collection in order to write relies on nobody else doing so at the same time.
        """
        if exact and self._write and not self._exclusive and self._statements.concurrent:
            raise Again(exclusive=True)
        name = named(name)
        if name not in self._collections:
            changes = read_changes(self._session, self._statements, self._chain, f"{self._api}/{name}")
            part = part_of(Changes({name: changes[0]}, {name: changes[1]}, {}), self._populations)
            collection = part.collections.get(name, EMPTY)
            population = self._populations.get(name)
            for (other, key), (document, _) in self._written.items():
                if other == name and document is GONE:
                    collection = collection.delete(key, population)
                elif other == name:
                    collection = collection.put(key, document, population)
            self._collections[name] = collection
        return self._collections[name]

    def number(self, sequence: str) -> int:
        place = (SEQUENCES, sequence)
        number = int(self._drawn(place)) + 1
        self._written[place] = (number, None)
        return number

    def _drawn(self, place: tuple[str, str]) -> int:
        if place in self._written:
            drawn: int = self._written[place][0]
            return drawn
        stored = self._stored.get(place) or self._read(place)
        number: Any = stored.document
        return int(number) if stored.there else 0

    def uuid(self, sequence: str) -> str:
        return numbered_uuid(self.seed, self._api, sequence, self.number(sequence))

    def flush(self) -> None:
        """Write what was written."""
        for place, (document, position) in self._written.items():
            self._flush(place, document, position)

    def _flush(self, place: tuple[str, str], document: Any, position: Any) -> None:
        stored = self._stored.get(place) or self._read(place)
        where = (self._chain[-1], self._api + "/" + place[0], encoded(place[1]))
        if document is GONE and not self._hides(place):
            if stored.top:
                self._session.run(self._statements.remove, where)
            return
        text = None if document is GONE else dumps(document)
        if stored.top:
            if position is _NEW:
                self._session.run(self._statements.replace_last, (text, *where))
            else:
                self._session.run(self._statements.replace, (text, position, *where))
        elif position is _NEW:
            self._session.run(self._statements.add_last, (*where, text))
        else:
            self._session.run(self._statements.add, (*where, text, position))

    def _hides(self, place: tuple[str, str]) -> bool:
        """Whether a deleted document must be remembered as deleted, lest an earlier one shine through."""
        population = self._populations.get(place[0])
        return len(self._chain) > 1 or (population is not None and population.index(place[1]) is not None)


def read_changes(
    session: Session, statements: Statements, chain: list[int], collection: str
) -> tuple[dict[str, Document | None], list[str]]:
    """What the layers of a chain say of a collection: documents by key, and the added keys in order."""
    rows = session.run(statements.collection(len(chain)), (*chain, collection)).fetchall()
    found = {decoded(key): (document, position) for key, document, position in rows}
    added = sorted((key for key, row in found.items() if row[1] is not None), key=lambda key: found[key][1])
    return {key: loads(row[0]) if row[0] is not None else GONE for key, row in found.items()}, added
