"""MobileFirst's transactions: through their states by the world's clock, one at a time, in lists and files."""

import io
import json
import zipfile
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from xml.etree import ElementTree

import pytest

from mock_server.apis.mobilefirst import transactions
from mock_server.apis.mobilefirst.transactions import PHASE
from tests.mock_server.apis.mobilefirst_support import APPLICATION, DEVICE, OTHER, RUNTIME, device, devices, pages
from tests.support import Client

TRANSACTIONS = f"{RUNTIME}/transactions"


@pytest.fixture
def client(double: Callable[..., Client]) -> Client:
    """An administrator in a world whose clock moves only when told."""
    client = double("mobilefirst", auth=("admin", "admin"))
    client.world.freeze()
    return client


def begin(client: Client, path: str = DEVICE, status: str = "LOST") -> int:
    """Start an asynchronous change: the number of its transaction."""
    answer = client.put(path, params={"async": "true"}, json={"status": status})
    assert answer.status_code == 200
    number = answer.json()["transaction"]["id"]
    assert isinstance(number, int)
    return number


def state(client: Client, number: int) -> str:
    """The transaction's status."""
    return str(client.get(f"{TRANSACTIONS}/{number}").json()["status"])


def busy(client: Client) -> bool:
    """Whether the runtime is at work."""
    return bool(client.get(f"{RUNTIME}/lock").json()["busy"])


def pass_phases(client: Client, count: float = 1) -> None:
    """Move the world's clock on by so many phases."""
    client.world.advance(seconds=(count * PHASE).total_seconds())


def test_an_asynchronous_change_is_answered_at_once_and_made_three_phases_later(client: Client) -> None:
    """Who moves the clock on by a phase at a time sees PENDING, PREPARING, COMMITTING, then SUCCESS and the change."""
    answer = client.put(DEVICE, params={"async": "true"}, json={"status": "LOST"}).json()
    assert answer["transaction"]["status"] == "PENDING"
    number = answer["transaction"]["id"]
    seen = []
    for _ in range(4):
        seen.append((state(client, number), device(client)["status"], busy(client)))
        pass_phases(client)
    assert seen == [
        ("PENDING", "ACTIVE", True),
        ("PREPARING", "ACTIVE", True),
        ("COMMITTING", "ACTIVE", True),
        ("SUCCESS", "LOST", False),
    ]


def test_the_times_of_a_transaction_are_those_of_its_steps_not_of_the_look(client: Client) -> None:
    """A phase lasts an eighth of a second of the world's clock, so the third ends after 0.375 s."""
    number = begin(client)
    created = client.get(f"{TRANSACTIONS}/{number}").json()["timeCreated"]
    client.world.advance(hours=1)
    read = client.get(f"{TRANSACTIONS}/{number}").json()
    assert (read["status"], read["timeCreated"]) == ("SUCCESS", created)
    assert took(read) == timedelta(seconds=0.375)


def took(transaction: dict[str, Any]) -> timedelta:
    """From the beginning of a transaction to its last step."""
    begun, moved = (datetime.fromisoformat(transaction[name]) for name in ("timeCreated", "timeUpdated"))
    return moved - begun


def test_a_runtime_works_on_one_transaction_at_a_time_in_the_order_of_asking(client: Client) -> None:
    numbers = [begin(client, DEVICE, "LOST"), begin(client, OTHER, "STOLEN"), begin(client, DEVICE, "ACTIVE")]
    pass_phases(client, 3)
    assert [state(client, number) for number in numbers] == ["SUCCESS", "PENDING", "PENDING"]
    pass_phases(client)
    assert [state(client, number) for number in numbers] == ["SUCCESS", "PREPARING", "PENDING"]
    assert (device(client)["status"], device(client, "98765-4321")["status"]) == ("LOST", "ACTIVE")
    pass_phases(client, 4)
    assert [state(client, number) for number in numbers] == ["SUCCESS", "SUCCESS", "COMMITTING"]
    pass_phases(client)
    assert [state(client, number) for number in numbers] == ["SUCCESS"] * 3
    assert (device(client)["status"], device(client, "98765-4321")["status"]) == ("ACTIVE", "STOLEN")
    assert not busy(client)


def test_a_long_queue_ends_the_same_whether_one_looks_often_or_once(double: Callable[..., Client]) -> None:
    """What the clock brings about does not depend on when anybody asks."""
    found = []
    for looks in (1, 30):
        client = double("mobilefirst", auth=("admin", "admin"))
        client.world.freeze()
        for status in ("LOST", "STOLEN", "DISABLED", "ACTIVE", "LOST"):
            begin(client, status=status)
        for _ in range(looks):
            pass_phases(client, 30 / looks)
            client.get(f"{RUNTIME}/lock")
        items = client.get(TRANSACTIONS, params={"offset": 12}).json()["items"]
        found.append([(item["id"], item["status"], took(item)) for item in items])
    assert found[0] == found[1]
    assert found[0] == [(13 + n, "SUCCESS", 3 * (n + 1) * PHASE) for n in range(5)]


def test_what_is_queued_is_carried_out_before_a_synchronous_request_is_answered(client: Client) -> None:
    number = begin(client, DEVICE, "LOST")
    answer = client.put(DEVICE, json={"status": "STOLEN"}).json()
    assert (answer["ok"], answer["transaction"]["status"]) == (True, "SUCCESS")
    assert state(client, number) == "SUCCESS"
    assert device(client)["status"] == "STOLEN"
    assert not busy(client)


def test_a_transaction_whose_device_has_gone_is_rejected_and_fails(client: Client) -> None:
    client.delete(OTHER, params={"async": "true"})
    answer = client.put(OTHER, params={"async": "true", "locale": "fr_FR"}, json={"status": "LOST"})
    number = answer.json()["transaction"]["id"]
    seen = []
    pass_phases(client, 3)
    for _ in range(4):
        seen.append(state(client, number))
        pass_phases(client)
    assert seen == ["PENDING", "PREPARING", "REJECTING", "FAILURE"]
    failed = client.get(f"{TRANSACTIONS}/{number}").json()
    assert failed["errors"] == [{"details": "FWLSE3002E: La ressource est introuvable."}]
    errors = client.get(TRANSACTIONS, params={"mode": "errors"}).json()["items"]
    assert failed["id"] in [item["id"] for item in errors]
    assert not busy(client)


def test_an_asynchronous_removal_takes_the_device_off_the_list_at_its_end(client: Client) -> None:
    client.delete(OTHER, params={"async": "true"})
    pass_phases(client, 2.9)
    assert "98765-4321" in devices(client)
    pass_phases(client, 0.1)
    assert "98765-4321" not in devices(client)


def test_an_application_can_be_disabled_asynchronously(client: Client) -> None:
    begin(client, APPLICATION, "DISABLED")
    assert device(client)["applicationDeviceAssociations"][0]["status"] == "ENABLED"
    pass_phases(client, 3)
    assert device(client)["applicationDeviceAssociations"][0]["status"] == "DISABLED"


def test_a_transaction_by_itself_has_no_envelope(client: Client) -> None:
    whole = client.put(DEVICE, json={"status": "LOST"}).json()
    alone = client.get(f"{TRANSACTIONS}/{whole['transaction']['id']}", params={"locale": "de_DE"}).json()
    assert alone == {**whole["transaction"], "productVersion": "8.0"}


def test_the_first_transaction_is_the_published_example_of_this_runtime(client: Client) -> None:
    first = client.get(f"{TRANSACTIONS}/1").json()
    assert {name: value for name, value in first.items() if not name.startswith("time")} == {
        "appServerId": "Tomcat",
        "description": {},
        "errors": [{"details": "An internal error occured."}],
        "id": 1,
        "productVersion": "8.0",
        "project": {"name": "myruntime"},
        "status": "FAILURE",
        "type": "DELETE_ADAPTER",
        "userName": "demouser",
    }


def test_the_list_begins_with_the_oldest_and_ends_with_the_newest(client: Client) -> None:
    number = begin(client)
    page = client.get(TRANSACTIONS).json()
    assert [item["id"] for item in page["items"]] == list(range(1, 14))
    assert page["items"][-1]["id"] == number
    assert "productVersion" not in page["items"][-1]
    del page["items"]
    assert page == {"pageNumber": 1, "pageSize": 100, "productVersion": "8.0", "startIndex": 0, "totalListSize": 13}


@pytest.mark.parametrize(
    ("order", "member"),
    [
        ("created", "timeCreated"),
        ("updated", "timeUpdated"),
        ("type", "type"),
        ("status", "status"),
        ("user", "userName"),
        ("server", "appServerId"),
    ],
)
def test_the_list_is_sorted_as_asked_and_backwards_with_a_minus(order: str, member: str, client: Client) -> None:
    forwards = client.get(TRANSACTIONS, params={"orderBy": order}).json()["items"]
    assert [item[member] for item in forwards] == sorted(item[member] for item in forwards)
    backwards = client.get(TRANSACTIONS, params={"orderBy": f"-{order}"}).json()["items"]
    assert backwards == forwards[::-1]


def test_mode_errors_lists_what_went_wrong_and_any_other_mode_lists_all(client: Client) -> None:
    client.put(DEVICE, json={"status": "LOST"})
    errors = client.get(TRANSACTIONS, params={"mode": "errors"}).json()
    assert [item["id"] for item in errors["items"]] == [1, 5, 11]
    assert errors["totalListSize"] == 3
    assert client.get(TRANSACTIONS, params={"mode": "everything"}).json()["totalListSize"] == 13


def test_bookmarks_lead_through_every_transaction_once(client: Client) -> None:
    found = pages(client, TRANSACTIONS, pageSize=5)
    assert [[item["id"] for item in page["items"]] for page in found] == [
        [1, 2, 3, 4, 5],
        [6, 7, 8, 9, 10],
        [11, 12],
    ]
    assert [(page["pageNumber"], page["startIndex"]) for page in found] == [(1, 0), (2, 5), (3, 10)]
    back = client.get(TRANSACTIONS, params={"pageSize": 5, "bookmark": found[1]["prevPageBookmark"]}).json()
    assert back == found[0]
    assert "prevPageBookmark" not in found[0]


def test_an_offset_passes_over_transactions_unless_there_is_a_bookmark(client: Client) -> None:
    page = client.get(TRANSACTIONS, params={"offset": 10, "pageSize": 1}).json()
    assert ([item["id"] for item in page["items"]], page["startIndex"]) == ([11], 10)
    mark = page["nextPageBookmark"]
    marked = client.get(TRANSACTIONS, params={"offset": 3, "pageSize": 1, "bookmark": mark}).json()
    assert [item["id"] for item in marked["items"]] == [12]


@pytest.mark.parametrize("accept", ["application/zip", "application/json", "*/*"])
def test_with_file_all_transactions_come_as_a_real_zip(accept: str, client: Client) -> None:
    query: dict[str, Any] = {"file": "true", "mode": "errors", "pageSize": 1, "offset": 5}
    answer = client.get(TRANSACTIONS, params=query, headers={"Accept": accept})
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/zip")
    assert answer.headers["content-disposition"] == 'attachment; filename="transactions.zip"'
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.namelist() == ["transactions.json"]
        content = json.loads(archive.read("transactions.json"))
    assert content == {"items": client.get(TRANSACTIONS).json()["items"], "productVersion": "8.0"}


def test_a_zip_is_made_only_when_a_file_is_asked_for(client: Client) -> None:
    answer = client.get(TRANSACTIONS, headers={"Accept": "application/zip"})
    assert (answer.status_code, answer.headers["content-type"]) == (406, "application/json")


def test_a_transaction_in_xml_has_the_published_structure(client: Client) -> None:
    answer = client.get(f"{TRANSACTIONS}/5", headers={"Accept": "application/xml"})
    root = ElementTree.fromstring(answer.content)
    json_answer = client.get(f"{TRANSACTIONS}/5").json()
    scalars = {"appServerId", "id", "productVersion", "status", "timeCreated", "timeUpdated", "type", "userName"}
    assert root.attrib == {name: str(json_answer[name]) for name in scalars}
    description, errors, project = root
    assert (description.tag, description.attrib) == ("description", json_answer["description"])
    assert [(error.tag, error.attrib) for error in errors] == [("error", json_answer["errors"][0])]
    assert (errors.tag, project.tag, project.attrib) == ("errors", "project", {"name": "myruntime"})


def test_another_runtime_has_its_own_devices_transactions_and_lock(client: Client) -> None:
    client.world.plant("mobilefirst", "runtimes", "second", {"name": "second", "running": True})
    there = {**device(client), "deviceDisplayName": "Its namesake"}
    client.world.plant("mobilefirst", "devices:second", "12345-6789", there)
    base = RUNTIME.replace("myruntime", "second")
    number = begin(client, f"{base}/devices/12345-6789", "STOLEN")
    assert not busy(client)
    assert client.get(f"{base}/lock").json() == {"busy": True}
    assert client.get(f"{TRANSACTIONS}/{number}").status_code == 404
    begin(client, DEVICE, "LOST")
    pass_phases(client, 3)
    assert client.get(f"{base}/transactions/{number}").json()["status"] == "SUCCESS"
    assert client.get(f"{base}/transactions").json()["totalListSize"] == 1
    second = client.get(f"{base}/devices").json()["items"]
    assert [(item["deviceDisplayName"], item["status"]) for item in second] == [("Its namesake", "STOLEN")]
    assert device(client)["status"] == "LOST"


def test_refused_requests_start_no_transaction(client: Client) -> None:
    client.put(DEVICE, params={"async": "true"}, json={"status": "GONE"})
    client.put(f"{RUNTIME}/devices/no-such-device", params={"async": "true"}, json={"status": "LOST"})
    assert not busy(client)
    assert client.get(TRANSACTIONS).json()["totalListSize"] == 12


def test_the_oldest_transactions_are_forgotten_when_there_are_too_many(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transactions, "KEPT", 15)
    for _ in range(6):
        client.put(DEVICE, json={"status": "LOST"})
    assert [item["id"] for item in client.get(TRANSACTIONS).json()["items"]] == list(range(4, 19))
    assert client.get(f"{TRANSACTIONS}/3").status_code == 404
