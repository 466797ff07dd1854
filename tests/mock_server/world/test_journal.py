"""The journal in memory: order, ids, bounds, watchers, and what it hides."""

from datetime import UTC, datetime

import pytest

from mock_server.types import Moment
from mock_server.world.journal import KNOWN, LIMIT, LONG, SIZE, Entry, Journal, Record, packed, size, unpacked

NOW = datetime(2030, 1, 1, tzinfo=UTC)


def record(body: bytes = b"", time: Moment = NOW) -> Record:
    sent = ("GET", "/x", b"", body)
    counted = size("/x", b"", body, b"")
    return (time, "fleet", "getDevice", "42", "public", *sent, 200, [], b"", 5e-6, (), None, None, counted)


def test_entries_are_numbered_from_one_and_kept_in_order() -> None:
    journal = Journal()
    for _ in range(3):
        journal.append(record())
    assert [item.id for item in journal] == [1, 2, 3]
    assert [item.id for item in reversed(journal)] == [3, 2, 1]
    assert [item.id for item in journal.since(1)] == [2, 3]
    assert journal.since(3) == journal.since(5) == []
    found = journal.get(2)
    assert found is not None
    assert found.id == 2
    assert journal.get(4) is journal.get(0) is None


def test_the_oldest_go_first_when_there_are_too_many() -> None:
    journal = Journal(limit=3)
    for _ in range(5):
        journal.append(record())
    assert [item.id for item in journal] == [3, 4, 5]
    assert journal.get(2) is None
    assert [item.id for item in journal.since(0)] == [3, 4, 5]


def test_ten_thousand_are_kept() -> None:
    journal = Journal()
    for _ in range(10_001):
        journal.append(record())
    assert len(journal) == LIMIT == 10_000
    assert journal.get(1) is None
    assert journal.get(2) is not None


def test_the_oldest_go_first_when_bodies_are_too_large_but_the_newest_stays() -> None:
    journal = Journal(limit_bytes=2 * record(b"x" * 40)[SIZE])
    for _ in range(3):
        journal.append(record(b"x" * 40))
    assert [item.id for item in journal] == [2, 3]
    journal.append(record(b"x" * 500))
    assert [item.id for item in journal] == [4]


@pytest.mark.parametrize("emptied", [False, True])
def test_what_is_gone_takes_no_room(emptied: bool) -> None:
    """Whether it went because there were too many, or with all the others."""
    journal = Journal(limit=2, limit_bytes=3 * record(b"x" * 40)[SIZE])
    for _ in range(6):
        journal.append(record(b"x" * 40))
    if emptied:
        journal.clear()
    for _ in range(2):
        journal.append(record(b"x" * 50))
    assert [item.id for item in journal] == [7, 8]


def test_target_headers_and_bodies_count_and_answered_headers_do_not() -> None:
    assert size("/x", b"a:b", b"12345", b"1234567") == 2 + 3 + 5 + 7


def test_clearing_forgets_entries_but_goes_on_counting() -> None:
    journal = Journal()
    journal.append(record())
    journal.clear()
    journal.append(record())
    assert [item.id for item in journal] == [2]
    assert len(journal) == 1
    assert journal.last == 2


def test_watchers_see_new_entries_until_they_stop() -> None:
    journal = Journal()
    seen: list[int] = []
    stop = journal.watch(lambda item: seen.append(item.id))
    journal.append(record())
    stop()
    stop()
    journal.append(record())
    assert seen == [1]


def test_a_watcher_that_stops_itself_keeps_nothing_from_the_next() -> None:
    journal = Journal()
    seen: list[int] = []
    stop = journal.watch(lambda _: stop())
    journal.watch(lambda item: seen.append(item.id))
    journal.append(record())
    journal.append(record())
    assert seen == [1, 2]


def test_a_time_that_nobody_asked_for_is_read_from_its_seconds() -> None:
    journal = Journal()
    journal.append(record(time=NOW.timestamp() + 0.25))
    assert [item.time for item in journal] == [datetime(2030, 1, 1, 0, 0, 0, 250_000, UTC)]


def test_durations_are_told_to_the_microsecond() -> None:
    assert Entry.of(1, record()).duration_ms == 0.005


def test_credentials_are_hidden_and_the_scheme_stays() -> None:
    headers = [(b"authorization", b"Bearer s3cret"), (b"cookie", b"a=b"), (b"accept", b"*/*:")]
    assert unpacked(packed(headers)) == [(b"authorization", b"Bearer ***"), (b"cookie", b"***"), (b"accept", b"*/*:")]
    assert packed([(b"authorization", b"s3cret")]) == b"authorization:***"
    assert unpacked(packed([])) == []


@pytest.mark.parametrize(
    ("name", "value", "kept"),
    [
        (b"proxy-authorization", b"Basic czNjcmV0", b"Basic ***"),
        (b"set-cookie", b"session=s3cret", b"***"),
        (b"cookie", b"session=s3cret; theme=dark", b"***"),
        (b"authorization", b"s3cret-key and-more", b"***"),
        (b"authorization", b"Digest username=u, response=s3cret", b"Digest ***"),
    ],
)
def test_nothing_of_a_credential_is_kept_but_its_scheme(name: bytes, value: bytes, kept: bytes) -> None:
    assert unpacked(packed([(name, value)])) == [(name, kept)]


def test_the_same_headers_are_kept_once_and_long_ones_only_as_the_last() -> None:
    headers, others = [(b"accept", b"text/plain"), (b"x-seen", b"same")], [(b"accept", b"*/*")]
    first = packed(headers)
    assert packed(others) == b"accept:*/*"
    assert packed([*headers]) is first
    long_ = [(b"accept", b"x" * LONG)]
    first = packed(long_)
    assert packed([*long_]) is first
    packed(others)
    assert packed(long_) == first
    assert packed(long_) is not first


def test_headers_are_not_remembered_for_ever() -> None:
    headers = [(b"x-seen", b"first")]
    first = packed(headers)
    for number in range(KNOWN):
        packed([(b"x-seen", b"%d" % number)])
    assert packed(headers) == first
    assert packed(headers) is not first
