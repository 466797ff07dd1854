"""Faults through the control plane: what calls then get, over a real socket where the connection matters."""

from typing import Any

import httpx
import pytest

from tests.mock_server.control.conftest import FLEET, WRITE, Caller
from tests.support import Server

FAULTS = "/_mock/worlds/default/faults"


def add(call: Caller, **rule: Any) -> dict[str, Any]:
    answer = call("POST", FAULTS, json=rule)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def test_a_rule_is_added_shown_counted_and_removed(call: Caller) -> None:
    added = add(call, api="fleet", error="DEVICE_NOT_FOUND", times=2)
    assert added == {
        "id": "1",
        "rule": {"api": "fleet", "error": "DEVICE_NOT_FOUND", "times": 2},
        "seen": 0,
        "fired": 0,
    }
    assert [call("GET", FLEET, headers=WRITE).status_code for _ in range(3)] == [404, 404, 200]
    assert call("GET", FAULTS).json() == {"faults": [{**added, "seen": 3, "fired": 2}]}
    assert call("DELETE", FAULTS + "/1").status_code == 204
    assert call("DELETE", FAULTS + "/1").status_code == 404
    assert call("GET", FAULTS).json() == {"faults": []}


def test_an_error_comes_in_the_vendors_own_envelope_and_changes_nothing(call: Caller) -> None:
    before = call("GET", FLEET, headers=WRITE).json()
    add(call, api="fleet", operation="updateDevice", error="DEVICE_NOT_FOUND")
    forced = call("PATCH", FLEET, headers=WRITE, json={"name": "x"})
    real = call("GET", FLEET.replace("42", "999999999"), headers=WRITE)
    assert (forced.status_code, forced.json()) == (real.status_code, real.json())
    assert call("GET", FLEET, headers=WRITE).json() == before


def test_rules_see_only_the_calls_that_they_are_about(call: Caller) -> None:
    add(call, api="fleet", key="13", method="GET", status=404)
    assert call("GET", FLEET, headers=WRITE).status_code == 200
    assert call("GET", FLEET.replace("42", "13"), headers=WRITE).status_code == 404


def test_a_fork_and_a_cleared_world_have_no_faults(call: Caller) -> None:
    add(call, api="fleet", status=404)
    call("POST", "/_mock/worlds", json={"name": "fork"})
    assert call("GET", "/w/fork" + FLEET, headers=WRITE).status_code == 200
    assert call("DELETE", FAULTS).status_code == 204
    assert call("GET", FLEET, headers=WRITE).status_code == 200


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ({"api": "fleet"}, "must do something"),
        ({"api": "nokia", "drop": True}, "'nokia'"),
        ({"api": "fleet", "operation": "fly", "drop": True}, "'fly'"),
        ({"api": "fleet", "error": "10000012"}, "10000012"),
        ({"error": "DEVICE_NOT_FOUND"}, "give api"),
        ({"api": "fleet", "operation": "getDevice", "status": 418}, "getDevice declares no status '418'"),
        ({"drop": False}, "must do something"),
        ({"malformed": False, "drop": False}, "must do something"),
        ({"delay": 0}, "must do something"),
        ({"delay": {"uniform": [0, 0]}}, "must do something"),
        ({"delay": {"lognormal": {"median": 0, "sigma": 1}}}, "must do something"),
        ({"delay": {"lognormal": {"median": 5, "sigma": 1, "max": 0}}}, "must do something"),
        ({"drop": True, "method": "FOO"}, "never with 'FOO'"),
        (
            {"drop": True, "api": "fleet", "operation": "getDevice", "method": "PATCH"},
            "getDevice is called with GET or HEAD, never with 'PATCH'.",
        ),
        ({"status": 404, "api": "fleet", "method": "PUT"}, "DELETE or GET or HEAD or PATCH or POST"),
        ({"api": "fleet", "error": "DEVICE_NOT_FOUND", "status": 404}, "not both"),
        ({"delay": {"uniform": [20, 10]}}, "shortest"),
        ({"delay": -1}, "delay"),
        ({"delay": {"uniform": [1]}}, "delay"),
        ({"drop": True, "probability": 2}, "probability"),
        ({"drop": True, "nth": 0}, "nth"),
        ({"drop": True, "nth": 3, "every": 2}, "no call that nth names is one of every 2."),
        ({"drop": True, "nth": [1, 5, 7], "every": 3}, "no call that nth names is one of every 3."),
        ({"drop": True, "key": ""}, "key must be at least 1 character(s) long."),
        ({"drop": True, "operation": "listDevices", "key": "42"}, "No call that the rule is about has a key"),
        ({"drop": True, "api": "fleet", "method": "POST", "key": "42"}, "No call that the rule is about has a key"),
        ({"drop": True, "evry": 2}, "evry"),
        ({"drop": "yes"}, "drop"),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused_with_a_sentence(call: Caller, rule: dict[str, Any], said: str) -> None:
    answer = call("POST", FAULTS, json=rule)
    assert answer.status_code == 400
    assert said in answer.json()["error"]
    assert call("GET", FAULTS).json() == {"faults": []}


def test_a_method_may_be_written_small(call: Caller) -> None:
    assert add(call, api="fleet", method="patch", status=404)["rule"]["method"] == "PATCH"
    assert call("PATCH", FLEET, headers=WRITE, json={"name": "x"}).status_code == 404
    assert add(call, api="fleet", operation="getDevice", method="head", drop=True)["rule"]["method"] == "HEAD"


def test_what_is_false_or_nothing_may_stand_beside_what_is_not(call: Caller) -> None:
    add(call, api="fleet", drop=False, delay=0, truncate=None, status=404)
    assert call("GET", FLEET, headers=WRITE).status_code == 404


def test_a_rule_may_be_off(call: Caller) -> None:
    add(call, api="fleet", status=404, probability=0)
    assert call("GET", FLEET, headers=WRITE).status_code == 200


def test_of_several_numbers_one_need_be_met(call: Caller) -> None:
    add(call, api="fleet", status=404, nth=[1, 2, 3], every=2)
    assert [call("GET", FLEET, headers=WRITE).status_code for _ in range(4)] == [200, 404, 200, 200]


def test_what_could_have_been_forced_is_named(call: Caller) -> None:
    answer = call("POST", FAULTS, json={"api": "fleet", "error": "NONSENSE"})
    assert "DEVICE_NOT_FOUND" in answer.json()["choices"]


def fault_in(server: Server, client: Any, **rule: Any) -> None:
    answer = httpx.post(f"{server.origin}/_mock/worlds/{client.world.name}/faults", json=rule)
    assert answer.status_code == 201, answer.text


def test_a_dropped_answer_leaves_the_write_and_the_journal_shows_the_retry(server: Server, double: Any) -> None:
    client = double("fleet", headers=WRITE)
    fault_in(server, client, api="fleet", method="PATCH", drop=True, times=1)
    with pytest.raises(httpx.RemoteProtocolError):
        client.patch("/devices/42", json={"name": "Once"})
    assert client.get("/devices/42").json()["data"]["name"] == "Once"
    assert client.patch("/devices/42", json={"name": "Once"}).status_code == 200
    journal = httpx.get(f"{server.origin}/_mock/worlds/{client.world.name}/journal").json()["exchanges"]
    assert [(item["method"], item["status"], item["fault"]) for item in journal] == [
        ("PATCH", 200, None),
        ("GET", 200, None),
        ("PATCH", None, "1"),
    ]


def test_a_truncated_body_ends_early(server: Server, double: Any) -> None:
    client = double("fleet", headers=WRITE)
    fault_in(server, client, truncate=10)
    with pytest.raises(httpx.RemoteProtocolError):
        client.get("/devices/42")


def test_a_malformed_body_cannot_be_read(server: Server, double: Any) -> None:
    client = double("fleet", headers=WRITE)
    fault_in(server, client, malformed=True)
    answer = client.get("/devices/42")
    assert answer.status_code == 200
    with pytest.raises(ValueError):
        answer.json()


def test_an_answer_is_delayed(server: Server, double: Any) -> None:
    client = double("fleet", headers=WRITE)
    client.get("/devices/42")
    fault_in(server, client, delay=150, nth=2)
    assert client.get("/devices/42").elapsed.total_seconds() < 0.15
    assert client.get("/devices/42").elapsed.total_seconds() >= 0.15
