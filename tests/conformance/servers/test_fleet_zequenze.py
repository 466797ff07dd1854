"""The basics of the two servers against which the suite is held: without them no alarm of it could be called false."""

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from tests.conformance.servers import fleet, zequenze
from tests.conformance.servers.beside import known

WRITE = {"Authorization": "Bearer fleet-write-key"}
READ = {"Authorization": "Bearer fleet-read-key"}
OPERATION = "/inventory_device_serial_operation/ABC123456789/"


@pytest.fixture
def workspace() -> Iterator[TestClient]:
    with TestClient(fleet.create_app(), base_url="http://test/platform/v1", headers=WRITE) as client:
        yield client


@pytest.fixture
def inventory() -> Iterator[TestClient]:
    headers = {"Authorization": "Bearer zequenze-token"}
    with TestClient(zequenze.create_app(), base_url="http://test/api/v1", headers=headers) as client:
        yield client


def test_a_device_keeps_what_was_written_and_null_clears(workspace: TestClient) -> None:
    """A single label becomes a list; what was not named stays."""
    before = workspace.get("/devices/42").json()["data"]
    answer = workspace.patch("/devices/42", json={"connection_type": "HDMI", "ram": None, "user_id": 7})
    assert answer.status_code == 200
    after = workspace.get("/devices/42").json()["data"]
    assert after["characteristics"] == {**before["characteristics"], "connection_type": ["HDMI"], "ram": None}
    assert after["name"] == before["name"]


@pytest.mark.parametrize(
    ("device", "body", "headers", "status", "error"),
    [
        ("42", {}, WRITE, 400, "EMPTY_PATCH_BODY"),
        ("42", {"name": "x"}, READ, 403, "INSUFFICIENT_SCOPE"),
        ("13", {"name": "x"}, WRITE, 403, "DEVICE_MUTATION_FORBIDDEN"),
        ("999999999", {"name": "x"}, WRITE, 404, "DEVICE_NOT_FOUND"),
        ("42", {"name": None}, WRITE, 400, None),
        ("42", {"keyboard_layout": "QWERTY"}, WRITE, 400, None),
    ],
)
def test_fleet_refuses_with_its_codes(
    workspace: TestClient, device: str, body: object, headers: dict[str, str], status: int, error: str | None
) -> None:
    """The documented codes, each for its own mistake."""
    answer = workspace.patch(f"/devices/{device}", json=body, headers=headers)
    assert answer.status_code == status
    assert error in (None, answer.json()["error"])


def test_fleet_pages_and_filters(workspace: TestClient) -> None:
    """Two pages have no device in common, and a filter shows its own only."""
    first = workspace.get("/devices", params={"limit": 100}).json()
    second = workspace.get("/devices", params={"limit": 100, "offset": 100}).json()
    numbers = {one["id"] for one in first["data"] + second["data"]}
    assert len(numbers) == first["meta"]["total"] == 130
    mine = workspace.get("/devices", params={"user_id": 7}).json()["data"]
    assert 42 in {one["id"] for one in mine}
    assert len(mine) < 130


def test_fleet_creates_and_deletes(workspace: TestClient) -> None:
    """A device that was made can be taken away, and is then unknown."""
    item = {"name": "Table", "type": "Table", "category": "Furniture"}
    made = workspace.post("/devices", json={"devices": [item]}).json()["data"]["devices"][0]
    assert workspace.get(f"/devices/{made['id']}").status_code == 200
    assert workspace.delete(f"/devices/{made['id']}").status_code == 200
    assert workspace.get(f"/devices/{made['id']}").status_code == 404


def test_a_key_is_needed(workspace: TestClient, inventory: TestClient) -> None:
    """A wrong token opens nothing."""
    wrong = {"Authorization": "Bearer wrong"}
    assert workspace.get("/devices", headers=wrong).status_code == 401
    assert inventory.put(OPERATION, json={"name": "x"}, headers=wrong).status_code == 401
    assert inventory.get("/inventory_device_serial/", headers=wrong).status_code == 403


def test_an_update_is_partial(inventory: TestClient) -> None:
    """What an update names is shown by the answer of the next, the rest stays."""
    first = inventory.put(OPERATION, json={"location": "Depot", "tags": ["a"]}).json()
    second = inventory.put(OPERATION, json={"model": "T14"}).json()
    assert second["updated_at"] > first["updated_at"]
    assert known({**first, "model": "T14", "updated_at": None}) == known({**second, "updated_at": None})
    assert inventory.get("/inventory_device_serial/ABC123456789/").json()["name"] == "Conference Room Laptop"


@pytest.mark.parametrize(
    ("serial", "body", "status"),
    [("NOSUCHSERIAL", b'{"name": "x"}', 404), ("ABC123456789", b"{", 400), ("ABC123456789", b'{"tags": 1}', 422)],
)
def test_zequenze_refuses_with_its_statuses(inventory: TestClient, serial: str, body: bytes, status: int) -> None:
    """What the page lists under its response codes."""
    answer = inventory.put(f"/inventory_device_serial_operation/{serial}/", content=body)
    assert answer.status_code == status


def test_zequenze_pages_by_links(inventory: TestClient) -> None:
    """Following `next` shows each device once."""
    seen: list[str] = []
    place: str | None = "/inventory_device_serial/?limit=30"
    while place:
        page = inventory.get(place).json()
        seen += [row["serial_number"] for row in page["results"]]
        place = page["next"]
    assert len(seen) == len(set(seen)) == page["count"] == 80
