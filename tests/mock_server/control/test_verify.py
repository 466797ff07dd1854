"""Whether calls were made as they should have been: counting, near misses, and what cannot be asked."""

import json
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.control.verify import differences, verdict
from mock_server.world.clock import Clock
from mock_server.world.journal import Entry
from tests.mock_server.control.conftest import FLEET, WRITE, Caller

JOURNAL = "/_mock/worlds/default/journal"


def verify(call: Caller, match: dict[str, Any], **bounds: int) -> dict[str, Any]:
    answer = call("POST", JOURNAL + "/verify", json={"match": match, **bounds})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


@pytest.mark.parametrize(
    ("match", "bounds", "count", "verified"),
    [
        ({"api": "fleet"}, {}, 5, True),
        ({"api": "fleet"}, {"count": 5}, 5, True),
        ({"api": "fleet"}, {"count": 4}, 5, False),
        ({"api": "fleet"}, {"at_most": 4}, 5, False),
        ({"api": "fleet"}, {"at_least": 2, "at_most": 5}, 5, True),
        ({"api": "fleet"}, {"after": 4, "count": 1}, 1, True),
        ({"method": "DELETE"}, {"count": 0}, 0, True),
        ({"method": "DELETE"}, {"at_most": 1}, 0, True),
        ({"method": "PATCH", "status": 200}, {"count": 1}, 1, True),
        ({"status": "4XX"}, {"count": 3}, 3, True),
        ({"status": None}, {"count": 0}, 0, True),
        ({"role": None}, {"count": 1}, 1, True),
        ({"path": {"$contains": "/devices/9"}}, {"count": 1}, 1, True),
        ({"key": {"$matches": "^4[0-9]$"}}, {"count": 4}, 4, True),
        ({"request": {"body": {"name": "Zebrabook"}}}, {"count": 1}, 1, True),
        ({"request": {"body": {"name": {"$contains": "oo"}}}}, {"count": 1}, 1, True),
        ({"request": {"body": '{"name":"Zebrabook"}'}}, {"count": 1}, 1, True),
        ({"request": {"headers": {"X-Trace": "t1"}}}, {"count": 1}, 1, True),
        ({"request": {"headers": {"x-trace": None}}}, {"count": 4}, 4, True),
        ({"response": {"body": {"data": {"id": 42}}}}, {"at_least": 0}, None, True),
        ({"response": {"headers": {"content-type": {"$contains": "json"}}}}, {"count": 5}, 5, True),
    ],
)
def test_exchanges_are_counted(
    busy: Caller, match: dict[str, Any], bounds: dict[str, int], count: int | None, verified: bool
) -> None:
    result = verify(busy, match, **bounds)
    assert result["verified"] is verified
    assert result["count"] == len(result["exchanges"])
    if count is not None:
        assert result["count"] == count


def test_a_near_miss_is_explained_field_by_field(busy: Caller) -> None:
    match = {
        "operation": "updateDevice",
        "key": "42",
        "status": 200,
        "request": {"body": {"name": "Zebraboot", "tags": ["a"]}, "headers": {"x-trace": "t1"}},
    }
    result = verify(busy, match)
    assert not result["verified"]
    assert result["near_misses"][0]["exchange"]["id"] == 2
    assert len(result["near_misses"]) == 3
    assert result["near_misses"][0]["differences"] == [
        {
            "field": "request.body/name",
            "expected": "Zebraboot",
            "actual": "Zebrabook",
            "message": 'request.body/name: expected "Zebraboot", got "Zebrabook"',
        },
        {
            "field": "request.body/tags",
            "expected": ["a"],
            "message": 'request.body/tags: expected ["a"], there is none',
        },
    ]
    assert result["message"] == (
        "Asked for at least 1 fitting, found 0. The nearest miss is exchange 2 (PATCH /fleet/platform/v1/devices/42): "
        'request.body/name: expected "Zebraboot", got "Zebrabook"; request.body/tags: expected ["a"], there is none.'
    )


def test_no_near_misses_are_told_when_there_are_too_many(busy: Caller) -> None:
    result = verify(busy, {"api": "fleet"}, at_most=1)
    assert result["near_misses"] == []
    assert result["message"] == "Asked for 0 to 1 fitting, found 5."
    result = verify(busy, {"method": "PATCH"}, at_most=1)
    assert (result["verified"], result["exchanges"], result["near_misses"]) == (False, [2, 3], [])
    assert result["message"] == "Asked for 0 to 1 fitting, found 2."


def test_bounds_that_meet_ask_for_one_number(busy: Caller) -> None:
    assert verify(busy, {"api": "fleet"}, at_least=5, at_most=5)["verified"]
    result = verify(busy, {"api": "fleet"}, at_least=4, at_most=4)
    assert (result["verified"], result["message"]) == (False, "Asked for exactly 4 fitting, found 5.")


def test_an_empty_journal_is_said_to_be_empty(call: Caller) -> None:
    assert verify(call, {"api": "fleet"})["message"].endswith("The journal holds no exchange.")


def test_a_journal_with_nothing_new_is_not_said_to_be_empty(busy: Caller) -> None:
    assert verify(busy, {}, after=5)["message"] == "Asked for at least 1 fitting, found 0. None came after exchange 5."
    busy("DELETE", JOURNAL)
    assert verify(busy, {}, after=5)["message"].endswith("found 0. The journal holds no exchange.")


def test_an_empty_text_fits_an_empty_body_alone(busy: Caller) -> None:
    assert verify(busy, {"request": {"body": ""}})["exchanges"] == [1, 4, 5]
    assert verify(busy, {"response": {"body": ""}}, count=0)["verified"]
    (miss, *_) = verify(busy, {"method": "GET", "request": {"body": "x"}})["near_misses"]
    assert [different["message"] for different in miss["differences"]] == ['request.body: expected "x", there is none']


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({}, "match is required."),
        ({"match": {"colour": "red"}}, "match/colour is not a known member."),
        ({"match": {"status": "6XX"}}, "match/status must be a status such as 404 or a class such as 4XX."),
        ({"match": {}, "count": -1}, "count must be 0 or more."),
        (
            {"match": {"path": {"$matches": "("}}},
            "'(' is no regular expression, or one with lookaround or backreferences, which are not offered.",
        ),
        (
            {"match": {"path": {"$matches": "\ud800"}}},
            "'\\ud800' is no regular expression, or one with lookaround or backreferences, which are not offered.",
        ),
        (
            {"match": {"request": {"body": {"a": {"b": {"$matches": "(?=x)"}}}}}},
            "'(?=x)' is no regular expression, or one with lookaround or backreferences, which are not offered.",
        ),
        (
            {"match": {"request": {"body": {"name": {"$contains": 5}}}}},
            "match/request/body/name: $contains takes a text, not 5.",
        ),
        (
            {"match": {"response": {"body": {"$matches": None}}}},
            "match/response/body: $matches takes a text, not null.",
        ),
        ({"match": {}, "at_least": 5, "at_most": 3}, "No number is at least 5 and at most 3."),
        ({"match": {}, "count": 1, "at_least": 1}, "Give count alone, or at_least and at_most."),
        ({"match": {}, "count": 1, "at_most": 1}, "Give count alone, or at_least and at_most."),
    ],
)
def test_a_verification_that_makes_no_sense_is_refused(call: Caller, body: dict[str, Any], said: str) -> None:
    """Whatever is in the journal: nothing is."""
    answer = call("POST", JOURNAL + "/verify", content=json.dumps(body))
    assert (answer.status_code, answer.json()["error"]) == (400, said)


def test_no_regular_expression_holds_the_double_up(call: Caller) -> None:
    """Python's own would need some 2⁶⁰ steps."""
    call("PATCH", FLEET, headers=WRITE, json={"name": "a" * 60 + "!"})
    began = time.monotonic()
    assert verify(call, {"request": {"body": {"name": {"$matches": "(a+)+$"}}}}, count=0)["verified"]
    assert time.monotonic() - began < 1


def test_a_text_that_no_encoding_holds_is_matched_too(call: Caller) -> None:
    call("PATCH", FLEET, headers=WRITE, content=b'{"name": "a\\ud800b"}')
    assert verify(call, {"request": {"body": {"name": {"$matches": "^a.b$"}}}})["count"] == 1


@pytest.mark.parametrize("depth", [98, 100, 101, 950, 50_000])
def test_a_deeply_nested_body_is_a_difference_like_any_other(call: Caller, depth: int) -> None:
    """Of more levels than are read from any body it is a text."""
    body = "[" * depth + "]" * depth
    call("PATCH", FLEET, headers=WRITE, content=body)
    (miss,) = verify(call, {"request": {"body": {"a": 1}}})["near_misses"]
    actual = miss["differences"][0]["actual"]
    assert (json.dumps(actual) if depth <= 100 else actual) == body
    assert verify(call, {"request": {"body": body}})["verified"]


values = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.sampled_from(["a", "b"]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["x", "y", "/"]), inner, max_size=2),
    max_leaves=6,
)


@given(st.dictionaries(st.sampled_from(["x", "y"]), values, max_size=2), values)
def test_a_body_fits_itself_and_whatever_differs_is_found_in_it(body: dict[str, Any], other: Any) -> None:
    content = json.dumps(body).encode()
    sent = ("PUT", "/", b"", content)
    entry = Entry(1, Clock().now(), "a", "o", "k", None, *sent, 200, [], b"", 0.1, (), None, None, 0)
    assert list(differences(entry, {"request": {"body": body}})) == []
    wanted = {**body, "z": other}
    (different,) = differences(entry, {"request": {"body": wanted}})
    assert different.field == "request.body/z"
    assert verdict([entry], {"match": {"request": {"body": wanted}}, "count": 0})["verified"]
