"""Worlds in a database, held to the same words as those in memory, and to what only a database must keep."""

import threading
from concurrent.futures import Future, ThreadPoolExecutor, wait
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from mock_server.types import World
from mock_server.world import (
    Entry,
    OpenWorld,
    Outcome,
    StoreUnavailable,
    Undeletable,
    UnknownWorld,
    WorldExists,
    Worlds,
)
from mock_server.world.snapshot import compare, restore, snapshot
from mock_server.world.sql import layers, schema
from mock_server.world.sql.journal import SqlJournal, pack, unpack
from mock_server.world.sql.statements import decoded, encoded
from mock_server.world.sql.worlds import SqlWorld, SqlWorlds
from tests.mock_server.conftest import Address
from tests.mock_server.world.model import play, programs, whole
from tests.mock_server.world.stores import NOW, Opener, default, exchange, get, put, record
from tests.postgres import Postgres

unhealthy = settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], max_examples=30)


@unhealthy
@given(program=programs)
def test_worlds_behave_like_dictionaries_copied_whole(address: Address, opened: Opener, program: list[Any]) -> None:
    worlds = opened(address())
    play(worlds, program)
    worlds.close()


@unhealthy
@given(program=programs)
def test_a_snapshot_put_in_gives_the_same_world(address: Address, opened: Opener, program: list[Any]) -> None:
    worlds = opened(address())
    play(worlds, program)
    other = worlds.create("other", seed=5)
    content = snapshot(default(worlds))
    restore(worlds, other, content)
    assert whole(worlds, "other") == whole(worlds, "default")
    assert compare(default(worlds), other) == []
    put(other, "new", {})
    assert list(dict(whole(worlds, "other")["a"]["things"]))[-1] == "new"
    worlds.close()


def test_a_snapshot_is_put_in_whole_or_not_at_all(
    address: Address, opened: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What goes wrong on the way leaves the clock, the documents and the numbers as they were."""

    def away(*_: Any, **__: Any) -> None:
        raise StoreUnavailable("The state cannot be reached.")

    worlds = opened(address())
    other = worlds.create("other", seed=5)
    put(other, "new", {})
    other.clock.change(now=NOW, running=False)
    before = snapshot(default(worlds))
    with monkeypatch.context() as patched:
        patched.setattr(layers, "fill", away)
        with pytest.raises(StoreUnavailable):
            restore(worlds, default(worlds), snapshot(other))
    after = snapshot(default(worlds))
    assert {**after, "clock": {}} == {**before, "clock": {}}
    assert default(worlds).clock.running
    restore(worlds, default(worlds), snapshot(other))
    assert snapshot(default(worlds)) == snapshot(other)


def test_everything_is_there_after_opening_again(address: Address, opened: Opener) -> None:
    place = address()
    first = opened(place, seed=3, at=NOW)
    world = default(first)
    put(world, "x", {"n": 2**70, "text": "\x00ü\ud800"})
    world.clock.change(now=NOW, running=False)
    world.faults.add({"drop": True})
    first.create("fork", at=NOW + timedelta(days=1))
    first.close()
    second = opened(place, seed=99)
    world = default(second)
    assert (world.seed, world.clock.now(), world.clock.running) == (3, NOW, False)
    assert get(world, "x") == {"n": 2**70, "text": "\x00ü\ud800"}
    assert len(world.faults) == 1
    assert [item.method for item in world.journal] == ["PUT"]
    assert second.names() == ["default", "fork"]
    fork = second.get("fork")
    assert fork is not None
    assert fork.source == "default"
    assert get(fork, "x")["n"] == 2**70


def test_two_processes_see_each_others_worlds_clocks_and_faults(address: Address, opened: Opener) -> None:
    place = address()
    one, two = opened(place), opened(place)
    one.create("w")
    assert two.names() == ["default", "w"]
    default(one).clock.change(now=NOW, running=False)
    assert default(two).clock.now() == NOW
    default(two).clock.advance(timedelta(days=1))
    assert default(one).clock.now() == NOW + timedelta(days=1)
    default(one).faults.add({"drop": True, "nth": [2, 4]})
    calls = [default(worlds).faults.match("a", "op", "k", "GET") for worlds in (one, two, one, two)]
    assert [fault is not None for fault in calls] == [False, True, False, True]
    assert [rule.fired for rule in default(one).faults] == [2]
    default(two).faults.clear()
    assert not default(one).faults
    two.delete("w")
    assert one.get("w") is None


def test_worlds_are_made_reset_and_deleted_like_those_in_memory(address: Address, opened: Opener) -> None:
    worlds = opened(address(), at=NOW)
    put(default(worlds), "t1", {"n": 1})
    fork = worlds.create("fork", at=NOW)
    put(fork, "t1", {"n": 2})
    fork.clock.change(now=NOW + timedelta(days=9), running=False)
    fork.faults.add({"drop": True})
    worlds.reset("fork")
    fork = worlds.create("again", source="fork")
    assert get(fork, "t1") == {"n": 1}
    assert abs(fork.clock.now() - NOW) < timedelta(seconds=20)
    assert not fork.faults
    other = worlds.create("other", seed=7)
    assert get(other, "t1") == {"seed": 7, "index": 1}
    with pytest.raises(WorldExists):
        worlds.create("other")
    with pytest.raises(UnknownWorld):
        worlds.create("x", source="nowhere")
    for action in (worlds.reset, worlds.delete):
        with pytest.raises(UnknownWorld):
            action("nowhere")
    with pytest.raises(Undeletable):
        worlds.delete("default")
    assert worlds.get("nul\x00") is worlds.get("nowhere") is None


def test_what_no_world_stands_on_any_more_is_removed(address: Address, opened: Opener) -> None:
    worlds = opened(address())
    assert isinstance(worlds, SqlWorlds)
    put(default(worlds), "x", {"n": 1})
    for number in range(5):
        fork = worlds.create(f"w{number}", source="default" if number == 0 else f"w{number - 1}")
        put(fork, "x", {"n": number})
    for number in range(4, -1, -1):
        worlds.delete(f"w{number}")
    worlds.reset("default")
    with worlds.database.transaction() as connection:
        assert connection.execute(select(func.count()).select_from(schema.documents)).scalar_one() == 0
        assert connection.execute(select(schema.journal.c.entry)).scalars().all() == [""]  # the last id of `default`


def test_a_deep_chain_is_made_one_layer_and_says_the_same(
    address: Address, opened: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(layers, "DEEPEST", 2)
    worlds = opened(address())
    for number in range(6):
        put(default(worlds), f"x{number % 4}", {"n": number})
        put(default(worlds), "t0", {"n": number})
        worlds.create(f"w{number}")
    assert [key for key, _ in whole(worlds, "default")["a"]["things"]] == ["t0", "t1", "t2", "x0", "x1", "x2", "x3"]
    assert get(default(worlds), "x1") == {"n": 5}
    first, last = worlds.get("w0"), worlds.get("w5")
    assert first is not None
    assert last is not None
    assert get(first, "x1") is None
    assert whole(worlds, "w5") == whole(worlds, "default")


def test_ids_go_on_counting_when_a_journal_is_emptied(address: Address, opened: Opener) -> None:
    """Also from how far they had come: who follows a journal asks for what is behind `last`."""
    worlds = opened(address())
    world, fork = default(worlds), worlds.create("fork")
    assert world.journal.last == fork.journal.last == 0
    for empty in (world.journal.clear, lambda: worlds.reset("default")):
        put(world, "x", {"n": 1})
        put(default(worlds), "x", {"n": 2})
        last = default(worlds).journal.last
        assert last > 0
        for _ in range(2):
            empty()
            journal = default(worlds).journal
            assert (journal.last, len(journal), list(journal), list(reversed(journal))) == (last, 0, [], [])
            assert (journal.since(0), journal.get(last)) == ([], None)
        put(default(worlds), "x", {"n": 3})
        (found,) = default(worlds).journal.since(last)
        assert found.id == default(worlds).journal.last > last
        assert len(default(worlds).journal) == 1
    assert fork.journal.last == 0


def test_journals_hold_exact_entries_within_bounds(address: Address, opened: Opener) -> None:
    worlds = opened(address())
    world: Any = default(worlds)
    put(world, "x", {})
    (found,) = world.journal
    assert found == Entry.of(found.id, record())
    assert world.journal.get(found.id).id == world.journal.last == found.id
    assert world.journal.get(found.id + 1) is world.journal.get(2**64) is None
    journal = world.journal
    journal._limit, journal._limit_bytes = 5, 100
    for _ in range(8):
        journal.append(record(b"x"))
    assert len(journal) == 5
    assert len(journal.since(found.id)) == 5
    journal.trim()
    ids = [item.id for item in journal]
    assert ids == sorted(ids)
    assert len(ids) == 5
    assert [item.id for item in reversed(journal)] == ids[::-1]
    journal.append(record(b"x" * 500))
    journal.trim()
    assert len(journal) == 1
    journal.clear()
    assert len(journal) == 0


def stored(worlds: Worlds) -> list[int]:
    """How many exchanges the database holds of each world that has any."""
    assert isinstance(worlds, SqlWorlds)
    with worlds.database.transaction() as connection:
        counted = select(func.count()).select_from(schema.journal).group_by(schema.journal.c.world)
        return list(connection.execute(counted).scalars())


def test_each_journal_is_trimmed_by_what_was_added_to_it(address: Address, opened: Opener) -> None:
    """Of 16 MiB, a world whose exchanges never are the 256th of the process holds one megabyte too much at most."""
    worlds = opened(address())
    worlds.create("other")
    for _ in range(20):
        for world in (default(worlds), worlds.get("other")):
            assert world is not None
            exchange(world, 1_000_000)
    assert all(16 <= number <= 17 for number in stored(worlds))
    assert len(stored(worlds)) == 2


def test_a_process_begins_with_trimming_what_those_before_it_left(address: Address, opened: Opener) -> None:
    place = address()
    for _ in range(20):
        worlds = opened(place)
        exchange(default(worlds), 1_000_000)
        worlds.close()
    assert stored(opened(place)) == [16]


def test_what_cannot_be_trimmed_now_is_trimmed_later(
    address: Address, opened: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The exchange itself is kept, and its answer must not say otherwise."""

    def away(_journal: SqlJournal) -> None:
        raise StoreUnavailable("The state cannot be reached.")

    worlds = opened(address())
    with monkeypatch.context() as patched:
        patched.setattr(SqlJournal, "trim", away)
        for _ in range(20):
            exchange(default(worlds), 1_000_000)
    assert stored(worlds) == [20]
    exchange(default(worlds), 1_048_576)
    assert stored(worlds) == [16]


@given(st.text())
def test_keys_of_any_text_come_back(key: str) -> None:
    assert decoded(encoded(key)) == key
    encoded(key).encode()
    assert "\x00" not in encoded(key)


def test_packed_entries_come_back() -> None:
    assert unpack(5, pack(record())).id == 5


def test_strange_keys_are_kept_apart(address: Address, opened: Opener) -> None:
    worlds = opened(address())
    keys = ["\x00", "\ud800", '"', '"\\u0000"', "\\u0000", "a\x00b", "ü"]
    for number, key in enumerate(keys):
        put(default(worlds), key, {"n": number}, "notes")
    assert [get(default(worlds), key, "notes") for key in keys] == [{"n": number} for number in range(len(keys))]
    assert [key for key, _ in whole(worlds, "default")["a"]["notes"]] == keys


def counting(world: OpenWorld, collection: str, key: str) -> None:
    def work(view: World) -> Outcome:
        found = view.get(collection, key) or {}
        view.put(collection, key, {"n": found.get("n", 0) + 1, "number": view.number("drawn")})
        return Outcome(True, record(), None)

    world.run("a", True, work)


@pytest.mark.parametrize("key", ["t0", "new"])
def test_concurrent_writers_of_one_document_lose_nothing(address: Address, opened: Opener, key: str) -> None:
    place = address()
    both = [opened(place), opened(place)]
    with ThreadPoolExecutor(8) as pool:
        for future in [pool.submit(counting, default(both[n % 2]), "things", key) for n in range(120)]:
            future.result()
    assert get(default(both[0]), key) == {"n": 120, "number": 120}
    assert len(default(both[1]).journal) == 120


def test_writes_during_forks_and_resets_go_to_one_world_or_the_other(address: Address, opened: Opener) -> None:
    """Ten forks while writing: each fork holds the first so many of the writes, and the source all of them."""
    worlds = opened(address())
    with ThreadPoolExecutor(6) as pool:
        pending: list[Future[Any]] = [
            pool.submit(put, default(worlds), f"k{n:03}", {"n": n}, "notes") for n in range(60)
        ]
        pending += [pool.submit(worlds.create, f"w{n}") for n in range(10)]
        wait(pending)
    assert not any(future.exception() for future in pending)
    assert len(whole(worlds, "default")["a"]["notes"]) == 60
    for number in range(10):
        fork = worlds.get(f"w{number}")
        assert fork is not None
        before = whole(worlds, f"w{number}")
        put(default(worlds), "later", {"n": number}, "notes")
        assert whole(worlds, f"w{number}") == before


def test_who_asked_for_a_world_before_a_fork_writes_to_the_world_and_not_to_the_fork(
    address: Address, opened: Opener
) -> None:
    worlds = opened(address())
    put(default(worlds), "x", {"n": 1})
    early = default(worlds)
    fork = worlds.create("fork")
    put(early, "x", {"n": 2})
    assert (get(fork, "x"), get(default(worlds), "x")) == ({"n": 1}, {"n": 2})
    early = default(worlds)
    worlds.reset("default")
    put(early, "y", {"n": 3})
    assert (get(default(worlds), "x"), get(default(worlds), "y")) == (None, {"n": 3})
    worlds.delete("fork")
    with pytest.raises(StoreUnavailable, match="deleted"):
        put(fork, "x", {"n": 4})


def test_a_fork_waits_for_a_write_that_is_being_kept(
    postgres: Postgres, opened: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    worlds = opened(postgres.database())
    put(default(worlds), "x", {"n": 1})
    conclude = SqlWorld._conclude
    forking = threading.Thread(target=worlds.create, args=("fork",))
    waits: list[bool] = []

    def slowly(self: SqlWorld, *arguments: Any) -> None:
        conclude(self, *arguments)
        monkeypatch.setattr(SqlWorld, "_conclude", conclude)
        forking.start()
        forking.join(0.3)
        waits.append(forking.is_alive())

    monkeypatch.setattr(SqlWorld, "_conclude", slowly)
    put(default(worlds), "x", {"n": 2})
    forking.join()
    assert waits == [True]
    fork = worlds.get("fork")
    assert fork is not None
    assert get(fork, "x") == {"n": 2}
    put(default(worlds), "x", {"n": 3})
    assert get(fork, "x") == {"n": 2}


def test_who_reads_all_to_write_one_is_alone(address: Address, opened: Opener) -> None:
    """Two devices may not have one address: of many who look first and then take it, one gets it."""
    place = address()
    both = [opened(place), opened(place)]
    gate = threading.Barrier(6)

    def take(number: int) -> bool:
        def work(view: World) -> Outcome:
            free = all(document.get("ip") != "10.0.0.1" for _, document in view.written("things"))
            if free:
                view.put("things", f"t{number % 3}" if number < 3 else f"x{number}", {"ip": "10.0.0.1"})
            return Outcome(free, None, free)

        gate.wait()
        return bool(default(both[number % 2]).run("a", True, work).response)

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(take, range(6))) == 1


def test_a_request_that_raises_or_is_refused_leaves_nothing(address: Address, opened: Opener) -> None:
    worlds = opened(address())

    def failing(view: World) -> Outcome:
        view.put("things", "t0", {"n": 1})
        raise RuntimeError

    def refused(view: World) -> Outcome:
        view.put("things", "t0", {"n": view.number("s")})
        return Outcome(False, record(), None)

    with pytest.raises(RuntimeError):
        default(worlds).run("a", True, failing)
    default(worlds).run("a", True, refused)
    assert get(default(worlds), "t0") == {"seed": 0, "index": 0}
    assert len(default(worlds).journal) == 1
    assert default(worlds).run("a", True, lambda view: Outcome(True, None, view.number("s"))).response == 1


def test_a_reading_request_that_writes_after_all_is_done_again(address: Address, opened: Opener) -> None:
    worlds = opened(address())

    def work(view: World) -> Outcome:
        view.put("things", "t0", {"n": 1})
        return Outcome(True, None, None)

    default(worlds).run("a", False, work)
    assert get(default(worlds), "t0") == {"n": 1}
