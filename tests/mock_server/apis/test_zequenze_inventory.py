"""The inventory's own records: lists with filters and pages, reading, changing and removing one."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.support import Client

AUTH = {"Authorization": "Bearer zequenze-token"}
LIST = "/inventory_device_serial/"
RECORD = "/inventory_device_serial/ABC123456789/"
PUT = "/inventory_device_serial_operation/ABC123456789/"
ITEM_MEMBERS = [
    "serial_number",
    "name",
    "type",
    "organization",
    "status",
    "last_status_change",
    "pending_settings",
    "created_at",
    "updated_at",
]


@pytest.fixture
def client(double: Callable[..., Client]) -> Client:
    return double("zequenze", headers=AUTH)


def listed(client: Client, **query: Any) -> dict[str, Any]:
    response = client.get(LIST, params=query)
    assert response.status_code == 200
    body: dict[str, Any] = response.json()
    return body


def test_a_page_holds_ten_devices_and_names_the_next(client: Client) -> None:
    body = listed(client)
    base = str(client.base_url).rstrip("/")
    assert list(body) == ["count", "next", "previous", "results"]
    assert body["count"] == 200
    assert body["next"] == f"{base}/inventory_device_serial/?limit=10&offset=10"
    assert body["previous"] is None
    assert [item["serial_number"] for item in body["results"]][:2] == ["ABC123456789", "XYZ987654321"]
    assert len(body["results"]) == 10
    assert all(list(item) == ITEM_MEMBERS for item in body["results"])


@pytest.mark.parametrize("query", ["", "?limit=7", "?limit=1000", "?status=true&limit=9", "?limit=64&offset=64"])
def test_following_next_covers_every_device_once_and_previous_leads_back(client: Client, query: str) -> None:
    pages = []
    url: str | None = LIST + query
    while url is not None:
        pages.append(client.get(url).json())
        url = pages[-1]["next"]
    serials = [item["serial_number"] for page in pages for item in page["results"]]
    assert len(serials) == len(set(serials)) == pages[0]["count"] - (64 if "offset" in query else 0)
    back = [pages[-1]]
    while back[-1]["previous"] is not None and len(back) < len(pages):
        back.append(client.get(back[-1]["previous"]).json())
    assert [page["results"] for page in reversed(back)] == [page["results"] for page in pages]


def test_links_keep_the_filters(client: Client) -> None:
    body = listed(client, status="True", organization=1, limit=2, offset=3)
    base = str(client.base_url).rstrip("/")
    assert body["next"] == f"{base}{LIST}?limit=2&offset=5&organization=1&status=True"
    assert body["previous"] == f"{base}{LIST}?limit=2&offset=1&organization=1&status=True"
    first = client.get(f"{LIST}?limit=5&offset=3").json()
    assert first["previous"] == f"{base}{LIST}?limit=5"


def test_links_stay_in_the_world_they_were_asked_for_in(client: Client) -> None:
    assert f"/w/{client.world.name}/" in listed(client)["next"]


def test_beyond_the_end_there_is_nothing(client: Client) -> None:
    body = listed(client, limit=10, offset=10**30)
    assert (body["count"], body["next"], body["results"]) == (200, None, [])


@pytest.mark.parametrize(
    ("query", "member", "value"),
    [
        ({"status": "1"}, "status", True),
        ({"status": "true"}, "status", True),
        ({"status": "True"}, "status", True),
        ({"status": "0"}, "status", False),
        ({"status": "false"}, "status", False),
        ({"status": "False"}, "status", False),
        ({"type": 4}, "type", 4),
        ({"organization": 2}, "organization", 2),
        ({"pending": "true"}, "pending_settings", True),
        ({"pending": "false"}, "pending_settings", False),
    ],
)
def test_a_filter_neither_leaks_nor_misses(client: Client, query: dict[str, Any], member: str, value: Any) -> None:
    everything = listed(client, limit=1000)["results"]
    wanted = [item for item in everything if item[member] == value]
    found = listed(client, limit=1000, **query)
    assert wanted
    assert found["results"] == wanted
    assert found["count"] == len(wanted)


def test_filters_combine(client: Client) -> None:
    found = listed(client, limit=1000, status="true", type=1, organization=1)["results"]
    everything = listed(client, limit=1000)["results"]
    assert found == [item for item in everything if item["status"] and item["type"] == 1 and item["organization"] == 1]


@pytest.mark.parametrize(
    ("start", "found"),
    [
        ("2024-03-15", ["ABC123456789"]),
        ("2024-03-15 08:02:11", ["ABC123456789"]),
        ("2024-03-15 08:02:12", []),
        ("2024-03-15T08:02:11Z", ["ABC123456789"]),
        ("2024-03-15 09:02:11+01:00", ["ABC123456789"]),
        ("2024-03-15 07:02:12-01:00", []),
        ("2024-03-14", ["ABC123456789", "XYZ987654321"]),
        ("2024-03-15t08:02:11.5z", []),
        ("1000-01-01 00:00:00+14:00", ["ABC123456789", "XYZ987654321"]),
    ],
)
def test_devices_that_changed_since_a_time_in_all_published_forms(client: Client, start: str, found: list[str]) -> None:
    items = listed(client, limit=1000, last_status_change_from=start)["results"]
    fixed = [item["serial_number"] for item in items if item["serial_number"][:3] in {"ABC", "XYZ"}]
    assert fixed == found
    assert all(item["last_status_change"] is not None for item in items)


def test_asking_for_a_new_look_changes_nothing(client: Client) -> None:
    assert listed(client, update_status="true")["results"] == listed(client)["results"]


def test_a_list_agrees_with_single_reads(client: Client) -> None:
    for item in listed(client, limit=30)["results"]:
        record = client.get(f"{LIST}{item['serial_number']}/").json()
        assert {name: record[name] for name in ITEM_MEMBERS} == item


def test_a_write_shows_in_the_list(client: Client) -> None:
    client.put(PUT, json={"name": "Renamed"})
    assert listed(client)["results"][0]["name"] == "Renamed"


def test_a_patch_changes_what_it_names(client: Client) -> None:
    client.world.freeze()
    client.world.open.clock.set(datetime(2024, 3, 15, 14, 22, 33, tzinfo=UTC))
    before = client.get(RECORD).json()
    response = client.patch(RECORD, json={"name": "Branch Office Gateway", "organization": 2, "type": 4})
    assert response.status_code == 200
    assert response.json() == {
        **before,
        "name": "Branch Office Gateway",
        "organization": 2,
        "type": 4,
        "updated_at": "2024-03-15T14:22:33Z",
    }
    assert client.get(RECORD).json() == response.json()


def test_a_patch_merges_and_replaces_as_the_update_does(client: Client) -> None:
    body = client.patch(RECORD, json={"configuration": {"ssid": "x"}, "tags": ["y"]}).json()
    assert body["configuration"]["ssid"] == "x"
    assert body["configuration"]["compliance_profile"] == "corporate-standard"
    assert body["tags"] == ["y"]


def test_a_patch_passes_over_what_is_measured(client: Client) -> None:
    body = client.patch(RECORD, json={"status": False, "id": 3, "pending_settings": True, "serial_number": "X"}).json()
    assert (body["status"], body["id"], body["pending_settings"], body["serial_number"]) == (
        True,
        1247,
        False,
        "ABC123456789",
    )
    assert client.put(PUT, json={}).json()["status"] == "deployment"


@pytest.mark.parametrize("body", [{"type": "router"}, {"organization": True}, {"type": None}, {"type": 1.5}])
def test_a_patch_with_a_wrong_value_422(client: Client, body: dict[str, Any]) -> None:
    response = client.patch(RECORD, json=body)
    assert (response.status_code, response.json()) == (
        422,
        {name: ["must be a whole number"] for name in body},
    )


def test_a_removed_device_is_gone_everywhere(client: Client) -> None:
    response = client.delete(RECORD)
    assert (response.status_code, response.content) == (204, b"")
    assert client.get(RECORD).status_code == 404
    assert client.put(PUT, json={"name": "x"}).status_code == 404
    assert client.patch(RECORD, json={"name": "x"}).status_code == 404
    assert client.delete(RECORD).status_code == 404
    body = listed(client)
    assert body["count"] == 199
    assert body["results"][0]["serial_number"] == "XYZ987654321"


def test_a_planted_device_needs_no_more_than_its_name(client: Client) -> None:
    """Members that were left out are filled in, so that every answer keeps the contract."""
    client.world.plant("zequenze", "devices", "Lager 7/ü", {"name": "Planted"})
    path = "Lager%207%2F%C3%BC/"
    record = client.get(LIST + path)
    assert record.status_code == 200
    assert record.json()["name"] == "Planted"
    assert record.json()["serial_number"] == "Lager 7/ü"
    assert client.put("/inventory_device_serial_operation/" + path, json={"tags": ["x"]}).json()["tags"] == ["x"]
    assert listed(client, offset=200)["results"][0]["serial_number"] == "Lager 7/ü"
