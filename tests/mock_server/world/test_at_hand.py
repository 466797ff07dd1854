"""A world at hand: not asked for again, and yet never taken for what it no longer is."""

from collections.abc import Callable

import httpx
import pytest

from mock_server.types import World
from mock_server.world import OpenWorld, Outcome, Worlds
from mock_server.world.errors import Outdated
from mock_server.world.snapshot import restore, snapshot
from tests.mock_server.conftest import Address
from tests.mock_server.control.conftest import FLEET, WRITE
from tests.mock_server.world.stores import NOW, Opener, default, put, record
from tests.postgres import Postgres, needed
from tests.processes import served


def at_hand(worlds: Worlds) -> OpenWorld:
    world = worlds.at_hand("default")
    assert world is not None
    return world


def count(world: OpenWorld) -> int:
    """Add one to a counter, journalled; what it says now."""

    def work(view: World) -> Outcome:
        number = (view.get("things", "counter") or {"n": 0})["n"] + 1
        view.put("things", "counter", {"n": number})
        return Outcome(True, record(), number)

    return int(world.run("a", True, work).response)


def test_a_world_at_hand_is_not_asked_for_again(address: Address, opened: Opener) -> None:
    worlds = opened(address())
    assert at_hand(worlds) is at_hand(worlds)
    assert [count(at_hand(worlds)) for _ in range(3)] == [1, 2, 3]


CHANGES: dict[str, Callable[[Worlds], object]] = {
    "clock": lambda worlds: default(worlds).clock.change(now=NOW, running=False),
    "fault": lambda worlds: default(worlds).faults.add({"drop": True}),
    "fork": lambda worlds: worlds.create("fork"),
    "reset": lambda worlds: worlds.reset("default"),
    "load": lambda worlds: restore(worlds, default(worlds), snapshot(default(worlds))),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_another_process_did_to_a_world_at_hand_is_noticed_before_anything_is_kept(
    change: str, address: Address, opened: Opener
) -> None:
    place = address()
    one, two = opened(place), opened(place)
    put(default(one), "x", {"n": 1})
    held = at_hand(one)
    before = count(held)
    CHANGES[change](two)
    journal = len(default(two).journal)
    with pytest.raises(Outdated):
        count(held)
    assert len(default(two).journal) == journal
    assert at_hand(one) is not held
    assert count(at_hand(one)) == (1 if change == "reset" else before + 1)


def test_a_deleted_world_is_at_hand_no_longer(address: Address, opened: Opener) -> None:
    place = address()
    one, two = opened(place), opened(place)
    one.create("w")
    held = one.at_hand("w")
    assert held is not None
    two.delete("w")
    with pytest.raises(Outdated):
        count(held)
    assert one.at_hand("w") is None


def test_a_world_made_anew_under_the_same_name_is_not_taken_for_the_deleted_one(
    address: Address, opened: Opener
) -> None:
    """SQLite gives the id of a deleted row again."""
    place = address()
    one, two = opened(place), opened(place)
    one.create("w")
    held = one.at_hand("w")
    assert held is not None
    two.delete("w")
    two.create("w", seed=9, at=NOW)
    with pytest.raises(Outdated):
        count(held)
    now = one.at_hand("w")
    assert now is not None
    assert now.seed == 9


def test_a_world_with_faults_is_asked_for_each_time(address: Address, opened: Opener) -> None:
    worlds = opened(address())
    default(worlds).faults.add({"drop": True, "nth": 2})
    assert at_hand(worlds) is not at_hand(worlds)
    met = [at_hand(worlds).faults.match("a", "op", "k", "GET") is not None for _ in range(3)]
    assert met == [False, True, False]


def test_a_connection_that_broke_before_anything_was_done_is_no_trouble() -> None:
    """The database was started anew between two requests: the second is answered all the same."""
    server = Postgres(needed())
    server.start()
    try:
        with (
            served("fleet", "--state", server.database()) as double,
            httpx.Client(base_url=double.origin, headers=WRITE) as client,
        ):
            assert client.patch(FLEET, json={"name": "before"}).status_code == 200
            server.stop()
            server.start()
            assert client.patch(FLEET, json={"name": "after"}).status_code == 200
            assert client.get(FLEET).json()["data"]["name"] == "after"
    finally:
        server.remove()


def test_a_fault_and_a_clock_set_in_one_process_hold_for_the_next_call_to_another(address: Address) -> None:
    state = address()
    with served("fleet", "--state", state) as one, served("fleet", "--state", state) as two:
        assert httpx.get(two.origin + FLEET, headers=WRITE).status_code == 200
        control = f"{one.origin}/_mock/worlds/default"
        rule = httpx.post(f"{control}/faults", json={"api": "fleet", "status": 404}).json()
        assert httpx.get(two.origin + FLEET, headers=WRITE).status_code == 404
        httpx.delete(f"{control}/faults/{rule['id']}")
        httpx.patch(f"{control}/clock", json={"now": "2031-05-01T00:00:00Z", "running": False})
        httpx.patch(two.origin + FLEET, headers=WRITE, json={"name": "later"})
        newest = httpx.get(f"{control}/journal", params={"limit": 1}).json()["exchanges"][0]
        assert (newest["operation"], newest["time"][:10]) == ("updateDevice", "2031-05-01")
