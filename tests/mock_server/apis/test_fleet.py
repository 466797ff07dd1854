"""Fleet's update operation over a real socket: the page's examples, what it writes, shows and leaves alone."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.apis.fleet.behaviour import WRITTEN_ONLY, written
from mock_server.apis.fleet.catalogue import CHARACTERISTICS
from mock_server.apis.fleet.enrollment import MEMBERS
from tests.support import Client

AUTH = {"Authorization": "Bearer fleet-write-key"}
PATH = "/devices/42"
LISTED = (
    "id",
    "name",
    "serial_number",
    "rent",
    "tracking_number",
    "client_status",
    "type",
    "category",
    "source",
    "comment",
    "characteristics",
    "mdm",
)
BOOLEANS = (
    "has_microphone",
    "has_webcam",
    "noise_cancellation",
    "has_stool",
    "has_video_package",
    "has_screen",
    "has_premium_tablet",
)
LISTS = ("compliance", "connection_type")
TEXTS = tuple(name for name in CHARACTERISTICS if name not in {*BOOLEANS, *LISTS, "keyboard_layout"})
LAYOUTS = (
    "FRENCH_AZERTY",
    "SPANISH_QWERTY",
    "ITALIAN_QWERTY",
    "INTERNATIONAL_ENGLISH_QWERTY",
    "GERMAN_QWERTZ",
    "PORTUGUESE_QWERTY",
    "ENGLISH_QWERTY",
    "SWISS_QWERTZ",
    "AMERICAN_ENGLISH_QWERTY",
    "CANADIAN_ENGLISH_QWERTY",
    "DUTCH_QWERTY",
)
WRITTEN: dict[str, Any] = {
    "user_id": 3,
    "brand": "Framework",
    "is_rented": True,
    "client_purchase_price": "1200.00",
    "client_purchase_date": "2025-02-01",
    "client_warranty_endDate": "2028-02-01",
    "client_rental_price": "39.90",
    "client_rental_startDate": "2025-02-01",
    "client_rental_endDate": "2028-01-31",
    "client_contract_number": "C-1",
    "client_invoice_number": "I-1",
}


@pytest.fixture
def client(double: Callable[..., Client]) -> Client:
    return double("fleet", headers=AUTH)


def data(client: Client, path: str = PATH) -> dict[str, Any]:
    """The device as a read shows it."""
    response = client.get(path)
    assert response.status_code == 200
    found: dict[str, Any] = response.json()["data"]
    return found


def patch(client: Client, body: dict[str, Any]) -> dict[str, Any]:
    """The device as the answer of an update shows it."""
    response = client.patch(PATH, json=body)
    assert response.status_code == 200, response.text
    found: dict[str, Any] = response.json()["data"]
    return found


def test_the_pages_example_sets_the_keyboard_layout_of_device_42(client: Client) -> None:
    """Page 000: device id 42, keyboard_layout FRENCH_AZERTY; nothing else changes, and a read shows the same."""
    before = data(client)
    assert before["characteristics"]["keyboard_layout"] == "INTERNATIONAL_ENGLISH_QWERTY"
    response = client.patch(PATH, json={"keyboard_layout": "FRENCH_AZERTY"})
    characteristics = {**before["characteristics"], "keyboard_layout": "FRENCH_AZERTY"}
    expected = {"data": {**before, "characteristics": characteristics}}
    assert (response.status_code, response.json()) == (200, expected)
    assert response.headers["content-type"] == "application/json"
    assert response.headers["mock-basis"] == "documented"
    assert client.get(PATH).json() == expected


def test_all_listed_members_are_there_in_the_pages_order(client: Client) -> None:
    """Page 000: every member of `data`, `characteristics` and `mdm` is required."""
    device = patch(client, {"comment": "x"})
    assert tuple(device) == LISTED
    assert tuple(device["characteristics"]) == CHARACTERISTICS
    assert tuple(device["mdm"]) == MEMBERS


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_layout_of_the_page_is_taken(client: Client, layout: str) -> None:
    assert patch(client, {"keyboard_layout": layout})["characteristics"]["keyboard_layout"] == layout


@pytest.mark.parametrize("name", TEXTS)
def test_a_technical_text_is_written_and_cleared_by_null(client: Client, name: str) -> None:
    before = data(client)
    for value in ("a text of our own", None):
        characteristics = {**before["characteristics"], name: value}
        assert patch(client, {name: value}) == {**before, "characteristics": characteristics}
        assert data(client) == {**before, "characteristics": characteristics}


@pytest.mark.parametrize("name", BOOLEANS)
def test_a_technical_flag_is_written_and_cleared_by_null(client: Client, name: str) -> None:
    before = data(client)["characteristics"]
    for value in (True, False, None):
        assert patch(client, {name: value})["characteristics"] == {**before, name: value}


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize(("sent", "kept"), [("USB-C", ["USB-C"]), (["a", "b"], ["a", "b"]), ([], []), (None, None)])
def test_a_single_label_is_kept_as_a_list_of_one(client: Client, name: str, sent: Any, kept: Any) -> None:
    """Page 000, connection_type: a single string or an array, stored as an array; null clears."""
    assert patch(client, {name: sent})["characteristics"][name] == kept
    assert data(client)["characteristics"][name] == kept


@pytest.mark.parametrize("value", ["S/N 1", None])
def test_serial_number_and_comment_are_written_and_cleared(client: Client, value: str | None) -> None:
    before = data(client)
    expected = {**before, "serial_number": value, "comment": value}
    assert patch(client, {"serial_number": value, "comment": value}) == expected


def test_a_name_of_one_character_is_long_enough(client: Client) -> None:
    assert patch(client, {"name": "x"})["name"] == "x"


@pytest.mark.parametrize("name", WRITTEN)
def test_what_is_only_written_never_comes_back(client: Client, name: str) -> None:
    """Page 000: the answer lists none of these members; writing one changes nothing that can be seen."""
    before = data(client)
    assert patch(client, {name: WRITTEN[name]}) == before
    stored = client.world.document("fleet", "devices", "42")
    assert stored["_" + name] == WRITTEN[name]


@pytest.mark.parametrize("name", [name for name in WRITTEN if name != "is_rented"])
def test_what_is_only_written_is_cleared_by_null(client: Client, name: str) -> None:
    patch(client, {name: WRITTEN[name]})
    patch(client, {name: None})
    assert client.world.document("fleet", "devices", "42")["_" + name] is None


def test_the_written_only_members_are_those_of_the_page() -> None:
    assert set(WRITTEN_ONLY) == set(WRITTEN)


@pytest.mark.parametrize(
    "name", ["client_status", "type", "category", "mdm", "id", "rent", "source", "tracking_number"]
)
def test_members_that_cannot_be_written_are_passed_over(client: Client, name: str) -> None:
    before = data(client)
    assert patch(client, {name: "ARCHIVED", "comment": "x"}) == {**before, "comment": "x"}


def test_no_other_device_changes(client: Client) -> None:
    before = client.get("/devices", params={"limit": 100}).json()
    patch(client, {"name": "Only this one"})
    after = client.get("/devices", params={"limit": 100}).json()
    changed = [old["id"] for old, new in zip(before["data"], after["data"], strict=True) if old != new]
    assert changed == [42]


def test_the_same_update_twice_is_the_same_as_once(client: Client) -> None:
    body = {"name": "Twice", "compliance": "Zoom", "ram": None}
    assert patch(client, body) == patch(client, body)


def test_a_read_key_reads(double: Callable[..., Client]) -> None:
    reader = double("fleet", headers={"Authorization": "Bearer fleet-read-key"})
    assert [reader.get(path).status_code for path in (PATH, "/devices")] == [200, 200]


def test_a_draft_enrollment_is_not_shown(client: Client) -> None:
    """Page 000, mdm: null for a draft, whole for any other status."""
    stored = client.world.document("fleet", "devices", "42")
    client.world.plant("fleet", "devices", "42", {**stored, "mdm": {**stored["mdm"], "status": "DRAFT"}})
    assert data(client)["mdm"] is None
    assert patch(client, {"comment": "still a draft"})["mdm"] is None
    client.world.plant("fleet", "devices", "42", stored)
    assert data(client)["mdm"] == stored["mdm"]


def test_a_device_planted_with_few_members_reads_as_a_whole_one(client: Client) -> None:
    client.world.plant("fleet", "devices", "5000", {"name": "Bare", "mdm": {"id": 1, "status": "ENROLLED"}})
    device = data(client, "/devices/5000")
    assert tuple(device) == LISTED
    assert (device["id"], device["name"], device["serial_number"]) == (5000, "Bare", None)
    assert device["characteristics"] == dict.fromkeys(CHARACTERISTICS)
    assert device["mdm"] == {**dict.fromkeys(MEMBERS), "id": 1, "status": "ENROLLED"}


@pytest.mark.parametrize("text", ["日本語 🖥️", 'é"\\/\b\t', "\u0000", "a" * 100_000, "\ud800"])
def test_any_text_is_kept_as_it_is(client: Client, text: str) -> None:
    response = client.patch(
        PATH, content=json.dumps({"comment": text}).encode(), headers={"Content-Type": "application/json"}
    )
    assert response.status_code == 200
    assert json.loads(response.content)["data"]["comment"] == text
    assert json.loads(client.get(PATH).content)["data"]["comment"] == text


ITEMS = st.dictionaries(st.sampled_from(("name", "brand", "ram", "color", "unknown")), st.none() | st.text(max_size=3))


@given(ITEMS, ITEMS)
def test_two_updates_in_a_row_are_one_with_the_later_value_of_each_member(
    first: dict[str, Any], second: dict[str, Any]
) -> None:
    stored = {"name": "n", "_brand": "b", "characteristics": dict.fromkeys(CHARACTERISTICS)}
    assert written(written(stored, first), second) == written(stored, {**first, **second})
