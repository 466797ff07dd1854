"""The whole table of errors of page 003, each entry by the mistake that it names; and no mistake changes anything."""

from collections.abc import Iterator
from typing import Any

import pytest

from openapi.contract import load
from tests.mock_server.apis.jasper_support import ACTIVATED, FIXED_IP, MISSING, TEST_READY, Factory, Jasper, refused

PATH = f"/v1/devices/{ACTIVATED}"
JSON = {"Content-Type": "application/json"}
MALFORMED = (
    "The JSON in the request is not well formed. Please ensure that commas, colons, braces etc. are formatted properly."
)
TABLE = {
    "10000001": (401, "Invalid credentials."),
    "10000005": (400, "Invalid status."),
    "10000008": (400, "Your role does not have access to operator and customer custom fields."),
    "10000009": (400, "Your role does not have access to account custom fields."),
    "10000010": (400, "Your role does not have access to customer custom field."),
    "10000011": (400, "One or more required fields are missing."),
    "10000012": (400, "Invalid date format."),
    "10000013": (404, "Invalid ratePlan."),
    "10000014": (400, "Invalid communicationPlan."),
    "10000015": (400, "Invalid customer."),
    "10000016": (400, "Invalid overageLimitOverride."),
    "10000023": (400, MALFORMED),
    "10000024": (400, "Invalid apiVersion."),
    "10000025": (400, "Invalid deviceID."),
    "10000026": (400, "Invalid modemID."),
    "10000028": (400, "Invalid request."),
    "10000029": (400, "This SIM may not be moved back to a Pre Activation status."),
    "10000030": (400, "Your role does not have access to this API function."),
    "10000031": (400, "Invalid Zone."),
    "10000517": (400, "The ipv4Address/ipv6Address is already in use, please assign a different one."),
    "10030000": (400, "Cannot activate a SIM which is already activated."),
    "20000001": (404, "Resource not found - Invalid ICCID."),
    "30000001": (500, "Unknown server error."),
}
"""Page 003, Errors."""
ADDRESS = {"communicationPlan": "Fixed IP Plan", "ipv4Address": "10.20.30.40", "apn": "iot", "pdpId": "1"}
MISTAKES: list[tuple[str, str, dict[str, Any]]] = [
    ("10000005", "operator", {"status": "SLEEPING"}),
    ("10000005", "operator", {"status": "REPLACED"}),
    ("10000008", "account", {"operatorCustom1": "x"}),
    ("10000008", "customer", {"operatorCustom5": "x"}),
    ("10000009", "customer", {"accountCustom10": "x"}),
    ("10000010", "account", {"customerCustom3": "x"}),
    ("10000011", "operator", {}),
    ("10000011", "operator", {"effectiveDate": "2026-03-11Z"}),
    ("10000012", "operator", {"status": "DEACTIVATED", "effectiveDate": "tomorrow"}),
    ("10000013", "operator", {"ratePlan": "No Such Plan"}),
    ("10000014", "operator", {"communicationPlan": "No Such Plan"}),
    ("10000015", "operator", {"customer": "Nobody"}),
    ("10000016", "operator", {"overageLimitOverride": "SOMETIMES"}),
    ("10000025", "operator", {"deviceID": "a,b"}),
    ("10000025", "operator", {"deviceID": "x" * 51}),
    ("10000026", "operator", {"modemID": "a*b"}),
    ("10000026", "operator", {"modemID": "x" * 41}),
    ("10000028", "operator", {"colour": "red"}),
    ("10000028", "operator", {"status": "DEACTIVATED", "iccid": ACTIVATED}),
    ("10000029", "operator", {"status": "INVENTORY"}),
    ("10000030", "customer", {"customer": "Acme"}),
    ("10000517", "operator", ADDRESS),
    ("10030000", "operator", {"status": "ACTIVATED"}),
]


@pytest.fixture
def jasper(double: Factory) -> Iterator[Jasper]:
    """A caller; whatever the test does, the device and its history stay byte for byte as they were."""
    jasper = Jasper(double)
    state = jasper.world.state("jasper")
    yield jasper
    jasper.as_("operator")
    assert jasper.world.state("jasper") == state
    assert jasper.trail() == []


def test_the_contract_has_the_table_of_the_page_to_the_letter() -> None:
    documented = {
        entry.code: (entry.status, entry.message)
        for entry in load("jasper").errors.values()
        if entry.basis == "documented"
    }
    assert documented == TABLE


@pytest.mark.parametrize(("code", "role", "changes"), MISTAKES, ids=[f"{m[0]}-{i}" for i, m in enumerate(MISTAKES)])
def test_each_mistake_has_its_code(jasper: Jasper, code: str, role: str, changes: dict[str, Any]) -> None:
    jasper.as_(role)
    refused(jasper.edit(**changes), TABLE[code][0], code, TABLE[code][1])


@pytest.mark.parametrize(
    ("role", "changes", "basis"),
    [
        ("account", {"operatorCustom1": "x"}, "documented"),
        ("customer", {"accountCustom1": "x"}, "documented"),
        ("account", {"customerCustom1": "x"}, "inferred"),
        ("customer", {"customer": "Acme"}, "inferred"),
        ("operator", {"colour": "red"}, "documented"),
        ("operator", {"accountCustom1": "x" * 2001}, "inferred"),
        ("operator", {"deviceID": "a,b"}, "public"),
        ("operator", {"deviceID": None}, "inferred"),
        ("operator", {"status": "ACTIVATED"}, "documented"),
    ],
)
def test_an_answer_says_how_sure_it_is(jasper: Jasper, role: str, changes: dict[str, Any], basis: str) -> None:
    jasper.as_(role)
    assert jasper.edit(**changes).headers["mock-basis"] == basis


@pytest.mark.parametrize("auth", [("operator", "wrong"), ("nobody", "operator-key"), ("", "")])
def test_wrong_credentials_are_10000001(jasper: Jasper, auth: tuple[str, str]) -> None:
    response = jasper.client.get(PATH, auth=auth)
    refused(response, 401, "10000001", "Invalid credentials.")
    assert response.headers["www-authenticate"] == 'Basic realm="Jasper"'


@pytest.mark.parametrize("header", ["Bearer operator-key", "Basic ***", "Basic", "operator:operator-key"])
def test_an_authorization_of_another_kind_is_10000001(jasper: Jasper, header: str) -> None:
    refused(jasper.client.get(PATH, headers={"Authorization": header}, auth=None), 401, "10000001")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PUT", PATH),
        ("GET", PATH),
        ("GET", "/v1/devices"),
        ("GET", f"{PATH}/auditTrails"),
        ("GET", f"{PATH}/ctdUsages"),
    ],
)
def test_without_a_header_there_is_no_code(jasper: Jasper, method: str, path: str) -> None:
    response = jasper.client.request(method, path, auth=None)
    assert response.status_code == 401
    assert response.json() == {"errorMessage": "Full authentication is required to access this resource"}
    assert response.headers["www-authenticate"] == 'Basic realm="Jasper"'


@pytest.mark.parametrize(
    "body", ['{"status": "DEACTIVATED",}', "{", "status", '{"a": 1, "a": 2}', '{"a": NaN}', "\ufeff{}"]
)
def test_broken_json_is_10000023(jasper: Jasper, body: str) -> None:
    refused(jasper.client.put(PATH, content=body.encode(), headers=JSON), 400, "10000023", TABLE["10000023"][1])


@pytest.mark.parametrize("body", ["[]", '"status"', "null", "1"])
def test_json_that_is_no_object_is_10000023(jasper: Jasper, body: str) -> None:
    refused(jasper.client.put(PATH, content=body.encode(), headers=JSON), 400, "10000023")


def test_no_body_at_all_is_10000011(jasper: Jasper) -> None:
    refused(jasper.client.put(PATH), 400, "10000011")


@pytest.mark.parametrize("version", ["2", "0", "1.0", "01", "x"])
@pytest.mark.parametrize("rest", ["devices", f"devices/{ACTIVATED}", f"devices/{ACTIVATED}/ctdUsages"])
def test_another_version_is_10000024(jasper: Jasper, version: str, rest: str) -> None:
    refused(jasper.client.get(f"/v{version}/{rest}"), 400, "10000024", "Invalid apiVersion.")


def test_the_version_is_looked_at_before_the_body(jasper: Jasper) -> None:
    refused(jasper.client.put(f"/v9/devices/{ACTIVATED}", json={"colour": 1}), 400, "10000024")


@pytest.mark.parametrize("iccid", [MISSING, "1", "898821671697000497x", "8988216716970004975 ", "%C3%A9"])
def test_an_unknown_iccid_is_20000001(jasper: Jasper, iccid: str) -> None:
    for method, rest in [("PUT", ""), ("GET", ""), ("GET", "/auditTrails"), ("GET", "/ctdUsages")]:
        body = {"status": "DEACTIVATED"} if method == "PUT" else None
        response = jasper.client.request(method, f"/v1/devices/{iccid}{rest}", json=body)
        refused(response, 404, "20000001", "Resource not found - Invalid ICCID.")


@pytest.mark.parametrize("code", TABLE)
def test_prefer_reaches_every_entry(jasper: Jasper, code: str) -> None:
    response = jasper.client.put(PATH, json={"status": "DEACTIVATED"}, headers={"Prefer": f"error={code}"})
    refused(response, TABLE[code][0], code, TABLE[code][1])


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("status", "10000005"),
        ("ratePlan", "10000013"),
        ("communicationPlan", "10000014"),
        ("customer", "10000015"),
        ("overageLimitOverride", "10000016"),
        ("deviceID", "10000025"),
        ("modemID", "10000026"),
        ("effectiveDate", "10000012"),
        ("accountCustom1", "10000028"),
        ("ipv6Address", "10000028"),
    ],
)
@pytest.mark.parametrize("value", [None, 5, True, {}, []])
def test_a_value_that_is_no_text_has_the_code_of_its_member(jasper: Jasper, name: str, code: str, value: Any) -> None:
    refused(jasper.edit(**{"modemID": "1", name: value}), TABLE[code][0], code)


def test_a_path_that_there_is_not_is_404_without_a_code(jasper: Jasper) -> None:
    refused(jasper.client.get("/v1/sims"), 404, None)
    refused(jasper.client.get(f"{PATH}/nothing"), 404, None)


def test_a_method_that_there_is_not_is_405(jasper: Jasper) -> None:
    response = jasper.client.delete(PATH)
    refused(response, 405, None)
    assert response.headers["allow"] == "GET, HEAD, OPTIONS, PUT"


def test_another_device_of_the_same_address_is_refused_in_every_spelling(jasper: Jasper) -> None:
    """The address of a device that nobody has touched, and of one that was given it."""
    index = 13
    drawn = f"10.64.0.{index}"
    refused(jasper.edit(TEST_READY, **{**ADDRESS, "ipv4Address": drawn}), 400, "10000517")
    refused(jasper.edit(TEST_READY, **{**ADDRESS, "ipv4Address": "10.20.30.40"}), 400, "10000517")
    assert jasper.device(FIXED_IP)["fixedIPAddress"] == "10.20.30.40"
