"""The basics of the second MasSubscriptions server: without them no alarm of the suite could be called false."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.conformance.servers import masmovil
from tests.conformance.servers.beside import known

DEVICES = f"/orgs/yoigo/subscriptions/{masmovil.SUBSCRIPTION}/devices"
DEVICE = f"{DEVICES}/ce2f20cb-8c2a-4f1b-9d38-0c4c3f0b7a21"
LEAST: dict[str, Any] = {"catalogue_commercial_device_id": "CDCVPU_1", "legacy_account_id": 7}
CASES = Path(__file__).parents[2] / "mock_server" / "data" / "json_patch_tests"


@pytest.fixture
def client() -> Iterator[TestClient]:
    headers = {"Authorization": "Bearer masmovil-token"}
    with TestClient(masmovil.create_app(), base_url="http://test/v2", headers=headers) as made:
        yield made


def test_a_patch_is_carried_out_and_read_back(client: TestClient) -> None:
    answer = client.patch(DEVICE, json=[{"op": "replace", "path": "/shipping_order_id", "value": "1", "reason": "X"}])
    assert answer.status_code == 200
    assert known(answer.json()) == known(client.get(DEVICE).json())
    assert answer.json()["shipping_order_id"] == "1"


@pytest.mark.parametrize(
    ("last", "status"),
    [
        ({"op": "test", "path": "/imei", "value": "1"}, 409),
        ({"op": "replace", "path": "/acquisition_type", "value": "STOLEN"}, 422),
        ({"op": "remove", "path": "/legacy_account_id"}, 422),
        ({"op": "remove", "path": "/id"}, 409),
        ({"op": "move", "path": "/imei"}, 400),
    ],
)
def test_a_patch_that_fails_changes_nothing(client: TestClient, last: Any, status: int) -> None:
    before = known(client.get(DEVICE).json())
    answer = client.patch(DEVICE, json=[{"op": "remove", "path": "/serial_number"}, last])
    assert answer.status_code == status
    assert set(answer.json()["error"]) >= {"code", "message", "reference"}
    assert known(client.get(DEVICE).json()) == before


def test_an_added_device_is_listed_and_found(client: TestClient) -> None:
    made = client.post(DEVICES, json={**LEAST, "serial_number": "S-1"})
    assert made.status_code == 201
    assert known(client.get(f"{DEVICES}/{made.json()['id']}").json()) == known(made.json())
    assert known(made.json()) in known(client.get(DEVICES).json())
    found = client.get("/orgs/yoigo/devices", params={"serial_number": "S-1"}).json()
    assert known(found) == known([made.json()])


@pytest.mark.parametrize(
    ("path", "token", "status"),
    [
        (DEVICES, "wrong", 401),
        (DEVICES.replace("yoigo", "pepephone"), "masmovil-token", 403),
        (DEVICES.replace("5b0a", "5b0b"), "masmovil-token", 404),
        (f"{DEVICES}/11111111-1111-4111-8111-111111111111", "masmovil-token", 404),
        (f"{DEVICE}/commitments/11111111-1111-4111-8111-111111111111", "masmovil-token", 404),
        ("/orgs/yoigo/devices", "masmovil-token", 422),
    ],
)
def test_refusals(client: TestClient, path: str, token: str, status: int) -> None:
    assert client.get(path, headers={"Authorization": f"Bearer {token}"}).status_code == status


def public_cases() -> list[Any]:
    cases = [*json.loads((CASES / "tests.json").read_text()), *json.loads((CASES / "spec_tests.json").read_text())]
    usable = [case for case in cases if "patch" in case and "two 'op' members" not in case.get("error", "")]
    return [pytest.param(case, id=str(number)) for number, case in enumerate(usable)]


@pytest.mark.parametrize("case", public_cases())
def test_the_public_cases_of_json_patch(case: Any) -> None:
    """Its own reading of RFC 6902 agrees with everybody's."""
    document = case["doc"]
    try:
        for operation in masmovil.well_formed(case["patch"]):
            document = masmovil.carried_out(document, operation)
    except masmovil.Refusal:
        assert "expected" not in case
    else:
        assert "error" not in case
        assert masmovil.equal(document, case.get("expected", document))
