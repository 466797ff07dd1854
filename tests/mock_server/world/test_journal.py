"""The journal in memory: order, ids, bounds, watchers, and what it hides."""

from datetime import UTC, datetime

from mock_server.world.journal import LONG, Entry, Journal, packed, unpacked

NOW = datetime(2030, 1, 1, tzinfo=UTC)


def entry(body: bytes = b"") -> Entry:
    return Entry(NOW, "fleet", "getDevice", "42", "public", "GET", "/x", b"", body, 200, [], b"", 5)


def test_entries_are_numbered_from_one_and_kept_in_order() -> None:
    journal = Journal()
    for _ in range(3):
        journal.append(entry())
    assert [item.id for item in journal] == [1, 2, 3]
    assert [item.id for item in reversed(journal)] == [3, 2, 1]
    assert [item.id for item in journal.since(1)] == [2, 3]
    assert journal.since(3) == []
    found = journal.get(2)
    assert found is not None
    assert found.id == 2
    assert journal.get(4) is journal.get(0) is None


def test_the_oldest_go_first_when_there_are_too_many() -> None:
    journal = Journal(limit=3)
    for _ in range(5):
        journal.append(entry())
    assert [item.id for item in journal] == [3, 4, 5]
    assert journal.get(2) is None
    assert [item.id for item in journal.since(0)] == [3, 4, 5]


def test_the_oldest_go_first_when_bodies_are_too_large_but_the_newest_stays() -> None:
    journal = Journal(limit_bytes=2 * entry(b"x" * 40).size)
    for size in (40, 40, 40):
        journal.append(entry(b"x" * size))
    assert [item.id for item in journal] == [2, 3]
    journal.append(entry(b"x" * 500))
    assert [item.id for item in journal] == [4]


def test_clearing_forgets_entries_but_goes_on_counting() -> None:
    journal = Journal()
    journal.append(entry())
    journal.clear()
    journal.append(entry())
    assert [item.id for item in journal] == [2]
    assert len(journal) == 1
    assert journal.last == 2


def test_watchers_see_new_entries_until_they_stop() -> None:
    journal = Journal()
    seen: list[int] = []
    stop = journal.watch(lambda item: seen.append(item.id))
    journal.append(entry())
    stop()
    stop()
    journal.append(entry())
    assert seen == [1]


def test_credentials_are_hidden_and_the_scheme_stays() -> None:
    headers = [(b"authorization", b"Bearer s3cret"), (b"cookie", b"a=b"), (b"accept", b"*/*:")]
    assert unpacked(packed(headers)) == [(b"authorization", b"Bearer ***"), (b"cookie", b"***"), (b"accept", b"*/*:")]
    assert packed([(b"authorization", b"s3cret")]) == b"authorization:***"
    assert unpacked(packed([])) == []


def test_the_same_headers_are_kept_once_and_long_ones_not_at_all() -> None:
    headers = [(b"accept", b"text/plain"), (b"x-seen", b"same")]
    assert packed(headers) is packed([*headers])
    long_ = [(b"accept", b"x" * LONG)]
    assert packed(long_) is not packed([*long_])
