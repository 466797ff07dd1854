"""How Fleet's devices look: the same for the same seed, coherent, and found by key without a search."""

import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.apis.draw import ANCHOR
from mock_server.apis.fleet import API
from mock_server.apis.fleet.behaviour import WRITTEN_ONLY
from mock_server.apis.fleet.catalogue import CHARACTERISTICS
from mock_server.apis.fleet.enrollment import MEMBERS
from mock_server.apis.fleet.fleet import Devices, parcel_number, populations
from mock_server.apis.fleet.people import Users, name_of, plain
from tests.support import Client

ORIGIN = datetime(2031, 1, 1, tzinfo=UTC)
SIZES = st.integers(0, 3000) | st.sampled_from([12, 13, 14, 41, 42, 43, 1_000_000])
SEEDS = st.integers(-5, 2**40)


def devices(seed: int, size: int) -> Devices:
    return Devices(seed, size)


@given(SEEDS, SIZES, st.data())
def test_index_is_the_inverse_of_key(seed: int, size: int, data: st.DataObject) -> None:
    for population in populations(seed, size, ORIGIN).values():
        index = data.draw(st.integers(0, len(population) - 1))
        assert population.index(population.key(index)) == index


@given(st.integers(0, 60))
def test_every_world_has_its_fixed_devices_once(size: int) -> None:
    population = devices(0, size)
    keys = [population.key(index) for index in range(len(population))]
    assert len(set(keys)) == len(population) == max(size, 3)
    assert {"1", "13", "42"} <= set(keys)
    assert all(population.index(str(number)) is None for number in range(70) if str(number) not in keys)


@given(
    st.text(max_size=12)
    | st.integers(-9, 10**30).map(str)
    | st.sampled_from(["042", "", "²", "٤٢", "4_2", " 42", "+42"])
)
def test_a_key_that_is_none_is_found_nowhere(key: str) -> None:
    for population in populations(0, 100, ORIGIN).values():
        index = population.index(key)
        assert index is None or population.key(index) == key


def test_the_missing_device_is_in_no_world_that_fits_a_machine() -> None:
    assert devices(0, 10_000_000).index("999999999") is None


@given(SEEDS, st.integers(0, 199))
def test_a_device_is_a_function_of_seed_and_index(seed: int, index: int) -> None:
    assert devices(seed, 200).document(index) == devices(seed, 200).document(index)


def test_another_seed_is_another_workspace() -> None:
    assert [devices(1, 200).document(index) for index in range(200)] != [
        devices(2, 200).document(index) for index in range(200)
    ]


@pytest.mark.parametrize("seed", range(20))
def test_the_fixed_devices_are_what_examples_need(seed: int) -> None:
    """42 is a laptop in use by user 7, with another layout than the example's; 13 is archived; 1 can be changed."""
    population = devices(seed, 200)
    known, archived, other = (population.document(population.index(key) or 0) for key in ("42", "13", "1"))
    assert (known["client_status"], known["_user_id"], known["mdm"]["status"]) == ("IN_SERVICE", 7, "ENROLLED")
    assert (known["type"], known["characteristics"]["keyboard_layout"]) == ("Laptop", "INTERNATIONAL_ENGLISH_QWERTY")
    assert archived["client_status"] == "ARCHIVED"
    assert other["client_status"] == "IN_SERVICE"


@given(SEEDS, st.integers(0, 999))
def test_a_device_is_whole(seed: int, index: int) -> None:
    device = devices(seed, 1000).document(index)
    assert tuple(device["characteristics"]) == CHARACTERISTICS
    assert device["mdm"] is None or tuple(device["mdm"]) == MEMBERS
    assert {"_" + name for name in WRITTEN_ONLY} <= device.keys()


@given(SEEDS, st.integers(0, 999))
def test_an_enrollments_times_follow_each_other(seed: int, index: int) -> None:
    """Bought, fetched, enrolled, seen, taken over, left: in this order, none after the anchor."""
    device = devices(seed, 1000).document(index)
    mdm = device["mdm"]
    if mdm is None:
        return
    names = ("download_date", "enrollment_date", "last_seen_date", "last_sync_date", "unenrollment_date")
    times = [datetime.fromisoformat(mdm[name]) for name in names if mdm[name]]
    bought = device["_client_purchase_date"] or device["_client_rental_startDate"]
    assert times == sorted(times)
    assert all(datetime.fromisoformat(bought).replace(tzinfo=UTC) < time <= ANCHOR for time in times)
    assert (mdm["unenrollment_date"] is not None) == (mdm["status"] == "UNENROLLED")
    assert (mdm["lock_date"] is not None) == bool(mdm["is_locked"])


@given(SEEDS, st.integers(0, 999))
def test_who_has_a_device_fits_its_state(seed: int, index: int) -> None:
    device = devices(seed, 1000).document(index)
    user = device["_user_id"]
    if device["client_status"] in {"AVAILABLE", "ARCHIVED", "OUT_OF_SERVICE", "PENDING_VALIDATION"}:
        assert user is None
    if user is not None:
        assert device["name"].endswith(" of " + " ".join(name_of(seed, user)))
        assert Users(seed, 1000).index(str(user)) == user - 1


@given(SEEDS, st.integers(0, 999))
def test_only_what_fleet_leases_has_a_rent_and_a_parcel(seed: int, index: int) -> None:
    device = devices(seed, 1000).document(index)
    leased = device["source"] == "FLEET"
    assert (device["rent"] is not None) == leased
    assert device["_is_rented"] or not leased
    if device["tracking_number"]:
        assert leased
        assert device["client_status"] in {"SHIPPED", "DELIVERED"}


def test_serial_numbers_are_a_devices_own() -> None:
    population = devices(0, 50_000)
    serials = [serial for index in range(50_000) if (serial := population.document(index)["serial_number"])]
    assert len(set(serials)) == len(serials)
    assert all(re.fullmatch(r"[0-9A-Z]{7,11}", serial) for serial in serials)


@pytest.mark.parametrize(("number", "whole"), [(47312482, "CB473124829FR"), (0, "CB000000005FR")])
def test_a_parcel_number_has_the_standards_check_digit(number: int, whole: str) -> None:
    """UPU S10 prints 47312482 with the check digit 9; a remainder of nought gives 5."""
    assert parcel_number(number) == whole


@given(st.integers(0, 99_999_999))
def test_a_parcel_numbers_digits_add_up(number: int) -> None:
    """S10: the weighted sum and the check digit make a multiple of eleven, but for the remainders 0 and 1."""
    digits = [int(digit) for digit in parcel_number(number)[2:11]]
    remainder = sum(digit * weight for digit, weight in zip(digits, (8, 6, 4, 2, 3, 5, 9, 7), strict=False)) % 11
    assert digits[8] == {0: 5, 1: 0}.get(remainder, 11 - remainder)


@given(SEEDS, st.integers(1, 10**6))
def test_a_plain_name_is_plain(seed: int, user: int) -> None:
    assert all(re.fullmatch(r"[a-z]+", plain(name)) for name in name_of(seed, user))


def test_the_ready_target_names_objects_that_exist(double: Callable[..., Client]) -> None:
    """Every fixture of the target works with the target's own credentials."""
    target = API.target
    client = double("fleet", headers={"Authorization": f"Bearer {target['credentials']['write']['token']}"})
    fixtures = target["fixtures"]
    body = {"comment": "checked"}
    assert client.patch(f"/devices/{fixtures['device_id']}", json=body).status_code == 200
    assert client.patch(f"/devices/{fixtures['other_device_id']}", json=body).status_code == 200
    assert client.patch(f"/devices/{fixtures['forbidden_device_id']}", json=body).status_code == 403
    assert client.patch(f"/devices/{fixtures['missing_device_id']}", json=body).status_code == 404
    assert client.patch(f"/devices/{fixtures['device_id']}", json={"user_id": fixtures["user_id"]}).status_code == 200
    assert target["capabilities"] == {"robustness": True, "create_devices": True, "delete_devices": True}
