"""Worlds in this process's memory. They belong to the thread of the event loop: nothing here locks."""

from collections.abc import Callable, Mapping
from datetime import datetime

from mock_server.types import PopulationMaker, World
from mock_server.world.clock import Clock, ClockState
from mock_server.world.errors import Undeletable, UnknownWorld, WorldExists
from mock_server.world.faults import Faults
from mock_server.world.fleet import Fleet, Fleets
from mock_server.world.journal import Journal
from mock_server.world.settings import Settings
from mock_server.world.state import NOTHING, Changes, Part, changes_of, part_of
from mock_server.world.view import View
from mock_server.world.worlds import DEFAULT, OpenWorld, Outcome, Worlds, checked_new, start_of_day


class MemoryWorld(OpenWorld):
    """A world whose whole state is one pointer to values that never change."""

    def __init__(
        self,
        name: str,
        source: str | None,
        fleet: Fleet,
        state: Mapping[str, Part],
        clock: Clock,
        at: datetime | None,
    ) -> None:
        self.name = name
        self.source = source
        self.fleet = fleet
        self.clock = clock
        self.faults = Faults(fleet.seed)
        self.journal = Journal()
        self._state = state
        self._at = at
        if at is not None:
            clock.set(at)
        self._birth = (fleet, state, clock.state)

    def is_same(self, other: OpenWorld | None) -> bool:
        return other is self

    def run(self, api: str, write: bool, work: Callable[[World], Outcome]) -> Outcome:  # noqa: ARG002
        fleet = self.fleet
        part = self._state.get(api, NOTHING)
        view = View(api, part, fleet.of(api), self.clock, fleet.seed, fleet.origin)
        outcome = work(view)
        if view.changed and outcome.keep:
            self._state = {**self._state, api: view.part()}
        if outcome.record is not None:
            self.journal.append(outcome.record)
        return outcome

    def collections(self, api: str) -> list[str]:
        populations = self.fleet.of(api)
        return [*populations, *sorted(self._state.get(api, NOTHING).collections.keys() - populations.keys())]

    def changes(self, api: str) -> Changes:
        return changes_of(self._state.get(api, NOTHING))

    def load(self, fleet: Fleet, changes: Mapping[str, Changes], clock: ClockState | None) -> None:
        self._state = {api: part_of(written, fleet.of(api)) for api, written in changes.items()}
        self.fleet = fleet
        if clock is not None:
            self.clock.restore(clock)
        self.faults.seed = fleet.seed

    def fork(self, name: str, at: datetime | None) -> "MemoryWorld":
        """A world of its own with this one's state and clock."""
        return MemoryWorld(name, self.name, self.fleet, self._state, Clock(*self.clock.state), at)

    def reset(self) -> None:
        """Make the world what it was when it began."""
        self.fleet, self._state, clock = self._birth
        self.clock.restore(clock)
        if self._at is not None:
            self.clock.set(self._at)
        self.faults = Faults(self.fleet.seed)
        self.journal.clear()


class MemoryWorlds(Worlds):
    """All worlds of this process."""

    blocking = False
    state = "memory"

    def __init__(self, settings: Settings, populations: Mapping[str, PopulationMaker]) -> None:
        self._fleets = Fleets(populations)
        clock = Clock()
        fleet = self.fleet(settings.seed, settings.devices, start_of_day(settings.at or clock.now()))
        self._worlds = {DEFAULT: MemoryWorld(DEFAULT, None, fleet, {}, clock, settings.at)}

    def get(self, name: str) -> OpenWorld | None:
        return self._worlds.get(name)

    def names(self) -> list[str]:
        return list(self._worlds)

    def create(
        self, name: str, source: str = DEFAULT, seed: int | None = None, at: datetime | None = None
    ) -> OpenWorld:
        checked_new(name, seed, at)
        parent = self._known(source)
        if name in self._worlds:
            raise WorldExists(name)
        if seed is None or seed == parent.seed:
            world = parent.fork(name, at)
        else:
            clock = Clock(*parent.clock.state)
            fleet = self.fleet(seed, parent.devices, start_of_day(at or clock.now()))
            world = MemoryWorld(name, source, fleet, {}, clock, at)
        self._worlds[name] = world
        return world

    def reset(self, name: str) -> None:
        self._known(name).reset()

    def delete(self, name: str) -> None:
        self._known(name)
        if name == DEFAULT:
            raise Undeletable
        del self._worlds[name]

    def fleet(self, seed: int, devices: int, origin: datetime) -> Fleet:
        return self._fleets.get(seed, devices, origin)

    def close(self) -> None:
        self._worlds.clear()

    def _known(self, name: str) -> MemoryWorld:
        world = self._worlds.get(name)
        if world is None:
            raise UnknownWorld(name)
        return world
