"""The basics of the second Control Center: without them no alarm of the suite at it could be called false."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.conformance.servers import jasper
from tests.conformance.servers.beside import known

ACTIVE = "/devices/8988216716970004975"
TESTED = "/devices/8988216716970004983"
FIXED = {"communicationPlan": "Fixed IP Plan", "apn": "iot.example.com", "pdpId": "1"}


@pytest.fixture
def center() -> Iterator[TestClient]:
    with TestClient(jasper.create_app(), base_url="http://test/rws/api/v1") as client:
        client.auth = ("operator", "operator-key")
        yield client


def in_days(days: int) -> str:
    return (datetime.now(UTC) + timedelta(days=days)).strftime("%Y-%m-%dZ")


def test_a_change_is_read_back_and_leaves_the_rest(center: TestClient) -> None:
    """Names, custom fields and the overage setting, each where it is read; the history tells of it."""
    before = center.get(ACTIVE).json()
    body = {"ratePlan": "IoT 10MB", "accountCustom3": "Ä", "overageLimitOverride": "PERMANENT_OVERRIDE"}
    assert center.put(ACTIVE, json=body).json()["iccid"] == before["iccid"]
    after = center.get(ACTIVE).json()
    moved = {"ratePlan": "IoT 10MB", "accountCustom3": "Ä", "dateUpdated": after["dateUpdated"]}
    assert known(after) == known(before | moved)
    assert center.get(f"{ACTIVE}/ctdUsages").json()["overageLimitOverride"] == "PERMANENT_OVERRIDE"
    assert len(center.get(f"{ACTIVE}/auditTrails").json()["deviceAuditTrails"]) == 3


@pytest.mark.parametrize(
    ("user", "body", "status", "code"),
    [
        ("operator", {}, 400, "10000011"),
        ("operator", {"colour": "red"}, 400, "10000028"),
        ("operator", {"status": "ACTIVE"}, 400, "10000005"),
        ("operator", {"status": "ACTIVATED"}, 400, "10030000"),
        ("operator", {"status": "INVENTORY"}, 400, "10000029"),
        ("operator", {"ratePlan": "None such"}, 404, "10000013"),
        ("operator", {"communicationPlan": "None such"}, 400, "10000014"),
        ("operator", {"customer": "None such"}, 400, "10000015"),
        ("operator", {"overageLimitOverride": "NEVER"}, 400, "10000016"),
        ("operator", {"deviceID": "a,b"}, 400, "10000025"),
        ("operator", {"modemID": "1" * 41}, 400, "10000026"),
        ("operator", {"modemID": "1", "effectiveDate": "2025-13-45Z"}, 400, "10000012"),
        ("operator", {**FIXED, "ipv4Address": "10.20.30.40"}, 400, "10000517"),
        ("account", {"operatorCustom1": "x"}, 400, "10000008"),
        ("customer", {"operatorCustom1": "x"}, 400, "10000008"),
        ("customer", {"accountCustom1": "x"}, 400, "10000009"),
    ],
)
def test_each_mistake_has_its_code(center: TestClient, user: str, body: dict[str, Any], status: int, code: str) -> None:
    """The documented codes, each for its own mistake."""
    answer = center.put(ACTIVE, json=body, auth=(user, f"{user}-key"))
    assert (answer.status_code, answer.json()["errorCode"]) == (status, code)


def test_who_is_not_known_is_not_let_in(center: TestClient) -> None:
    """No credentials: no code; wrong ones: a code; an unknown device and another version have theirs."""
    center.auth = None
    assert "errorCode" not in center.get(ACTIVE).json()
    assert center.get(ACTIVE, auth=("operator", "x")).json()["errorCode"] == "10000001"
    user = ("operator", "operator-key")
    assert center.get("/devices/8988216716970009999", auth=user).json()["errorCode"] == "20000001"
    assert center.get("http://test/rws/api/v2/devices/1", auth=user).json()["errorCode"] == "10000024"


def test_a_later_change_waits(center: TestClient) -> None:
    """Today is now, 180 days are accepted, 181 are not, and what waits does not show."""
    assert center.put(ACTIVE, json={"modemID": "1", "effectiveDate": in_days(0)}).status_code == 200
    assert center.put(ACTIVE, json={"modemID": "2", "effectiveDate": in_days(180)}).status_code == 202
    assert center.put(ACTIVE, json={"modemID": "3", "effectiveDate": in_days(181)}).status_code == 400
    assert center.get(ACTIVE).json()["modemID"] == "1"


def test_a_search_finds_what_changed_in_pages(center: TestClient) -> None:
    """The longest unchanged first; a device that is written to comes last."""
    center.put(TESTED, json={"modemID": "9"})
    since = (datetime.now(UTC) - timedelta(days=200)).strftime("%Y-%m-%dT%H:%M:%SZ")
    found: list[str] = []
    for number in range(1, 9):
        answer = center.get("/devices", params={"modifiedSince": since, "pageSize": 20, "pageNumber": number}).json()
        found += [device["iccid"] for device in answer["devices"]]
        assert answer["lastPage"] == (number == 7) or number > 7
    assert len(found) == len(set(found)) == 134
    assert f"/devices/{found[-1]}" == TESTED


def test_operators_alone_see_their_fields(center: TestClient) -> None:
    """A field of the operator is shown to operator users only; `fields` picks members."""
    center.put(ACTIVE, json={"operatorCustom1": "x"})
    assert center.get(ACTIVE, params={"fields": "operatorCustom1"}).json() == {"operatorCustom1": "x"}
    assert "operatorCustom1" not in center.get(ACTIVE, auth=("account", "account-key")).json()
