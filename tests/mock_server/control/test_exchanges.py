"""Exchanges as they are shown, searched and told apart, whatever brought them about."""

from datetime import UTC, datetime
from typing import Any

import pytest

from mock_server.control.exchanges import listed, status_meets, view
from mock_server.control.verify import Difference, differences, verdict
from mock_server.world.journal import Entry, Journal

NOON = datetime(2030, 1, 1, 12, tzinfo=UTC)
ENTRY = Entry(
    7,
    NOON,
    "fleet",
    "getDevice",
    "42",
    "public",
    "GET",
    "/devices/42",
    b"accept:text/plain\nX-Seen:one\naccept:text/html",
    b"asked",
    200,
    [(b"Vary", b"Accept"), (b"vary", b"Origin")],
    b"answered",
    0.25,
    (("body/name", "type", "must be a text"),),
    "3",
    "write",
    0,
)


def test_an_exchange_is_shown_with_all_that_is_kept_of_it() -> None:
    assert view(ENTRY) == {
        "id": 7,
        "time": "2030-01-01T12:00:00Z",
        "api": "fleet",
        "operation": "getDevice",
        "key": "42",
        "basis": "public",
        "method": "GET",
        "path": "/devices/42",
        "status": 200,
        "duration_ms": 250.0,
        "role": "write",
        "violations": [{"where": "body/name", "keyword": "type", "message": "must be a text"}],
        "fault": "3",
        "request": {"headers": {"accept": "text/plain, text/html", "x-seen": "one"}, "body": "asked"},
        "response": {"headers": {"vary": "Accept, Origin"}, "body": "answered"},
    }


def test_a_dropped_answer_has_no_status_and_a_body_that_is_no_text_is_encoded() -> None:
    shown = view(ENTRY._replace(status=0, request_body=b"\xff\x00", response_body=b""))
    assert shown["status"] is None
    assert (shown["request"]["body"], shown["request"]["encoding"]) == ("/wA=", "base64")
    assert (shown["response"]["body"], "encoding" in shown["response"]) == ("", False)


@pytest.mark.parametrize(
    ("status", "wanted", "meets"),
    [
        (404, "404", True),
        (404, 404, True),
        (404, "4XX", True),
        (500, "4XX", False),
        (302, "4XX", False),
        (0, "dropped", True),
        (0, None, True),
        (0, "4XX", False),
        (200, "dropped", False),
        (200, None, False),
    ],
)
def test_a_status_is_one_or_of_a_class_or_none_at_all(status: int, wanted: Any, meets: bool) -> None:
    assert status_meets(status, wanted) is meets


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({"search": "DEVICES/42"}, [1]),
        ({"search": "askED"}, [1]),
        ({"search": "Answer"}, [1]),
        ({"search": "k-13"}, [2]),
        ({"search": "fleet"}, []),
        ({"basis": "inferred"}, [2]),
        ({"fault": "3"}, [1]),
        ({"api": "jasper"}, [2]),
        ({"key": "K-13"}, [2]),
        ({"operation": "getDevice"}, [1]),
        ({"method": "put"}, [2]),
        ({"status": "dropped"}, [2]),
        ({"after": 1}, [2]),
        ({"before": 2}, [1]),
        ({"api": "jasper", "method": "GET"}, []),
        ({"api": None, "search": None}, [2, 1]),
    ],
)
def test_a_journal_is_searched_by_each_condition(wanted: dict[str, Any], found: list[int]) -> None:
    other = ENTRY._replace(api="jasper", operation="editDevice", key="K-13", basis="inferred", method="PUT", target="/")
    other = other._replace(request_body=b"", response_body=b"", status=0, fault=None)
    journal = Journal()
    for entry in (ENTRY, other):
        journal.append((entry.time, *entry[2:]))
    assert [entry.id for entry in listed(journal, wanted, 10)] == found


@pytest.mark.parametrize(
    ("name", "actual"),
    [
        ("api", "fleet"),
        ("operation", "getDevice"),
        ("key", "42"),
        ("basis", "public"),
        ("method", "GET"),
        ("path", "/devices/42"),
        ("role", "write"),
        ("fault", "3"),
    ],
)
def test_each_thing_that_can_be_asked_of_an_exchange_is_looked_at(name: str, actual: str) -> None:
    assert list(differences(ENTRY, {name: actual})) == []
    assert list(differences(ENTRY, {name: None})) == [Difference(name, None, actual)]
    assert list(differences(ENTRY, {name: {"$contains": "~"}})) == [Difference(name, {"$contains": "~"}, actual)]


def test_a_dropped_answer_differs_from_any_status() -> None:
    (different,) = differences(ENTRY._replace(status=0), {"status": 200})
    assert different.message == "status: expected 200, got null"


@pytest.mark.parametrize(
    ("expected", "body", "said"),
    [
        ({"n": 1}, b'{"n": true}', "request.body/n: expected 1, got true"),
        ({"n": 1}, b'{"n": 1.0}', "request.body/n: expected 1, got 1.0"),
        ({"n": None}, b"{}", "request.body/n: expected null, there is none"),
        ({"a/b": {"~": 1}}, b'{"a/b": {"~": 2}}', "request.body/a~1b/~0: expected 1, got 2"),
        ([{"n": 1}], b'[{"n": 1, "m": 2}]', 'request.body: expected [{"n": 1}], got [{"n": 1, "m": 2}]'),
        ({"n": "\xf1"}, b'{"n": "n"}', 'request.body/n: expected "\xf1", got "n"'),
        ({"n": {"$contains": "x"}}, b'{"n": 5}', "request.body/n: expected a text that contains 'x', got 5"),
        ({"$matches": "^x"}, b"[1]", "request.body: expected a text that matches '^x', got \"[1]\""),
        ("x" * 198, b"", f'request.body: expected "{"x" * 198}", there is none'),
        ("x" * 199, b"", f'request.body: expected "{"x" * 199}…, there is none'),
        ("abc", b'"abd"', 'request.body: expected "abc", got "abd"'),
    ],
)
def test_a_difference_is_said_in_a_sentence(expected: Any, body: bytes, said: str) -> None:
    (different,) = differences(ENTRY._replace(request_body=body), {"request": {"body": expected}})
    assert different.message == said


@pytest.mark.parametrize(
    ("expected", "body"),
    [
        ("abc", b'"abc"'),
        ("[1]", b"[1]"),
        ("caf\xe9", b"caf\xc3\xa9"),
        ({"$contains": '"n":'}, b'{"n": 1}'),
        ({"$matches": "^$"}, b""),
        ({"n": {}}, b'{"n": {"m": 1}}'),
        ({"$contains": "x", "n": 1}, b'{"$contains": "x", "n": 1}'),
    ],
)
def test_a_body_fits_as_json_or_as_the_text_that_was_sent(expected: Any, body: bytes) -> None:
    assert list(differences(ENTRY._replace(request_body=body), {"request": {"body": expected}})) == []


def nearest(entries: list[Entry], match: dict[str, Any]) -> list[int]:
    """The exchanges that are told as near misses, nearest first."""
    return [miss["exchange"]["id"] for miss in verdict(entries, {"match": match})["near_misses"]]


def test_of_misses_as_near_the_newest_are_told_first() -> None:
    assert nearest([ENTRY._replace(id=number) for number in range(1, 41)], {"method": "PUT"}) == [40, 39, 38]


def test_a_miss_in_more_fields_may_be_nearer() -> None:
    """Three texts that are nearly right are nearer than two things that are quite another."""
    near = ENTRY._replace(id=1, key="43", target="/devices/43", principal="writer")
    far = [ENTRY._replace(id=number, status=500, basis=None) for number in (2, 3, 4)]
    match = {"key": "42", "path": "/devices/42", "role": "write", "status": 200, "basis": "public"}
    assert nearest([near, *far], match) == [1, 4, 3]
