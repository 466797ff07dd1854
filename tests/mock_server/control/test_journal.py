"""The journal through the control plane: listing and following."""

import json
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest

from mock_server.settings import Settings
from mock_server.world.errors import StoreUnavailable
from mock_server.world.settings import Settings as WorldSettings
from mock_server.world.worlds import open_worlds
from tests.mock_server.control.conftest import FLEET, WRITE, Caller
from tests.support import Server, serving

JOURNAL = "/_mock/worlds/default/journal"


def ids(call: Caller, query: str) -> list[int]:
    answer = call("GET", JOURNAL + query)
    assert answer.status_code == 200, answer.text
    return [item["id"] for item in answer.json()["exchanges"]]


def test_each_exchange_is_told_whole_and_without_credentials(busy: Caller) -> None:
    content = busy("GET", JOURNAL).json()
    assert (content["total"], content["last"]) == (5, 5)
    exchange = content["exchanges"][3]
    assert exchange == busy("GET", JOURNAL + "/2").json()
    told = {name: exchange[name] for name in ("api", "operation", "key", "method", "path", "status", "role", "fault")}
    assert told == {
        "api": "fleet",
        "operation": "updateDevice",
        "key": "42",
        "method": "PATCH",
        "path": FLEET,
        "status": 200,
        "role": "write",
        "fault": None,
    }
    assert json.loads(exchange["request"]["body"]) == {"name": "Zebrabook"}
    assert exchange["request"]["headers"]["authorization"] == "Bearer ***"
    assert json.loads(exchange["response"]["body"])["data"]["name"] == "Zebrabook"
    assert "fleet-write-key" not in busy("GET", JOURNAL).text


def test_violations_are_told(busy: Caller) -> None:
    (violation,) = busy("GET", JOURNAL + "/3").json()["violations"]
    assert violation["keyword"] == "type"
    assert violation["where"].startswith("body")
    assert violation["message"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", [5, 4, 3, 2, 1]),
        ("?limit=2", [5, 4]),
        ("?before=4&limit=2", [3, 2]),
        ("?after=3", [5, 4]),
        ("?method=patch", [3, 2]),
        ("?status=4XX", [5, 4, 3]),
        ("?status=200&operation=updateDevice", [2]),
        ("?key=999999999", [4]),
        ("?api=masmovil", []),
        ("?search=ZEBRA", [2]),
        ("?status=dropped", []),
        ("?fault=1", []),
    ],
)
def test_the_journal_is_searched(busy: Caller, query: str, expected: list[int]) -> None:
    assert ids(busy, query) == expected


def test_headers_and_bodies_can_be_left_out(busy: Caller) -> None:
    assert all("request" not in item for item in busy("GET", JOURNAL + "?bodies=false").json()["exchanges"])


@pytest.mark.parametrize("query", ["?limit=0", "?limit=x", "?status=6XX", "?colour=red", "?basis=sure"])
def test_a_query_that_makes_no_sense_is_refused(call: Caller, query: str) -> None:
    answer = call("GET", JOURNAL + query)
    assert answer.status_code == 400
    assert answer.json()["error"]


def test_clearing_forgets(busy: Caller) -> None:
    assert busy("DELETE", JOURNAL).status_code == 204
    assert ids(busy, "") == []
    assert busy("GET", JOURNAL + "/2").status_code == 404
    busy("GET", FLEET, headers=WRITE)
    assert ids(busy, "") == [6]


def test_exchanges_are_followed_as_they_happen(server: Server, double: Any) -> None:
    client = double("fleet", headers=WRITE)
    client.get("/devices/42")
    client.get("/devices/13")
    url = f"{server.origin}/_mock/worlds/{client.world.name}/journal/stream"
    with httpx.stream("GET", url, params={"after": 1}, timeout=10) as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        lines = stream.iter_lines()
        assert _next_id(lines) == 2
        later = threading.Timer(0.1, lambda: client.get("/devices/42"))
        later.start()
        assert _next_id(lines) == 3
        later.join()
    with httpx.stream("GET", url, headers={"Last-Event-ID": "2"}, timeout=10) as stream:
        assert _next_id(stream.iter_lines()) == 3


def first_told(double: Any, after: dict[str, Any], **headers: str) -> int:
    """The id of the first exchange that a stream of three tells."""
    client = double("fleet", headers=WRITE)
    for _ in range(3):
        client.get("/devices/42")
    url = f"{client.origin}/_mock/worlds/{client.world.name}/journal/stream"
    with httpx.stream("GET", url, params=after, headers=headers, timeout=10) as stream:
        assert stream.status_code == 200
        return _next_id(stream.iter_lines())


def test_a_stream_behind_nothing_tells_the_whole_journal(double: Any) -> None:
    assert first_told(double, {"after": 0}) == 1


def test_who_follows_again_goes_on_where_the_stream_broke_off_whatever_the_address_says(double: Any) -> None:
    assert first_told(double, {"after": 0}, **{"Last-Event-ID": "2"}) == 3


@pytest.mark.parametrize("sent", ["", "x", "-1", "1.5", "\u00b2"])
def test_an_event_id_that_is_none_is_passed_over(double: Any, sent: str) -> None:
    assert first_told(double, {"after": 1}, **{"Last-Event-ID": sent.encode("latin-1")}) == 2  # type: ignore[arg-type]


@pytest.mark.parametrize("sent", ["9" * 18, "9" * 5000])
def test_behind_an_event_that_is_not_there_yet_nothing_is_told(
    double: Any, monkeypatch: pytest.MonkeyPatch, sent: str
) -> None:
    """But that the stream is still there, after some silence."""
    monkeypatch.setattr("mock_server.control.journal.HEARTBEAT", 0.0)
    client = double("fleet", headers=WRITE)
    client.get("/devices/42")
    url = f"{client.origin}/_mock/worlds/{client.world.name}/journal/stream"
    with httpx.stream("GET", url, headers={"Last-Event-ID": sent}, timeout=10) as stream:
        told = (line for line in stream.iter_lines() if line)
        assert [next(told), next(told)] == ["retry: 1000", ":"]


@pytest.mark.parametrize("bodies", [True, False])
def test_a_stream_leaves_headers_and_bodies_out_like_a_list(double: Any, bodies: bool) -> None:
    client = double("fleet", headers=WRITE)
    client.get("/devices/42")
    url = f"{client.origin}/_mock/worlds/{client.world.name}/journal/stream"
    with httpx.stream("GET", url, params={"after": 0, "bodies": str(bodies).lower()}, timeout=10) as stream:
        told = next(line for line in stream.iter_lines() if line.startswith("data: "))
    shown = json.loads(told[6:])
    assert shown["path"].endswith("/devices/42")
    assert ("request" in shown, "response" in shown) == (bodies, bodies)


def test_a_stream_ends_with_its_world(server: Server) -> None:
    httpx.post(f"{server.origin}/_mock/worlds", json={"name": "ending"})
    url = f"{server.origin}/_mock/worlds/ending/journal/stream"
    with httpx.stream("GET", url, timeout=30) as stream:
        lines = stream.iter_lines()
        assert next(lines).startswith("retry")
        httpx.delete(f"{server.origin}/_mock/worlds/ending")
        assert [line for line in lines if line] == []
    assert httpx.get(url).status_code == 404


@pytest.mark.parametrize("state", ["memory", "sqlite"])
def test_a_stream_tells_nothing_of_a_later_world_of_the_same_name(tmp_path: Path, state: str) -> None:
    address = "memory" if state == "memory" else f"sqlite:///{tmp_path}/double.sqlite"
    with serving(Settings(apis=("fleet",), world=WorldSettings(state=address, devices=10))) as server:
        control = f"{server.origin}/_mock/worlds"

        def anew() -> None:
            assert httpx.delete(control + "/ending").status_code == 204
            assert httpx.post(control, json={"name": "ending"}).status_code == 201

        assert httpx.post(control, json={"name": "ending"}).status_code == 201
        assert _told_when(anew, server) == []


def test_a_stream_ends_when_another_process_makes_its_world_anew(tmp_path: Path) -> None:
    world = WorldSettings(state=f"sqlite:///{tmp_path}/double.sqlite", devices=10)
    with serving(Settings(apis=("fleet",), world=world)) as server, closing(open_worlds(world, {})) as worlds:

        def anew() -> None:
            worlds.delete("ending")
            worlds.create("ending")

        worlds.create("ending")
        assert _told_when(anew, server) == []


def _told_when(anew: Callable[[], None], server: Server) -> list[str]:
    """What a stream of the world `ending` tells from when that is made anew, and called, until it ends."""
    with httpx.stream("GET", f"{server.origin}/_mock/worlds/ending/journal/stream", timeout=5) as stream:
        lines = stream.iter_lines()
        assert next(lines).startswith("retry")
        anew()
        assert httpx.get(f"{server.origin}/w/ending{FLEET}", headers=WRITE).status_code == 200
        return [line for line in lines if line]


def test_a_stream_ends_in_silence_when_the_state_goes_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def away(_name: str) -> None:
        raise StoreUnavailable("The state cannot be reached: it has gone.")

    world = WorldSettings(state=f"sqlite:///{tmp_path}/double.sqlite", devices=10)
    with serving(Settings(apis=("fleet",), world=world)) as server:
        url = f"{server.origin}/_mock/worlds/default/journal/stream"
        with httpx.stream("GET", url, timeout=30) as stream:
            lines = stream.iter_lines()
            assert next(lines).startswith("retry")
            monkeypatch.setattr(server.double.worlds, "get", away)
            assert [line for line in lines if line] == []
        assert httpx.get(url).status_code == 503
    assert capfd.readouterr().err == ""


def _next_id(lines: Any) -> int:
    for line in lines:
        if line.startswith("id: "):
            number = int(line[4:])
        if line.startswith("data: "):
            assert json.loads(line[6:])["id"] == number
            return number
    raise AssertionError("the stream ended")
