"""What a world does whatever keeps it: the same in memory and in a database."""

from typing import Any

from mock_server.world import OpenWorld, Worlds
from mock_server.world.snapshot import restore, snapshot
from tests.mock_server.world.stores import Opener, default

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
