"""Zequenze's update operation over a real socket: the page's examples, what it does and leaves alone."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.apis.zequenze.behaviour import merge
from openapi.contract import load
from tests.support import Client

AUTH = {"Authorization": "Bearer zequenze-token"}
PATH = "/inventory_device_serial_operation/ABC123456789/"
RECORD = "/inventory_device_serial/ABC123456789/"
OTHER = "/inventory_device_serial/XYZ987654321/"

FROM_CURL = {
    "name": "Conference Room Laptop",
    "status": "active",
    "location": "Building A - Room 101",
    "assigned_user": "john.doe@company.com",
    "organization_unit": "IT Department",
    "configuration": {"auto_update": True, "backup_enabled": True, "encryption_status": "enabled"},
    "tags": ["laptop", "conference-room", "windows"],
}
FULL = {
    **FROM_CURL,
    "device_type": "laptop",
    "manufacturer": "Dell",
    "model": "Latitude 5520",
    "configuration": {
        "auto_update": True,
        "backup_enabled": True,
        "encryption_status": "enabled",
        "compliance_profile": "corporate-standard",
    },
    "custom_fields": {
        "purchase_date": "2024-01-15",
        "warranty_expiry": "2027-01-15",
        "cost_center": "IT-001",
    },
}
PRINTED = {
    "id": 1247,
    "serial_number": "ABC123456789",
    **FULL,
    "created_at": "2024-01-15T10:30:00Z",
    "updated_at": "2024-03-15T14:22:33Z",
    "last_seen": "2024-03-15T14:20:15Z",
}


@pytest.fixture
def client(double: Callable[..., Client]) -> Client:
    """A client whose world stands still at the moment of the page's example response."""
    client = double("zequenze", headers=AUTH)
    client.world.freeze()
    client.world.open.clock.set(datetime(2024, 3, 15, 14, 22, 33, tzinfo=UTC))
    return client


@pytest.fixture
def put(client: Client) -> Callable[..., dict[str, Any]]:
    def put(**members: Any) -> dict[str, Any]:
        response = client.put(PATH, json=members)
        assert response.status_code == 200
        body: dict[str, Any] = response.json()
        return body

    return put


@pytest.mark.parametrize("body", [FROM_CURL, FULL], ids=["curl", "full"])
def test_the_pages_requests_get_the_pages_answer(client: Client, body: dict[str, Any]) -> None:
    """Page 004, cURL Example and Example Request Body: both answer as its Example Response prints."""
    response = client.put(PATH, json=body)
    assert (response.status_code, response.json()) == (200, PRINTED)
    assert list(response.json()) == list(PRINTED) or response.json().keys() == PRINTED.keys()
    assert response.headers["content-type"] == "application/json"
    assert (response.headers["mock-basis"], response.headers["mock-operation"]) == (
        "documented",
        "updateInventoryDeviceSerialOperation",
    )


def test_members_that_are_not_named_stay(client: Client, put: Callable[..., dict[str, Any]]) -> None:
    client.put(PATH, json=FULL)
    assert put(location="Annex - Workshop") == {**PRINTED, "location": "Annex - Workshop"}


def test_a_later_update_shows_what_an_earlier_one_wrote(put: Callable[..., dict[str, Any]]) -> None:
    put(assigned_user="ana@example.org")
    assert put(location="Depot")["assigned_user"] == "ana@example.org"


@pytest.mark.parametrize("status", ["deployment", "active", "maintenance", "decommissioned"])
def test_every_phase_of_life_may_follow_any(put: Callable[..., dict[str, Any]], status: str) -> None:
    assert put(status="decommissioned")["status"] == "decommissioned"
    assert put(status=status)["status"] == status


def test_configuration_and_custom_fields_merge(put: Callable[..., dict[str, Any]]) -> None:
    put(configuration={"vpn": {"host": "a", "port": 1}}, custom_fields={"shelf": 4})
    body = put(configuration={"vpn": {"port": 2}, "auto_update": True}, custom_fields={"cost_center": "HR-002"})
    assert body["configuration"] == {
        "auto_update": True,
        "backup_enabled": False,
        "encryption_status": "disabled",
        "compliance_profile": "corporate-standard",
        "vpn": {"host": "a", "port": 2},
    }
    assert body["custom_fields"] == {
        "purchase_date": "2024-01-15",
        "warranty_expiry": "2027-01-15",
        "cost_center": "HR-002",
        "shelf": 4,
    }


def test_tags_replace_the_list(put: Callable[..., dict[str, Any]]) -> None:
    assert put(tags=["a", "b", "a"])["tags"] == ["a", "b", "a"]
    assert put(tags=[])["tags"] == []


def test_what_belongs_to_the_server_is_passed_over(put: Callable[..., dict[str, Any]]) -> None:
    """A device that was read can be sent back; its number, serial number and times do not change by that."""
    body = put(
        id=1,
        serial_number="HIJACKED",
        created_at="1999-01-01T00:00:00Z",
        updated_at="1999-01-01T00:00:00Z",
        last_seen=None,
        type=99,
        unheard_of={"x": 1},
        _up=False,
    )
    assert body["id"] == 1247
    assert body["serial_number"] == "ABC123456789"
    assert body["created_at"] == "2024-01-15T10:30:00Z"
    assert body["updated_at"] == "2024-03-15T14:22:33Z"
    assert body["last_seen"] == "2024-03-15T14:20:15Z"
    assert body.keys() == PRINTED.keys()


def test_updated_at_moves_with_the_worlds_clock(client: Client, put: Callable[..., dict[str, Any]]) -> None:
    put(name="One")
    client.world.advance(days=1, seconds=5)
    assert put(name="One")["updated_at"] == "2024-03-16T14:22:38Z"


def test_two_updates_within_a_second_show_the_same_updated_at_as_the_contract_says(
    client: Client, put: Callable[..., dict[str, Any]]
) -> None:
    first = put(name="One")["updated_at"]
    client.world.advance(milliseconds=900)
    assert put(name="Two")["updated_at"] == first
    client.world.advance(milliseconds=100)
    assert put(name="Two")["updated_at"] > first
    told = load("zequenze").operations["updateInventoryDeviceSerialOperation"].raw["description"]
    assert "of two in the same second both show the same" in told


def test_an_update_without_members_only_moves_updated_at(client: Client) -> None:
    before = client.get(RECORD).json()
    response = client.put(PATH, json={})
    assert response.status_code == 200
    assert response.json()["updated_at"] == "2024-03-15T14:22:33Z"
    assert client.get(RECORD).json() == {**before, "updated_at": "2024-03-15T14:22:33Z"}


def test_the_same_update_twice_is_the_same_as_once(client: Client) -> None:
    assert client.put(PATH, json=FULL).json() == client.put(PATH, json=FULL).json()


def test_another_device_is_not_touched(client: Client) -> None:
    before = client.get(OTHER).content
    client.put(PATH, json=FULL)
    assert client.get(OTHER).content == before


def test_the_record_shows_the_attributes_and_keeps_its_own_status(client: Client) -> None:
    """Revision 3664: `status` of the inventory says whether the device is up, not where it is in its life."""
    client.put(PATH, json={**FULL, "status": "maintenance"})
    assert client.get(RECORD).json() == {
        **PRINTED,
        "status": True,
        "type": 1,
        "organization": 1,
        "last_status_change": "2024-03-15T08:02:11Z",
        "pending_settings": False,
    }


@pytest.mark.parametrize(
    "text",
    [
        "Büro Zürich",
        "会議室",
        "\u200f\u202eabc",
        "👩‍💻",
        "a\u0000b",
        "\ud800",
        " ",
        "'; DROP TABLE--",
        "x" * 100_000,
    ],
    ids=["latin", "cjk", "bidi", "emoji", "nul", "lone surrogate", "space", "quote", "long"],
)
def test_text_is_kept_as_it_is(client: Client, text: str) -> None:
    content = b'{"name": %s, "configuration": {%s: 1}}' % (_json(text), _json(text))
    answer = client.put(PATH, content=content, headers={"Content-Type": "application/json"})
    assert answer.status_code == 200
    assert answer.json()["name"] == text
    assert answer.json()["configuration"][text] == 1


def _json(text: str) -> bytes:
    import json

    return json.dumps(text).encode()


def test_numbers_of_any_size_are_kept_exactly(client: Client) -> None:
    body = '{"custom_fields": {"big": 123456789012345678901234567890, "small": -0.1, "deep": [[{"a": null}]]}}'
    answer = client.put(PATH, content=body, headers={"Content-Type": "application/json"})
    assert '"big":123456789012345678901234567890' in answer.text.replace(" ", "")
    assert answer.json()["custom_fields"]["small"] == -0.1
    assert answer.json()["custom_fields"]["deep"] == [[{"a": None}]]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=2), inner, max_size=3),
    max_leaves=8,
)
OBJECTS = st.dictionaries(st.text(max_size=2), JSON, max_size=4)


@given(OBJECTS, OBJECTS)
def test_merging_twice_is_merging_once(old: dict[str, Any], new: dict[str, Any]) -> None:
    once = merge(old, new)
    assert merge(once, new) == once


@given(OBJECTS, OBJECTS)
def test_merging_keeps_what_is_not_named_and_has_what_is(old: dict[str, Any], new: dict[str, Any]) -> None:
    merged = merge(old, new)
    assert merged.keys() == old.keys() | new.keys()
    assert all(merged[name] == old[name] for name in old.keys() - new.keys())
    assert all(merged[name] == value for name, value in new.items() if not isinstance(value, dict))
