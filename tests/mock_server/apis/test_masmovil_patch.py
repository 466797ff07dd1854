"""MasSubscriptions: JSON Patch on a device, whole or not at all."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.mock_server.apis.test_masmovil import COMMITMENT_ID, DEVICE, DEVICES, ID, MAC, ORG, ids
from tests.mock_server.apis.test_masmovil import client as client
from tests.support import Client

JSON_PATCH = "application/json-patch+json"


def patched(client: Client, *operations: Any) -> dict[str, Any]:
    """The device after these operations, as PATCH answers and as GET then shows it."""
    answer = client.patch(DEVICE, json=list(operations))
    assert answer.status_code == 200, answer.text
    device: dict[str, Any] = answer.json()
    assert client.get(DEVICE).json() == device
    return device


def refused(client: Client, body: Any) -> str:
    """The message of a 400 that leaves everything as it was."""
    before = client.world.state("masmovil")
    answer = client.patch(DEVICE, json=body)
    assert answer.status_code == 400, answer.text
    assert answer.json()["error"]["code"] == "INVALID_PATCH"
    assert client.world.state("masmovil") == before
    message: str = answer.json()["error"]["message"]
    return message


def replace(path: str, value: Any) -> dict[str, Any]:
    return {"op": "replace", "path": path, "value": value}


@pytest.mark.parametrize("media_type", ["application/json", JSON_PATCH, f"{JSON_PATCH}; charset=utf-8"])
def test_a_patch_is_taken_in_both_media_types(client: Client, media_type: str) -> None:
    body = json.dumps([replace("/shipping_order_id", "18396")])
    answer = client.patch(DEVICE, content=body, headers={"Content-Type": media_type})
    assert (answer.status_code, answer.json()["shipping_order_id"]) == (200, "18396")


def test_only_what_is_named_changes(client: Client) -> None:
    before = client.get(DEVICE).json()
    after = patched(client, {"op": "add", "path": "/imei", "value": "1"})
    assert after == {**before, "imei": "1"}


def test_the_vendors_reason_and_other_unknown_members_have_no_effect(client: Client) -> None:
    operation = {"op": "add", "path": "/commitments/0/status", "value": "DEACTIVATED", "reason": "SUBSCRIBER_REQUESTED"}
    device = patched(client, operation | {"from": 3, "ticket": {"id": 1}})
    assert device["commitments"][0]["status"] == "DEACTIVATED"
    assert "SUBSCRIBER_REQUESTED" not in json.dumps(device)
    assert client.get(f"{DEVICE}/commitments/{COMMITMENT_ID}").json()["status"] == "DEACTIVATED"


def test_each_kind_of_operation(client: Client) -> None:
    device = patched(
        client,
        {"op": "test", "path": "/serial_number", "value": "9876543-AB-345"},
        {"op": "add", "path": "/commitments/-", "value": {"legacy_id": 1}},
        {"op": "add", "path": "/commitments/0", "value": {"legacy_id": 0}},
        {"op": "copy", "from": "/manufacturing_info/id", "path": "/imei"},
        {"op": "move", "from": "/pickup_order_id", "path": "/reservation_id"},
        {"op": "remove", "path": "/commitments/1"},
        replace("/insurable_amount", 99.5),
    )
    assert [commitment["legacy_id"] for commitment in device["commitments"]] == [0, 1]
    assert device["imei"] == "9876543-AB-345"
    assert device["reservation_id"] == "P0000001"
    assert "pickup_order_id" not in device
    assert device["insurable_amount"] == 99.5


def test_a_member_can_be_null_where_the_page_says_so(client: Client) -> None:
    patched(client, replace("/insurable_amount", 10))
    assert patched(client, replace("/insurable_amount", None))["insurable_amount"] is None


def test_an_empty_patch_changes_nothing(client: Client) -> None:
    before = client.get(DEVICE).json()
    assert patched(client) == before


def test_a_whole_device_may_be_replaced_by_another_of_the_same_id(client: Client) -> None:
    device = {"id": ID, "catalogue_commercial_device_id": "X", "legacy_account_id": 1}
    assert patched(client, replace("", device)) == device
    assert client.get(DEVICES).json()[0] == device


def test_a_later_failure_undoes_what_came_before_it(client: Client) -> None:
    message = refused(
        client,
        [
            replace("/shipping_order_id", "1"),
            {"op": "remove", "path": "/pickup_order_id"},
            {"op": "test", "path": "/shipping_order_id", "value": "2"},
        ],
    )
    assert message == (
        "The patch cannot be applied: operation 2: /shipping_order_id does not hold the value that is tested for"
    )


@pytest.mark.parametrize(
    ("operation", "sentence"),
    [
        ({"op": "remove", "path": "/imei"}, "operation 0: there is nothing at '/imei'"),
        (replace("/imei", "1"), "operation 0: there is nothing at '/imei'"),
        (replace("/commitments/00/legacy_id", 1), "there is nothing at '/commitments/00/legacy_id'"),
        (replace("/commitments/-", {}), "operation 0: there is nothing at '/commitments/-'"),
        ({"op": "add", "path": "/commitments/9", "value": {}}, "nothing can be placed at '/commitments/9'"),
        ({"op": "add", "path": "/a/b", "value": 1}, "nothing can be placed at '/a/b'"),
        ({"op": "test", "path": "/legacy_account_id", "value": True}, "/legacy_account_id does not hold"),
        ({"op": "move", "from": "/commitments", "path": "/commitments/0"}, "cannot be moved into itself"),
        ({"op": "remove", "path": ""}, "the whole document cannot be removed"),
    ],
)
def test_an_operation_that_cannot_be_carried_out(client: Client, operation: Any, sentence: str) -> None:
    assert sentence in refused(client, [operation])


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ({}, "body must be an array"),
        ({"op": "remove", "path": "/imei"}, "body must be an array"),
        ([[]], "0 must be an object"),
        ([{"op": "remove"}], "0.path is required"),
        ([{"path": "/imei"}], "0.op is required"),
        ([{"op": "merge", "path": "/imei", "value": 1}], "0.op must be one of add, remove, replace, move, copy, test"),
        ([{"op": "remove", "path": "imei"}], "0.path must be a JSON Pointer"),
        ([{"op": "remove", "path": "/~2"}], "0.path must be a JSON Pointer"),
        ([{"op": "remove", "path": None}], "0.path must be a string"),
        ([{"op": "add", "path": "/imei"}], "0 lacks what its op needs"),
        ([{"op": "move", "path": "/imei"}], "0 lacks what its op needs"),
        ([{"op": "copy", "path": "/imei", "from": "serial_number"}], "0 lacks what its op needs"),
        ([replace("/shipping_order_id", "1"), {"op": "test", "path": ""}], "1 lacks what its op needs"),
    ],
)
def test_a_body_that_is_no_patch(client: Client, body: Any, sentence: str) -> None:
    assert sentence in refused(client, body)


@pytest.mark.parametrize(
    ("operation", "sentence"),
    [
        ({"op": "remove", "path": "/legacy_account_id"}, "legacy_account_id is required"),
        ({"op": "remove", "path": "/catalogue_commercial_device_id"}, "catalogue_commercial_device_id is required"),
        (
            replace("/acquisition_type", "STOLEN"),
            "acquisition_type must be one of BORROWED, FINANCED, ONE_TIME_PAYMENT",
        ),
        (replace("/legacy_account_id", "1"), "legacy_account_id must be a whole number"),
        (replace("/mac_address", None), "mac_address must be a string"),
        (replace("/commitments/0/expiration_date", "soon"), "commitments.0.expiration_date must be a date and time"),
        ({"op": "add", "path": "/serial", "value": "1"}, "serial is not a known member"),
        ({"op": "add", "path": "/_subscription", "value": "1"}, "_subscription is not a known member"),
        (
            {"op": "add", "path": "/manufacturing_info/year", "value": 1},
            "manufacturing_info.year is not a known member",
        ),
        (replace("", []), "it must be an object"),
        (replace("", None), "it must be an object"),
    ],
)
def test_a_patch_must_leave_a_device(client: Client, operation: Any, sentence: str) -> None:
    assert "The patch does not leave a valid device: " + sentence in refused(client, [operation])


@pytest.mark.parametrize(
    "operation",
    [
        replace("/id", "11111111-1111-4111-8111-111111111111"),
        replace("/id", ID.upper()),
        {"op": "remove", "path": "/id"},
        {"op": "move", "from": "/id", "path": "/imei"},
        {"op": "copy", "from": "/commitments/0/id", "path": "/id"},
    ],
)
def test_the_id_stays(client: Client, operation: Any) -> None:
    assert refused(client, [operation]) == "The patch changes the id of the device"


def test_the_id_may_be_tested_and_replaced_by_itself(client: Client) -> None:
    patched(client, {"op": "test", "path": "/id", "value": ID}, replace("/id", ID))


def test_a_repeated_member_of_an_operation_is_refused(client: Client) -> None:
    before = client.world.state("masmovil")
    body = b'[{"op": "test", "op": "remove", "path": "/pickup_order_id"}]'
    answer = client.patch(DEVICE, content=body, headers={"Content-Type": JSON_PATCH})
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "INVALID_REQUEST")
    assert client.world.state("masmovil") == before


def test_the_search_knows_the_new_mac_address_and_forgets_the_old(client: Client) -> None:
    patched(client, replace("/mac_address", "AA-BB-CC-DD-EE-FF"))
    assert ids(client, f"{ORG}/devices", mac_address="AA-BB-CC-DD-EE-FF") == [ID]
    assert ids(client, f"{ORG}/devices", mac_address=MAC) == []
    assert ids(client, DEVICES, mac_address="AA-BB-CC-DD-EE-FF") == [ID]


def test_other_devices_are_untouched(client: Client) -> None:
    before = client.world.state("masmovil")["devices"]
    patched(client, replace("/shipping_order_id", "1"))
    after = client.world.state("masmovil")["devices"]
    assert {key for key in before if before[key] != after[key]} == {ID}
    assert list(before) == list(after)


def test_a_patch_does_not_build_a_device_nested_without_end(client: Client) -> None:
    """Each patch nests a little deeper; the hundredth level is the last."""
    patched(client, {"op": "add", "path": "/commitments/0/x", "value": {}})
    path = "/commitments/0/x"
    for _ in range(96):
        path += "/x"
    deep: Any = {}
    for _ in range(96):
        deep = {"x": deep}
    patched(client, replace("/commitments/0/x", deep))
    assert "is nested deeper than 100 levels" in refused(
        client, [{"op": "add", "path": path + "/x", "value": {"x": {"x": {}}}}]
    )


def test_a_patch_that_doubles_itself_is_stopped(client: Client) -> None:
    bomb = [{"op": "copy", "from": "/commitments", "path": "/commitments/-"}] * 40
    assert "a patch may copy 100000 values and no more" in refused(client, bomb)


_TEXT = st.text(st.characters(codec="utf-8"), max_size=30)


def test_the_last_of_several_writes_is_what_is_read(client: Client) -> None:
    @given(values=st.lists(_TEXT, min_size=1, max_size=4))
    def check(values: list[str]) -> None:
        device = patched(client, *({"op": "add", "path": "/reservation_id", "value": value} for value in values))
        assert device["reservation_id"] == values[-1]

    check()
