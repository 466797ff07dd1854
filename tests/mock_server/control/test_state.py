"""What is stored, seen and planted through the control plane."""

import json
import time
from typing import Any

import jsonpatch
import pytest

from tests.mock_server.control.conftest import FLEET, WRITE, Caller

DEVICES = "/_mock/worlds/default/state/fleet/devices"
SNAPSHOT = "/_mock/worlds/default/snapshot"


def test_collections_are_counted(call: Caller) -> None:
    content = call("GET", "/_mock/worlds/default/state").json()
    assert set(content) == {"fleet", "masmovil"}
    assert content["fleet"]["devices"] == 20


def test_documents_come_in_pages(call: Caller) -> None:
    first = call("GET", DEVICES + "?limit=15").json()
    second = call("GET", DEVICES + "?limit=15&offset=15").json()
    assert first["total"] == second["total"] == 20
    keys = [item["key"] for item in first["items"] + second["items"]]
    assert len(keys) == len(set(keys)) == 20
    assert "42" in keys


@pytest.mark.parametrize("query", ["", "&search=a"])
def test_a_page_behind_the_last_is_empty(call: Caller, query: str) -> None:
    content = call("GET", f"{DEVICES}?offset={10**30}{query}").json()
    assert content["items"] == []
    assert content["total"] > 0


def test_documents_are_searched_and_the_changed_ones_picked_out(call: Caller) -> None:
    assert call("GET", DEVICES + "?changed=true").json()["items"] == []
    call("PATCH", FLEET, headers=WRITE, json={"name": "Zebra Stripes"})
    for query in ("?changed=true", "?search=zebra%20STR"):
        content = call("GET", DEVICES + query).json()
        assert content["total"] == 1
        assert content["items"][0]["key"] == "42"


def test_a_document_is_seen_planted_and_removed(call: Caller) -> None:
    document = call("GET", DEVICES + "/42").json()
    changed = {**document, "name": "Planted"}
    assert call("PUT", DEVICES + "/42", json=changed).status_code == 200
    assert call("GET", FLEET, headers=WRITE).json()["data"]["name"] == "Planted"
    assert call("DELETE", DEVICES + "/42").status_code == 204
    assert call("GET", DEVICES + "/42").status_code == 404
    assert call("DELETE", DEVICES + "/42").status_code == 404
    assert call("GET", FLEET, headers=WRITE).status_code == 404
    assert call("PUT", DEVICES + "/42", json=document).status_code == 201


def test_a_document_that_its_contract_forbids_is_refused_unless_told_not_to(call: Caller) -> None:
    document = call("GET", DEVICES + "/42").json()
    for wrong in ({"name": 5}, {"characteristics": 7}):
        answer = call("PUT", DEVICES + "/42", json={**document, **wrong})
        assert answer.status_code == 422
        assert "validate=false" in answer.json()["error"]
        assert call("GET", DEVICES + "/42").json() == document
    assert call("PUT", DEVICES + "/42?validate=false", json={**document, "name": 5}).status_code == 200
    assert call("GET", DEVICES + "/42").json()["name"] == 5


def test_keys_may_hold_slashes_and_numbers_any_size(call: Caller) -> None:
    path = "/_mock/worlds/default/state/fleet/notes/a%2Fb/c%20d"
    body = {"n": 2**70, "text": "\x00 ü"}
    assert call("PUT", path, content=json.dumps(body), headers={"content-type": "application/json"}).status_code == 201
    assert json.loads(call("GET", path).text) == body
    (item,) = call("GET", "/_mock/worlds/default/state/fleet/notes").json()["items"]
    assert item["key"] == "a/b/c d"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/state/nokia/devices"),
        ("GET", "/state/fleet/unicorns"),
        ("GET", "/state/fleet/unicorns/1"),
        ("GET", "/state/fleet/devices/nope"),
        ("PUT", "/state/nokia/devices/1"),
        ("DELETE", "/state/nokia/devices/1"),
        ("GET", "/diff?against=nowhere"),
    ],
)
def test_what_is_not_there_is_404_with_a_sentence(call: Caller, method: str, path: str) -> None:
    answer = call(method, "/_mock/worlds/default" + path, **({"json": {}} if method == "PUT" else {}))
    assert answer.status_code == 404
    assert "no" in answer.json()["error"]


@pytest.mark.parametrize("body", [[], 1, "x", None])
def test_a_document_is_an_object(call: Caller, body: Any) -> None:
    assert call("PUT", DEVICES + "/42?validate=false", json=body).status_code == 400


def test_a_snapshot_taken_and_put_in_elsewhere_gives_the_same_world(call: Caller) -> None:
    call("PATCH", FLEET, headers=WRITE, json={"name": "Snapped"})
    call("PATCH", "/_mock/worlds/default/clock", json={"now": "2031-01-01T00:00:00Z", "running": False})
    content = call("GET", SNAPSHOT).json()
    assert content["state"]["fleet"]["devices"]["42"]["name"] == "Snapped"
    call("POST", "/_mock/worlds", json={"name": "copy", "seed": 9})
    assert call("PUT", "/_mock/worlds/copy/snapshot", json=content).status_code == 204
    assert call("GET", "/_mock/worlds/copy/snapshot").json() == content
    assert call("GET", "/_mock/worlds/copy/diff").json() == []
    assert call("GET", "/w/copy" + FLEET, headers=WRITE).json()["data"]["name"] == "Snapped"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"state": {"nokia": {}}}, "nokia"),
        ({"origin": "yesterday"}, "origin"),
        ({"origin": "0001-01-01T00:00:00+14:00"}, "between the years 1970 and 8999"),
        ({"origin": "9999-12-31T23:59:59-14:00"}, "between the years 1970 and 8999"),
        ({"devices": 10_000_000}, "leaves out 9999980 devices that fleet has where there are 10000000 devices"),
        ({"version": 2}, "version"),
        ({"state": {"fleet": {"devices": {"1": 5}}}}, "state/fleet/devices/1"),
        ({"seed": "x"}, "seed"),
    ],
)
def test_a_snapshot_that_no_world_can_be_is_refused(call: Caller, change: dict[str, Any], said: str) -> None:
    content = call("GET", SNAPSHOT).json()
    answer = call("PUT", SNAPSHOT, json={**content, **change})
    assert answer.status_code == 400
    assert said in answer.json()["error"]
    assert call("GET", SNAPSHOT).json()["state"] == content["state"]


def test_a_snapshot_of_numbers_alone_makes_a_world_of_any_size_at_once(call: Caller) -> None:
    content = {**call("GET", SNAPSHOT).json(), "devices": 10_000_000, "state": {}}
    began = time.monotonic()
    assert call("PUT", SNAPSHOT, json=content).status_code == 204
    assert time.monotonic() - began < 2
    assert call("GET", "/_mock/worlds/default/state").json()["fleet"]["devices"] == 10_000_000


def test_the_difference_of_two_worlds_is_a_json_patch(call: Caller) -> None:
    call("POST", "/_mock/worlds", json={"name": "before"})
    assert call("PATCH", FLEET, headers=WRITE, json={"name": "After"}).status_code == 200
    answer = call("GET", "/_mock/worlds/default/diff?against=before")
    assert answer.headers["content-type"] == "application/json-patch+json"
    patch = answer.json()
    before, after = call("GET", "/_mock/worlds/before/snapshot").json(), call("GET", SNAPSHOT).json()
    assert jsonpatch.apply_patch(before, patch) == {**after, "clock": before["clock"]}
    assert any(item["path"] == "/state/fleet/devices/42" or "/42/name" in item["path"] for item in patch)
