"""What one request sees of one API's part of a world kept in memory."""

from collections.abc import Iterator
from datetime import datetime
from hashlib import blake2b
from uuid import UUID

from mock_server.types import Document, Moment
from mock_server.world.clock import Clock
from mock_server.world.fleet import Cached
from mock_server.world.state import EMPTY, Collection, Part


def numbered_uuid(seed: int, api: str, sequence: str, number: int) -> str:
    """The UUID, version 4 in form, that number `number` of a sequence stands for."""
    digest = blake2b(f"{seed}/{api}/{sequence}/{number}".encode(), digest_size=16).digest()
    return str(UUID(bytes=digest, version=4))


class View:
    """One request's look at one API's part of a world (see `mock_server.types.World`).

    It writes into values of its own; `part()` is what the world becomes when the writes are kept.
    """

    __slots__ = (
        "_api",
        "_clock",
        "_collections",
        "_now",
        "_populations",
        "_sequences",
        "changed",
        "origin",
        "seed",
    )

    def __init__(
        self,
        api: str,
        part: Part,
        populations: dict[str, Cached],
        clock: Clock,
        seed: int,
        origin: datetime,
    ) -> None:
        self._api = api
        self._collections = part.collections
        self._sequences = part.sequences
        self._populations = populations
        self._clock = clock
        self._now: datetime | None = None
        self.changed = False
        self.seed = seed
        self.origin = origin

    @property
    def now(self) -> datetime:
        if self._now is None:
            self._now = self._clock.now()
        return self._now

    @property
    def moment(self) -> Moment:
        return self._now or self._clock.reading()

    def get(self, collection: str, key: str) -> Document | None:
        written = self._collections.get(collection)
        if written is not None:
            found = written.written.get(key)
            if found is not None:
                document: Document | None = found[0]
                return document
        population = self._populations.get(collection)
        return population.find(key) if population is not None else None

    def put(self, collection: str, key: str, document: Document) -> None:
        written = self._collections.get(collection, EMPTY)
        self._replace(collection, written.put(key, document, self._populations.get(collection)))

    def delete(self, collection: str, key: str) -> None:
        written = self._collections.get(collection, EMPTY)
        left = written.delete(key, self._populations.get(collection))
        if left is not written:
            self._replace(collection, left)

    def _replace(self, name: str, collection: Collection) -> None:
        self._change()
        if collection.written:
            self._collections[name] = collection
        else:
            self._collections.pop(name, None)

    def _change(self) -> None:
        if not self.changed:
            self._collections = dict(self._collections)
            self.changed = True

    def keys(self, collection: str) -> Iterator[str]:
        return self._collections.get(collection, EMPTY).keys(self._populations.get(collection))

    def items(self, collection: str) -> Iterator[tuple[str, Document]]:
        return self._collections.get(collection, EMPTY).items(self._populations.get(collection))

    def written(self, collection: str) -> Iterator[tuple[str, Document]]:
        return self._collections.get(collection, EMPTY).changed(self._populations.get(collection))

    def count(self, collection: str) -> int:
        return self._collections.get(collection, EMPTY).count(self._populations.get(collection))

    def number(self, sequence: str) -> int:
        number = self._sequences.get(sequence, 0) + 1
        self._sequences = self._sequences.insert(sequence, number)
        self._change()
        return number

    def uuid(self, sequence: str) -> str:
        return numbered_uuid(self.seed, self._api, sequence, self.number(sequence))

    def part(self) -> Part:
        """The API's part of the world with this request's writes."""
        return Part(self._collections, self._sequences)
