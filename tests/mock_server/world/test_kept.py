"""What a journal keeps of many exchanges, and when one in a database is trimmed."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from mock_server.world import UnknownWorld
from mock_server.world.sql.journal import AT_ONCE, TRIM_BYTES, TRIM_ENTRIES, Growth, pack
from mock_server.world.sql.statements import Statements
from tests.mock_server.conftest import Address
from tests.mock_server.world.stores import NOW, Opener, default, exchange, record
from tests.postgres import Postgres

MANY = 450
"""More than are read at once."""


def test_many_exchanges_are_all_shown_in_their_order(state: str, opened: Opener) -> None:
    world = default(opened(state))
    for _ in range(MANY):
        exchange(world, 1)
    journal = world.journal
    ids = [entry.id for entry in journal]
    assert len(ids) == len(journal) == MANY
    assert ids == [*range(journal.last - MANY + 1, journal.last + 1)]
    assert [entry.id for entry in reversed(journal)] == ids[::-1]
    assert [entry.id for entry in journal.since(ids[0])] == ids[1:]
    assert journal.since(2**63) == journal.since(journal.last) == []


def test_an_emptied_journal_leaves_those_of_other_worlds(state: str, opened: Opener) -> None:
    worlds = opened(state)
    other = worlds.create("other")
    for world in (other, default(worlds), default(worlds)):
        exchange(world, 1)
    default(worlds).journal.clear()
    assert (len(default(worlds).journal), len(other.journal)) == (0, 1)
    worlds.reset("default")
    worlds.delete("other")
    assert len(default(worlds).journal) == 0


def test_a_journal_shows_its_bounds_though_more_is_there(address: Address, opened: Opener) -> None:
    """The newest exchange is shown however large it is."""
    world = default(opened(address()))
    for size in (1, 1, 50):
        exchange(world, size)
    journal: Any = world.journal
    first, second, third = (entry.id for entry in journal)
    for limit, limit_bytes, shown in (
        (2, 1000, [second, third]),
        (9, 10, [third]),
        (9, 63, [second, third]),
        (9, 62, [third]),
        (1, 1, [third]),
    ):
        journal._limit, journal._limit_bytes = limit, limit_bytes
        assert [entry.id for entry in journal] == shown
        assert len(journal) == len(shown)
        assert [number for number in (first, second, third) if journal.get(number)] == shown
    journal.trim()
    journal._limit, journal._limit_bytes = 9, 1000
    assert [entry.id for entry in journal] == [third]


def test_a_journal_is_trimmed_when_it_was_not_yet_and_after_so_many_exchanges_or_bytes() -> None:
    growth = Growth()
    assert [growth.much(1, 0) for _ in range(2 * TRIM_ENTRIES + 1)] == [
        number % TRIM_ENTRIES == 0 for number in range(2 * TRIM_ENTRIES + 1)
    ]
    assert [growth.much(1, TRIM_BYTES // 4) for _ in range(8)] == [False, False, False, True] * 2
    assert growth.much(2, 0)
    assert not growth.much(2, TRIM_BYTES - 1)
    assert growth.much(2, 1)


def test_a_process_does_not_count_journals_for_ever() -> None:
    """One that it has forgotten is as one that it never counted."""
    growth = Growth()
    growth.much(0, 0)
    assert not growth.much(0, 0)
    for world in range(1, AT_ONCE + 1):
        assert growth.much(world, 0)
    assert growth.much(0, 0)


def test_a_clock_in_a_database_is_kept_to_the_microsecond(address: Address, opened: Opener) -> None:
    worlds = opened(address(), at=NOW)
    clock = default(worlds).clock
    clock.change(now=NOW, running=False)
    assert clock.now() == default(worlds).clock.now() == NOW
    clock.run()
    ahead, _ = clock.state
    assert default(worlds).clock.state == (ahead, None)


def test_a_rule_that_is_removed_does_not_give_its_id_again(state: str, opened: Opener) -> None:
    worlds = opened(state)
    faults = default(worlds).faults
    for number in ("1", "2"):
        assert faults.add({"drop": True}).id == number
    assert faults.remove("2")
    assert not default(worlds).faults.remove("2")
    assert default(worlds).faults.add({"drop": True}).id == "3"


def test_calls_that_come_at_once_are_all_counted_by_a_rule(address: Address, opened: Opener) -> None:
    place = address()
    both = [opened(place), opened(place)]
    default(both[0]).faults.add({"drop": True, "every": 2})

    def call(number: int) -> bool:
        return default(both[number % 2]).faults.match("a", "op", "k", "GET") is not None

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(call, range(60))) == 30
    (rule,) = default(both[0]).faults
    assert (rule.seen, rule.fired) == (60, 30)


def test_who_holds_a_world_that_was_deleted_is_told_so_by_its_clock_and_its_rules(
    address: Address, opened: Opener
) -> None:
    worlds = opened(address())
    held = worlds.create("w")
    held.faults.add({"drop": True})
    worlds.delete("w")
    works: list[Callable[[], object]] = [
        held.clock.freeze,
        held.faults.clear,
        lambda: held.faults.match("a", "op", "k", "GET"),
    ]
    for work in works:
        with pytest.raises(UnknownWorld):
            work()


def test_who_follows_waits_for_an_exchange_that_is_still_being_kept(postgres: Postgres, opened: Opener) -> None:
    """Its id was drawn first: had the one behind it been told, this one would never be."""
    worlds: Any = opened(postgres.database())
    journal: Any = default(worlds).journal
    exchange(default(worlds), 1)
    begun = journal.last
    with worlds.database.session() as session:
        session.run(Statements(True).append, (journal._world, 1, pack(record())))
        exchange(default(worlds), 1)
        assert (journal.since(begun), journal.last) == ([], begun)
    assert [entry.id for entry in journal.since(begun)] == [begun + 1, begun + 2]
    assert journal.last == begun + 2
