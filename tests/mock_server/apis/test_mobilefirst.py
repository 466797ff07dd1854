"""MobileFirst's device status over a real socket: the page's examples, what a change moves and what it leaves alone."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from xml.etree import ElementTree

import pytest

from tests.mock_server.apis.mobilefirst_support import APPLICATION, DEVICE, OTHER, RUNTIME, device, devices, plain
from tests.support import Client

STATUSES = ("ACTIVE", "LOST", "STOLEN", "EXPIRED", "DISABLED")

FAILED = {
    "ok": False,
    "productVersion": "8.0",
    "transaction": {
        "appServerId": "Tomcat",
        "description": {"deviceId": "12345-6789", "status": "LOST"},
        "errors": [{"details": "An internal error occured."}],
        "id": 1,
        "project": {"name": "myproject"},
        "status": "FAILURE",
        "timeCreated": "2014-04-13T00:18:36.979Z",
        "timeUpdated": "2014-04-14T00:18:36.979Z",
        "type": "CHANGE_DEVICE_STATUS",
        "userName": "demouser",
    },
}
FAILED_XML = """<?xml version="1.0" encoding="UTF-8"?>
<set-device-status-result
  ok="false"
  productVersion="8.0">
  <transaction
    appServerId="Tomcat"
    id="1"
    status="FAILURE"
    timeCreated="2014-04-13T00:18:36.979Z"
    timeUpdated="2014-04-14T00:18:36.979Z"
    type="CHANGE_DEVICE_STATUS"
    userName="demouser">
    <description
      deviceId="12345-6789"
      status="LOST"/>
    <errors>
      <error details="An internal error occured."/>
    </errors>
    <project name="myproject"/>
  </transaction>
</set-device-status-result>"""


@pytest.fixture
def client(double: Callable[..., Client]) -> Client:
    """The page's user, in a world that stands still at the moment of the page's example."""
    client = double("mobilefirst", auth=("demouser", "demouser"))
    client.world.freeze()
    client.world.open.clock.set(datetime(2014, 4, 13, 0, 18, 36, 979000, tzinfo=UTC))
    return client


def test_the_pages_request_changes_the_status_in_a_transaction_of_its_own(client: Client) -> None:
    answer = client.put(f"{DEVICE}?async=false&locale=de_DE", json={"status": "LOST"})
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    assert answer.json() == {
        "ok": True,
        "productVersion": "8.0",
        "transaction": {
            "appServerId": "Tomcat",
            "description": {"deviceId": "12345-6789", "status": "LOST"},
            "errors": [],
            "id": 13,
            "project": {"name": "myruntime"},
            "status": "SUCCESS",
            "timeCreated": "2014-04-13T00:18:36.979Z",
            "timeUpdated": "2014-04-13T00:18:36.979Z",
            "type": "CHANGE_DEVICE_STATUS",
            "userName": "demouser",
        },
    }


def test_the_pages_json_answer_is_the_example_failure(client: Client) -> None:
    answer = client.put(DEVICE, json={"status": "LOST"}, headers={"Prefer": "example=failure"})
    assert (answer.status_code, answer.json()) == (200, FAILED)
    assert device(client)["status"] == "ACTIVE"


@pytest.mark.parametrize("media_type", ["application/xml", "text/xml"])
def test_the_pages_xml_answer_has_its_elements_and_attributes(media_type: str, client: Client) -> None:
    headers = {"Prefer": "example=failure", "Accept": media_type}
    answer = client.put(DEVICE, json={"status": "LOST"}, headers=headers)
    assert (answer.status_code, answer.headers["content-type"]) == (200, media_type)
    assert answer.content.lower().startswith(b"<?xml version=")
    printed = plain(ElementTree.fromstring(FAILED_XML))
    assert plain(ElementTree.fromstring(answer.content)) == printed


def test_the_pages_payload_as_printed_with_its_trailing_comma_is_400(client: Client) -> None:
    payload = '{\n  "status" : "LOST",\n}'
    answer = client.put(DEVICE, content=payload, headers={"Content-Type": "application/json"})
    assert answer.status_code == 400
    assert device(client)["status"] == "ACTIVE"


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("before", STATUSES)
def test_any_status_may_follow_any_and_moves_the_applications_along(before: str, status: str, client: Client) -> None:
    client.put(DEVICE, json={"status": before})
    answer = client.put(DEVICE, json={"status": status})
    assert answer.json()["transaction"]["description"] == {"deviceId": "12345-6789", "status": status}
    read = device(client)
    assert read["status"] == status
    assert [item["deviceStatus"] for item in read["applicationDeviceAssociations"]] == [status, status]


def test_only_the_status_of_only_this_device_changes(client: Client) -> None:
    before = devices(client)
    client.put(DEVICE, json={"status": "STOLEN"})
    expected = before["12345-6789"]
    expected["status"] = "STOLEN"
    for association in expected["applicationDeviceAssociations"]:
        association["deviceStatus"] = "STOLEN"
    assert devices(client) == before


def test_members_nobody_knows_are_passed_over(client: Client) -> None:
    answer = client.put(DEVICE, json={"status": "LOST", "reason": "left in a taxi"})
    assert answer.status_code == 200
    assert device(client)["status"] == "LOST"


def test_a_disabled_application_is_disabled_on_this_device_alone(client: Client) -> None:
    before = devices(client)
    answer = client.put(f"{APPLICATION}?async=false&locale=de_DE", json={"status": "DISABLED"})
    transaction = answer.json()["transaction"]
    assert transaction["type"] == "CHANGE_DEVICE_APPLICATION_STATUS"
    assert transaction["description"] == {"appName": "com.example.app", "deviceId": "12345-6789", "status": "DISABLED"}
    before["12345-6789"]["applicationDeviceAssociations"][0]["status"] = "DISABLED"
    assert devices(client) == before
    client.put(APPLICATION, json={"status": "ENABLED"})
    before["12345-6789"]["applicationDeviceAssociations"][0]["status"] = "ENABLED"
    assert devices(client) == before


def test_the_published_example_of_the_application_status_works(client: Client) -> None:
    answer = client.put(f"{DEVICE}/applications/myapplication?async=false&locale=de_DE", json={"status": "ENABLED"})
    assert answer.json()["transaction"]["status"] == "SUCCESS"


def test_an_application_keeps_its_status_when_the_devices_changes(client: Client) -> None:
    client.put(APPLICATION, json={"status": "DISABLED"})
    client.put(DEVICE, json={"status": "LOST"})
    association = device(client)["applicationDeviceAssociations"][0]
    assert (association["status"], association["deviceStatus"]) == ("DISABLED", "LOST")


def test_a_removed_device_leaves_the_list_and_is_not_found_any_more(client: Client) -> None:
    client.put(OTHER, json={"status": "LOST"})
    answer = client.delete(f"{OTHER}?async=false&locale=de_DE")
    transaction = answer.json()["transaction"]
    assert (answer.status_code, answer.json()["ok"], transaction["type"]) == (200, True, "REMOVE_DEVICE")
    assert transaction["description"] == {"deviceId": "98765-4321", "status": "LOST"}
    assert "98765-4321" not in devices(client)
    assert client.delete(OTHER).status_code == 404
    assert client.put(OTHER, json={"status": "ACTIVE"}).status_code == 404


@pytest.mark.parametrize(
    ("method", "path", "payload", "root"),
    [
        ("PUT", DEVICE, {"status": "LOST"}, "set-device-status-result"),
        ("PUT", APPLICATION, {"status": "DISABLED"}, "set-applicationdevice-status-result"),
        ("DELETE", OTHER, None, "remove-device-result"),
        ("GET", f"{RUNTIME}/devices", None, "devices"),
        ("GET", f"{RUNTIME}/transactions", None, "transactions"),
        ("GET", f"{RUNTIME}/transactions/1", None, "transaction"),
        ("GET", f"{RUNTIME}/lock", None, "lock"),
    ],
)
def test_each_answer_has_its_published_root_element(
    method: str, path: str, payload: dict[str, Any] | None, root: str, client: Client
) -> None:
    answer = client.request(method, path, json=payload, headers={"Accept": "application/xml"})
    assert answer.status_code == 200
    assert ElementTree.fromstring(answer.content).tag == root


def test_a_device_in_xml_has_the_published_structure(client: Client) -> None:
    answer = client.get(f"{RUNTIME}/devices", params={"query": "Personal Phone"}, headers={"Accept": "text/xml"})
    root = ElementTree.fromstring(answer.content)
    assert root.attrib == {
        "pageNumber": "1",
        "pageSize": "100",
        "productVersion": "8.0",
        "startIndex": "0",
        "totalListSize": "1",
    }
    items = root.find("items")
    assert items is not None
    common = {"certSerialNumber": "", "deviceId": "12345-6789", "deviceStatus": "ACTIVE", "status": "ENABLED"}
    example = {"appId": "com.example.app$android$1.0.0", "appName": "com.example.app", **common}
    published = {"appId": "com.ibm.app$android$1.0.0", "appName": "myapplication", **common}
    tag, attributes, children = plain(items[0])
    assert tag == "item"
    assert attributes.pop("lastAccessed").endswith("Z")
    assert attributes == {
        "deviceDisplayName": "Jeremy's Personal Phone",
        "deviceModel": "Nexus 7",
        "deviceOs": "4.4",
        "id": "12345-6789",
        "status": "ACTIVE",
    }
    assert children == [
        (
            "applicationDeviceAssociations",
            {},
            [("applicationDeviceAssociation", example, []), ("applicationDeviceAssociation", published, [])],
        ),
        ("userIds", {}, [("userId", {"str": "Jeremy"}, [])]),
    ]


@pytest.mark.parametrize(
    ("accept", "chosen"),
    [
        ("*/*", "application/json"),
        ("application/*", "application/json"),
        ("text/*", "text/xml"),
        ("application/xml;q=0.4, application/json;q=0.5", "application/json"),
        ("application/xml;q=0.6, application/json;q=0.5", "application/xml"),
        ("application/json;q=0, */*", "application/xml"),
        ("text/html, application/xml;q=0.9, */*;q=0.1", "application/xml"),
        ("TEXT/XML", "text/xml"),
    ],
)
def test_the_accept_header_chooses_by_its_weights(accept: str, chosen: str, client: Client) -> None:
    answer = client.get(f"{RUNTIME}/lock", headers={"Accept": accept})
    assert (answer.status_code, answer.headers["content-type"]) == (200, chosen)
