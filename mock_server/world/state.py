"""The written part of a world as persistent maps: every change is a new value, so a copy is one pointer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rpds import HashTrieMap

from mock_server.types import Document
from mock_server.world.fleet import Cached

GONE: Any = None
"""What stands in a collection for a document of the population that was deleted."""

_MISSING: Any = object()


class Collection:
    """The changes to one collection; never changed in place.

    `documents` holds what was written, and GONE for what was deleted from the population. `added` numbers the keys
    that come after the population, in their order; `next` is the next such number. `removed` counts the keys that
    are no longer in the population's place.
    """

    __slots__ = ("_order", "added", "documents", "next", "removed")

    def __init__(
        self,
        documents: HashTrieMap[str, Any],
        added: HashTrieMap[str, int],
        next_: int,
        removed: int,
        order: list[str] | None = None,
    ) -> None:
        self.documents = documents
        self.added = added
        self.next = next_
        self.removed = removed
        self._order = order

    def put(self, key: str, document: Document, population: Cached | None) -> Collection:
        """With `document` under `key`."""
        documents = self.documents.insert(key, document)
        found = self.documents.get(key, _MISSING)
        in_place = found is not GONE and (
            found is not _MISSING or (population is not None and population.index(key) is not None)
        )
        if in_place:
            return Collection(documents, self.added, self.next, self.removed, self._order)
        return Collection(documents, self.added.insert(key, self.next), self.next + 1, self.removed)

    def delete(self, key: str, population: Cached | None) -> Collection:
        """Without `key`."""
        of_population = population is not None and population.index(key) is not None
        found = self.documents.get(key, _MISSING)
        if found is GONE or (found is _MISSING and not of_population):
            return self
        documents = self.documents.insert(key, GONE) if of_population else self.documents.remove(key)
        if key in self.added:
            return Collection(documents, self.added.remove(key), self.next, self.removed)
        return Collection(documents, self.added, self.next, self.removed + 1, self._order)

    def order(self) -> list[str]:
        """The added keys in their order."""
        if self._order is None:
            self._order = sorted(self.added, key=self.added.__getitem__)
        return self._order

    def count(self, population: Cached | None) -> int:
        """How many documents there are."""
        return (len(population) if population is not None else 0) - self.removed + len(self.added)

    def keys(self, population: Cached | None) -> Iterator[str]:
        """All keys in order."""
        if population is not None:
            for index in range(len(population)):
                key = population.key(index)
                if not self.removed or (self.documents.get(key, key) is not GONE and key not in self.added):
                    yield key
        yield from self.order()

    def items(self, population: Cached | None) -> Iterator[tuple[str, Document]]:
        """All keys in order with their documents."""
        documents, added = self.documents, self.added
        if population is not None:
            for index in range(len(population)):
                key = population.key(index)
                document = documents.get(key, _MISSING)
                if document is _MISSING:
                    yield key, population.document(index)
                elif document is not GONE and key not in added:
                    yield key, document
        for key in self.order():
            yield key, documents[key]

    def written(self, population: Cached | None) -> Iterator[tuple[str, Document]]:
        """The written keys with their documents, in the order of `keys`."""
        documents = self.documents
        if population is not None:
            in_place = [key for key in documents if key not in self.added]
            for key in sorted(in_place, key=lambda key: population.index(key) or 0):
                document = documents[key]
                if document is not GONE:
                    yield key, document
        for key in self.order():
            yield key, documents[key]


EMPTY = Collection(HashTrieMap(), HashTrieMap(), 0, 0)


class Part:
    """Everything written in one API's part of a world; never changed in place."""

    __slots__ = ("collections", "sequences")

    def __init__(self, collections: dict[str, Collection], sequences: HashTrieMap[str, int]) -> None:
        self.collections = collections
        self.sequences = sequences


NOTHING = Part({}, HashTrieMap())


class Changes:
    """What was written in one API's part of a world, in a form that every store reads and writes.

    `documents` maps collection and key to the document, or to GONE for one deleted from the population. `added`
    lists the keys of each collection that come after the population, in order; `sequences` are the last numbers.
    """

    __slots__ = ("added", "documents", "sequences")

    def __init__(
        self,
        documents: dict[str, dict[str, Document | None]],
        added: dict[str, list[str]],
        sequences: dict[str, int],
    ) -> None:
        self.documents = documents
        self.added = added
        self.sequences = sequences


def changes_of(part: Part) -> Changes:
    """What was written in `part`."""
    return Changes(
        {name: dict(collection.documents.items()) for name, collection in part.collections.items()},
        {name: collection.order() for name, collection in part.collections.items()},
        dict(part.sequences.items()),
    )


def part_of(changes: Changes, populations: dict[str, Cached]) -> Part:
    """The part in which just that was written: the inverse of `changes_of`."""
    collections = {}
    for name, documents in changes.documents.items():
        population = populations.get(name)
        added = changes.added.get(name, [])
        order = {key: place for place, key in enumerate(added)}
        moved = sum(
            1
            for key, document in documents.items()
            if (document is GONE or key in order) and population is not None and population.index(key) is not None
        )
        kept: HashTrieMap[str, Any] = HashTrieMap(documents)
        collections[name] = Collection(kept, HashTrieMap(order), len(added), moved)
    return Part(collections, HashTrieMap(changes.sequences))
