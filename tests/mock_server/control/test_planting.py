"""Documents that may be planted, for every API: what is stored anyway, and nothing that no operation could show."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest

from mock_server.app import Double, create_app
from mock_server.settings import Settings
from mock_server.world.settings import Settings as WorldSettings
from openapi.contract import API_IDS
from tests.mock_server.control.conftest import Caller

FLEET = {"Authorization": "Bearer fleet-write-key"}
MASMOVIL = {"Authorization": "Bearer masmovil-token"}
ZEQUENZE = {"Authorization": "Bearer zequenze-token"}
ADMIN = ("admin", "admin")
ACCOUNT = ("account", "account-key")
MFP = "/mobilefirst/mfpadmin/management-apis/2.0/runtimes/myruntime"
SIM = "8988216716970004975"
SIMS = "/jasper/rws/api/v1/devices"
SUBSCRIPTION = "/masmovil/v2/orgs/yoigo/subscriptions/5b0a3a52-5d5b-4b3e-9c7f-6d3c0c1f0a11"


@pytest.fixture(scope="module")
def whole() -> Iterator[Double]:
    """A double of all five APIs."""
    double = create_app(Settings(world=WorldSettings(devices=15)))
    yield double
    double.close()


@pytest.fixture
def call(whole: Double) -> Iterator[Caller]:
    """A client of it, in a world as new."""
    caller = Caller(whole)
    caller("POST", "/_mock/worlds/default/reset")
    yield caller
    caller.close()


def place(api: str, collection: str, key: str) -> str:
    return f"/_mock/worlds/default/state/{api}/{collection}/{quote(key, safe='')}"


def items(call: Caller, api: str, collection: str) -> dict[str, Any]:
    """The documents of a collection by key; none where there is no such collection."""
    found = call("GET", f"/_mock/worlds/default/state/{api}/{collection}").json().get("items", [])
    return {item["key"]: item["document"] for item in found}


def use(call: Caller) -> None:
    """Bring about documents of every collection that has none to begin with."""
    later = {"status": "DEACTIVATED", "effectiveDate": "2027-01-05T00:00:00.000Z"}
    call("PATCH", "/_mock/worlds/default/clock", json={"now": "2027-01-01T00:00:00Z"})
    for change in ({"ratePlan": "IoT 10MB"}, later):
        assert call("PUT", f"{SIMS}/{SIM}", json=change, auth=ACCOUNT).status_code in {200, 202}
    changed = call("PUT", f"{MFP}/devices/12345-6789?async=true", json={"status": "LOST"}, auth=ADMIN)
    assert changed.status_code == 200


@pytest.mark.parametrize("api", API_IDS)
def test_what_is_stored_may_be_planted_again_and_what_is_spoilt_not(whole: Double, call: Caller, api: str) -> None:
    use(call)
    for collection in {shown.collection for shown in whole.apis[api].api.shows}:
        stored = items(call, api, collection)
        assert stored, collection
        for key, document in stored.items():
            answer = call("PUT", place(api, collection, key), json=document)
            assert answer.status_code == 200, answer.text
        key, document = next(iter(stored.items()))
        spoilt = {name: [{"spoilt": None}] for name in document}
        answer = call("PUT", place(api, collection, key), json=spoilt)
        expected = 200 if collection == "subscriptions" else 422  # of a subscription only its devices are shown
        assert answer.status_code == expected, answer.text
        assert items(call, api, collection)[key] == (spoilt if expected == 200 else document)


READS: dict[str, list[tuple[str, dict[str, Any]]]] = {
    "fleet": [
        ("/fleet/platform/v1/devices?limit=100", {"headers": FLEET}),
        ("/fleet/platform/v1/devices?search=a", {"headers": FLEET}),
        ("/fleet/platform/v1/devices/{key}", {"headers": FLEET}),
    ],
    "masmovil": [
        ("/masmovil/v2/orgs/yoigo/devices?mac_address=00-B0-D0-63-C2-26", {"headers": MASMOVIL}),
        (SUBSCRIPTION + "/devices", {"headers": MASMOVIL}),
        (SUBSCRIPTION + "/devices/{key}", {"headers": MASMOVIL}),
        (SUBSCRIPTION + "/devices/{key}/commitments/ce2f20cb-35df-4ffe-bca6-c0ed0c28cb39", {"headers": MASMOVIL}),
    ],
    "mobilefirst": [
        *((f"{MFP}/devices?query=e&orderBy={order}", {"auth": ADMIN}) for order in ("uid", "friendlyName", "status")),
        (f"{MFP}/devices?orderBy=deviceEnvironment", {"auth": ADMIN}),
        (f"{MFP}/transactions", {"auth": ADMIN}),
        (f"{MFP}/transactions?mode=errors&orderBy=-created", {"auth": ADMIN}),
        (f"{MFP}/transactions?file=true", {"auth": ADMIN}),
        (f"{MFP}/transactions/1", {"auth": ADMIN}),
        (f"{MFP}/lock", {"auth": ADMIN}),
    ],
    "jasper": [
        (f"{SIMS}?modifiedSince=2026-02-01T00:00:00Z", {"auth": ACCOUNT}),
        (f"{SIMS}/{{key}}", {"auth": ACCOUNT}),
        (f"{SIMS}/{{key}}/ctdUsages", {"auth": ACCOUNT}),
        (f"{SIMS}/{{key}}/auditTrails?daysOfHistory=365", {"auth": ACCOUNT}),
        (f"{SIMS}/{SIM}/auditTrails", {"auth": ACCOUNT}),
    ],
    "zequenze": [
        ("/zequenze/api/v1/inventory_device_serial/?limit=100", {"headers": ZEQUENZE}),
        (
            "/zequenze/api/v1/inventory_device_serial/?status=true&last_status_change_from=2024-01-01T00:00:00Z",
            {"headers": ZEQUENZE},
        ),
        ("/zequenze/api/v1/inventory_device_serial/{key}/", {"headers": ZEQUENZE}),
    ],
}
PLACES = [
    ("fleet", "devices", "8888"),
    ("fleet", "devices", "eight"),
    ("masmovil", "devices", "11111111-1111-4111-8111-111111111111"),
    ("masmovil", "subscriptions", "5b0a3a52-5d5b-4b3e-9c7f-6d3c0c1f0a11"),
    ("mobilefirst", "devices", "1"),
    ("mobilefirst", "devices:other", "1"),
    ("mobilefirst", "runtimes", "myruntime"),
    ("mobilefirst", "transactions", "1"),
    ("mobilefirst", "queues", "all"),
    ("jasper", "devices", "8988216716970009999"),
    ("jasper", "audit", f"{SIM}/1"),
    ("jasper", "scheduled", "1"),
    ("jasper", "calendar", "next"),
    ("jasper", "accounts", "100020620"),
    ("zequenze", "devices", "SERIAL1"),
]


@pytest.mark.parametrize(("api", "collection", "key"), PLACES, ids=str)
def test_nothing_planted_makes_a_read_fail(call: Caller, api: str, collection: str, key: str) -> None:
    """What is refused is not there; what is taken, an operation can show."""
    use(call)
    example: dict[str, Any] = next(iter(items(call, api, collection.partition(":")[0]).values()), {})
    others = [{**example, name: value} for name in example for value in (5, "x", ["x"], None)]
    fewer = [{member: example[member] for member in example if member != name} for name in example]
    for document in ({}, dict.fromkeys(example, 5), dict.fromkeys(example, "x"), *others, *fewer):
        answer = call("PUT", place(api, collection, key), json=document)
        assert answer.status_code in {200, 201, 422}
        if answer.status_code != 422:
            _check_reads(call, api, key, document)


@pytest.mark.parametrize(
    ("api", "collection", "key"),
    [place for place in PLACES if place[1] not in {"queues", "scheduled", "audit"}],
    ids=str,
)
def test_a_list_survives_what_was_planted_regardless(call: Caller, api: str, collection: str, key: str) -> None:
    """Members that are missing, and ones of another kind: the other documents are still listed."""
    use(call)
    example: dict[str, Any] = next(iter(items(call, api, collection.partition(":")[0]).values()), {})
    owner = {"_subscription": "5b0a3a52-5d5b-4b3e-9c7f-6d3c0c1f0a11"} if api == "masmovil" else {}
    for document in ({}, *(dict.fromkeys(example, value) for value in (5, "x", ["x"]))):
        answer = call("PUT", place(api, collection, key) + "?validate=false", json={**document, **owner})
        assert answer.status_code in {200, 201}
        for path, options in READS[api]:
            if "{key}" not in path:
                assert call("GET", path, **options).status_code in {200, 404}, (path, document)


def _check_reads(call: Caller, api: str, key: str, document: Any) -> None:
    for path, options in READS[api]:
        answer = call("GET", path.replace("{key}", quote(key, safe="")), **options)
        assert answer.status_code in {200, 404}, (path, document, answer.text)


@pytest.mark.parametrize(
    ("api", "collection", "key", "document", "sentence"),
    [
        (
            "fleet",
            "devices",
            "8888",
            {"id": 42},
            "The document's id is 42, but its key is '8888': they must be the same.",
        ),
        (
            "fleet",
            "devices",
            "042",
            {"id": 42},
            "The document's id is 42, but its key is '042': they must be the same.",
        ),
        (
            "mobilefirst",
            "transactions",
            "7",
            {"id": 8},
            "The document's id is 8, but its key is '7': they must be the same.",
        ),
        ("jasper", "devices", SIM, {"iccid": "1"}, f"The document's iccid is '1', but its key is '{SIM}': "),
        ("zequenze", "devices", "A1", {"serial_number": "B2"}, "The document's serial_number is 'B2', but its key is"),
        (
            "masmovil",
            "devices",
            "11111111-1111-4111-8111-111111111111",
            {},
            "As getSubscriptionDevice would show this document, catalogue_commercial_device_id is required.",
        ),
        (
            "mobilefirst",
            "transactions",
            "1",
            {},
            "As getTransaction would show this document, description is required.",
        ),
        ("mobilefirst", "queues", "all", {}, "getLock could not show this document: it lacks the member runtimes."),
        (
            "jasper",
            "scheduled",
            "1",
            {},
            "getDeviceAuditHistory could not show this document: it lacks the member iccid.",
        ),
        (
            "jasper",
            "devices",
            SIM,
            {"_daily": 5},
            "getDeviceUsage could not show this document: a member is of another kind than is kept there.",
        ),
        ("fleet", "devices", "eight", {}, "As getDevice would show this document, data/id must be a whole number."),
    ],
)
def test_what_is_wrong_with_a_document_is_said_in_a_sentence(
    call: Caller, api: str, collection: str, key: str, document: Any, sentence: str
) -> None:
    answer = call("PUT", place(api, collection, key), json=document)
    assert answer.status_code == 422
    assert answer.json()["error"].startswith(sentence)
    assert answer.json()["error"].endswith(" Plant it regardless with validate=false.")


def test_a_device_planted_without_its_id_has_its_key_for_it(call: Caller) -> None:
    for api, key in (("fleet", "8888"), ("mobilefirst", "d-1"), ("zequenze", "S1")):
        document = {"type": "LAPTOP", "category": "COMPUTING"} if api == "fleet" else {}
        call("PUT", place(api, "devices", key) + "?validate=false", json=document)
    assert call("GET", "/fleet/platform/v1/devices/8888", headers=FLEET).json()["data"]["id"] == 8888
    listed = call("GET", f"{MFP}/devices?pageSize=100", auth=ADMIN).json()["items"]
    assert "d-1" in [device["id"] for device in listed]
    changed = call("PUT", f"{MFP}/devices/d-1?async=false", json={"status": "LOST"}, auth=ADMIN)
    assert changed.json()["transaction"]["description"]["deviceId"] == "d-1"
    record = call("GET", "/zequenze/api/v1/inventory_device_serial/S1/", headers=ZEQUENZE)
    assert record.json()["serial_number"] == "S1"
