"""MasSubscriptions: who may not, what is not there, what is not valid. Nothing of it changes anything."""

from typing import Any

import pytest

from tests.mock_server.apis.test_masmovil import COMMITMENT_ID, DEVICE, DEVICES, LEAST, ORG, Factory, elsewhere
from tests.mock_server.apis.test_masmovil import client as client
from tests.support import Client

CATALOGUE = "https://developers.masstack.com/en/guides/subscriptions/errorcatalogue"
MISSING = "11111111-1111-4111-8111-111111111111"
OPERATIONS = [
    ("GET", f"{ORG}/devices?mac_address=1", None),
    ("GET", DEVICES, None),
    ("POST", DEVICES, LEAST),
    ("GET", DEVICE, None),
    ("PATCH", DEVICE, [{"op": "remove", "path": "/pickup_order_id"}]),
    ("GET", f"{DEVICE}/commitments/{COMMITMENT_ID}", None),
]


def refused(client: Client, method: str, path: str, body: Any = None, **options: Any) -> tuple[int, str, str]:
    """Status, code and message of a refusal in the vendor's envelope that leaves everything as it was."""
    before = client.world.state("masmovil")
    answer = client.request(method, path, **({"json": body} if body is not None else {}), **options)
    error = answer.json()["error"]
    assert set(answer.json()) == {"error"}
    assert set(error) == {"code", "message", "reference"}
    assert error["reference"] == CATALOGUE
    assert client.world.state("masmovil") == before
    return answer.status_code, error["code"], error["message"]


@pytest.mark.parametrize(("method", "path", "body"), OPERATIONS)
def test_a_call_without_a_token_is_401(double: Factory, method: str, path: str, body: Any) -> None:
    client = double("masmovil")
    assert refused(client, method, path, body)[:2] == (401, "UNAUTHORIZED")
    assert client.request(method, path, json=body).headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize(
    "header",
    ["Bearer nobody", "Bearer", "Basic bWFzbW92aWwtdG9rZW4=", "masmovil-token", "Bearer a.b.c"],
)
def test_a_wrong_token_is_401_and_says_so(double: Factory, header: str) -> None:
    client = double("masmovil", headers={"Authorization": header})
    assert refused(client, "GET", DEVICE) == (401, "UNAUTHORIZED", "The access token is not valid")
    assert client.get(DEVICE).headers["www-authenticate"] == 'Bearer error="invalid_token"'


@pytest.mark.parametrize("org", ["pepephone", "nobody", "YOIGO", "yoigo%20", "%00"])
@pytest.mark.parametrize(("method", "path", "body"), OPERATIONS)
def test_another_organization_is_403_whether_or_not_it_exists(
    client: Client, method: str, path: str, body: Any, org: str
) -> None:
    assert refused(client, method, path.replace("yoigo", org), body) == (
        403,
        "FORBIDDEN_ORGANIZATION",
        "Not authorized to operate on the given organization",
    )


@pytest.mark.parametrize("query", ["", "?", "?mac_address=", "?mac_address=&serial_number=", "?imei=1"])
def test_a_search_for_nothing_lacks_its_parameters(client: Client, query: str) -> None:
    assert refused(client, "GET", f"{ORG}/devices{query}") == (
        400,
        "MISSING_QUERY_PARAMS",
        "The request is missing required query parameters",
    )


@pytest.mark.parametrize(("method", "path", "body"), OPERATIONS[1:])
def test_an_unknown_subscription_is_404(client: Client, method: str, path: str, body: Any) -> None:
    path = path.replace("5b0a3a52-5d5b-4b3e-9c7f-6d3c0c1f0a11", MISSING)
    assert refused(client, method, path, body) == (
        404,
        "SUBSCRIPTION_NOT_FOUND",
        "The requested subscription does not exist",
    )


@pytest.mark.parametrize(("method", "path", "body"), OPERATIONS[3:])
def test_an_unknown_device_is_404(client: Client, method: str, path: str, body: Any) -> None:
    path = path.replace("ce2f20cb-8c2a-4f1b-9d38-0c4c3f0b7a21", MISSING)
    assert refused(client, method, path, body)[:2] == (404, "DEVICE_NOT_FOUND")


@pytest.mark.parametrize(("method", "body"), [("GET", None), ("PATCH", [])])
def test_a_device_of_another_subscription_is_404(client: Client, method: str, body: Any) -> None:
    _, other = elsewhere(client)
    assert refused(client, method, f"{DEVICES}/{other['id']}", body)[:2] == (404, "DEVICE_NOT_FOUND")


def test_an_unknown_commitment_is_404(client: Client) -> None:
    assert refused(client, "GET", f"{DEVICE}/commitments/{MISSING}")[:2] == (404, "COMMITMENT_NOT_FOUND")


@pytest.mark.parametrize(
    ("path", "name"),
    [
        (DEVICES.replace("5b0a3a52", "5b0a3a5"), "subscriptionId"),
        (DEVICES.replace("5b0a3a52-5d5b", "5b0a3a525d5b-"), "subscriptionId"),
        (f"{ORG}/subscriptions/5652763/devices", "subscriptionId"),
        (f"{DEVICES}/1", "deviceId"),
        (f"{DEVICES}/{{{MISSING}}}", "deviceId"),
        (f"{DEVICE}/commitments/345", "commitmentId"),
    ],
)
def test_an_id_that_is_no_uuid_is_400(client: Client, path: str, name: str) -> None:
    assert refused(client, "GET", path) == (400, "INVALID_REQUEST", f"The request is not valid: {name} must be a UUID")


@pytest.mark.parametrize(
    "path", [f"{ORG}/devices?mac_address=1&mac_address=2", f"{DEVICES}?mac_address=1&mac_address=1"]
)
def test_a_filter_given_twice_is_400(client: Client, path: str) -> None:
    assert refused(client, "GET", path)[:2] == (400, "INVALID_REQUEST")


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"catalogue_commercial_device_id": ...}, "catalogue_commercial_device_id is required"),
        ({"legacy_account_id": ...}, "legacy_account_id is required"),
        ({"legacy_account_id": "7"}, "legacy_account_id must be a whole number"),
        ({"legacy_account_id": 7.5}, "legacy_account_id must be a whole number"),
        ({"legacy_account_id": True}, "legacy_account_id must be a whole number"),
        ({"legacy_account_id": None}, "legacy_account_id must be a whole number"),
        ({"id": "7"}, "id must be a UUID"),
        ({"legacy_id": "7"}, "legacy_id must be a whole number"),
        ({"catalogue_device_id": 7}, "catalogue_device_id must be a string"),
        ({"in_store_delivery_date": "2025-01-05"}, "in_store_delivery_date must be a date and time"),
        ({"in_store_returned_date": "yesterday"}, "in_store_returned_date must be a date and time"),
        ({"manufacturing_info": "x"}, "manufacturing_info must be an object"),
        ({"manufacturing_info": {"id": 7}}, "manufacturing_info.id must be a string"),
        ({"manufacturing_info": {"di": "7"}}, "manufacturing_info.di is not a known member"),
        ({"acquisition_type": "GIFT"}, "acquisition_type must be one of BORROWED, FINANCED, ONE_TIME_PAYMENT"),
        ({"acquisition_type": "borrowed"}, "acquisition_type must be one of BORROWED, FINANCED, ONE_TIME_PAYMENT"),
        ({"commitments": {}}, "commitments must be an array"),
        ({"commitments": [1]}, "commitments.0 must be an object"),
        ({"commitments": [{"expiration_date": 5}]}, "commitments.0.expiration_date must be a string"),
        ({"insurable_amount": "12.50"}, "insurable_amount must be a number or null"),
        ({"serial_number": None}, "serial_number must be a string"),
        ({"serialnumber": "1"}, "serialnumber is not a known member"),
    ],
)
def test_an_invalid_device_is_400_and_the_message_names_the_member(
    client: Client, change: dict[str, Any], sentence: str
) -> None:
    body = {name: value for name, value in (LEAST | change).items() if value is not ...}
    status, code, message = refused(client, "POST", DEVICES, body)
    assert (status, code) == (400, "INVALID_REQUEST")
    assert message.startswith(f"The request is not valid: {sentence}")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b'"x"',
        b"{",
        b'{"legacy_account_id": NaN}',
        b"\xff",
        b"\xef\xbb\xbf{}",
        b"[" * 200 + b"]" * 200,
    ],
)
def test_a_body_that_is_no_device_at_all_is_400(client: Client, body: bytes) -> None:
    headers = {"Content-Type": "application/json"}
    assert refused(client, "POST", DEVICES, content=body, headers=headers)[:2] == (400, "INVALID_REQUEST")


def test_a_form_is_no_device(client: Client) -> None:
    assert refused(client, "POST", DEVICES, data={"legacy_account_id": "7"})[:2] == (415, "UNSUPPORTED_MEDIA_TYPE")


def test_a_merge_patch_is_no_json_patch(client: Client) -> None:
    headers = {"Content-Type": "application/merge-patch+json"}
    assert refused(client, "PATCH", DEVICE, content=b"{}", headers=headers)[:2] == (415, "UNSUPPORTED_MEDIA_TYPE")


def test_an_answer_that_is_not_json_is_406(client: Client) -> None:
    assert refused(client, "GET", DEVICE, headers={"Accept": "application/xml"})[:2] == (406, "NOT_ACCEPTABLE")


def test_an_unknown_path_is_404_and_a_wrong_method_405_in_the_vendors_envelope(client: Client) -> None:
    assert refused(client, "GET", "/yoigo/devices")[:2] == (404, "NOT_FOUND")
    assert refused(client, "DELETE", DEVICE)[:2] == (405, "METHOD_NOT_ALLOWED")
    assert client.delete(DEVICE).headers["allow"] == "GET, HEAD, OPTIONS, PATCH"


def test_a_published_error_that_no_request_brings_about_can_be_asked_for(client: Client) -> None:
    answer = client.get(DEVICE, headers={"Prefer": "error=MISSING_PERMISSIONS"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "MISSING_PERMISSIONS")
    answer = client.post(DEVICES, json=LEAST, headers={"Prefer": "error=SUBSCRIPTION_TYPE_NOT_IMPLEMENTED"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (501, "SUBSCRIPTION_TYPE_NOT_IMPLEMENTED")
