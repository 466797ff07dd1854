"""How the inventory's devices look: coherent, the same for the same seed, found without a search."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.apis.draw import ANCHOR
from mock_server.apis.zequenze.fleet import Inventory, populations, stamp

ORIGIN = datetime(2031, 1, 1, tzinfo=UTC)
TODAY = stamp(int(ANCHOR.timestamp()))
MILLION = Inventory(7, 1_000_000)


def device(index: int) -> dict[str, Any]:
    return MILLION.document(index)


@given(st.integers(0, 999_999))
def test_a_serial_number_leads_back_to_its_index(index: int) -> None:
    assert MILLION.index(MILLION.key(index)) == index


@given(st.integers(0, 999_999))
def test_a_device_knows_its_own_serial_number(index: int) -> None:
    assert device(index)["serial_number"] == MILLION.key(index)


@given(st.text(max_size=14))
def test_any_other_text_is_no_serial_number(text: str) -> None:
    index = MILLION.index(text)
    assert index is None or MILLION.key(index) == text


@pytest.mark.parametrize("key", ["", "NOSUCHSERIAL", "abc123456789", "ABC123456789 ", "000000", "é00000"])
def test_near_misses_are_no_serial_numbers(key: str) -> None:
    assert MILLION.index(key) is None


def test_a_serial_number_beyond_the_fleet_is_unknown() -> None:
    small = Inventory(7, 200)
    assert small.index(MILLION.key(199)) == 199
    assert small.index(MILLION.key(200)) is None


def test_serial_numbers_are_unique() -> None:
    assert len({MILLION.key(index) for index in range(20_000)}) == 20_000


@pytest.mark.parametrize("seed", [0, 1, 99])
def test_two_devices_exist_whatever_the_seed(seed: int) -> None:
    inventory = populations(seed, 200, ORIGIN)["devices"]
    assert [inventory.key(0), inventory.key(1)] == ["ABC123456789", "XYZ987654321"]
    assert inventory.document(0)["id"] == 1247


def test_the_fixed_devices_exist_in_an_empty_fleet() -> None:
    assert len(Inventory(0, 0)) == 2


def test_the_same_seed_makes_the_same_devices_and_another_seed_others() -> None:
    again = Inventory(7, 1_000_000)
    other = Inventory(8, 1_000_000)
    assert [again.document(index) for index in range(50)] == [device(index) for index in range(50)]
    assert not {other.key(index) for index in range(2, 200)} & {MILLION.key(index) for index in range(2, 200)}


def test_more_devices_than_serial_numbers_are_refused() -> None:
    with pytest.raises(ValueError, match="729000000 devices, not for 729000001"):
        Inventory(0, 729_000_001)


@given(st.integers(2, 999_999))
def test_dates_are_in_a_possible_order(index: int) -> None:
    """Bought, created, written, changed and seen, in that order, and all before the anchor."""
    found = device(index)
    fields = found["custom_fields"]
    assert fields["purchase_date"] <= found["created_at"][:10]
    assert date.fromisoformat(fields["purchase_date"]) < date.fromisoformat(fields["warranty_expiry"])
    assert found["created_at"] <= found["updated_at"] < TODAY
    if found["last_seen"] is not None:
        assert found["created_at"] <= found["last_seen"] <= TODAY
        assert found["created_at"] <= found["_last_status_change"] <= TODAY
        assert (found["_last_status_change"] <= found["last_seen"]) == found["_up"]


@given(st.integers(2, 999_999))
def test_what_a_device_says_of_itself_agrees(index: int) -> None:
    """Only devices in use have a person, who is in the name; the unit pays; new ones are unseen."""
    found = device(index)
    if found["assigned_user"] is not None:
        first, last = found["assigned_user"].removesuffix("@company.com").split(".")
        assert found["name"].lower().startswith(f"{first} {last}'s ")
        assert found["status"] in {"active", "maintenance"}
    assert (found["status"] == "deployment") == (found["last_seen"] is None)
    assert not found["_up"] or found["status"] == "active"
    assert found["custom_fields"]["cost_center"][0] == {"Customer Care": "C"}.get(
        found["organization_unit"], found["organization_unit"][0]
    )


def test_a_fleet_has_all_makes_all_statuses_and_both_conditions() -> None:
    fleet = [device(index) for index in range(200)]
    assert {found["device_type"] for found in fleet} == {
        "laptop",
        "desktop",
        "tablet",
        "router",
        "access_point",
        "printer",
        "ip_phone",
    }
    assert {found["status"] for found in fleet} == {"active", "deployment", "maintenance", "decommissioned"}
    assert {found["_up"] for found in fleet} == {True, False}
