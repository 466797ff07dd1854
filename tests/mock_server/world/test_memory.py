"""Worlds in memory: what they hold, what forks share and do not share, what a request may leave behind."""

import gc
import time
import tracemalloc
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given

from mock_server.types import World
from mock_server.world import BadWorld, Outcome, Settings, Undeletable, UnknownWorld, WorldExists, Worlds, open_worlds
from mock_server.world.state import changes_of, part_of
from tests.mock_server.world.model import MAKERS, play, programs, whole


def memory(**settings: Any) -> Worlds:
    return open_worlds(Settings(**settings), MAKERS)


def write(worlds: Worlds, name: str, key: str, document: Any) -> None:
    def work(view: World) -> Outcome:
        view.put("things", key, document)
        return Outcome(True, None, None)

    world = worlds.get(name)
    assert world is not None
    world.run("a", True, work)


@given(programs)
def test_worlds_behave_like_dictionaries_copied_whole(program: list[Any]) -> None:
    """Interleaved requests to several worlds, forks and resets: each holds just what was written to it, in order."""
    play(memory(), program)


@given(programs)
def test_what_was_written_survives_being_taken_out_and_put_in(program: list[Any]) -> None:
    worlds = memory()
    play(worlds, program)
    world: Any = worlds.get("default")
    before = whole(worlds, "default")
    world.load(world.fleet, {api: world.changes(api) for api in ("a", "b")}, None)
    assert whole(worlds, "default") == before
    for api in ("a", "b"):
        part = world._state[api]
        again = part_of(changes_of(part), world.fleet.of(api))
        for name, collection in part.collections.items():
            assert again.collections[name].removed == collection.removed


def test_a_request_that_raises_leaves_nothing() -> None:
    worlds = memory()
    before = whole(worlds, "default")

    def work(view: World) -> Outcome:
        view.put("things", "t0", {"n": 1})
        raise RuntimeError

    world = worlds.get("default")
    assert world is not None
    with pytest.raises(RuntimeError):
        world.run("a", True, work)
    assert whole(worlds, "default") == before


def test_a_fork_costs_the_same_whatever_was_changed() -> None:
    """A fork of a world with 100,000 changed documents takes under 5 ms and 100 KB."""
    worlds = memory()

    def work(view: World) -> Outcome:
        for number in range(100_000):
            view.put("things", f"k{number}", {})
        return Outcome(True, None, None)

    world = worlds.get("default")
    assert world is not None
    world.run("a", True, work)
    gc.collect()
    tracemalloc.start()
    began = time.perf_counter()
    for number in range(100):
        worlds.create(f"f{number}")
    took = (time.perf_counter() - began) / 100
    size = tracemalloc.get_traced_memory()[0] / 100
    tracemalloc.stop()
    assert took < 0.005
    assert size < 100_000


def test_a_new_seed_begins_a_world_anew() -> None:
    worlds = memory()
    write(worlds, "default", "x", {"n": 1})
    worlds.create("other", seed=7)
    assert whole(worlds, "other")["a"]["things"][0] == ("t0", {"seed": 7, "index": 0})
    assert [key for key, _ in whole(worlds, "other")["a"]["things"]] == ["t0", "t1", "t2"]
    worlds.create("same", seed=0)
    assert [key for key, _ in whole(worlds, "same")["a"]["things"]] == ["t0", "t1", "t2", "x"]


def test_uuids_follow_from_the_seed_and_differ_from_each_other() -> None:
    def two(view: World) -> Outcome:
        return Outcome(True, None, [view.uuid("s"), view.uuid("s")])

    first, second = (memory(seed=3).get("default") for _ in range(2))
    assert first is not None
    assert second is not None
    one = first.run("a", True, two).response
    assert one == second.run("a", True, two).response
    assert len({*one, *first.run("a", True, two).response, *first.run("b", True, two).response}) == 6
    assert all(text[14] == "4" and text[19] in "89ab" for text in one)


def test_a_fork_keeps_clock_and_seed_and_leaves_faults_and_journal_behind() -> None:
    at = datetime(2030, 5, 1, 12, tzinfo=UTC)
    worlds = memory(at=at, seed=9)
    default = worlds.get("default")
    assert default is not None
    default.clock.freeze()
    default.faults.add({"drop": True})
    fork = worlds.create("fork")
    assert (fork.seed, fork.source, fork.origin) == (9, "default", datetime(2030, 5, 1, tzinfo=UTC))
    assert fork.clock.now() == default.clock.now()
    assert not fork.faults
    default.clock.set(datetime(2031, 1, 1, tzinfo=UTC))
    assert fork.clock.now().year == 2030


def test_reset_brings_back_state_clock_faults_and_journal() -> None:
    at = datetime(2030, 5, 1, 12, tzinfo=UTC)
    worlds = memory()
    write(worlds, "default", "t1", {"n": 1})
    fork = worlds.create("fork", at=at)
    write(worlds, "fork", "t1", {"n": 2})
    fork.clock.change(now=datetime(2040, 1, 1, tzinfo=UTC), running=False)
    fork.faults.add({"drop": True})
    worlds.reset("fork")
    assert dict(whole(worlds, "fork")["a"]["things"])["t1"] == {"n": 1}
    assert fork.clock.running
    assert abs((fork.clock.now() - at).total_seconds()) < 5
    assert not fork.faults


def test_worlds_are_listed_made_and_deleted_by_name() -> None:
    worlds = memory()
    worlds.create("b")
    worlds.create("a")
    assert worlds.names() == ["default", "b", "a"]
    with pytest.raises(WorldExists):
        worlds.create("a")
    with pytest.raises(UnknownWorld):
        worlds.create("c", source="nowhere")
    worlds.delete("b")
    assert worlds.get("b") is None
    for action in (worlds.delete, worlds.reset):
        with pytest.raises(UnknownWorld):
            action("b")
    with pytest.raises(Undeletable, match="default"):
        worlds.delete("default")


@pytest.mark.parametrize("name", ["", "a/b", "-a", "ä", "a" * 65, "a\n"])
def test_a_world_has_a_name_that_a_url_can_hold(name: str) -> None:
    with pytest.raises(BadWorld):
        memory().create(name)


@pytest.mark.parametrize("options", [{"seed": -1}, {"seed": 2**63}, {"at": datetime(1969, 1, 1, tzinfo=UTC)}])
def test_seed_and_time_have_limits(options: Any) -> None:
    with pytest.raises(BadWorld):
        memory().create("w", **options)
    with pytest.raises(BadWorld):
        memory(**options)


def test_an_unknown_kind_of_state_is_refused_with_a_sentence() -> None:
    with pytest.raises(BadWorld, match="sqlite:///FILE"):
        memory(state="redis://x")
