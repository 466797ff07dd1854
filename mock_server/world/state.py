"""The written part of a world as persistent maps: every change is a new value, so a copy is one pointer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeAlias

from rpds import HashTrieMap

from mock_server.types import Document
from mock_server.world.fleet import Cached

GONE: Any = None
"""What stands in a collection for a document of the population that was deleted."""

Written: TypeAlias = tuple[Any, int | None]
"""A written document, or GONE, and its place among those that come after the population (None: it is in its place)."""

_DELETED: Written = (GONE, None)


class Collection:
    """The changes to one collection; never changed in place.

    `written` holds what was written under each key. `added` counts the keys that come after the population, and
    `next` is the number of the next one; `removed` counts those that are no longer in the population's place.
    """

    __slots__ = ("_order", "added", "next", "removed", "written")

    def __init__(
        self,
        written: HashTrieMap[str, Written],
        added: int,
        next_: int,
        removed: int,
        order: list[str] | None = None,
    ) -> None:
        self.written = written
        self.added = added
        self.next = next_
        self.removed = removed
        self._order = order

    def put(self, key: str, document: Document, population: Cached | None) -> Collection:
        """With `document` under `key`."""
        found = self.written.get(key)
        if found is not None and found[0] is not GONE:
            written = self.written.insert(key, (document, found[1]))
        elif found is None and population is not None and population.index(key) is not None:
            written = self.written.insert(key, (document, None))
        else:
            written = self.written.insert(key, (document, self.next))
            return Collection(written, self.added + 1, self.next + 1, self.removed)
        return Collection(written, self.added, self.next, self.removed, self._order)

    def delete(self, key: str, population: Cached | None) -> Collection:
        """Without `key`."""
        of_population = population is not None and population.index(key) is not None
        found = self.written.get(key)
        if found[0] is GONE if found is not None else not of_population:
            return self
        written = self.written.insert(key, _DELETED) if of_population else self.written.remove(key)
        if found is not None and found[1] is not None:
            return Collection(written, self.added - 1, self.next, self.removed)
        return Collection(written, self.added, self.next, self.removed + 1, self._order)

    def order(self) -> list[str]:
        """The added keys in their order."""
        if self._order is None:
            places = {key: place for key, (_, place) in self.written.items() if place is not None}
            self._order = sorted(places, key=places.__getitem__)
        return self._order

    def count(self, population: Cached | None) -> int:
        """How many documents there are."""
        return (len(population) if population is not None else 0) - self.removed + self.added

    def keys(self, population: Cached | None) -> Iterator[str]:
        """All keys in order."""
        if population is not None:
            for index in range(len(population)):
                key = population.key(index)
                if not self.removed or (found := self.written.get(key)) is None or _in_place(found):
                    yield key
        yield from self.order()

    def items(self, population: Cached | None) -> Iterator[tuple[str, Document]]:
        """All keys in order with their documents."""
        if population is not None:
            for index in range(len(population)):
                key = population.key(index)
                found = self.written.get(key)
                if found is None:
                    yield key, population.document(index)
                elif _in_place(found):
                    yield key, found[0]
        for key in self.order():
            yield key, self.written[key][0]

    def changed(self, population: Cached | None) -> Iterator[tuple[str, Document]]:
        """The written keys with their documents, in the order of `keys`."""
        if population is not None:
            in_place = {key: found[0] for key, found in self.written.items() if _in_place(found)}
            for key in sorted(in_place, key=lambda key: population.index(key) or 0):
                yield key, in_place[key]
        for key in self.order():
            yield key, self.written[key][0]


def _in_place(written: Written) -> bool:
    """Whether a written document stands where the population's stood."""
    document, place = written
    return document is not GONE and place is None


EMPTY = Collection(HashTrieMap(), 0, 0, 0)


class Part:
    """Everything written in one API's part of a world, by collection where there is any; never changed in place."""

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
        {
            name: {key: document for key, (document, _) in collection.written.items()}
            for name, collection in part.collections.items()
        },
        {name: collection.order() for name, collection in part.collections.items()},
        dict(part.sequences.items()),
    )


def part_of(changes: Changes, populations: dict[str, Cached]) -> Part:
    """The part in which just that was written: the inverse of `changes_of`."""
    collections = {}
    for name, documents in changes.documents.items():
        if not documents:
            continue
        population = populations.get(name)
        places = {key: place for place, key in enumerate(changes.added.get(name, []))}
        written = {key: (document, places.get(key)) for key, document in documents.items()}
        removed = sum(
            1
            for key, found in written.items()
            if not _in_place(found) and population is not None and population.index(key) is not None
        )
        collections[name] = Collection(HashTrieMap(written), len(places), len(places), removed)
    return Part(collections, HashTrieMap(changes.sequences))
