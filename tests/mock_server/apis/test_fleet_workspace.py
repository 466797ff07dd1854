"""The rest of Fleet's workspace over a real socket: lists and their filters, batches of new devices, deletion."""

from collections.abc import Callable
from typing import Any

import pytest

from mock_server.apis.fleet.catalogue import CHARACTERISTICS
from tests.support import Client

AUTH = {"Authorization": "Bearer fleet-write-key"}
ITEM = {"name": "Meeting table", "type": "Table", "category": "Furniture"}
STATES = (
    "ARCHIVED",
    "PENDING_VALIDATION",
    "IN_PREPARATION",
    "DELIVERED",
    "SHIPPED",
    "AVAILABLE",
    "IN_SERVICE",
    "IN_MAINTENANCE",
    "OUT_OF_SERVICE",
)


@pytest.fixture
def client(double: Callable[..., Client]) -> Client:
    return double("fleet", headers=AUTH)


def page(client: Client, **query: Any) -> dict[str, Any]:
    response = client.get("/devices", params=query)
    assert response.status_code == 200, response.text
    body: dict[str, Any] = response.json()
    return body


def everything(client: Client, **query: Any) -> list[dict[str, Any]]:
    """Every device that passes the filters, page by page."""
    found: list[dict[str, Any]] = []
    while True:
        body = page(client, limit=100, offset=len(found), **query)
        found += body["data"]
        if not body["data"]:
            assert body["meta"]["total"] == len(found)
            return found


def create(client: Client, *items: dict[str, Any]) -> list[dict[str, Any]]:
    response = client.post("/devices", json={"devices": items})
    assert response.status_code == 201, response.text
    created: list[dict[str, Any]] = response.json()["data"]["devices"]
    return created


def test_a_list_has_fifty_devices_unless_told_otherwise(client: Client) -> None:
    body = page(client)
    assert list(body) == ["data", "meta"]
    assert (len(body["data"]), body["meta"]) == (50, {"total": 200, "limit": 50, "offset": 0})


@pytest.mark.parametrize("limit", [1, 33, 100])
def test_pages_cover_every_device_once(client: Client, limit: int) -> None:
    ids = [device["id"] for start in range(0, 200, limit) for device in page(client, limit=limit, offset=start)["data"]]
    assert len(ids) == 200
    assert set(ids) == set(range(1, 201))


@pytest.mark.parametrize(("offset", "length"), [(199, 1), (200, 0), (10**20, 0)])
def test_a_page_behind_the_end_is_empty(client: Client, offset: int, length: int) -> None:
    body = page(client, offset=offset)
    assert (len(body["data"]), body["meta"]) == (length, {"total": 200, "limit": 50, "offset": offset})


@pytest.mark.parametrize("offset", ["", "null"])
def test_a_null_offset_is_none(client: Client, offset: str) -> None:
    assert page(client, offset=offset, limit=1)["meta"] == {"total": 200, "limit": 1, "offset": 0}


def test_a_list_shows_each_device_as_a_read_of_it(client: Client) -> None:
    for device in page(client, limit=5, offset=38)["data"]:
        assert client.get(f"/devices/{device['id']}").json() == {"data": device}


def test_each_state_lists_its_own_devices_and_no_other(client: Client) -> None:
    """The states' lists together are the whole list."""
    listed = {state: everything(client, client_status=state) for state in STATES}
    for state, devices in listed.items():
        assert devices, state
        assert {device["client_status"] for device in devices} == {state}
    assert sum(map(len, listed.values())) == 200


def test_a_users_list_follows_the_assignment(client: Client) -> None:
    before = [device["id"] for device in everything(client, user_id=7)]
    assert 42 in before
    client.patch("/devices/42", json={"user_id": 8})
    assert [device["id"] for device in everything(client, user_id=7)] == [number for number in before if number != 42]
    assert 42 in [device["id"] for device in everything(client, user_id=8)]
    client.patch("/devices/42", json={"user_id": None})
    assert 42 not in [device["id"] for device in everything(client, user_id=8)]


def test_a_user_without_devices_has_an_empty_list(client: Client) -> None:
    assert page(client, user_id=10**15) == {"data": [], "meta": {"total": 0, "limit": 50, "offset": 0}}


@pytest.mark.parametrize("words", ["conference qx-7781", "QX-7781", "  Projector\tCONFERENCE ", "optoma", "qx-77"])
def test_search_finds_devices_with_every_word_whatever_its_case(client: Client, words: str) -> None:
    item = {**ITEM, "name": "Conference Projector", "serial_number": "QX-7781", "brand": "Optoma"}
    (created,) = create(client, item)
    assert [device["id"] for device in everything(client, search=words)] == [created["id"]]


def test_search_wants_all_words(client: Client) -> None:
    create(client, {**ITEM, "name": "Conference Projector"})
    assert everything(client, search="conference stapler") == []


@pytest.mark.parametrize("words", ["", "   "])
def test_search_without_words_finds_everything(client: Client, words: str) -> None:
    assert page(client, search=words)["meta"]["total"] == 200


def test_filters_apply_together(client: Client) -> None:
    both = everything(client, search="macbook", client_status="IN_SERVICE")
    assert both
    assert all("MacBook" in device["name"] and device["client_status"] == "IN_SERVICE" for device in both)
    assert len(both) < len(everything(client, search="macbook"))


def test_a_batch_is_added_in_its_order_behind_the_others(client: Client) -> None:
    created = create(client, {**ITEM, "name": "a"}, {**ITEM, "name": "b"})
    assert [(device["id"], device["name"]) for device in created] == [(201, "a"), (202, "b")]
    assert [device["id"] for device in create(client, ITEM)] == [203]
    assert [device["id"] for device in page(client, offset=200)["data"]] == [201, 202, 203]
    assert client.get("/devices/202").json() == {"data": created[1]}


def test_what_a_new_device_was_not_given_is_null(client: Client) -> None:
    (created,) = create(client, ITEM)
    assert created == {
        "id": 201,
        **ITEM,
        "serial_number": None,
        "rent": None,
        "tracking_number": None,
        "client_status": "AVAILABLE",
        "source": "EXTERNAL",
        "comment": None,
        "characteristics": dict.fromkeys(CHARACTERISTICS),
        "mdm": None,
    }
    assert client.world.document("fleet", "devices", "201")["_is_rented"] is False


def test_a_new_device_keeps_what_it_was_given(client: Client) -> None:
    technical = {
        "screen_size": '14"',
        "keyboard_layout": "FRENCH_AZERTY",
        "has_webcam": True,
        "compliance": "Zoom",
        "connection_type": "USB-C",
    }
    given = {
        **ITEM,
        "serial_number": "PF3K9XZ1",
        "comment": "new",
        "user_id": 7,
        "brand": "Lenovo",
        "added_via": "ONBOARDING",
    }
    (created,) = create(client, {**given, **technical})
    assert created["characteristics"] == {
        **dict.fromkeys(CHARACTERISTICS),
        **technical,
        "compliance": ["Zoom"],
        "connection_type": ["USB-C"],
    }
    assert (created["serial_number"], created["comment"], created["client_status"]) == ("PF3K9XZ1", "new", "IN_SERVICE")
    assert created.keys().isdisjoint({"user_id", "brand", "added_via", "is_rented"})
    assert created["id"] in [device["id"] for device in everything(client, user_id=7)]


def test_a_new_device_can_be_changed_and_deleted(client: Client) -> None:
    (created,) = create(client, ITEM)
    path = f"/devices/{created['id']}"
    assert client.patch(path, json={"name": "Desk"}).json() == {"data": {**created, "name": "Desk"}}
    assert client.delete(path).status_code == 200


def test_a_refused_batch_takes_no_number(client: Client) -> None:
    assert client.post("/devices", json={"devices": [ITEM, {**ITEM, "user_id": 10**9}]}).status_code == 400
    assert create(client, ITEM)[0]["id"] == 201


def test_a_number_that_was_planted_is_not_given_away(client: Client) -> None:
    client.world.plant("fleet", "devices", "202", {"name": "planted"})
    created = create(client, ITEM, ITEM)
    assert "202" not in {str(device["id"]) for device in created}
    assert client.get("/devices/202").json()["data"]["name"] == "planted"


def test_deletion_answers_with_the_device_which_is_archived_from_then_on(client: Client) -> None:
    before = client.get("/devices/42").json()["data"]
    response = client.delete("/devices/42")
    archived = {"data": {**before, "client_status": "ARCHIVED"}}
    assert (response.status_code, response.json()) == (200, archived)
    assert client.get("/devices/42").json() == archived
    assert 42 in [device["id"] for device in everything(client, client_status="ARCHIVED")]
    again = client.delete("/devices/42")
    assert (again.status_code, again.json()) == (403, {"error": "DEVICE_MUTATION_FORBIDDEN"})
    patched = client.patch("/devices/42", json={"comment": "too late"})
    assert (patched.status_code, patched.json()) == (403, {"error": "DEVICE_MUTATION_FORBIDDEN"})
    assert page(client)["meta"]["total"] == 200
