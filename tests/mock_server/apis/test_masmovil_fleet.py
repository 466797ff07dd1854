"""MasSubscriptions: how the devices look that nobody has touched."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.apis.draw import ANCHOR
from mock_server.apis.masmovil.fleet import DEVICE_ID, OTHER_DEVICE_ID, SUBSCRIPTION_ID, populations, stamp
from mock_server.apis.masmovil.numbers import Ids, Numbers, imei
from mock_server.schemas import Validator
from openapi.contract import load

ORIGIN = datetime(2031, 1, 1, tzinfo=UTC)
TODAY = stamp(int(ANCHOR.timestamp()))
MILLION = populations(0, 1_000_000, ORIGIN)
INDEX = st.integers(0, 999_999)
UUID4 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


def _device_schema() -> Validator:
    response = load("masmovil").operations["getSubscriptionDevice"].responses["200"]
    return Validator(response.content["application/json"].schema)


@given(index=INDEX, collection=st.sampled_from(["devices", "subscriptions"]))
def test_a_key_leads_back_to_its_index(index: int, collection: str) -> None:
    population = MILLION[collection]
    index %= len(population)
    key = population.key(index)
    assert UUID4.fullmatch(key)
    assert population.index(key) == index
    assert population.document(index)["id"] == key


@given(key=st.uuids().map(str) | st.text(max_size=40) | st.just("11111111-1111-4111-8111-111111111111"))
def test_no_other_key_leads_anywhere(key: str) -> None:
    assert MILLION["devices"].index(key) is None
    assert MILLION["subscriptions"].index(key) is None


def test_a_key_beyond_the_end_of_a_smaller_fleet_leads_nowhere() -> None:
    small = populations(0, 10, ORIGIN)["devices"]
    assert [small.index(MILLION["devices"].key(index)) for index in (9, 10, 11)] == [9, None, None]


@given(number=st.integers(0, 2**61 - 1), seed=st.integers())
def test_an_id_can_be_turned_back_for_any_seed(number: int, seed: int) -> None:
    ids = Ids("x", seed)
    assert ids.number(ids.of(number)) == number


@given(index=st.integers(0, 2**24 - 1), seed=st.integers(0, 9))
def test_a_mac_address_and_a_serial_number_can_be_turned_back(index: int, seed: int) -> None:
    known = Numbers(seed)
    assert known.mac_index(known.mac(index, "00-19-C6")) == index
    assert known.serial_index(known.serial(index, "ZF")) == index


@given(text=st.text(max_size=20) | st.from_regex(r"[0-9]{7}-..-[0-9]{3}", fullmatch=True))
def test_any_text_may_be_searched_for(text: str) -> None:
    known = Numbers(0)
    assert (known.mac_index(text) or 0) in range(2**24)
    assert (known.serial_index(text) or 0) in range(10**10)


@given(index=INDEX)
def test_a_device_belongs_to_the_subscription_that_lists_it(index: int) -> None:
    devices, subscriptions = MILLION["devices"], MILLION["subscriptions"]
    owner = subscriptions.index(devices.document(index)["_subscription"])
    assert owner is not None
    assert devices.key(index) in subscriptions.document(owner)["_devices"]


@pytest.mark.parametrize("devices", [0, 1, 2, 3, 4, 5, 6, 7, 8, 12, 13])
def test_a_fleet_of_any_size_is_shared_out_whole(devices: int) -> None:
    made = populations(3, devices, ORIGIN)
    subscriptions, all_devices = made["subscriptions"], made["devices"]
    assert len(all_devices) == max(devices, 2)
    listed = [key for index in range(len(subscriptions)) for key in subscriptions.document(index)["_devices"]]
    assert listed == [all_devices.key(index) for index in range(len(all_devices))]
    assert all(subscriptions.document(index)["_devices"] for index in range(len(subscriptions)))


@pytest.mark.parametrize("seed", [0, 1, 77])
def test_the_fixed_objects_are_there_for_every_seed(seed: int) -> None:
    made = populations(seed, 5, ORIGIN)
    assert made["subscriptions"].index(SUBSCRIPTION_ID) == 0
    assert made["devices"].index(DEVICE_ID) == 0
    assert made["devices"].index(OTHER_DEVICE_ID) == 1
    assert made["subscriptions"].document(0)["_devices"] == [DEVICE_ID, OTHER_DEVICE_ID]


def test_the_fleet_is_a_function_of_the_seed() -> None:
    again, other = populations(0, 1_000_000, ORIGIN)["devices"], populations(1, 1_000_000, ORIGIN)["devices"]
    assert again.document(12_345) == MILLION["devices"].document(12_345)
    assert other.key(12_345) != MILLION["devices"].key(12_345)
    assert other.document(12_345)["serial_number"] != MILLION["devices"].document(12_345)["serial_number"]


def _view(index: int) -> dict[str, Any]:
    return {k: v for k, v in MILLION["devices"].document(index).items() if not k.startswith("_")}


@given(index=INDEX)
def test_a_device_keeps_the_contract_and_its_numbers_cohere(index: int) -> None:
    device = _view(index)
    assert _device_schema().faults(device) == []
    assert ("imei" in device) or ("mac_address" in device)
    label = device["imei"] if device["manufacturing_info"]["id_type"] == "IMEI" else device["serial_number"]
    assert device["manufacturing_info"]["id"] == label
    assert (device["acquisition_type"] == "BORROWED") == (device["insurable_amount"] is None)


@given(index=INDEX)
def test_a_devices_dates_cohere(index: int) -> None:
    device = _view(index)
    handed = device.get("in_store_delivery_date", "")
    returned = device.get("in_store_returned_date")
    assert handed < TODAY
    assert returned is None or handed < returned < TODAY
    for commitment in device["commitments"]:
        assert handed < commitment["expiration_date"]
        cancelled = commitment.get("cancellation_date")
        assert cancelled is None or handed < cancelled < min(commitment["expiration_date"], TODAY)
        assert ("cancellation_user" in commitment) == (cancelled is not None)


def _luhn(digits: str) -> int:
    doubled = [int(d) if place % 2 == 0 else sum(divmod(2 * int(d), 10)) for place, d in enumerate(reversed(digits))]
    return sum(doubled) % 10


def test_the_check_digit_of_an_imei_is_that_of_the_standards_example() -> None:
    """3GPP TS 23.003, annex B: the digits 26053179311383 are followed by 7."""
    assert imei("26053179", 311_383) == "260531793113837"


@given(index=INDEX)
def test_every_imei_has_its_check_digit(index: int) -> None:
    number = _view(index).get("imei")
    assert number is None or (len(number) == 15 and _luhn(number) == 0)


def test_no_two_devices_share_a_number() -> None:
    devices = [_view(index) for index in range(2000)]
    for name in ("id", "legacy_id", "serial_number", "mac_address", "imei"):
        values = [device[name] for device in devices if name in device]
        assert len(values) == len(set(values)), name
