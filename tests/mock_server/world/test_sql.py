"""Worlds in a database, held to the same words as those in memory, and to what only a database must keep."""

import sqlite3
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine, func, select, text

from mock_server.types import World
from mock_server.world import (
    BadWorld,
    Entry,
    OpenWorld,
    Outcome,
    Settings,
    StoreRefused,
    StoreUnavailable,
    Undeletable,
    UnknownWorld,
    WorldExists,
    Worlds,
    open_worlds,
)
from mock_server.world.snapshot import compare, restore, snapshot
from mock_server.world.sql import layers, schema
from mock_server.world.sql.journal import pack, unpack
from mock_server.world.sql.statements import decoded, encoded
from mock_server.world.sql.worlds import SqlWorld, SqlWorlds
from tests.mock_server.conftest import Address
from tests.mock_server.world.model import MAKERS, play, programs, whole
from tests.postgres import Postgres, needed

NOW = datetime(2030, 1, 1, 12, 0, 0, 123456, tzinfo=UTC)
unhealthy = settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], max_examples=30)
Opener = Callable[..., Worlds]


@pytest.fixture
def opened() -> Iterator[Opener]:
    """Open worlds at an address; they are closed when the test has ended."""
    all_: list[Worlds] = []

    def open_(address: str, **options: Any) -> Worlds:
        all_.append(open_worlds(Settings(state=address, **options), MAKERS))
        return all_[-1]

    yield open_
    for worlds in all_:
        worlds.close()


def default(worlds: Worlds) -> OpenWorld:
    world = worlds.get("default")
    assert world is not None
    return world


def put(world: OpenWorld, key: str, document: Any, collection: str = "things") -> None:
    def work(view: World) -> Outcome:
        view.put(collection, key, document)
        return Outcome(True, entry(), None)

    world.run("a", True, work)


def get(world: OpenWorld, key: str, collection: str = "things") -> Any:
    return world.run("a", False, lambda view: Outcome(False, None, view.get(collection, key))).response


def entry(body: bytes = b"\xff{}") -> Entry:
    violations = (("body", "type", "is wrong"),)
    headers = [(b"content-type", b"a/b")]
    sent = ("PUT", "/x", b"a:b", body)
    return Entry(NOW, "a", "op", "k", "public", *sent, 200, headers, b"\x00", 7, violations, "1", "r")


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
        for table in (schema.documents, schema.journal):
            assert connection.execute(select(func.count()).select_from(table)).scalar_one() == 0


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


def test_journals_hold_exact_entries_within_bounds(address: Address, opened: Opener) -> None:
    worlds = opened(address())
    world: Any = default(worlds)
    put(world, "x", {})
    (found,) = world.journal
    for name in Entry.__slots__:
        if name != "id":
            assert getattr(found, name) == getattr(entry(), name), name
    assert world.journal.get(found.id).id == world.journal.last == found.id
    assert world.journal.get(found.id + 1) is world.journal.get(2**64) is None
    journal = world.journal
    journal._limit, journal._limit_bytes = 5, 100
    for _ in range(8):
        journal.append(entry(b"x"))
    assert len(journal) == 5
    assert len(journal.since(found.id)) == 5
    journal.trim()
    ids = [item.id for item in journal]
    assert ids == sorted(ids)
    assert len(ids) == 5
    assert [item.id for item in reversed(journal)] == ids[::-1]
    journal.append(entry(b"x" * 500))
    journal.trim()
    assert len(journal) == 1
    journal.clear()
    assert len(journal) == journal.last == 0


@given(st.text())
def test_keys_of_any_text_come_back(key: str) -> None:
    assert decoded(encoded(key)) == key
    encoded(key).encode()
    assert "\x00" not in encoded(key)


def test_packed_entries_come_back() -> None:
    assert unpack(5, pack(entry())).id == 5


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
        return Outcome(True, entry(), None)

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
        return Outcome(False, entry(), None)

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


def test_a_database_that_went_away_is_unavailable_and_then_there_again() -> None:
    server = Postgres(needed())
    server.start()
    try:
        worlds = open_worlds(Settings(state=server.database()), MAKERS)
        world = default(worlds)
        put(world, "x", {"n": 1})
        server.stop()
        with pytest.raises(StoreUnavailable):
            worlds.get("default")
        with pytest.raises(StoreUnavailable):
            put(world, "x", {"n": 2})
        server.start()
        assert get(default(worlds), "x") == {"n": 1}
        put(default(worlds), "x", {"n": 3})
        server.stop()
        server.start()
        assert get(default(worlds), "x") == {"n": 3}
        worlds.close()
    finally:
        server.remove()


def test_a_full_database_is_unavailable_and_keeps_what_it_had(tmp_path: Path, opened: Opener) -> None:
    worlds = opened(f"sqlite:///{tmp_path}/small.sqlite")
    assert isinstance(worlds, SqlWorlds)
    put(default(worlds), "x", {"n": 1})
    worlds.database.engine.dispose()
    with worlds.database.reading() as session:
        session.run("PRAGMA max_page_count = 1")
    with pytest.raises(StoreUnavailable, match="full"):
        put(default(worlds), "x", {"n": "x" * 100_000})
    with worlds.database.reading() as session:
        session.run("PRAGMA max_page_count = 100000")
    assert get(default(worlds), "x") == {"n": 1}
    put(default(worlds), "x", {"n": 2})


@pytest.mark.parametrize("state", ["postgresql://nobody@127.0.0.1:1/x", "sqlite:////no/such/directory/x.sqlite"])
def test_a_database_that_cannot_be_reached_at_start_is_said_so(state: str) -> None:
    with pytest.raises(StoreUnavailable, match="cannot be reached"):
        open_worlds(Settings(state=state), MAKERS)


@pytest.mark.parametrize(
    "state", ["sqlite://", "sqlite:///:memory:", "postgresql+asyncpg://x/y", "sqlite:///x?:y://", "mysql://x"]
)
def test_other_addresses_are_refused(state: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    if "?" in state:
        open_worlds(Settings(state=state), MAKERS).close()
        return
    with pytest.raises(BadWorld):
        open_worlds(Settings(state=state), MAKERS)


def test_a_file_of_another_program_is_left_alone(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "other.sqlite") as connection:
        connection.execute("CREATE TABLE recipes (name TEXT)")
    connection.close()
    with pytest.raises(StoreRefused, match="another program"):
        open_worlds(Settings(state=f"sqlite:///{tmp_path}/other.sqlite"), MAKERS)
    (tmp_path / "text").write_text("This is a text of some length. " * 50)
    with pytest.raises(StoreRefused, match="no SQLite database"):
        open_worlds(Settings(state=f"sqlite:///{tmp_path}/text"), MAKERS)


def test_another_version_is_refused_with_a_sentence(address: Address, opened: Opener) -> None:
    place = address()
    opened(place).close()
    _set_version(place, schema.VERSION + 1)
    with pytest.raises(StoreRefused, match="another version"):
        open_worlds(Settings(state=place), MAKERS)


def test_an_older_version_is_brought_up_to_date(
    address: Address, opened: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = address()
    opened(place).close()
    _set_version(place, schema.VERSION - 1)
    seen: list[str] = []
    step = {schema.VERSION - 1: lambda connection: seen.append(connection.dialect.name)}
    monkeypatch.setattr(schema, "MIGRATIONS", step)
    opened(place).close()
    opened(place).close()
    assert len(seen) == 1


def _set_version(place: str, version: int) -> None:
    engine = create_engine(place.replace("postgresql:", "postgresql+psycopg:"))
    with engine.begin() as connection:
        connection.execute(text(f"UPDATE devicedouble SET version = {version}"))
    engine.dispose()
