"""The populations of a world: what exists without having been written, made when it is first asked for."""

from collections.abc import Mapping
from datetime import datetime
from weakref import WeakValueDictionary

from mock_server.types import Document, Population, PopulationMaker

CACHED = 512
"""So many documents of a population are remembered, because those of an example are read again and again."""


class Cached:
    """A population that remembers what was read from it lately."""

    __slots__ = ("_documents", "_population", "_size", "index", "key")

    def __init__(self, population: Population) -> None:
        self._population = population
        self._documents: dict[str, Document] = {}
        self._size = len(population)
        self.key = population.key
        self.index = population.index

    def __len__(self) -> int:
        return self._size

    def document(self, index: int) -> Document:
        """Document `index`, not remembered: for reading through all of them."""
        return self._population.document(index)

    def find(self, key: str) -> Document | None:
        """The document of `key`, or None."""
        document = self._documents.get(key)
        if document is None:
            index = self.index(key)
            if index is None:
                return None
            document = self._population.document(index)
            if len(self._documents) >= CACHED:
                self._documents.clear()
            self._documents[key] = document
        return document


class Fleet:
    """All populations for one (seed, devices, origin), per API, made on first use and shared by every fork."""

    __slots__ = ("__weakref__", "_makers", "_parts", "devices", "origin", "seed")

    def __init__(self, makers: Mapping[str, PopulationMaker], seed: int, devices: int, origin: datetime) -> None:
        self._makers = makers
        self._parts: dict[str, dict[str, Cached]] = {}
        self.seed = seed
        self.devices = devices
        self.origin = origin

    def of(self, api: str) -> dict[str, Cached]:
        """The populations of an API by collection."""
        part = self._parts.get(api)
        if part is None:
            maker = self._makers.get(api)
            made = maker(self.seed, self.devices, self.origin) if maker else {}
            part = self._parts[api] = {name: Cached(population) for name, population in made.items()}
        return part

    @property
    def apis(self) -> list[str]:
        """The ids of all APIs that have a part in this world."""
        return list(self._makers)


class Fleets:
    """The fleets in use, so that worlds with the same numbers share one."""

    __slots__ = ("_fleets", "_makers")

    def __init__(self, makers: Mapping[str, PopulationMaker]) -> None:
        self._makers = makers
        self._fleets: WeakValueDictionary[tuple[int, int, datetime], Fleet] = WeakValueDictionary()

    def get(self, seed: int, devices: int, origin: datetime) -> Fleet:
        """The fleet for these numbers."""
        numbers = (seed, devices, origin)
        fleet = self._fleets.get(numbers)
        if fleet is None:
            fleet = self._fleets[numbers] = Fleet(self._makers, seed, devices, origin)
        return fleet
