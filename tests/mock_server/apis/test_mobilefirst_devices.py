"""MobileFirst's list of devices: search, order, pages; and the devices that expire by the world's clock."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from mock_server.apis.mobilefirst.devices import stamp
from tests.mock_server.apis.mobilefirst_support import DEVICE, RUNTIME, device, devices, pages
from tests.support import Client

LIST = f"{RUNTIME}/devices"


@pytest.fixture
def client(double: Callable[..., Client]) -> Client:
    """An administrator in a world whose clock moves only when told."""
    client = double("mobilefirst", auth=("admin", "admin"))
    client.world.freeze()
    return client


def connect(client: Client, key: str = "12345-6789") -> None:
    """What the control plane lets a test say: the device has just been in touch."""
    stored = client.world.document("mobilefirst", "devices", key)
    client.world.plant("mobilefirst", "devices", key, {**stored, "lastAccessed": stamp(client.world.now)})


def test_a_page_holds_100_devices_in_the_order_of_their_ids(client: Client) -> None:
    first = client.get(LIST).json()
    ids = [item["id"] for item in first["items"]]
    assert len(ids) == 100
    assert ids == sorted(ids)
    members = {
        name: first[name] for name in ("pageNumber", "pageSize", "productVersion", "startIndex", "totalListSize")
    }
    assert members == {
        "pageNumber": 1,
        "pageSize": 100,
        "productVersion": "8.0",
        "startIndex": 0,
        "totalListSize": 200,
    }
    assert "prevPageBookmark" not in first


@pytest.mark.parametrize("size", [1, 7, 100, 199, 200, 1000])
def test_bookmarks_lead_through_every_device_once(size: int, client: Client) -> None:
    query: dict[str, Any] = {"pageSize": size} if size > 1 else {"pageSize": 1, "query": "jeremy"}
    found = pages(client, LIST, **query)
    ids = [item["id"] for page in found for item in page["items"]]
    total = found[0]["totalListSize"]
    assert len(ids) == len(set(ids)) == total
    assert [page["startIndex"] for page in found] == list(range(0, total, size))
    assert [page["pageNumber"] for page in found] == list(range(1, len(found) + 1))
    assert all(len(page["items"]) == size for page in found[:-1])


def test_the_bookmark_of_the_page_before_leads_back(client: Client) -> None:
    first, second, *_ = pages(client, LIST, pageSize=30, orderBy="-friendlyName")
    query = {"pageSize": 30, "orderBy": "-friendlyName", "bookmark": second["prevPageBookmark"]}
    assert client.get(LIST, params=query).json() == first


@pytest.mark.parametrize(
    ("order", "value"),
    [
        ("uid", lambda item: item["id"]),
        ("friendlyName", lambda item: item["deviceDisplayName"]),
        ("deviceModel", lambda item: item["deviceModel"]),
        ("deviceEnvironment", lambda item: item["applicationDeviceAssociations"][0]["appId"].split("$")[1]),
        ("status", lambda item: item["status"]),
        ("lastAccessed", lambda item: item["lastAccessed"]),
    ],
)
def test_the_list_is_sorted_as_asked_and_backwards_with_a_minus(
    order: str, value: Callable[[dict[str, Any]], str], client: Client
) -> None:
    forwards = list(devices(client, orderBy=order).values())
    values = [value(item) for item in forwards]
    assert values == sorted(values)
    assert len(set(values)) > 2
    assert list(devices(client, orderBy=f"-{order}").values()) == forwards[::-1]


@pytest.mark.parametrize("text", ["Personal Phone", "personal phone", "REMY'S PERS"])
def test_a_query_finds_part_of_a_display_name_whatever_its_case(text: str, client: Client) -> None:
    assert list(devices(client, query=text)) == ["12345-6789"]


def test_a_query_finds_users_too_and_only_what_contains_it(client: Client) -> None:
    found = devices(client, query="jensen")
    assert "98765-4321" in found
    expected = [
        key
        for key, item in devices(client).items()
        if "jensen" in item["deviceDisplayName"].lower() or any("jensen" in user["str"] for user in item["userIds"])
    ]
    assert list(found) == expected
    assert 0 < len(found) < 200
    assert client.get(LIST, params={"query": "nobody is called this"}).json()["items"] == []


def test_the_published_request_works_but_for_its_made_up_bookmark(client: Client) -> None:
    query = "locale=de_DE&orderBy=uid&pageSize=100&query=Jeremy"
    assert client.get(f"{LIST}?{query}").json()["totalListSize"] > 0
    assert client.get(f"{LIST}?bookmark=ABC&{query}").status_code == 404


def test_the_default_world_has_active_blocked_and_expired_devices(client: Client) -> None:
    counts = dict.fromkeys(("ACTIVE", "LOST", "STOLEN", "EXPIRED", "DISABLED"), 0)
    for item in devices(client).values():
        counts[item["status"]] += 1
    assert counts["EXPIRED"] == 8
    assert counts["ACTIVE"] > 150
    assert min(counts.values()) > 0


def test_a_device_not_seen_for_90_days_is_expired(client: Client) -> None:
    connect(client)
    client.world.advance(days=90, seconds=-1)
    assert device(client)["status"] == "ACTIVE"
    client.world.advance(seconds=1)
    read = device(client)
    assert read["status"] == "EXPIRED"
    assert [item["deviceStatus"] for item in read["applicationDeviceAssociations"]] == ["EXPIRED", "EXPIRED"]


def test_an_expired_device_is_active_again_when_it_connects(client: Client) -> None:
    client.world.advance(days=91)
    assert device(client)["status"] == "EXPIRED"
    connect(client)
    assert device(client)["status"] == "ACTIVE"


def test_a_device_that_was_expired_from_the_beginning_reverts_too(client: Client) -> None:
    key = next(key for key, item in devices(client).items() if item["status"] == "EXPIRED")
    connect(client, key)
    assert device(client, key)["status"] == "ACTIVE"


@pytest.mark.parametrize("status", ["LOST", "STOLEN", "DISABLED"])
def test_a_blocked_device_stays_blocked_however_long_it_is_away(status: str, client: Client) -> None:
    client.put(DEVICE, json={"status": status})
    client.world.advance(days=400)
    assert device(client)["status"] == status
    connect(client)
    assert device(client)["status"] == status


def test_expired_by_an_administrator_lasts_until_the_device_connects(client: Client) -> None:
    client.put(DEVICE, json={"status": "EXPIRED"})
    client.world.advance(days=1)
    assert device(client)["status"] == "EXPIRED"
    connect(client)
    assert device(client)["status"] == "ACTIVE"


def test_active_by_an_administrator_lasts_another_90_days(client: Client) -> None:
    client.world.advance(days=200)
    client.put(DEVICE, json={"status": "ACTIVE"})
    assert device(client)["status"] == "ACTIVE"
    client.world.advance(days=90)
    assert device(client)["status"] == "EXPIRED"


def test_expiry_follows_the_clock_of_each_world(double: Callable[..., Client]) -> None:
    here, there = (double("mobilefirst", auth=("admin", "admin")) for _ in range(2))
    there.world.advance(days=91)
    assert (device(here)["status"], device(there)["status"]) == ("ACTIVE", "EXPIRED")


def test_sorting_by_status_goes_by_the_status_of_the_moment(client: Client) -> None:
    client.world.advance(days=400)
    connect(client)
    assert next(iter(devices(client, orderBy="status"))) == "12345-6789"


def test_a_device_planted_with_little_is_listed_all_the_same(client: Client) -> None:
    seen = stamp(client.world.now - timedelta(days=1))
    client.world.plant("mobilefirst", "devices", "planted", {"id": "planted", "lastAccessed": seen})
    read = device(client, "planted")
    assert (read["status"], read["deviceModel"], read["userIds"]) == ("ACTIVE", "", [])
    assert read["applicationDeviceAssociations"] == []


@pytest.mark.parametrize(("offset", "expected"), [("+02:00", "EXPIRED"), ("-02:00", "ACTIVE"), ("Z", "ACTIVE")])
def test_a_planted_time_with_an_offset_counts_as_what_it_says(offset: str, expected: str, client: Client) -> None:
    """An hour short of 90 days ago by the clock on the wall: how long ago it was depends on where the wall is."""
    stored = client.world.document("mobilefirst", "devices", "12345-6789")
    wall = (client.world.now - timedelta(days=90) + timedelta(hours=1)).replace(tzinfo=None)
    planted = {**stored, "lastAccessed": wall.isoformat(timespec="seconds") + offset}
    client.world.plant("mobilefirst", "devices", "12345-6789", planted)
    assert device(client)["status"] == expected
