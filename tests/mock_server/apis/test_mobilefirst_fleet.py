"""The devices that MobileFirst's default world is born with: a function of seed and index, and coherent."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.apis.draw import ANCHOR
from mock_server.apis.mobilefirst.catalogue import MODELS
from mock_server.apis.mobilefirst.devices import moment, stamp, status, view, with_status
from mock_server.apis.mobilefirst.fleet import populations
from mock_server.apis.mobilefirst.pages import bookmark, start_of
from mock_server.schemas import Validator
from mock_server.types import Document, Population
from openapi.contract import load

ORIGIN = datetime(2026, 11, 21, tzinfo=UTC)
MILLION = 1_000_000


def fleet(seed: int = 0, devices: int = MILLION) -> Population:
    """The devices of a world."""
    return populations(seed, devices, ORIGIN)["devices"]


def page_schema() -> dict[str, Any]:
    """What the contract says of a device in the list."""
    response = load("mobilefirst").operations["listDevices"].responses["200"]
    schema = response.content["application/json"].schema["properties"]["items"]["items"]
    assert isinstance(schema, dict)
    return schema


@given(index=st.integers(0, MILLION - 1), seed=st.integers(0, 2**63))
def test_a_key_leads_back_to_its_index(index: int, seed: int) -> None:
    devices = fleet(seed)
    assert devices.index(devices.key(index)) == index


@given(key=st.one_of(st.text(), st.uuids().map(str), st.from_regex(r"[0-9a-f-]{30,40}", fullmatch=True)))
def test_what_is_no_key_has_no_index(key: str) -> None:
    """A UUID drawn at random is one of a million devices about never."""
    devices = fleet()
    index = devices.index(key)
    assert index is None or devices.key(index) == key


def test_keys_are_unique_and_look_like_the_ids_of_their_platform() -> None:
    devices = fleet()
    keys = [devices.key(index) for index in range(5000)]
    assert len(set(keys)) == 5000
    form = re.compile("[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-4[0-9A-Fa-f]{3}-[89ABab][0-9A-Fa-f]{3}-[0-9A-Fa-f]{12}")
    assert all(form.fullmatch(key) for key in keys[2:])


def test_an_id_in_the_other_case_is_another_id() -> None:
    devices = fleet()
    assert devices.index(devices.key(2).upper()) is None


@pytest.mark.parametrize("devices", [0, 1, 2, 10, 200])
def test_the_fixed_devices_exist_however_few_are_asked_for(devices: int) -> None:
    population = fleet(devices=devices)
    assert len(population) == max(devices, 2)
    assert [population.index(key) for key in ("12345-6789", "98765-4321")] == [0, 1]
    assert population.index("no-such-device") is None


@given(index=st.integers(0, MILLION - 1), seed=st.integers(0, 1000))
def test_a_device_is_coherent_and_as_the_contract_says(index: int, seed: int) -> None:
    devices = fleet(seed)
    document = devices.document(index)
    assert document == fleet(seed).document(index)
    assert document["id"] == devices.key(index)
    shown = view(document, ORIGIN)
    assert Validator(page_schema()).faults(shown) == []
    assert shown == document
    platforms = {association["appId"].split("$")[1] for association in document["applicationDeviceAssociations"]}
    (platform,) = platforms
    models = {model.name: model.versions for model in MODELS[platform]}
    if document["id"] not in ("12345-6789", "98765-4321"):
        assert document["deviceOs"] in models[document["deviceModel"]]
    assert (platform == "ios") == (document["id"] != document["id"].lower())
    seen = moment(document["lastAccessed"])
    assert seen is not None
    assert ORIGIN - timedelta(days=400) < seen < ORIGIN


def test_another_seed_is_another_fleet_with_the_same_fixed_devices() -> None:
    one, two = fleet(1), fleet(2)
    assert one.document(0) == two.document(0)
    assert {one.key(index) for index in range(2, 500)}.isdisjoint(two.key(index) for index in range(2, 500))


def test_the_fixed_device_was_seen_the_day_before_the_world_began() -> None:
    for origin in (ORIGIN, datetime(2014, 4, 13, tzinfo=UTC)):
        document = populations(0, 200, origin)["devices"].document(0)
        assert (status(document, origin), status(document, origin + timedelta(days=91))) == ("ACTIVE", "EXPIRED")


_DEVICES = st.fixed_dictionaries(
    {
        "id": st.just("d"),
        "status": st.sampled_from(["ACTIVE", "LOST", "STOLEN", "EXPIRED", "DISABLED"]),
        "lastAccessed": st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)).map(
            lambda time: stamp(time.replace(tzinfo=UTC))
        ),
    }
)


@given(device=_DEVICES, new=st.sampled_from(["ACTIVE", "LOST", "STOLEN", "EXPIRED", "DISABLED"]))
def test_a_status_reads_back_as_it_was_set_whenever_the_device_was_seen(device: Document, new: str) -> None:
    assert status(with_status(device, new, ORIGIN), ORIGIN) == new


@given(start=st.integers(0, 10**9), kind=st.sampled_from(["devices", "transactions"]))
def test_a_bookmark_leads_to_where_it_was_set(start: int, kind: str) -> None:
    assert start_of(kind, bookmark(kind, start)) == start


def test_the_history_is_in_order_and_has_ended_before_the_anchor() -> None:
    history = populations(0, 200, ORIGIN)["transactions"]
    documents = [history.document(index) for index in range(len(history))]
    assert [document["id"] for document in documents] == [int(history.key(index)) for index in range(len(history))]
    created = [document["timeCreated"] for document in documents]
    assert created == sorted(created)
    assert all(item["timeCreated"] < item["timeUpdated"] < stamp(ANCHOR) for item in documents)
    assert [history.index(key) for key in ("0", "01", "13", "x", "²", "")] == [None] * 6
