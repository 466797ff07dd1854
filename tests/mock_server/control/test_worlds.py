"""Worlds and clocks through the control plane, as a client of it sees them."""

from datetime import UTC, datetime

import pytest

from tests.mock_server.control.conftest import FLEET, WRITE, Caller


def name_of(call: Caller, prefix: str = "") -> object:
    return call("GET", prefix + FLEET, headers=WRITE).json()["data"]["name"]


def rename(call: Caller, name: str, prefix: str = "") -> None:
    assert call("PATCH", prefix + FLEET, headers=WRITE, json={"name": name}).status_code == 200


def test_health_says_what_is_served(call: Caller) -> None:
    answer = call("GET", "/_mock/health")
    assert answer.status_code == 200
    content = answer.json()
    assert (content["status"], content["apis"], content["state"]) == ("ok", ["fleet", "masmovil"], "memory")


def test_a_world_is_made_with_one_call_and_reached_by_its_base_url(call: Caller) -> None:
    answer = call("POST", "/_mock/worlds", json={"name": "mine"})
    assert answer.status_code == 201
    assert answer.headers["location"] == "/_mock/worlds/mine"
    content = answer.json()
    assert content["from"] == "default"
    assert content["base_urls"]["fleet"] == "http://127.0.0.1:8080/w/mine/fleet/platform/v1"
    before = name_of(call)
    rename(call, "Mine", "/w/mine")
    assert name_of(call, "/w/mine") == "Mine"
    assert name_of(call, "/w/m%69ne") == "Mine"
    assert name_of(call) == before
    assert call("GET", FLEET, headers={**WRITE, "Mock-World": "mine"}).json()["data"]["name"] == "Mine"


@pytest.mark.parametrize("options", [{}, {"json": {}}, {"content": b""}])
def test_a_world_without_a_name_is_given_one(call: Caller, options: dict[str, object]) -> None:
    answer = call("POST", "/_mock/worlds", **options)
    assert answer.status_code == 201
    assert call("GET", f"/_mock/worlds/{answer.json()['name']}").json()["name"] == answer.json()["name"]


def test_a_fork_begins_where_its_source_is(call: Caller) -> None:
    rename(call, "Before")
    call("POST", "/_mock/worlds", json={"name": "fork"})
    rename(call, "After")
    assert name_of(call, "/w/fork") == "Before"
    call("POST", "/_mock/worlds", json={"name": "grandchild", "from": "fork"})
    assert name_of(call, "/w/grandchild") == "Before"
    assert [world["name"] for world in call("GET", "/_mock/worlds").json()["worlds"]] == [
        "default",
        "fork",
        "grandchild",
    ]


def test_seed_and_time_of_a_new_world_can_be_given(call: Caller) -> None:
    at = "2031-04-01T12:00:00Z"
    world = call("POST", "/_mock/worlds", json={"name": "w", "from": "default", "seed": 7, "at": at}).json()
    assert world["seed"] == 7
    assert world["clock"]["now"].startswith("2031-04-01T12:00")
    assert world["origin"] == "2031-04-01T00:00:00Z"


def test_reset_makes_a_world_as_new(call: Caller) -> None:
    before = name_of(call)
    rename(call, "Changed")
    call("PATCH", "/_mock/worlds/default/clock", json={"advance": "P1Y"})
    call("POST", "/_mock/worlds/default/faults", json={"drop": True, "api": "masmovil"})
    answer = call("POST", "/_mock/worlds/default/reset")
    assert answer.status_code == 200
    assert answer.json()["faults"] == 0
    assert answer.json()["journal"]["entries"] == 0
    assert abs(datetime.fromisoformat(answer.json()["clock"]["now"]) - datetime.now(UTC)).days == 0
    assert name_of(call) == before


def test_a_deleted_world_is_gone_and_default_stays(call: Caller) -> None:
    call("POST", "/_mock/worlds", json={"name": "w"})
    assert call("DELETE", "/_mock/worlds/w").status_code == 204
    assert call("GET", "/w/w" + FLEET, headers=WRITE).status_code == 404
    assert call("DELETE", "/_mock/worlds/default").status_code == 409


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "said"),
    [
        ("POST", "/worlds", {"name": "default"}, 409, "already a world 'default'"),
        ("POST", "/worlds", {"name": "a/b"}, 400, "name"),
        ("POST", "/worlds", {"name": "x", "from": "nowhere"}, 404, "'nowhere'"),
        ("POST", "/worlds", {"name": "x", "seed": -1}, 400, "seed"),
        ("POST", "/worlds", {"name": "x", "at": "soon"}, 400, "at"),
        ("POST", "/worlds", {"name": "x", "at": "9999-01-01T00:00:00Z"}, 400, "1970"),
        ("POST", "/worlds", {"nme": "x"}, 400, "nme"),
        ("POST", "/worlds", [], 400, "The body"),
        ("GET", "/worlds/nowhere", None, 404, "'nowhere'"),
        ("DELETE", "/worlds/nowhere", None, 404, "'nowhere'"),
        ("POST", "/worlds/nowhere/reset", None, 404, "'nowhere'"),
        ("GET", "/worlds/nowhere/clock", None, 404, "'nowhere'"),
        ("PATCH", "/worlds/default/clock", {}, 400, "The body"),
        ("PATCH", "/worlds/default/clock", None, 400, "body"),
        ("PATCH", "/worlds/default/clock", {"advance": "1 day"}, 400, "advance"),
        ("PATCH", "/worlds/default/clock", {"advance": "P9999Y"}, 400, "1970"),
        ("PATCH", "/worlds/default/clock", {"now": "2030-01-01"}, 400, "now"),
        ("PATCH", "/worlds/default/clock", {"running": "no"}, 400, "running"),
        ("GET", "/nothing", None, 404, "/_mock/nothing"),
        ("PUT", "/worlds", {}, 405, "This method is not allowed here; GET and POST are."),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(
    call: Caller, method: str, path: str, body: object, status: int, said: str
) -> None:
    answer = call(method, "/_mock" + path, **({} if body is None else {"json": body}))
    assert answer.status_code == status, answer.text
    assert said in answer.json()["error"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"{", "is not JSON"),
        (b'{"a":1,"a":2}', "twice"),
        (b"[" * 200, "100 levels"),
        (b'{"seed":NaN}', "NaN"),
        (b"\xff", "UTF-8"),
    ],
)
def test_bodies_are_read_strictly(call: Caller, content: bytes, said: str) -> None:
    answer = call("POST", "/_mock/worlds", content=content, headers={"content-type": "application/json"})
    assert answer.status_code == 400
    assert said in answer.json()["error"]


def test_other_media_types_are_refused(call: Caller) -> None:
    answer = call("PATCH", "/_mock/worlds/default/clock", content=b"<a/>", headers={"content-type": "text/xml"})
    assert answer.status_code == 415


def test_time_is_set_moved_stopped_and_started(call: Caller) -> None:
    clock = "/_mock/worlds/default/clock"
    change = {"now": "2030-01-31T12:00:00+02:00", "advance": "P1M", "running": False}
    assert call("PATCH", clock, json=change).json() == {"now": "2030-02-28T10:00:00Z", "running": False}
    assert call("PATCH", clock, json={"advance": "-P1Y2DT0.5S"}).json()["now"] == "2029-02-26T09:59:59.500000Z"
    assert call("GET", clock).json() == {"now": "2029-02-26T09:59:59.500000Z", "running": False}
    assert call("PATCH", clock, json={"running": True}).json()["running"]
    assert call("GET", clock).json()["now"].startswith("2029-02-26T09:59:59")


@pytest.mark.parametrize(
    ("given", "now"),
    [
        ("2026-07-01t00:00:00z", "2026-07-01T00:00:00Z"),
        ("2026-07-01t02:00:00+02:00", "2026-07-01T00:00:00Z"),
        ("2026-07-01T00:00:00.1234569Z", "2026-07-01T00:00:00.123456Z"),
    ],
)
def test_a_time_is_read_as_rfc_3339_has_it(call: Caller, given: str, now: str) -> None:
    clock = "/_mock/worlds/default/clock"
    assert call("PATCH", clock, json={"now": given, "running": False}).json() == {"now": now, "running": False}
    made = call("POST", "/_mock/worlds", json={"name": "at", "at": given})
    assert (made.status_code, made.json()["clock"]["now"]) == (201, now)


@pytest.mark.parametrize("second", ["2016-12-31T23:59:60Z", "2016-12-31T18:59:60.5-05:00", "2016-12-31t23:59:60z"])
def test_a_leap_second_is_told_that_it_is_one(call: Caller, second: str) -> None:
    said = {"error": f"{second!r} is a leap second, which no world's clock has."}
    for method, path, body in (
        ("PATCH", "/_mock/worlds/default/clock", {"now": second}),
        ("POST", "/_mock/worlds", {"at": second}),
    ):
        answer = call(method, path, json=body)
        assert (answer.status_code, answer.json()) == (400, said)


def test_a_hundred_worlds_live_at_a_hundred_times(call: Caller) -> None:
    for year in range(100):
        call("POST", "/_mock/worlds", json={"name": f"y{year}", "at": f"{2030 + year}-01-01T00:00:00Z"})
        rename(call, "x", f"/w/y{year}")
    for year in range(100):
        (exchange,) = call("GET", f"/_mock/worlds/y{year}/journal").json()["exchanges"]
        assert exchange["time"].startswith(f"{2030 + year}-01-01T00:00")
