"""How the SIM cards look: coherent, the same for the same seed, found by number and by address without a search."""

from datetime import UTC, datetime
from ipaddress import ip_address
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.apis.draw import ANCHOR
from mock_server.apis.jasper.catalogue import BLANK, COMMUNICATION_PLANS, CUSTOMERS, RATE_PLANS
from mock_server.apis.jasper.dates import detail
from mock_server.apis.jasper.fleet import Sims, populations, untouched_holder
from mock_server.apis.jasper.numbers import eid, luhn
from tests.mock_server.apis.jasper_support import ACTIVATED, FIXED_IP, INVENTORY, MISSING, TEST_READY

ORIGIN = datetime(2031, 1, 1, tzinfo=UTC)
MILLION = Sims(7, 1_000_000)
DRAWN = st.integers(4, 999_999)
FIXED = {ACTIVATED: "ACTIVATED", TEST_READY: "TEST_READY", INVENTORY: "INVENTORY", FIXED_IP: "ACTIVATED"}


def device(index: int) -> dict[str, Any]:
    return MILLION.document(index)


def valid_luhn(number: str) -> bool:
    """The check in its plainest form: every second digit from the right doubled, the sum a multiple of ten."""
    digits = [int(digit) for digit in reversed(number)]
    return sum(d if place % 2 == 0 else d // 5 + d * 2 % 10 for place, d in enumerate(digits)) % 10 == 0


@given(st.integers(0, 999_999))
def test_an_iccid_leads_back_to_its_index(index: int) -> None:
    assert MILLION.index(MILLION.key(index)) == index
    assert device(index)["iccid"] == MILLION.key(index)


@given(st.text(max_size=24) | st.from_regex(r"\A8988216717[0-9]{9}\Z"))
def test_any_other_text_is_no_iccid(text: str) -> None:
    index = MILLION.index(text)
    assert index is None or MILLION.key(index) == text


@pytest.mark.parametrize("seed", [0, 1, 99, 2**63])
@pytest.mark.parametrize("devices", [0, 1, 4, 200])
def test_fixed_devices_exist_in_every_world_and_one_never_does(seed: int, devices: int) -> None:
    sims = populations(seed, devices, ORIGIN)["devices"]
    assert len(sims) == max(devices, 4)
    assert sims.index(MISSING) is None
    for iccid, status in FIXED.items():
        index = sims.index(iccid)
        assert index is not None
        assert sims.document(index)["status"] == status


def test_the_names_that_always_exist() -> None:
    found = populations(0, 200, ORIGIN)
    assert [found["ratePlans"].key(i) for i in (0, 1)] == ["Default Rate Plan", "IoT 10MB"]
    assert [found["communicationPlans"].key(i) for i in (0, 1)] == ["Default Comm Plan", "Fixed IP Plan"]
    assert found["customers"].index("Acme") == 0
    assert found["customers"].index("Nobody") is None


@given(DRAWN)
def test_numbers_have_right_check_digits(index: int) -> None:
    found = device(index)
    assert len(found["iccid"]) == 19
    assert valid_luhn(found["iccid"])
    assert len(found["imsi"]) == 15
    if found["imei"]:
        assert len(found["imei"]) == 15
        assert valid_luhn(found["imei"])
    if found["eid"]:
        assert len(found["eid"]) == 32
        assert int(found["eid"]) % 97 == 1


@given(st.from_regex(r"\A[0-9]{1,30}\Z"))
def test_luhn(body: str) -> None:
    assert valid_luhn(luhn(body))


def test_known_check_digits() -> None:
    assert luhn("49015420323751") == "490154203237518"
    assert luhn("7992739871") == "79927398713"
    assert eid("890490321234512345123456789012") == "89049032123451234512345678901235"


@given(DRAWN)
def test_dates_are_in_a_possible_order(index: int) -> None:
    found = device(index)
    dates = [found[name] for name in ("dateAdded", "dateShipped", "dateActivated", "dateUpdated") if found[name]]
    assert dates == sorted(dates)
    assert dates[-1] < detail(ANCHOR)
    in_use = found["status"] in {"ACTIVATED", "DEACTIVATED", "RETIRED", "PURGED", "REPLACED"}
    assert (found["dateActivated"] is not None) == in_use


@given(DRAWN)
def test_every_member_is_there_and_every_name_exists(index: int) -> None:
    found = device(index)
    assert found.keys() == BLANK.keys()
    assert found["ratePlan"] in RATE_PLANS
    assert found["communicationPlan"] in COMMUNICATION_PLANS
    assert found["customer"] is None or found["customer"] in CUSTOMERS


@given(DRAWN)
def test_an_address_leads_back_to_its_device(index: int) -> None:
    found = device(index)
    assert (found["fixedIPAddress"] is not None) == (found["communicationPlan"] == "Fixed IP Plan")
    for address in filter(None, (found["fixedIPAddress"], found["fixedIpv6Address"])):
        assert untouched_holder(MILLION, ip_address(address)) == found["iccid"]


@given(st.ip_addresses())
def test_an_address_that_somebody_has_is_theirs(address: Any) -> None:
    holder = untouched_holder(MILLION, address)
    if holder is not None:
        index = MILLION.index(holder)
        assert index is not None
        assert str(address) in (device(index)["fixedIPAddress"], device(index)["fixedIpv6Address"])


def test_the_fixed_address_is_taken_in_a_world_of_any_size() -> None:
    assert untouched_holder(Sims(3, 0), ip_address("10.20.30.40")) == FIXED_IP


@pytest.mark.parametrize("devices", [4, 5, 200, 1_000_000])
def test_devices_are_in_the_order_of_their_last_changes(devices: int) -> None:
    sims = Sims(7, devices)
    some = sorted({*range(min(200, devices)), *range(max(0, devices - 200), devices)})
    times = [sims.updated(index) for index in some]
    assert all(earlier < later for earlier, later in pairwise(times))
    assert times[-1] < ANCHOR
    assert [sims.changed_from(time) for time in times] == some


def test_the_same_seed_makes_the_same_devices_and_another_seed_others() -> None:
    again, other = Sims(7, 1_000_000), Sims(8, 1_000_000)
    assert [again.document(index) for index in range(50)] == [device(index) for index in range(50)]
    assert [other.document(index) for index in range(50)] != [device(index) for index in range(50)]


def test_more_devices_than_numbers_are_refused() -> None:
    with pytest.raises(ValueError, match="100000000 devices, not for 100000001"):
        Sims(0, 100_000_001)
