"""Worlds as JSON documents: out, in, and the difference of two."""

from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from typing import Any

from mock_server.types import Document, World
from mock_server.world.clock import clock_at
from mock_server.world.codec import same
from mock_server.world.errors import BadWorld
from mock_server.world.fleet import Cached, Fleet
from mock_server.world.patches import difference
from mock_server.world.state import GONE, Changes
from mock_server.world.worlds import OpenWorld, Outcome, Worlds, possible, start_of_day

VERSION = 1
MOST_GONE = 100_000
"""A snapshot may leave out so many documents of a population: each is remembered as deleted."""

Collections = Mapping[str, Mapping[str, Document]]


def timestamp(moment: datetime) -> str:
    """A time as RFC 3339 text in UTC."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def snapshot(world: OpenWorld) -> dict[str, Any]:
    """Everything stored in a world, with its numbers and its clock."""
    return {
        **_numbers(world),
        "clock": {"now": timestamp(world.clock.now()), "running": world.clock.running},
        "state": {api: _documents(world, api) for api in world.fleet.apis},
        "sequences": {api: world.changes(api).sequences for api in world.fleet.apis},
    }


def _numbers(world: OpenWorld) -> dict[str, Any]:
    return {
        "version": VERSION,
        "seed": world.seed,
        "devices": world.devices,
        "origin": timestamp(world.origin),
    }


def _documents(world: OpenWorld, api: str) -> dict[str, dict[str, Document]]:
    names = world.collections(api)

    def read(view: World) -> Outcome:
        return Outcome(False, None, {name: dict(view.items(name)) for name in names})

    documents: dict[str, dict[str, Document]] = world.run(api, False, read).response
    return documents


def restore(worlds: Worlds, world: OpenWorld, content: Mapping[str, Any]) -> None:
    """Make `world` what a snapshot says. Raises BadWorld for what no world can be; then nothing has changed."""
    origin = start_of_day(possible(moment(content["origin"])))
    fleet = worlds.fleet(content["seed"], content["devices"], origin)
    sequences = content.get("sequences", {})
    for api in (*content["state"], *sequences):
        if api not in fleet.apis:
            raise BadWorld(f"There is no API {api!r} here; there are {', '.join(fleet.apis)}.")
    changes = {
        api: _changes_of(fleet, api, content["state"].get(api, {}), dict(sequences.get(api, {})))
        for api in fleet.apis
        if api in content["state"] or api in sequences
    }
    clock = content.get("clock")
    state = None if clock is None else clock_at(moment(clock["now"]), running=clock["running"])
    world.load(fleet, changes, state)


def _changes_of(fleet: Fleet, api: str, collections: Collections, sequences: dict[str, int]) -> Changes:
    populations = fleet.of(api)
    for name, documents in collections.items():
        left_out = len(populations.get(name, ())) - len(documents)
        if left_out > MOST_GONE:
            raise BadWorld(
                f"The snapshot leaves out {left_out} {name} that {api} has where there are {fleet.devices} devices; "
                f"it may leave out {MOST_GONE}. Leave all of {api} out to have it as its seed makes it."
            )
    return changes_to(populations, collections, sequences)


def moment(text: str) -> datetime:
    """The time of an RFC 3339 text; what is finer than a microsecond is left out. Raises BadWorld."""
    try:
        found = datetime.fromisoformat(text.upper())
    except ValueError:
        if text[17:19] == "60":
            raise BadWorld(f"{text!r} is a leap second, which no world's clock has.") from None
        raise BadWorld(f"{text!r} is no date and time such as 2027-01-31T12:00:00Z.") from None
    if found.tzinfo is None:
        raise BadWorld(f"{text!r} does not say its time zone; put a Z behind it for UTC.")
    return found


def changes_to(populations: Mapping[str, Cached], collections: Collections, sequences: dict[str, int]) -> Changes:
    """What must be written over the populations so that the collections hold just these documents, in this order."""
    changes = Changes({}, {}, sequences)
    for name, documents in collections.items():
        changes.documents[name], changes.added[name] = _written(populations.get(name), documents)
    return changes


def _written(
    population: Cached | None, documents: Mapping[str, Document]
) -> tuple[dict[str, Document | None], list[str]]:
    written: dict[str, Document | None] = {}
    added: list[str] = []
    last = -1
    for key, document in documents.items():
        index = population.index(key) if population is not None else None
        if population is None or index is None or index < last or added:
            written[key] = document
            added.append(key)
            continue
        last = index
        if not same(document, population.document(index)):
            written[key] = document
    if population is not None:
        keys = (population.key(index) for index in range(len(population)))
        written |= {key: GONE for key in keys if key not in documents}
    return written, added


def compare(before: OpenWorld, after: OpenWorld) -> list[dict[str, Any]]:
    """The JSON Patch that turns the snapshot of `before` into that of `after`, clocks aside."""
    apis = after.fleet.apis
    kin = before.fleet is after.fleet
    trees: tuple[dict[str, Any], ...] = ({"state": {}, "sequences": {}}, {"state": {}, "sequences": {}})
    for api in apis:
        written = tuple(world.changes(api) for world in (before, after))
        for world, tree, changes in zip((before, after), trees, written, strict=True):
            tree["sequences"][api] = changes.sequences
            tree["state"][api] = _touched(world, api, written) if kin else _documents(world, api)
    return list(difference({**_numbers(before), **trees[0]}, {**_numbers(after), **trees[1]}))


def _touched(world: OpenWorld, api: str, written: Collection[Changes]) -> dict[str, dict[str, Document]]:
    """The documents of a world under the keys that were written in either world."""
    names = world.collections(api)
    keys = {name: _keys(name, written) for name in names}

    def read(view: World) -> Outcome:
        found = {name: {key: view.get(name, key) for key in keys[name]} for name in names}
        return Outcome(False, None, {name: _present(documents) for name, documents in found.items()})

    documents: dict[str, dict[str, Document]] = world.run(api, False, read).response
    return documents


def _keys(name: str, written: Collection[Changes]) -> list[str]:
    """The keys of a collection that were written, sorted; behind them those that were added, in their order."""
    added = dict.fromkeys(key for changes in written for key in changes.added.get(name, ()))
    keys = {key for changes in written for key in changes.documents.get(name, ())}
    return [*sorted(keys - added.keys()), *added]


def _present(documents: Mapping[str, Document | None]) -> dict[str, Document]:
    return {key: document for key, document in documents.items() if document is not None}
