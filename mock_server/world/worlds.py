"""The interface between the pipeline and the control plane on one side and the stores on the other."""

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from mock_server.types import PopulationMaker, World
from mock_server.world.clock import BEYOND, EARLIEST, LATEST, Clock, ClockState
from mock_server.world.errors import BadWorld
from mock_server.world.faults import Faults
from mock_server.world.fleet import Fleet
from mock_server.world.journal import Journal, Record
from mock_server.world.settings import Settings
from mock_server.world.state import Changes

DEFAULT = "default"
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
LARGEST_SEED = 2**63 - 1


class Outcome:
    """What one request comes to: whether its writes are kept, its journal record, and the answer itself."""

    __slots__ = ("keep", "record", "response")

    def __init__(self, keep: bool, record: Record | None, response: Any) -> None:
        self.keep = keep
        self.record = record
        self.response = response


class OpenWorld(ABC):
    """One world, ready for use. `origin` is the start of the day on which its population was made."""

    name: str
    source: str | None
    clock: Clock
    faults: Faults
    journal: Journal
    fleet: Fleet

    @property
    def seed(self) -> int:
        """The number from which everything random in this world follows."""
        return self.fleet.seed

    @property
    def devices(self) -> int:
        """The size of each population."""
        return self.fleet.devices

    @property
    def origin(self) -> datetime:
        """The start of the day at which the world began."""
        return self.fleet.origin

    @abstractmethod
    def is_same(self, other: "OpenWorld | None") -> bool:
        """Whether the other is this very world, not a later one of the same name."""

    @abstractmethod
    def run(self, api: str, write: bool, work: Callable[[World], Outcome]) -> Outcome:
        """Do `work` over `api`'s part of the world in one transaction.

        What it wrote is kept when the outcome says so, together with the outcome's journal entry; nothing is kept
        when it raises. `write` says that it is likely to write. `work` may be run more than once (SQL stores).
        Raises StoreUnavailable, and Outdated for a world at hand.
        """

    @abstractmethod
    def collections(self, api: str) -> list[str]:
        """The names of the collections of `api`: those with a population, then those with a document, sorted."""

    @abstractmethod
    def changes(self, api: str) -> Changes:
        """Everything written in the part of `api`."""

    @abstractmethod
    def load(self, fleet: Fleet, changes: Mapping[str, Changes], clock: ClockState | None) -> None:
        """Replace the world's state at once: its populations, for each API what was written, and its clock's."""


class Worlds(ABC):
    """All worlds of one server. `blocking` worlds do I/O: call them from a worker thread."""

    blocking: bool
    state: str
    """`memory`, `sqlite` or `postgresql`."""

    @abstractmethod
    def get(self, name: str) -> OpenWorld | None:
        """The world of that name, or None."""

    def at_hand(self, name: str) -> OpenWorld | None:
        """The same without asking the store where it was asked before: running it may then raise Outdated."""
        return self.get(name)

    @abstractmethod
    def names(self) -> list[str]:
        """The names of all worlds, `default` first, then in the order of creation."""

    @abstractmethod
    def create(
        self, name: str, source: str = DEFAULT, seed: int | None = None, at: datetime | None = None
    ) -> OpenWorld:
        """Make a world as a fork of `source`: its state and clock, no faults, an empty journal.

        With a `seed` other than the source's the world begins anew from that seed, with nothing written. `at` sets
        its clock. Raises UnknownWorld, WorldExists, BadWorld.
        """

    @abstractmethod
    def reset(self, name: str) -> None:
        """Make the world what it was when it began: state, clock, no faults, no journal. Raises UnknownWorld."""

    @abstractmethod
    def delete(self, name: str) -> None:
        """Remove a world. Raises UnknownWorld, and Undeletable for the default world."""

    @abstractmethod
    def fleet(self, seed: int, devices: int, origin: datetime) -> Fleet:
        """The populations for these numbers, shared with every world that has the same."""

    @abstractmethod
    def close(self) -> None:
        """Let go of what is held outside this process's memory."""


def start_of_day(moment: datetime) -> datetime:
    """The beginning of that day, UTC."""
    return moment.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def checked_new(name: str, seed: int | None, at: datetime | None) -> None:
    """Raise BadWorld for a name, seed or time that no world can have."""
    if not NAME.fullmatch(name):
        raise BadWorld(
            "A world's name is 1 to 64 letters, digits, dots, hyphens and underscores, a letter or digit first."
        )
    if seed is not None and not 0 <= seed <= LARGEST_SEED:
        raise BadWorld(f"A seed is a whole number from 0 to {LARGEST_SEED}.")
    if at is not None:
        possible(at)


def possible(moment: datetime) -> datetime:
    """The moment. Raises BadWorld for one that no world's time can be."""
    if not EARLIEST <= moment < LATEST:
        raise BadWorld(BEYOND)
    return moment


def open_worlds(settings: Settings, populations: Mapping[str, PopulationMaker]) -> Worlds:
    """The worlds that `settings.state` names, with the default world in place.

    Raises BadWorld for settings that make no sense, StoreUnavailable and StoreRefused for the database.
    """
    checked_new(DEFAULT, settings.seed, settings.at)
    if settings.state == "memory":
        from mock_server.world.memory import MemoryWorlds

        return MemoryWorlds(settings, populations)
    if settings.state.startswith(("sqlite:", "postgresql:", "postgres:")):
        from mock_server.world.sql import open_database

        return open_database(settings, populations)
    raise BadWorld(
        f"State {settings.state!r} is unknown; give memory, sqlite:///FILE or postgresql://USER@HOST/DATABASE."
    )
