"""What fills a forced answer when nobody has earned it: by an example of the contract, else made up."""

from typing import Any

import pytest

from mock_server.mistakes import mistakes
from mock_server.plausible import body_of, details, headers_of, shown_by
from openapi.contract import API_IDS, ErrorEntry, Operation, Response, load

OPERATIONS = {f"{api}-{name}": one for api in API_IDS for name, one in load(api).operations.items()}


def entry(message: str, body: Any, code: str | None = None) -> ErrorEntry:
    return ErrorEntry("BROKEN", 400, code, message, body, {}, "inferred", None)


def response(api: str, operation: str, status: int) -> Response:
    found = load(api).operations[operation].response(status)
    assert found is not None
    return found


PLAIN = entry("the {what} is broken", {"errors": [{"details": "{message}"}, {"details": "{sentence}"}], "v": "8.0"})
CODED = entry("version 1.0 (old)", {"error": {"code": "{code}", "name": "{name}", "message": "{message}"}}, "E.1")
BARE = entry("version 1.0 (old)", CODED.body)


@pytest.mark.parametrize(
    ("template", "example", "shown"),
    [
        (
            PLAIN,
            {"v": "8.0", "errors": [{"details": "the cup is broken"}, {"details": "Mend it."}]},
            {"what": "cup", "sentence": "Mend it."},
        ),
        (PLAIN, {"v": "8.0", "errors": [{"details": "the cup is broken"}]}, None),
        (PLAIN, {"v": "8.0", "errors": [{"details": "the cup is broken"}, {"details": "x"}, {"details": "y"}]}, None),
        (PLAIN, {"v": "8.0", "errors": {"details": "the cup is broken"}}, None),
        (PLAIN, {"v": "8.1", "errors": [{"details": "the cup is broken"}, {"details": "Mend it."}]}, None),
        (PLAIN, {"v": "8.0", "errors": [{"details": "a cup is broken"}, {"details": "Mend it."}]}, None),
        (PLAIN, {"v": "8.0", "errors": [{"details": "the cup is broken"}, {"details": 5}]}, None),
        (PLAIN, [], None),
        (CODED, {"error": {"code": "E.1", "name": "BROKEN", "message": "version 1.0 (old)"}}, {}),
        (CODED, {"error": {"code": "E21", "name": "BROKEN", "message": "version 1.0 (old)"}}, None),
        (CODED, {"error": {"code": "E.1", "name": "BROKEN", "message": "version 1x0 (old)"}}, None),
        (CODED, {"error": {"name": "BROKEN", "message": "version 1.0 (old)"}}, None),
        (CODED, {"error": {"code": "E.1", "name": "BROKEN", "message": "version 1.0 (old)", "more": "x"}}, None),
        (BARE, {"error": {"name": "BROKEN", "message": "version 1.0 (old)"}}, {}),
        (BARE, {"error": {"code": "E.1", "name": "BROKEN", "message": "version 1.0 (old)"}}, None),
    ],
)
def test_an_example_shows_what_stands_for_placeholders_if_it_is_one_of_the_error(
    template: ErrorEntry, example: Any, shown: dict[str, str] | None
) -> None:
    assert shown_by(template, example) == shown


@pytest.mark.parametrize(
    ("api", "operation", "status", "body"),
    [
        ("jasper", "getDeviceUsage", 406, {"errorMessage": "Invalid apiVersion.", "errorCode": "10000024"}),
        ("fleet", "getDevice", 401, {"error": "string"}),
        ("zequenze", "updateInventoryDeviceSerialOperation", 422, {"member1": ["string"]}),
        ("zequenze", "deleteInventoryDeviceSerial", 204, None),
    ],
)
def test_a_body_is_an_example_of_the_same_schema_or_made_up(api: str, operation: str, status: int, body: Any) -> None:
    assert body_of(load(api), response(api, operation, status)) == body


def test_only_headers_that_are_promised_are_made_up() -> None:
    assert headers_of(response("zequenze", "listInventoryDeviceSerial", 405)).keys() == {"Allow"}
    assert headers_of(response("fleet", "getDevice", 429)) == {}


def test_what_a_mistake_tells_goes_before_what_any_call_could_say() -> None:
    contract = load("mobilefirst")
    operation, named = contract.operations["getTransaction"], contract.errors["RUNTIME_NOT_FOUND"]
    anything = details(contract, operation, named, {})
    assert anything["runtime_name"] == "myruntime"
    assert {"locale", "query", "orderBy"}.isdisjoint(anything)
    told = details(contract, operation, named, {"RUNTIME_NOT_FOUND": {"runtime_name": "shop", "sentence": "It went."}})
    assert told == {**anything, "runtime_name": "shop", "sentence": "It went."}


@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=OPERATIONS)
def test_no_mistake_is_one_that_a_call_cannot_make(operation: Operation) -> None:
    """A parameter of the path is always there, a text is a text, and an array may be given more than once."""
    made = {(where, fault.keyword) for where, fault in mistakes(operation)}
    for parameter in operation.parameters:
        where, schema = f"{parameter.location}:{parameter.name}", parameter.schema
        assert ((where, "required") in made) is (parameter.required and parameter.location != "path")
        assert ((where, "type") in made) is (schema.get("type", "string") != "string")
        assert ((where, "repeated") in made) is (parameter.location == "query" and schema.get("type") != "array")
    assert (("body", "malformed") in made) is (operation.request_body is not None)
    assert made.isdisjoint(("body", word) for word in ("properties", "items", "additionalProperties"))
    assert {("body", "accept"), ("", "encoding"), ("", "method")} <= made
