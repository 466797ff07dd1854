"""What a world does whatever keeps it: the same in memory and in a database."""

import pytest

from mock_server.types import World
from mock_server.world import OpenWorld, Outcome
from mock_server.world.errors import UnknownWorld
from mock_server.world.journal import LIMIT_BYTES
from mock_server.world.snapshot import compare, restore, snapshot
from tests.mock_server.world.stores import Opener, default, delete, exchange, get, put

PROBABLE = {"drop": True, "probability": 0.5}


def chances(world: OpenWorld) -> list[bool]:
    """Which of 24 calls go wrong."""
    return [world.faults.match("a", "op", "k", "GET") is not None for _ in range(24)]


def test_a_reset_world_repeats_its_chances(state: str, opened: Opener) -> None:
    worlds = opened(state, seed=3)

    def begun() -> tuple[str, list[bool]]:
        return default(worlds).faults.add(PROBABLE).id, chances(default(worlds))

    first = begun()
    assert first[0] == "1"
    assert 4 < sum(first[1]) < 20
    worlds.reset("default")
    assert begun() == first


def test_rules_removed_without_a_reset_do_not_give_their_ids_again(state: str, opened: Opener) -> None:
    faults = default(opened(state)).faults
    faults.add(PROBABLE)
    faults.clear()
    assert faults.add(PROBABLE).id == "2"


def test_a_world_put_in_brings_the_seed_of_its_chances(state: str, opened: Opener) -> None:
    worlds = opened(state, seed=3)
    other = worlds.create("other", seed=4)
    default(worlds).faults.add(PROBABLE)
    other.faults.add(PROBABLE)
    restore(worlds, default(worlds), snapshot(other))
    assert default(worlds).faults.seed == 4
    assert chances(default(worlds)) == chances(other)


def test_a_collection_without_a_population_is_there_as_long_as_it_holds_a_document(state: str, opened: Opener) -> None:
    worlds = opened(state)
    for name in ("notes", "bills", "notes"):
        put(default(worlds), "x", {}, name)
    fork = worlds.create("fork")
    assert fork.collections("a") == ["things", "bills", "notes"]
    for world in (default(worlds), fork):
        delete(world, "x", "notes")
        assert world.collections("a") == ["things", "bills"]
        assert snapshot(world)["state"]["a"].keys() == {"things", "bills"}
    assert compare(default(worlds), fork) == []
    delete(fork, "x", "bills")
    assert compare(default(worlds), fork) == [{"op": "remove", "path": "/state/a/bills"}]


def test_a_difference_tells_what_was_added_in_its_order(state: str, opened: Opener) -> None:
    """Behind what else was written, by key: the order in which a store holds it says nothing."""
    worlds = opened(state)
    fork = worlds.create("fork")
    put(fork, "t1", {"n": 1})
    for key in ("t2", "t0"):
        delete(fork, key)
    added = [f"x{number % 10}{number}" for number in range(30)]
    for key in added:
        put(fork, key, {})
    patch = compare(default(worlds), fork)
    assert [(operation["op"], operation["path"].removeprefix("/state/a/things/")) for operation in patch] == [
        ("remove", "t0"),
        ("remove", "t2"),
        ("remove", "t1/seed"),
        ("remove", "t1/index"),
        ("add", "t1/n"),
        *(("add", key) for key in added),
    ]


@pytest.mark.parametrize("name", ["#", '"#"', '"', "a\0b", "\ud800", "", "a/b", "%", "A"])
def test_a_collection_may_have_any_name(state: str, opened: Opener, name: str) -> None:
    worlds = opened(state)
    world = default(worlds)

    def work(view: World) -> Outcome:
        view.put(name, "s", {"n": 1})
        return Outcome(True, None, (view.number("s"), view.get(name, "s"), dict(view.items(name))))

    assert world.run("a", True, work).response == (1, {"n": 1}, {"s": {"n": 1}})
    assert get(world, "s", name) == {"n": 1}
    assert world.collections("a") == ["things", name]
    content = snapshot(world)
    assert (content["state"]["a"][name], content["sequences"]["a"]) == ({"s": {"n": 1}}, {"s": 1})
    fork = worlds.create("fork")
    delete(fork, "s", name)
    assert get(fork, "s", name) is None
    assert fork.collections("a") == ["things"]
    assert compare(fork, world)[0]["value"] == {"s": {"n": 1}}
    restore(worlds, fork, content)
    assert compare(fork, world) == []


@pytest.mark.parametrize("name", ["", "\0", "\ud800", "a b", "other"])
def test_a_world_that_is_not_there_is_unknown_whatever_it_is_called(state: str, opened: Opener, name: str) -> None:
    worlds = opened(state)
    assert worlds.get(name) is None
    for work in (worlds.reset, worlds.delete, lambda source: worlds.create("new", source)):
        with pytest.raises(UnknownWorld):
            work(name)
    assert worlds.names() == ["default"]


def test_a_population_that_is_gone_leaves_its_collection(state: str, opened: Opener) -> None:
    world = default(opened(state))
    for key in ("t0", "t1", "t2"):
        delete(world, key)
    assert world.collections("a") == ["things"]
    assert snapshot(world)["state"]["a"] == {"things": {}}


def test_a_collection_put_in_without_documents_is_not_there(state: str, opened: Opener) -> None:
    worlds = opened(state)
    restore(worlds, default(worlds), {**snapshot(default(worlds)), "state": {"a": {"things": {}, "notes": {}}}})
    assert default(worlds).collections("a") == ["things"]
    assert snapshot(default(worlds))["state"]["a"] == {"things": {}}


HELD = 16
"""So many exchanges of a megabyte are 16 MiB at most."""


@pytest.mark.parametrize("processes", [1, 2])
def test_a_journal_shows_the_last_16_mib_at_most(state: str, opened: Opener, processes: int) -> None:
    """However it is read, and however many processes write to it."""
    openings = [opened(state) for _ in range(1 if state == "memory" else processes)]
    for number in range(30):
        exchange(default(openings[number % len(openings)]), 1_000_000)
    journal = default(openings[0]).journal
    ids = [entry.id for entry in journal]
    assert ids == [*range(journal.last - HELD + 1, journal.last + 1)]
    assert [entry.id for entry in reversed(journal)] == ids[::-1]
    assert [entry.id for entry in journal.since(0)] == ids
    assert [entry.id for entry in journal.since(ids[-3])] == ids[-2:]
    assert len(journal) == HELD
    assert [journal.get(number) is not None for number in (ids[0] - 1, ids[0], ids[-1])] == [False, True, True]


def test_an_exchange_larger_than_its_journal_is_the_only_one_shown(state: str, opened: Opener) -> None:
    world = default(opened(state))
    exchange(world, 1)
    exchange(world, LIMIT_BYTES)
    journal = world.journal
    assert [entry.id for entry in journal] == [entry.id for entry in journal.since(0)] == [2]
    assert len(journal) == 1
    assert journal.get(1) is None
    assert journal.get(2) is not None
