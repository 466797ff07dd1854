"""What is given to the control plane, read: whole numbers, media types, and one sentence for what is wrong."""

from typing import Any

import httpx
import pytest

from mock_server.control.validation import whole
from tests.mock_server.control.conftest import FLEET, WRITE, Caller

DEFAULT = "/_mock/worlds/default"
ORIGIN = "http://127.0.0.1:8080"


def test_a_whole_number_may_be_written_with_a_point(call: Caller) -> None:
    """To JSON Schema 1.0 is an integer."""
    made = call("POST", "/_mock/worlds", content=b'{"name": "pointed", "seed": 1.0}', headers=JSON)
    assert (made.status_code, made.json()["seed"]) == (201, 1)
    assert call("GET", "/w/pointed" + FLEET, headers=WRITE).status_code == 200
    snapshot = call("GET", DEFAULT + "/snapshot").json()
    wanted = {**snapshot, "version": 1.0, "seed": 5.0, "devices": 20.0, "sequences": {"fleet": {"devices": 3.0}}}
    assert call("PUT", DEFAULT + "/snapshot", json=wanted).status_code == 204
    after = call("GET", DEFAULT + "/snapshot").json()
    assert (after["seed"], after["devices"], after["sequences"]["fleet"]) == (5, 20, {"devices": 3})
    assert call("GET", FLEET, headers=WRITE).status_code == 200


def test_a_fault_takes_numbers_with_a_point_too(call: Caller) -> None:
    added = call("POST", DEFAULT + "/faults", json={"api": "fleet", "status": 503.0, "nth": [1.0], "times": 1.0})
    assert added.status_code == 201, added.text
    assert repr(added.json()["rule"]) == "{'api': 'fleet', 'status': 503, 'nth': [1], 'times': 1}"
    assert call("GET", FLEET, headers=WRITE).status_code == 503


def test_planted_documents_keep_their_points(call: Caller) -> None:
    path = DEFAULT + "/state/fleet/notes/n"
    assert call("PUT", path, content=b'{"n":1.0}', headers=JSON).status_code == 201
    assert call("GET", path).text == '{"n":1.0}'


JSON = {"content-type": "application/json"}
_CHOICE = {"nullable": True, "oneOf": [{"type": "integer"}, {"type": "array", "items": {"type": "integer"}}]}


@pytest.mark.parametrize(
    ("value", "schema", "expected"),
    [
        (2.0, {"type": "integer"}, 2),
        (2.0, {"type": "number"}, 2.0),
        (2.5, {"type": "integer"}, 2.5),
        (1e300, {"type": "integer"}, int(1e300)),
        (-0.0, {"type": "integer"}, 0),
        ([1.0, 2.0], _CHOICE, [1, 2]),
        (1.0, _CHOICE, 1),
        (None, _CHOICE, None),
        (True, {"type": "integer"}, True),
        ({"a": 1.0, "b": 1.0}, {"properties": {"a": {"type": "integer"}}}, {"a": 1, "b": 1.0}),
        ({"a": 1.0}, {"additionalProperties": {"type": "integer"}}, {"a": 1}),
        ({"a": 1.0}, {"additionalProperties": False}, {"a": 1.0}),
    ],
)
def test_numbers_are_made_whole_where_the_schema_says_so(value: Any, schema: dict[str, Any], expected: Any) -> None:
    assert repr(whole(value, schema)) == repr(expected)


def test_what_needs_no_change_is_not_copied() -> None:
    value = {"a": [1, {"b": 2.5}]}
    assert whole(value, {"properties": {"a": {"type": "array", "items": {"type": "object"}}}}) is value


@pytest.mark.parametrize(
    ("method", "path", "body", "expected"),
    [
        ("POST", "/_mock/worlds", b'{"name": "y"}', 201),
        ("PATCH", DEFAULT + "/clock", b'{"running": false}', 200),
        ("POST", DEFAULT + "/faults", b'{"drop": true}', 201),
        ("POST", DEFAULT + "/faults", b"{", 400),
        ("PUT", DEFAULT + "/state/fleet/notes/n", b'{"n": 1}', 201),
    ],
)
def test_a_body_without_a_media_type_is_read_as_json(
    call: Caller, method: str, path: str, body: bytes, expected: int
) -> None:
    assert call(method, path, content=body).status_code == expected


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "text/plain", "a", "a/b/c"])
def test_a_body_that_says_that_it_is_something_else_is_refused(call: Caller, kind: str) -> None:
    answer = call("POST", "/_mock/worlds", content=b'{"name": "y"}', headers={"content-type": kind})
    assert answer.status_code == 415
    assert answer.json() == {"error": "The body must be JSON; send Content-Type: application/json."}


def test_parameters_of_the_media_type_do_no_harm(call: Caller) -> None:
    kind = {"content-type": 'application/json; profile="a/b"; charset=utf-8'}
    assert call("POST", "/_mock/worlds", content=b'{"name": "y"}', headers=kind).status_code == 201


@pytest.mark.parametrize(
    "kind",
    [
        "application/JSON",
        "Application/Json",
        "application/json ; charset=UTF-8",
        "application/json\t;charset=utf-8",
        " application/json ",
        "application/JSON; Charset=UTF-8;",
    ],
)
def test_letter_case_and_blanks_of_the_media_type_say_nothing(call: Caller, kind: str) -> None:
    """RFC 9110, 8.3.1 and 5.6.6."""
    headers = {"content-type": kind}
    assert call("POST", "/_mock/worlds", content=b'{"name": "y"}', headers=headers).status_code == 201
    assert call("PUT", DEFAULT + "/state/fleet/notes/n", content=b'{"n":1}', headers=headers).json() == {"n": 1}
    refused = call("POST", DEFAULT + "/faults", content=b"{}", headers=headers)
    assert (refused.status_code, "error" in refused.json()) == (400, True)


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_the_media_type_of_no_body_is_nobodys_business(call: Caller, method: str) -> None:
    path = "/_mock/worlds" if method == "POST" else DEFAULT + "/journal"
    assert call(method, path, headers={"content-type": "a"}).status_code in {200, 201}


@pytest.mark.parametrize(
    ("path", "sentence"),
    [
        ("/journal?limit=0", "limit must be 1 or more."),
        ("/journal?limit=-1", "limit must be 1 or more."),
        ("/journal?limit=ten", "limit must be a whole number."),
        ("/journal?status=4xx", "status must be a status such as 404, a class such as 4XX, or dropped."),
        ("/journal?basis=sure", "basis must be one of documented, public, inferred."),
        ("/journal?bodies=maybe", "bodies must be true or false."),
        ("/journal/0", "entry must be 1 or more."),
        ("/journal/-1", "entry must be 1 or more."),
        ("/journal/abc", "entry must be a whole number."),
        ("/journal/1.0", "entry must be a whole number."),
        ("/journal/1_0", "entry must be a whole number."),
        ("/journal/%D9%A1", "entry must be a whole number."),
        ("/state/fleet/devices?changed=maybe", "changed must be true or false."),
        ("/state/fleet/devices?offset=-1", "offset must be 0 or more."),
        ("/clock?colour=red", "There is no query parameter 'colour' here; there are none."),
        ("/diff?agianst=w", "There is no query parameter 'agianst' here; there are against."),
    ],
)
def test_a_parameter_that_cannot_be_is_told_in_one_sentence(call: Caller, path: str, sentence: str) -> None:
    answer = call("GET", DEFAULT + path)
    assert (answer.status_code, answer.json()["error"]) == (400, sentence)


@pytest.mark.parametrize(
    ("method", "path", "sentence"),
    [
        ("GET", "/journal?limit=1&limit=2", "limit is given more than once."),
        ("GET", "/journal?limit=1&api=fleet&limit=1", "limit is given more than once."),
        ("PUT", "/state/fleet/notes/n?validate=false&validate=true", "validate is given more than once."),
        ("GET", "/journal?search=%zz", "The query is not percent-encoded UTF-8."),
        ("GET", "/journal?search=%ff", "The query is not percent-encoded UTF-8."),
        ("GET", "/clock?%ff=1", "The query is not percent-encoded UTF-8."),
        ("GET", "/state/fleet/devices?search=a%", "The query is not percent-encoded UTF-8."),
        ("PUT", "/state/fleet/notes/%ff", "The path is not percent-encoded UTF-8."),
        ("GET", "/state/fleet/notes/%zz", "The path is not percent-encoded UTF-8."),
        ("GET", "%zz", "The path is not percent-encoded UTF-8."),
        ("GET", "/no/such/path/%c3", "The path is not percent-encoded UTF-8."),
    ],
)
def test_what_is_repeated_or_badly_encoded_is_refused(call: Caller, method: str, path: str, sentence: str) -> None:
    """As the contract's `x-violation` says."""
    answer = call(method, httpx.URL(ORIGIN, raw_path=(DEFAULT + path).encode()), json={} if method == "PUT" else None)
    assert (answer.status_code, answer.json()) == (400, {"error": sentence})


def test_encoded_texts_are_read_as_they_were_meant(busy: Caller) -> None:
    assert (
        busy("PUT", DEFAULT + "/state/fleet/notes/%C3%A9%2Fa%25?validate=false", json={"n": "ü &+"}).status_code == 201
    )
    found = busy("GET", DEFAULT + "/state/fleet/notes?search=%C3%BC+%26%2B&&limit=1").json()["items"]
    assert [item["key"] for item in found] == ["é/a%"]


@pytest.mark.parametrize("number", ["1_0", "%D9%A1", "%D9%A3", "%201", "+5", "1%20", "", "1.0", "0x1", "%2B", "1e1"])
@pytest.mark.parametrize(
    ("path", "name"), [("/journal", "limit"), ("/journal/stream", "after"), ("/state/fleet/devices", "offset")]
)
def test_a_whole_number_of_a_query_is_written_in_digits(call: Caller, path: str, name: str, number: str) -> None:
    """Python reads more as one."""
    answer = call("GET", f"{DEFAULT}{path}?{name}={number}")
    assert (answer.status_code, answer.json()) == (400, {"error": f"{name} must be a whole number."})


def test_a_whole_number_of_a_query_may_have_a_sign(busy: Caller) -> None:
    assert len(busy("GET", DEFAULT + "/journal?limit=%2B02").json()["exchanges"]) == 2


NAVIGATION = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"


@pytest.mark.parametrize(
    ("path", "accept", "offered"),
    [
        ("/_mock/health", "text/html", "application/json"),
        ("/_mock/health", "text/*", "application/json"),
        ("/_mock/health", "application/json;q=0", "application/json"),
        ("/_mock/health", "application/json;q=0, */*", "application/json"),
        ("/_mock/health", "*/*;q=0", "application/json"),
        ("/_mock/worlds/none", "text/html", "application/json"),
        (DEFAULT + "/diff", "text/html", "application/json-patch+json"),
        (DEFAULT + "/journal/stream", "text/html", "text/event-stream"),
        (DEFAULT + "/journal/stream", "application/json", "text/event-stream"),
        ("/_mock/targets/fleet.toml", "text/plain", "application/toml"),
    ],
)
def test_an_answer_that_accept_does_not_allow_is_refused(call: Caller, path: str, accept: str, offered: str) -> None:
    answer = call("GET", path, headers={"accept": accept})
    said = {"error": "There is no answer in these media types.", "choices": [offered]}
    assert (answer.status_code, answer.json()) == (406, said)


@pytest.mark.parametrize(
    ("path", "accept"),
    [
        ("/_mock/health", "*/*"),
        ("/_mock/health", ""),
        ("/_mock/health", NAVIGATION),
        ("/_mock/health", "APPLICATION/*;q=0.1"),
        ("/_mock/health", "text/html, application/json;q=0.5"),
        ("/_mock/targets/fleet.toml", NAVIGATION),
        (DEFAULT + "/diff", "application/json, application/json-patch+json;q=0.9"),
        (DEFAULT + "/diff", NAVIGATION),
    ],
)
def test_an_answer_that_accept_allows_somehow_is_given(call: Caller, path: str, accept: str) -> None:
    assert call("GET", path, headers={"accept": accept}).status_code == 200


def test_several_accept_headers_are_one_list(call: Caller) -> None:
    accept = [("accept", "text/html"), ("accept", "application/json")]
    assert call("GET", "/_mock/health", headers=accept).status_code == 200


def test_nobody_minds_the_media_type_of_an_answer_without_a_body(call: Caller) -> None:
    assert call("DELETE", DEFAULT + "/journal", headers={"accept": "text/html"}).status_code == 204


def test_pages_are_there_whatever_is_accepted(call: Caller) -> None:
    for path in ("/_mock/console/", "/_mock/console/console.js", "/_mock/openapi.json", "/_mock/docs"):
        assert call("GET", path, headers={"accept": "image/png"}).status_code == 200


_DELAYS = (
    'delay must be milliseconds, {"uniform": [shortest, longest]}, or '
    '{"lognormal": {"median": milliseconds, "sigma": number}}.'
)


@pytest.mark.parametrize(
    ("method", "path", "body", "sentence"),
    [
        ("POST", "/faults", {"delay": -5}, "delay must be 0 or more."),
        ("POST", "/faults", {"delay": "long"}, _DELAYS),
        ("POST", "/faults", {"delay": {"unifrm": [1, 2]}}, _DELAYS),
        ("POST", "/faults", {"delay": {"uniform": [1]}}, "delay/uniform must have at least 2 item(s)."),
        ("POST", "/faults", {"delay": {"uniform": [1, "x"]}}, "delay/uniform/1 must be a number."),
        ("POST", "/faults", {"delay": {"lognormal": {"median": 5}}}, "delay/lognormal/sigma is required."),
        ("POST", "/faults", {"drop": True, "nth": 0}, "nth must be 1 or more."),
        ("POST", "/faults", {"drop": True, "nth": [1, 0]}, "nth/1 must be 1 or more."),
        ("POST", "/faults", {"drop": True, "nth": "first"}, "nth must be a number from 1, or an array of such."),
        ("POST", "/faults", {"drop": True, "nth": True}, "nth must be a number from 1, or an array of such."),
        ("PATCH", "/clock", {"advance": "P"}, "advance must be an ISO 8601 duration such as P91D, PT30M or -P1Y2M."),
        ("PATCH", "/clock", {}, "The body must have at least 1 member(s)."),
        ("PATCH", "/clock", {"now": "x", "running": 1}, None),
        (
            "POST",
            "/journal/verify",
            {"match": {"status": "6XX", "path": {"$contains": 5}}},
            "match/path/$contains must be a string; match/status must be a status such as 404 or a class such as 4XX.",
        ),
    ],
)
def test_a_body_that_cannot_be_is_told_in_one_sentence(
    call: Caller, method: str, path: str, body: Any, sentence: str | None
) -> None:
    answer = call(method, DEFAULT + path, json=body)
    assert answer.status_code == 400
    if sentence is None:
        sentence = "now must be a date and time such as 2025-01-05T03:30:15Z; running must be true or false."
    assert sorted(answer.json()["error"][:-1].split("; ")) == sorted(sentence[:-1].split("; "))


def test_a_bad_name_is_told_what_a_name_is(call: Caller) -> None:
    rule = "name must be 1 to 64 letters, digits, dots, hyphens and underscores, a letter or digit first."
    for name in ("", "a/b", "-a", "x" * 65):
        assert call("POST", "/_mock/worlds", json={"name": name}).json() == {"error": rule}


@pytest.mark.parametrize(
    ("method", "path", "allow"),
    [
        ("PUT", "/_mock/worlds", "HEAD, GET, POST"),
        ("PATCH", DEFAULT + "/journal", "HEAD, DELETE, GET"),
        ("POST", DEFAULT + "/state/fleet/devices/a/b", "HEAD, DELETE, GET, PUT"),
        ("GET", DEFAULT + "/reset", "POST"),
        ("GET", DEFAULT + "/journal/verify", "POST"),
        ("DELETE", DEFAULT + "/journal/stream", "HEAD, GET"),
        ("POST", DEFAULT + "/journal/5", "HEAD, GET"),
    ],
)
def test_a_wrong_method_is_told_the_right_ones(call: Caller, method: str, path: str, allow: str) -> None:
    answer = call(method, path)
    assert (answer.status_code, answer.headers["allow"]) == (405, allow)
    assert answer.json()["error"].startswith("This method is not allowed here; ")
