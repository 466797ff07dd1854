"""MasSubscriptions: what the five operations of the page, and the commitments beside them, do when all is well."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from openapi.contract import load
from tests.support import Client

Factory = Callable[..., Client]

TOKEN = {"Authorization": "Bearer masmovil-token"}
ORG = "/orgs/yoigo"
DEVICES = f"{ORG}/subscriptions/5b0a3a52-5d5b-4b3e-9c7f-6d3c0c1f0a11/devices"
ID = "ce2f20cb-8c2a-4f1b-9d38-0c4c3f0b7a21"
OTHER_ID = "b7d1f6de-4a0c-4d0e-9a55-2f1c8e6a7c10"
DEVICE = f"{DEVICES}/{ID}"
COMMITMENT_ID = "ce2f20cb-35df-4ffe-bca6-c0ed0c28cb39"
MAC, SERIAL = "00-B0-D0-63-C2-26", "9876543-AB-345"
LEAST: dict[str, Any] = {"catalogue_commercial_device_id": "CDCVPU_1", "legacy_account_id": 7}


@pytest.fixture
def client(double: Factory) -> Client:
    return double("masmovil", headers=TOKEN)


def ids(client: Client, path: str, **query: str) -> list[str]:
    """The ids of the devices in a list, in its order."""
    answer = client.get(path, params=query)
    assert answer.status_code == 200, answer.text
    return [device["id"] for device in answer.json()]


def elsewhere(client: Client) -> tuple[str, dict[str, Any]]:
    """The devices' path of another subscription, and its first device."""
    subscriptions = client.world.state("masmovil")["subscriptions"]
    path = f"{ORG}/subscriptions/{list(subscriptions)[1]}/devices"
    first: dict[str, Any] = client.get(path).json()[0]
    return path, first


@pytest.mark.parametrize(
    "query",
    [{"mac_address": MAC}, {"serial_number": SERIAL}, {"mac_address": MAC, "serial_number": SERIAL}],
    ids=["mac", "serial", "both"],
)
def test_the_search_finds_the_device_by_either_filter_and_by_both(client: Client, query: dict[str, str]) -> None:
    answer = client.get(f"{ORG}/devices", params=query)
    assert answer.status_code == 200
    assert [device["id"] for device in answer.json()] == [ID]
    assert answer.json() == [client.get(DEVICE).json()]


def test_both_filters_must_hold_of_the_same_device(client: Client) -> None:
    _, other = elsewhere(client)
    assert ids(client, f"{ORG}/devices", mac_address=MAC, serial_number=other["serial_number"]) == []


def test_the_search_finds_every_device_of_the_organization_by_its_serial_number(client: Client) -> None:
    devices = client.world.state("masmovil")["devices"]
    assert len(devices) == 200
    for key, device in devices.items():
        assert ids(client, f"{ORG}/devices", serial_number=device["serial_number"]) == [key]


def test_the_search_finds_every_device_that_has_one_by_its_mac_address(client: Client) -> None:
    devices = client.world.state("masmovil")["devices"]
    with_mac = {key: device["mac_address"] for key, device in devices.items() if "mac_address" in device}
    assert len(with_mac) > 100
    for key, mac in with_mac.items():
        assert ids(client, f"{ORG}/devices", mac_address=mac) == [key]


def test_nothing_found_is_an_empty_array(client: Client) -> None:
    assert ids(client, f"{ORG}/devices", serial_number="nobody's") == []
    assert ids(client, f"{ORG}/devices", mac_address="00-00-00-00-00-00") == []
    assert ids(client, f"{ORG}/devices", mac_address="'00-B0-D0-63-C2-26'") == []


def test_an_empty_filter_is_no_filter(client: Client) -> None:
    assert ids(client, f"{ORG}/devices", mac_address="", serial_number=SERIAL) == [ID]
    assert ids(client, DEVICES, mac_address="") == [ID, OTHER_ID]


def test_a_list_holds_the_subscriptions_devices_and_agrees_with_reading_each(client: Client) -> None:
    listed = client.get(DEVICES).json()
    assert [device["id"] for device in listed] == [ID, OTHER_ID]
    assert listed == [client.get(f"{DEVICES}/{device['id']}").json() for device in listed]


def test_the_subscriptions_share_out_all_devices(client: Client) -> None:
    """Each device is in the list of exactly one subscription."""
    state = client.world.state("masmovil")
    listed = [
        key
        for subscription in state["subscriptions"]
        for key in ids(client, f"{ORG}/subscriptions/{subscription}/devices")
    ]
    assert len(listed) == len(set(listed)) == 200
    assert set(listed) == set(state["devices"])


def test_a_list_is_filtered_by_mac_address(client: Client) -> None:
    assert ids(client, DEVICES, mac_address=MAC) == [ID]


def test_a_filtered_list_never_shows_a_device_of_another_subscription(client: Client) -> None:
    """Not even one with the very same MAC address."""
    path, _ = elsewhere(client)
    added = client.post(path, json={**LEAST, "mac_address": MAC}).json()
    assert ids(client, path, mac_address=MAC) == [added["id"]]
    assert ids(client, DEVICES, mac_address=MAC) == [ID]
    assert ids(client, f"{ORG}/devices", mac_address=MAC) == [ID, added["id"]]


def test_an_added_device_is_where_location_says_and_in_list_and_search(client: Client) -> None:
    body = {**LEAST, "serial_number": "S-1", "mac_address": "AA-BB-CC-00-11-22"}
    answer = client.post(DEVICES, json=body)
    assert answer.status_code == 201
    added = answer.json()
    assert UUID(added["id"]).version == 4
    assert {**added, "id": None} == {**body, "id": None}
    assert answer.headers["location"] == f"{client.base_url}".rstrip("/") + f"{DEVICES}/{added['id']}"
    assert client.get(answer.headers["location"]).json() == added
    assert ids(client, DEVICES) == [ID, OTHER_ID, added["id"]]
    assert ids(client, f"{ORG}/devices", serial_number="S-1", mac_address=body["mac_address"]) == [added["id"]]


def test_the_vendors_example_can_be_added_and_gets_an_id_of_the_servers(client: Client) -> None:
    request = load("masmovil").operations["addSubscriptionDevice"].request_body
    assert request is not None
    example = request.content["application/json"].examples["device"]
    answer = client.post(DEVICES, json=example)
    assert answer.status_code == 201
    assert answer.json()["id"] != example["id"]
    assert {**answer.json(), "id": example["id"]} == example


def test_adding_twice_adds_two_devices(client: Client) -> None:
    first, second = (client.post(DEVICES, json=LEAST).json()["id"] for _ in range(2))
    assert ids(client, DEVICES) == [ID, OTHER_ID, first, second]


def test_what_was_added_comes_back_unchanged(client: Client) -> None:
    """Text of any script, whole numbers of any size, and a null that means something."""
    body = {
        **LEAST,
        "serial_number": 'Ñandú \U0001f4e1 \u202e مودم \\ " \u0000',
        "legacy_id": 10**30,
        "insurable_amount": None,
        "commitments": [{"cancellation_user": "e\u0301", "penalty": {"amount": [1, None, True]}}],
    }
    added = client.post(DEVICES, json=body).json()
    assert client.get(f"{DEVICES}/{added['id']}").json() == {**body, "id": added["id"]}


def test_a_device_is_found_whatever_the_case_of_its_id(client: Client) -> None:
    assert (
        client.get(
            DEVICE.upper()
            .replace("/ORGS/YOIGO/SUBSCRIPTIONS", "/orgs/yoigo/subscriptions")
            .replace("/DEVICES", "/devices")
        ).json()["id"]
        == ID
    )


def test_the_fixed_device_is_as_promised(client: Client) -> None:
    device = client.get(DEVICE).json()
    assert (device["mac_address"], device["serial_number"]) == (MAC, SERIAL)
    assert device["manufacturing_info"] == {"id_type": "SERIAL_NUMBER", "id": SERIAL}
    assert device["insurable_amount"] is None
    assert not [name for name in device if name.startswith("_")]


def test_a_commitment_reads_as_its_device_shows_it(client: Client) -> None:
    answer = client.get(f"{DEVICE}/commitments/{COMMITMENT_ID}")
    assert answer.status_code == 200
    assert answer.json() == client.get(DEVICE).json()["commitments"][0]
    assert answer.json()["id"] == COMMITMENT_ID


def test_planted_devices_are_listed_and_found(client: Client) -> None:
    """State put there through the control plane is state like any other."""
    subscription = "00000000-0000-4000-8000-000000000001"
    device = {"id": "00000000-0000-4000-8000-000000000002", **LEAST, "serial_number": "P-1"}
    client.world.plant("masmovil", "subscriptions", subscription, {"id": subscription, "org": "yoigo"})
    client.world.plant("masmovil", "devices", device["id"], {**device, "_subscription": subscription})
    assert client.get(f"{ORG}/subscriptions/{subscription}/devices").json() == [device]
    assert ids(client, f"{ORG}/devices", serial_number="P-1") == [device["id"]]


def test_a_device_planted_without_an_id_has_its_key_for_it(client: Client) -> None:
    key = "00000000-0000-4000-8000-000000000003"
    planted = {**LEAST, "serial_number": "P-2", "_subscription": DEVICES.split("/")[4]}
    client.world.plant("masmovil", "devices", key, planted)
    assert ids(client, DEVICES) == [ID, OTHER_ID, key]
    assert ids(client, f"{ORG}/devices", serial_number="P-2") == [key]
    answer = client.patch(f"{DEVICES}/{key}", json=[{"op": "replace", "path": "/serial_number", "value": "P-3"}])
    assert answer.json() == client.get(f"{DEVICES}/{key}").json() == {"id": key, **LEAST, "serial_number": "P-3"}


def test_a_device_of_another_organization_is_not_found_by_the_search(client: Client) -> None:
    client.world.plant("masmovil", "subscriptions", "s", {"id": "s", "org": "pepephone"})
    client.world.plant("masmovil", "devices", "d", {"id": "d", **LEAST, "mac_address": MAC, "_subscription": "s"})
    assert ids(client, f"{ORG}/devices", mac_address=MAC) == [ID]
