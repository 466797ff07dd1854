"""What an edit writes, where it is read back, and what it leaves alone."""

from typing import Any

import pytest

from tests.mock_server.apis.jasper_support import (
    ACTIVATED,
    FIXED_IP,
    INVENTORY,
    TEST_READY,
    Factory,
    Jasper,
    refused,
)

CUSTOM = [
    *(f"operatorCustom{number}" for number in range(1, 6)),
    *(f"accountCustom{number}" for number in range(1, 11)),
    *(f"customerCustom{number}" for number in range(1, 6)),
]
PLAIN: dict[str, Any] = {
    "ratePlan": "IoT 10MB",
    "communicationPlan": "Fixed IP Plan",
    "customer": "Globex Logistics",
    "deviceID": "pump-7",
    "modemID": "990011",
    "status": "DEACTIVATED",
    **dict.fromkeys(CUSTOM, "Zürich 東京 🚰"),
}
ADDRESS = {"communicationPlan": "Fixed IP Plan", "apn": "iot.example.com", "pdpId": "1"}


@pytest.fixture
def jasper(double: Factory) -> Jasper:
    return Jasper(double)


@pytest.mark.parametrize("name", PLAIN)
def test_a_value_reads_back_and_nothing_else_changes(jasper: Jasper, name: str) -> None:
    before = jasper.device()
    response = jasper.edit(**{name: PLAIN[name]})
    assert (response.status_code, response.json()) == (200, {"iccid": ACTIVATED})
    after = jasper.device()
    assert after == {**before, name: PLAIN[name], "dateUpdated": "2026-03-10 12:00:00.250+0000"}


def test_all_values_at_once(jasper: Jasper) -> None:
    assert jasper.edit(**PLAIN).status_code == 200
    assert jasper.device().items() >= PLAIN.items()


def test_other_devices_stay_as_they_are(jasper: Jasper) -> None:
    before = jasper.device(FIXED_IP)
    jasper.edit(accountCustom1="mine")
    assert jasper.device(FIXED_IP) == before


@pytest.mark.parametrize("name", CUSTOM)
def test_custom_fields_hold_2000_characters_and_no_more(jasper: Jasper, name: str) -> None:
    assert jasper.edit(**{name: "é" * 2000}).status_code == 200
    refused(jasper.edit(**{name: "x" * 2001}), 400, "10000028")
    assert jasper.device()[name] == "é" * 2000
    assert jasper.edit(**{name: ""}).status_code == 200
    assert jasper.device()[name] == ""


@pytest.mark.parametrize(
    ("role", "prefix", "code"),
    [
        ("operator", "operatorCustom", None),
        ("operator", "accountCustom", None),
        ("operator", "customerCustom", None),
        ("account", "operatorCustom", "10000008"),
        ("account", "accountCustom", None),
        ("account", "customerCustom", "10000010"),
        ("customer", "operatorCustom", "10000008"),
        ("customer", "accountCustom", "10000009"),
        ("customer", "customerCustom", None),
    ],
)
def test_who_may_write_which_custom_field(jasper: Jasper, role: str, prefix: str, code: str | None) -> None:
    """Page 003: operators all, accounts their own, customers their own."""
    jasper.as_(role)
    for name in (name for name in CUSTOM if name.startswith(prefix)):
        response = jasper.edit(**{name: "x"})
        if code is None:
            assert response.status_code == 200
        else:
            refused(response, 400, code)


@pytest.mark.parametrize(("role", "code"), [("operator", None), ("account", None), ("customer", "10000030")])
def test_customer_users_may_not_change_the_customer(jasper: Jasper, role: str, code: str | None) -> None:
    jasper.as_(role)
    response = jasper.edit(customer="Globex Logistics")
    assert response.json().get("errorCode") == code


def test_operator_fields_are_shown_to_operators_only(jasper: Jasper) -> None:
    shown = jasper.device().keys()
    for role in ("account", "customer"):
        jasper.as_(role)
        assert shown - jasper.device().keys() == {name for name in CUSTOM if name.startswith("operator")}


@pytest.mark.parametrize("boundary", [("deviceID", 50), ("modemID", 40)])
def test_identifiers_at_their_limit(jasper: Jasper, boundary: tuple[str, int]) -> None:
    name, limit = boundary
    assert jasper.edit(**{name: "é" * limit}).status_code == 200
    assert jasper.device()[name] == "é" * limit


def test_a_combo_box_takes_blank_or_listed_values(jasper: Jasper) -> None:
    """Page 003. No field is a combo box until somebody plants one."""
    jasper.world.plant("jasper", "comboBoxes", "accountCustom4", {"values": ["red", "green"]})
    assert jasper.edit(accountCustom4="red").status_code == 200
    refused(jasper.edit(accountCustom4="blue"), 400, "10000028")
    assert jasper.device()["accountCustom4"] == "red"
    assert jasper.edit(accountCustom4="").status_code == 200
    assert jasper.edit(accountCustom5="blue").status_code == 200


def test_fixed_addresses_read_back_under_other_names(jasper: Jasper) -> None:
    response = jasper.edit(**ADDRESS, ipv4Address="10.20.30.41", ipv6Address="2001:DB8::41")
    assert response.status_code == 200
    device = jasper.device()
    assert (device["fixedIPAddress"], device["fixedIpv6Address"]) == ("10.20.30.41", "2001:DB8::41")
    assert not device.keys() & {"apn", "pdpId", "ipv4Address", "ipv6Address"}
    refused(jasper.edit(TEST_READY, **ADDRESS, ipv6Address="2001:db8:0:0::41"), 400, "10000517")


@pytest.mark.parametrize("missing", [["apn"], ["pdpId"], ["apn", "pdpId"]])
@pytest.mark.parametrize("address", [{"ipv4Address": "10.9.9.9"}, {"ipv6Address": "2001:db8::9"}])
def test_an_address_needs_apn_and_pdp(jasper: Jasper, missing: list[str], address: dict[str, str]) -> None:
    changes = {name: value for name, value in {**ADDRESS, **address}.items() if name not in missing}
    refused(jasper.edit(**changes), 400, "10000011")


def test_an_address_needs_a_plan_that_has_fixed_ones(jasper: Jasper) -> None:
    address = {"ipv4Address": "10.9.9.9", "apn": "a", "pdpId": "1"}
    refused(jasper.edit(**address), 400, "10000014")
    refused(jasper.edit(FIXED_IP, **address, communicationPlan="Default Comm Plan"), 400, "10000014")
    assert jasper.edit(FIXED_IP, **address).status_code == 200


@pytest.mark.parametrize("address", ["10.0.0", "10.0.0.256", "010.0.0.1", "10.0.0.1/8", "", "::1"])
def test_an_ipv4_address_must_be_one(jasper: Jasper, address: str) -> None:
    refused(jasper.edit(**ADDRESS, ipv4Address=address), 400, "10000028")


@pytest.mark.parametrize("address", ["10.0.0.1", "::g", "1::2::3", "fe80::1%eth0", ""])
def test_an_ipv6_address_must_be_one(jasper: Jasper, address: str) -> None:
    refused(jasper.edit(**ADDRESS, ipv6Address=address), 400, "10000028")


def test_a_device_may_be_given_its_own_address_again(jasper: Jasper) -> None:
    assert jasper.edit(FIXED_IP, ipv4Address="10.20.30.40", apn="a", pdpId="1").status_code == 200


def test_an_address_that_was_given_up_is_free(jasper: Jasper) -> None:
    jasper.edit(FIXED_IP, ipv4Address="10.20.30.50", apn="a", pdpId="1")
    assert jasper.edit(**ADDRESS, ipv4Address="10.20.30.40").status_code == 200


def test_apn_and_pdp_alone_change_nothing(jasper: Jasper) -> None:
    before = jasper.device()
    assert jasper.edit(apn="a", pdpId="1").status_code == 200
    assert jasper.device() == {**before, "dateUpdated": "2026-03-10 12:00:00.250+0000"}
    assert jasper.trail() == []


def test_the_first_activation_is_dated(jasper: Jasper) -> None:
    assert jasper.device(INVENTORY)["dateActivated"] is None
    jasper.edit(INVENTORY, status="ACTIVATED")
    assert jasper.device(INVENTORY)["dateActivated"] == "2026-03-10 12:00:00.250+0000"
    jasper.world.advance(days=1)
    jasper.edit(INVENTORY, status="DEACTIVATED")
    jasper.edit(INVENTORY, status="ACTIVATED")
    assert jasper.device(INVENTORY)["dateActivated"] == "2026-03-10 12:00:00.250+0000"


def test_partial_answers(jasper: Jasper) -> None:
    response = jasper.client.get(f"/v1/devices/{ACTIVATED}", params={"fields": "iccid, status,colour"})
    assert response.json() == {"iccid": ACTIVATED, "status": "ACTIVATED"}
    assert len(jasper.client.get(f"/v1/devices/{ACTIVATED}", params={"fields": ""}).json()) == 42
    usage = jasper.client.get(f"/v1/devices/{ACTIVATED}/ctdUsages", params={"fields": "overageLimitOverride"})
    assert usage.json() == {"overageLimitOverride": "DEFAULT"}


@pytest.mark.parametrize("value", ["DEFAULT", "TEMPORARY_OVERRIDE", "PERMANENT_OVERRIDE"])
def test_the_override_is_found_with_the_usage(jasper: Jasper, value: str) -> None:
    assert jasper.edit(overageLimitOverride=value).status_code == 200
    assert jasper.usage()["overageLimitOverride"] == value
    assert "overageLimitOverride" not in jasper.device()
