"""The basics of the second MobileFirst server: without them no alarm of the suite at it could be called false."""

import base64
import time
from collections.abc import Iterator
from xml.etree import ElementTree

import pytest
from starlette.testclient import TestClient

from tests.conformance.servers.mobilefirst import BASE, create_app

ROOT = f"{BASE}/management-apis/2.0/runtimes/myruntime"
DEVICE = f"{ROOT}/devices/12345-6789"


def basic(name: str, password: str | None = None) -> dict[str, str]:
    pair = f"{name}:{password or name}".encode()
    return {"Authorization": "Basic " + base64.b64encode(pair).decode()}


@pytest.fixture
def client() -> Iterator[TestClient]:
    with TestClient(create_app(0.01), headers=basic("demouser")) as client:
        yield client


def device(client: TestClient) -> dict[str, object]:
    items = client.get(f"{ROOT}/devices", params={"pageSize": 500}).json()["items"]
    found: dict[str, object] = next(item for item in items if item["id"] == "12345-6789")
    return found


def test_a_change_moves_the_status_and_its_copies(client: TestClient) -> None:
    answer = client.put(f"{DEVICE}?async=false&locale=de_DE", json={"status": "LOST"}).json()
    assert (answer["ok"], answer["transaction"]["status"]) == (True, "SUCCESS")
    assert answer["transaction"]["userName"] == "demouser"
    shown = device(client)
    assert shown["status"] == "LOST"
    assert {part["deviceStatus"] for part in shown["applicationDeviceAssociations"]} == {"LOST"}  # type: ignore[attr-defined]


def test_one_application_alone_is_disabled(client: TestClient) -> None:
    assert client.put(f"{DEVICE}/applications/com.example.app", json={"status": "DISABLED"}).status_code == 200
    parts = device(client)["applicationDeviceAssociations"]
    assert [part["status"] for part in parts] == ["DISABLED", "ENABLED"]  # type: ignore[attr-defined]


def test_a_later_change_is_made_later(client: TestClient) -> None:
    answer = client.put(f"{DEVICE}?async=true", json={"status": "STOLEN"})
    assert answer.status_code == 202
    number = answer.json()["transaction"]["id"]
    until = time.monotonic() + 5
    while client.get(f"{ROOT}/transactions/{number}").json()["status"] != "SUCCESS":
        assert time.monotonic() < until
    assert device(client)["status"] == "STOLEN"
    assert client.get(f"{ROOT}/lock").json() == {"busy": False}


def test_xml_has_the_pages_elements(client: TestClient) -> None:
    answer = client.put(DEVICE, json={"status": "ACTIVE"}, headers={"Accept": "application/json;q=0.5, text/xml"})
    assert answer.headers["content-type"].startswith("text/xml")
    root = ElementTree.fromstring(answer.text)
    assert (root.tag, root.get("ok")) == ("set-device-status-result", "true")
    description = root.find("transaction/description")
    assert description is not None
    assert description.attrib == {"deviceId": "12345-6789", "status": "ACTIVE"}


@pytest.mark.parametrize(
    ("path", "body", "user", "status"),
    [
        (DEVICE, b'{"status": "LOST",}', "admin", 400),
        (DEVICE, b'{"status": null}', "admin", 400),
        (DEVICE, b'{"status": "lost"}', "admin", 400),
        (DEVICE, b'{"status": "LOST"}', "monitor", 403),
        (f"{ROOT}/devices/no-such-device", b'{"status": "LOST"}', "admin", 404),
        (DEVICE.replace("myruntime", "no-such-runtime"), b'{"status": "LOST"}', "admin", 404),
    ],
)
def test_it_refuses_with_the_pages_statuses(client: TestClient, path: str, body: bytes, user: str, status: int) -> None:
    assert client.put(path, content=body, headers=basic(user)).status_code == status


def test_nobody_gets_in_without_the_right_password(client: TestClient) -> None:
    for headers in ({"Authorization": ""}, basic("admin", "wrong")):
        answer = client.get(f"{ROOT}/devices", headers=headers)
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"].startswith("Basic")


def test_following_bookmarks_shows_each_device_once(client: TestClient) -> None:
    page = client.get(f"{ROOT}/devices", params={"pageSize": 50}).json()
    seen = [item["id"] for item in page["items"]]
    while "nextPageBookmark" in page:
        page = client.get(f"{ROOT}/devices", params={"pageSize": 50, "bookmark": page["nextPageBookmark"]}).json()
        seen += [item["id"] for item in page["items"]]
    assert len(seen) == len(set(seen)) == page["totalListSize"] > 100


def test_a_removed_device_is_gone(client: TestClient) -> None:
    assert client.delete(DEVICE).json()["transaction"]["type"] == "REMOVE_DEVICE"
    assert client.delete(DEVICE).status_code == 404
