"""What Fleet's double refuses, with which status and which words, and that a refusal changes nothing."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.support import Client

AUTH = {"Authorization": "Bearer fleet-write-key"}
READ = {"Authorization": "Bearer fleet-read-key"}
JSON = {"Content-Type": "application/json"}
PATH = "/devices/42"
ITEM = {"name": "Table", "type": "Table", "category": "Furniture"}
TEXT_OR_NULL = "must be a string or null"
NULLABLE_TEXTS = (
    "brand",
    "serial_number",
    "client_purchase_price",
    "client_purchase_date",
    "client_warranty_endDate",
    "client_rental_price",
    "client_rental_startDate",
    "client_rental_endDate",
    "client_contract_number",
    "client_invoice_number",
    "screen_size",
    "graphic",
    "processor",
    "ram",
    "storage",
    "model_year",
    "connectivity",
    "resolution",
    "comment",
    "color",
    "seats_number",
    "assembly",
    "os_platform",
)
NULLABLE_FLAGS = (
    "has_microphone",
    "has_webcam",
    "noise_cancellation",
    "has_stool",
    "has_video_package",
    "has_screen",
    "has_premium_tablet",
)
LAYOUTS = (
    "FRENCH_AZERTY, SPANISH_QWERTY, ITALIAN_QWERTY, INTERNATIONAL_ENGLISH_QWERTY, GERMAN_QWERTZ, PORTUGUESE_QWERTY, "
    "ENGLISH_QWERTY, SWISS_QWERTZ, AMERICAN_ENGLISH_QWERTY, CANADIAN_ENGLISH_QWERTY, DUTCH_QWERTY, null"
)


@pytest.fixture
def client(double: Callable[..., Client]) -> Client:
    return double("fleet", headers=AUTH)


def refused(client: Client, method: str, path: str, status: int, error: str, **options: Any) -> None:
    """That the request is answered exactly so, as JSON, and leaves every document as it was."""
    before = client.world.state("fleet")
    response = client.request(method, path, **options)
    assert (response.status_code, response.json()) == (status, {"error": error})
    assert response.headers["content-type"] == "application/json"
    assert client.world.state("fleet") == before


MISTAKES: list[tuple[Any, str]] = [
    ({"name": ""}, "name must be at least 1 character(s) long"),
    ({"name": None}, "name must be a string"),
    ({"name": 5}, "name must be a string"),
    ({"is_rented": None}, "is_rented must be true or false"),
    ({"is_rented": "true"}, "is_rented must be true or false"),
    ({"user_id": 0}, "user_id must be greater than 0"),
    ({"user_id": -7}, "user_id must be greater than 0"),
    ({"user_id": "7"}, "user_id must be a whole number or null"),
    ({"user_id": 7.5}, "user_id must be a whole number or null"),
    ({"user_id": True}, "user_id must be a whole number or null"),
    ({"keyboard_layout": "QWERTY"}, f"keyboard_layout must be one of {LAYOUTS}"),
    ({"keyboard_layout": "french_azerty"}, f"keyboard_layout must be one of {LAYOUTS}"),
    ({"compliance": 1}, "compliance must be an array of strings or a string or null"),
    ({"compliance": [1]}, "compliance must be an array of strings or a string or null"),
    ({"connection_type": {}}, "connection_type must be an array of strings or a string or null"),
    ({"connection_type": ["a", None]}, "connection_type must be an array of strings or a string or null"),
    *(({name: 1}, f"{name} {TEXT_OR_NULL}") for name in NULLABLE_TEXTS),
    *(({name: "yes"}, f"{name} must be true or false or null") for name in NULLABLE_FLAGS),
    ([], "body must be an object"),
    (None, "body must be an object"),
    ("text", "body must be an object"),
]


@pytest.mark.parametrize(("body", "sentence"), MISTAKES, ids=[str(body)[:40] for body, _ in MISTAKES])
def test_a_wrong_member_is_400_with_a_sentence_that_names_it(client: Client, body: Any, sentence: str) -> None:
    refused(client, "PATCH", PATH, 400, sentence, content=json.dumps(body).encode(), headers=JSON)


def test_one_wrong_member_refuses_the_whole_update(client: Client) -> None:
    body = {"comment": "not written", "is_rented": 1}
    refused(client, "PATCH", PATH, 400, "is_rented must be true or false", json=body)


@pytest.mark.parametrize("body", [b"{}", b"", b'{"coment": "a slip"}', b'{"client_status": "ARCHIVED"}'])
def test_an_update_that_names_nothing_to_change_is_400(client: Client, body: bytes) -> None:
    refused(client, "PATCH", PATH, 400, "EMPTY_PATCH_BODY", content=body, headers=JSON)


@pytest.mark.parametrize(
    "body", [b"{", b'{"comment": "a",}', b'{"comment": NaN}', b'{"comment": "a", "comment": "b"}', b"\xff"]
)
def test_a_body_that_is_no_json_is_400(client: Client, body: bytes) -> None:
    response = client.patch(PATH, content=body, headers=JSON)
    assert response.status_code == 400
    assert response.json()["error"].startswith("The body ")


@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
@pytest.mark.parametrize("number", ["0", "042", "abc", "-1", "4.2", "%34%32x", "٤٢", "42%0A"])
def test_an_id_that_is_no_positive_number_is_400(client: Client, method: str, number: str) -> None:
    options: dict[str, Any] = {"json": {"comment": "x"}} if method == "PATCH" else {}
    refused(client, method, f"/devices/{number}", 400, r"device_id must match ^[1-9]\d*$", **options)


@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
@pytest.mark.parametrize("number", ["999999999", "201", "1" + "0" * 400])
def test_an_unknown_device_is_404(client: Client, method: str, number: str) -> None:
    options: dict[str, Any] = {"json": {"comment": "x"}} if method == "PATCH" else {}
    refused(client, method, f"/devices/{number}", 404, "DEVICE_NOT_FOUND", **options)


@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
def test_an_archived_device_cannot_be_changed(client: Client, method: str) -> None:
    options: dict[str, Any] = {"json": {"comment": "x"}} if method == "PATCH" else {}
    refused(client, method, "/devices/13", 403, "DEVICE_MUTATION_FORBIDDEN", **options)


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [("PATCH", PATH, {"comment": "x"}), ("DELETE", PATH, None), ("POST", "/devices", {"devices": [ITEM]})],
)
def test_a_read_key_cannot_write(client: Client, method: str, path: str, body: Any) -> None:
    refused(client, method, path, 403, "INSUFFICIENT_SCOPE", json=body, headers=READ)


CALLS = [("GET", PATH), ("PATCH", PATH), ("DELETE", PATH), ("GET", "/devices"), ("POST", "/devices")]


@pytest.mark.parametrize(("method", "path"), CALLS)
def test_without_a_key_every_operation_is_401(double: Callable[..., Client], method: str, path: str) -> None:
    client = double("fleet")
    error = 'No platform key was sent: send the header "Authorization: Bearer KEY".'
    refused(client, method, path, 401, error)
    assert client.request(method, path).headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize(("method", "path"), CALLS)
@pytest.mark.parametrize(
    "credential", ["Bearer wrong", "Bearer", "Basic Zmxl", "fleet-write-key", "Bearer FLEET-WRITE-KEY"]
)
def test_a_wrong_key_is_401(double: Callable[..., Client], method: str, path: str, credential: str) -> None:
    client = double("fleet", headers={"Authorization": credential})
    refused(client, method, path, 401, "The platform key is not valid.")


def test_the_scheme_of_the_key_may_be_in_any_case(double: Callable[..., Client]) -> None:
    """RFC 9110, 11.1: the name of an authentication scheme is case-insensitive."""
    assert double("fleet", headers={"Authorization": "bearer fleet-read-key"}).get(PATH).status_code == 200


def test_a_user_that_does_not_exist_is_400(client: Client) -> None:
    refused(client, "PATCH", PATH, 400, "INVALID_USER", json={"user_id": 10**30, "comment": "x"})


@pytest.mark.parametrize(
    ("query", "error"),
    [
        ("limit=0", "limit must be 1 or more"),
        ("limit=101", "limit must be 100 or less"),
        ("limit=ten", "limit must be a whole number"),
        ("limit=", "limit must be a whole number"),
        ("limit=1&limit=2", "limit is given more than once"),
        ("offset=-1", "offset must be 0 or more"),
        ("offset=1.5", "offset must be a whole number or null"),
        ("user_id=0", "user_id must be greater than 0"),
        ("user_id=me", "user_id must be a whole number"),
    ],
)
def test_a_wrong_filter_is_400_with_a_sentence_that_names_it(client: Client, query: str, error: str) -> None:
    refused(client, "GET", f"/devices?{query}", 400, error)


@pytest.mark.parametrize("status", ["DRAFT", "archived", ""])
def test_a_state_that_there_is_not_is_400(client: Client, status: str) -> None:
    states = "ARCHIVED, PENDING_VALIDATION, IN_PREPARATION, DELIVERED, SHIPPED, AVAILABLE, IN_SERVICE, IN_MAINTENANCE"
    error = f"client_status must be one of {states}, OUT_OF_SERVICE"
    refused(client, "GET", f"/devices?client_status={status}", 400, error)


BATCHES: list[tuple[Any, str]] = [
    ({}, "devices is required"),
    ({"devices": None}, "devices must be an array"),
    ({"devices": []}, "devices must have at least 1 item(s)"),
    ({"devices": ["table"]}, "devices.0 must be an object"),
    *(
        ({"devices": [{key: value for key, value in ITEM.items() if key != name}]}, f"devices.0.{name} is required")
        for name in ITEM
    ),
    *(
        ({"devices": [ITEM, {**ITEM, name: ""}]}, f"devices.1.{name} must be at least 1 character(s) long")
        for name in ITEM
    ),
    (
        {"devices": [{**ITEM, "added_via": "BY_HAND"}]},
        "devices.0.added_via must be one of MASS_IMPORT, SINGLE_IMPORT, ONBOARDING",
    ),
    ({"devices": [{**ITEM, "brand": None}]}, "devices.0.brand must be a string"),
    ({"devices": [{**ITEM, "user_id": None}]}, "devices.0.user_id must be a whole number"),
    ({"devices": [{**ITEM, "compliance": None}]}, "devices.0.compliance must be an array of strings or a string"),
    ({"devices": [{**ITEM, "serial_number": " "}]}, "INVALID_SERIAL_NUMBER"),
    ({"devices": [{**ITEM, "serial_number": "A"}, {**ITEM, "serial_number": "A"}]}, "INVALID_SERIAL_NUMBER"),
    ({"devices": [ITEM, {**ITEM, "user_id": 999_999}]}, "INVALID_USER"),
]


@pytest.mark.parametrize(("body", "error"), BATCHES, ids=[error for _, error in BATCHES])
def test_one_wrong_device_refuses_the_whole_batch(client: Client, body: Any, error: str) -> None:
    refused(client, "POST", "/devices", 400, error, json=body)


def test_a_batch_without_a_body_is_400(client: Client) -> None:
    refused(client, "POST", "/devices", 400, "The request needs a JSON body.", headers=JSON)


def test_another_media_type_is_415(client: Client) -> None:
    options = {"content": b"comment=x", "headers": {"Content-Type": "application/x-www-form-urlencoded"}}
    refused(client, "PATCH", PATH, 415, "Send the body as application/json.", **options)


def test_an_answer_in_another_media_type_is_406(client: Client) -> None:
    error = "Answers are application/json, which Accept does not allow."
    refused(client, "GET", PATH, 406, error, headers={"Accept": "application/xml"})


def test_an_unknown_path_is_404_in_the_same_envelope(client: Client) -> None:
    refused(client, "GET", "/carts", 404, "There is nothing at this address.")
    refused(client, "GET", "/devices/", 404, "There is nothing at this address.")


@pytest.mark.parametrize(
    ("path", "allow"),
    [(PATH, "DELETE, GET, HEAD, OPTIONS, PATCH"), ("/devices", "GET, HEAD, OPTIONS, POST")],
)
def test_another_method_is_405_and_names_those_that_there_are(client: Client, path: str, allow: str) -> None:
    refused(client, "PUT", path, 405, f"PUT is not allowed here, only {allow}")
    assert client.put(path).headers["allow"] == allow


@pytest.mark.parametrize(
    ("error", "status"),
    [("DEVICE_PROVISIONING_FAILED", 400), ("INVALID_USER", 400), ("INSUFFICIENT_SCOPE", 403)],
)
def test_codes_can_be_forced(client: Client, error: str, status: int) -> None:
    refused(client, "POST", "/devices", status, error, headers={"Prefer": f"error={error}"})


def test_too_many_requests_can_be_forced(client: Client) -> None:
    response = client.get(PATH, headers={"Prefer": "code=429"})
    limits = [response.headers[f"ratelimit-{name}"] for name in ("limit", "remaining", "reset")]
    assert (response.status_code, limits) == (429, ["100", "0", "60"])
