"""What Zequenze refuses, how, and that a refusal changes nothing."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.support import Client

AUTH = {"Authorization": "Bearer zequenze-token"}
JSON = {"Content-Type": "application/json"}
PATH = "/inventory_device_serial_operation/ABC123456789/"
RECORD = "/inventory_device_serial/ABC123456789/"
LIST = "/inventory_device_serial/"
EVERYTHING = [
    ("PUT", PATH),
    ("GET", LIST),
    ("GET", RECORD),
    ("PATCH", RECORD),
    ("DELETE", RECORD),
]


@pytest.fixture
def client(double: Callable[..., Client]) -> Client:
    return double("zequenze", headers=AUTH)


@pytest.fixture
def unchanged(client: Client) -> Any:
    """The device is byte for byte what it was before the test."""
    client.world.freeze()
    before = client.get(RECORD, headers=AUTH).content
    yield
    assert client.get(RECORD, headers=AUTH).content == before


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize(("method", "path"), EVERYTHING)
def test_without_a_token_401(client: Client, method: str, path: str) -> None:
    del client.headers["Authorization"]
    response = client.request(method, path)
    assert response.status_code == 401
    assert response.json() == {"detail": "Authentication credentials were not provided."}
    assert response.headers["www-authenticate"] == "Bearer"


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize(
    "sent", ["Bearer wrong", "Bearer", "Bearer zequenze-token2", "Basic emVxdWVuemU6eA==", "zequenze-token"]
)
@pytest.mark.parametrize(("method", "path"), EVERYTHING)
def test_with_a_wrong_token_401(client: Client, method: str, path: str, sent: str) -> None:
    response = client.request(method, path, headers={"Authorization": sent})
    assert response.status_code == 401
    assert response.json() == {"detail": "Invalid token."}


def test_the_scheme_may_be_written_in_any_case(client: Client) -> None:
    """RFC 9110, section 11.1."""
    assert client.get(RECORD, headers={"Authorization": "bearer zequenze-token"}).status_code == 200


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PUT", "/inventory_device_serial_operation/NOSUCHSERIAL/"),
        ("GET", "/inventory_device_serial/NOSUCHSERIAL/"),
        ("PATCH", "/inventory_device_serial/NOSUCHSERIAL/"),
        ("DELETE", "/inventory_device_serial/NOSUCHSERIAL/"),
        ("GET", "/inventory_device_serial/abc123456789/"),
        ("GET", "/inventory_device_serial/ABC123456789%20/"),
    ],
)
def test_an_unknown_serial_number_404(client: Client, method: str, path: str) -> None:
    """Also with a body that would be refused: the device is looked for first."""
    content = b"[" if method in {"PUT", "PATCH"} else None
    response = client.request(method, path, content=content, headers=JSON)
    assert (response.status_code, response.json()) == (404, {"detail": "Not found."})


@pytest.mark.parametrize("path", [PATH[:-1], RECORD[:-1], LIST[:-1], "/nothing/", PATH + "more/", "//"])
@pytest.mark.parametrize("method", ["GET", "PUT"])
def test_an_unknown_path_404_and_the_slash_is_part_of_a_path(client: Client, method: str, path: str) -> None:
    response = client.request(method, path, json={} if method == "PUT" else None)
    assert (response.status_code, response.json()) == (404, {"detail": "Not found."})


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("GET", PATH, {"PUT", "OPTIONS"}),
        ("DELETE", PATH, {"PUT", "OPTIONS"}),
        ("POST", LIST, {"GET", "HEAD", "OPTIONS"}),
        ("PUT", RECORD, {"GET", "HEAD", "PATCH", "DELETE", "OPTIONS"}),
    ],
)
def test_a_wrong_method_405_with_allow(client: Client, method: str, path: str, allowed: set[str]) -> None:
    response = client.request(method, path)
    assert response.status_code == 405
    assert set(response.headers["allow"].split(", ")) == allowed
    assert response.json() == {"detail": "The path does not answer this method."}
    assert set(client.options(path).headers["allow"].split(", ")) == allowed


def test_head_is_get_without_its_body(client: Client) -> None:
    head, got = client.head(RECORD), client.get(RECORD)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == str(len(got.content))


MALFORMED = {
    "trailing comma": b'{"name": "x",}',
    "cut": b'{"name": "x"',
    "not a number": b'{"custom_fields": {"a": NaN}}',
    "infinity": b'{"custom_fields": {"a": -Infinity}}',
    "repeated member": b'{"name": "x", "name": "y"}',
    "not UTF-8": b'{"name": "\xff"}',
    "byte order mark": b'\xef\xbb\xbf{"name": "x"}',
    "too deep": b'{"configuration": {"a": ' + b"[" * 120 + b"]" * 120 + b"}}",
    "text": b"name=x",
}


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize("content", MALFORMED.values(), ids=MALFORMED.keys())
@pytest.mark.parametrize(("method", "path"), [("PUT", PATH), ("PATCH", RECORD)])
def test_what_is_no_json_400(client: Client, method: str, path: str, content: bytes) -> None:
    response = client.request(method, path, content=content, headers=JSON)
    assert response.status_code == 400
    assert response.json()["detail"].startswith("JSON parse error: the body ")


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize("content", ["[]", '[{"name": "x"}]', '"{}"', "null", "1", "true"])
@pytest.mark.parametrize(("method", "path"), [("PUT", PATH), ("PATCH", RECORD)])
def test_what_is_no_object_400(client: Client, method: str, path: str, content: str) -> None:
    """Also the JSON text in a string that the page's parameter table seems to ask for."""
    response = client.request(method, path, content=content, headers=JSON)
    assert response.status_code == 400
    assert response.json() == {"non_field_errors": ["The body must be an object."]}


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize(("method", "path"), [("PUT", PATH), ("PATCH", RECORD)])
def test_a_missing_body_400(client: Client, method: str, path: str) -> None:
    response = client.request(method, path)
    assert response.status_code == 400
    assert response.json() == {"detail": "The body is missing: send an object with the attributes to change."}


INVALID: list[tuple[dict[str, Any], dict[str, list[str]]]] = [
    ({"status": "retired"}, {"status": ["must be one of deployment, active, maintenance, decommissioned"]}),
    ({"status": "ACTIVE"}, {"status": ["must be one of deployment, active, maintenance, decommissioned"]}),
    ({"assigned_user": "john.doe"}, {"assigned_user": ["must be an e-mail address"]}),
    ({"assigned_user": ""}, {"assigned_user": ["must be an e-mail address"]}),
    ({"assigned_user": None}, {"assigned_user": ["must be a string"]}),
    ({"name": ""}, {"name": ["must be at least 1 character(s) long"]}),
    ({"name": 7}, {"name": ["must be a string"]}),
    ({"name": None}, {"name": ["must be a string"]}),
    ({"location": ["x"]}, {"location": ["must be a string"]}),
    ({"organization_unit": {}}, {"organization_unit": ["must be a string"]}),
    ({"device_type": True}, {"device_type": ["must be a string"]}),
    ({"manufacturer": 1.5}, {"manufacturer": ["must be a string"]}),
    ({"model": None}, {"model": ["must be a string"]}),
    ({"tags": "laptop"}, {"tags": ["must be an array"]}),
    ({"tags": ["laptop", 1]}, {"tags.1": ["must be a string"]}),
    ({"configuration": []}, {"configuration": ["must be an object"]}),
    ({"configuration": None}, {"configuration": ["must be an object"]}),
    ({"configuration": {"auto_update": "yes"}}, {"configuration.auto_update": ["must be true or false"]}),
    ({"configuration": {"backup_enabled": 1}}, {"configuration.backup_enabled": ["must be true or false"]}),
    (
        {"configuration": {"encryption_status": True}},
        {"configuration.encryption_status": ["must be a string"]},
    ),
    (
        {"configuration": {"compliance_profile": 1}},
        {"configuration.compliance_profile": ["must be a string"]},
    ),
    ({"custom_fields": "x"}, {"custom_fields": ["must be an object"]}),
    ({"custom_fields": {"cost_center": 1}}, {"custom_fields.cost_center": ["must be a string"]}),
    (
        {"custom_fields": {"purchase_date": "15/01/2024"}},
        {"custom_fields.purchase_date": ["must be a date such as 2025-01-05"]},
    ),
    (
        {"custom_fields": {"warranty_expiry": "2027-02-30"}},
        {"custom_fields.warranty_expiry": ["must be a date such as 2025-01-05"]},
    ),
    ({"custom_fields": {"purchase_date": None}}, {"custom_fields.purchase_date": ["must be a string"]}),
]


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize(("body", "fields"), INVALID, ids=[str(body) for body, _ in INVALID])
def test_a_wrong_value_422_names_the_member(client: Client, body: dict[str, Any], fields: dict[str, list[str]]) -> None:
    response = client.put(PATH, json={"location": "elsewhere", **body})
    assert (response.status_code, response.json()) == (422, fields)


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize(("method", "path"), [("PUT", PATH), ("PATCH", RECORD)])
def test_422_names_each_member_at_fault(client: Client, method: str, path: str) -> None:
    body = {
        "name": 1,
        "assigned_user": "x",
        "tags": 2,
        "location": "fine",
        "custom_fields": {"purchase_date": "x"},
    }
    response = client.request(method, path, json=body)
    assert response.status_code == 422
    assert response.json() == {
        "name": ["must be a string"],
        "assigned_user": ["must be an e-mail address"],
        "tags": ["must be an array"],
        "custom_fields.purchase_date": ["must be a date such as 2025-01-05"],
    }


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize("media_type", ["text/plain", "application/xml", "application/x-www-form-urlencoded"])
def test_another_media_type_415(client: Client, media_type: str) -> None:
    response = client.put(PATH, content=b'{"name": "x"}', headers={"Content-Type": media_type})
    assert response.status_code == 415
    assert response.json() == {"detail": "The body must be sent as application/json."}


@pytest.mark.usefixtures("unchanged")
def test_an_answer_that_is_not_accepted_406(client: Client) -> None:
    response = client.put(PATH, json={"name": "x"}, headers={"Accept": "application/xml"})
    assert response.status_code == 406
    assert response.json() == {"detail": "The answer is JSON, which the Accept header refuses."}


@pytest.mark.usefixtures("unchanged")
def test_a_body_of_more_than_a_mebibyte_413(client: Client) -> None:
    response = client.put(PATH, json={"name": "x" * (1 << 20)})
    assert (response.status_code, response.json()) == (413, {"detail": "The body is too large."})


@pytest.mark.parametrize("path", ["/inventory_device_serial/%zz/", "/inventory_device_serial/%ff/", LIST + "?type=%"])
def test_bad_percent_encoding_400(client: Client, path: str) -> None:
    response = client.get(path)
    assert response.status_code == 400
    assert response.json() == {"detail": "The address is not percent-encoded UTF-8."}


FILTERS = {
    "type=laptop": {"type": ["must be a whole number"]},
    "organization=1.5": {"organization": ["must be a whole number"]},
    "status=up": {"status": ["must be one of 0, false, False, 1, true, True"]},
    "pending=maybe": {"pending": ["must be true or false"]},
    "update_status=2": {"update_status": ["must be true or false"]},
    "limit=0": {"limit": ["must be 1 or more"]},
    "limit=1001": {"limit": ["must be 1000 or less"]},
    "limit=": {"limit": ["must be a whole number"]},
    "offset=-1": {"offset": ["must be 0 or more"]},
    "limit=x&offset=y": {"limit": ["must be a whole number"], "offset": ["must be a whole number"]},
    "limit=1&limit=2": {"limit": ["is given more than once"]},
    "last_status_change_from=yesterday": {"last_status_change_from": ["must have one of the allowed forms"]},
    "last_status_change_from=2024-02-30": {"last_status_change_from": ["must have one of the allowed forms"]},
    "last_status_change_from=2024-01-01%2025:00:00": {
        "last_status_change_from": ["must have one of the allowed forms"]
    },
    "last_status_change_from=2023-02-29%2000:00:00": {
        "last_status_change_from": ["is no date and time of any calendar"]
    },
}


@pytest.mark.parametrize(("query", "fields"), FILTERS.items(), ids=FILTERS.keys())
def test_a_wrong_filter_400_names_the_parameter(client: Client, query: str, fields: dict[str, list[str]]) -> None:
    response = client.get(f"{LIST}?{query}")
    assert (response.status_code, response.json()) == (400, fields)


def test_a_server_error_can_be_asked_for(client: Client) -> None:
    """The page lists 500; the double has no reason of its own to answer it."""
    response = client.put(PATH, json={"name": "x"}, headers={"Prefer": "code=500"})
    assert (response.status_code, response.json()) == (
        500,
        {"detail": "The server could not finish the request."},
    )
