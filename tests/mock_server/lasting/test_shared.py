"""Several processes on one state, and a state that goes away and comes back."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from mock_server.app import create_app
from mock_server.settings import Settings
from mock_server.world.settings import Settings as WorldSettings
from tests.mock_server.calls import CALLS
from tests.mock_server.conftest import Address
from tests.mock_server.control.conftest import FLEET, WRITE, Caller
from tests.postgres import Postgres, needed
from tests.processes import served

DEVICE = (
    "/masmovil/v2/orgs/yoigo/subscriptions/5b0a3a52-5d5b-4b3e-9c7f-6d3c0c1f0a11/devices/"
    "ce2f20cb-8c2a-4f1b-9d38-0c4c3f0b7a21"
)
MASMOVIL = {"Authorization": "Bearer masmovil-token"}


def count_up(origin: str, times: int) -> int:
    """Add one to the counter so many times by `test` and `replace`; how many attempts that took."""
    attempts = 0
    with httpx.Client(base_url=origin, headers=MASMOVIL, timeout=30) as client:
        while times:
            old = client.get(DEVICE).json()["serial_number"]
            new = str(int(old) + 1)
            patch = [
                {"op": "test", "path": "/serial_number", "value": old},
                {"op": "replace", "path": "/serial_number", "value": new},
            ]
            answer = client.patch(DEVICE, json=patch)
            assert answer.status_code in {200, 400}, answer.text
            times -= answer.status_code == 200
            attempts += 1
    return attempts


def test_two_processes_count_up_one_device_and_journals_span_both(address: Address) -> None:
    state = address()
    with served("masmovil", "--state", state) as one, served("masmovil", "--state", state) as two:
        httpx.patch(
            one.origin + DEVICE,
            headers=MASMOVIL,
            json=[{"op": "replace", "path": "/serial_number", "value": "0"}],
        )
        with ThreadPoolExecutor(4) as pool:
            attempts = sum(pool.map(count_up, [one.origin, two.origin] * 2, [5] * 4))
        for origin in (one.origin, two.origin):
            assert httpx.get(origin + DEVICE, headers=MASMOVIL).json()["serial_number"] == "20"
            body = {"match": {"method": "PATCH", "status": 200}, "count": 21}
            verdict = httpx.post(f"{origin}/_mock/worlds/default/journal/verify", json=body).json()
            assert verdict["verified"], verdict["message"]
        everything = {"match": {"method": "PATCH"}, "count": attempts + 1}
        assert httpx.post(f"{two.origin}/_mock/worlds/default/journal/verify", json=everything).json()["verified"]


def test_workers_share_worlds(address: Address) -> None:
    with served("fleet", "--state", address(), "--workers", "2") as server:
        world = httpx.post(f"{server.origin}/_mock/worlds", json={"name": "shared"}).json()
        base = world["base_urls"]["fleet"]
        for number in range(20):
            body = {"name": f"n{number}"}
            assert httpx.patch(f"{base}/devices/42", json=body, headers=WRITE).status_code == 200
            assert httpx.get(f"{base}/devices/42", headers=WRITE).json()["data"]["name"] == f"n{number}"


def test_a_journal_is_followed_across_processes(address: Address) -> None:
    state = address()
    with served("fleet", "--state", state) as one, served("fleet", "--state", state) as two:
        url = f"{one.origin}/_mock/worlds/default/journal/stream"
        with httpx.stream("GET", url, params={"after": 0}, timeout=20) as stream:
            lines = (line for line in stream.iter_lines() if line.startswith("data: "))
            for origin in (two.origin, one.origin, two.origin):
                httpx.get(origin + FLEET, headers=WRITE)
                assert json.loads(next(lines)[6:])["path"] == FLEET


@pytest.mark.parametrize("api", CALLS)
def test_while_the_state_is_away_the_vendor_says_503(api: str, postgres_of_its_own: Postgres) -> None:
    server, calls = postgres_of_its_own, CALLS[api]
    double = create_app(Settings(apis=(api,), world=WorldSettings(state=server.database(), devices=10)))
    call = Caller(double)
    base = double.apis[api].api.base_path
    plans = [plan for route in double.apis[api].routes for plan in route.plans.values()]
    server.stop()
    try:
        for method, path, body in (("GET", calls.read, None), (calls.write_method, calls.write, calls.body)):
            answer = call(method, base + path, headers=calls.auth, json=body)
            assert answer.status_code == 503
            plan = next(p for p in plans if p.operation.id == answer.headers["Mock-Operation"])
            for status in ("400", "401"):
                validator = plan.responders[status].writers["application/json"].validator
                assert validator is None or validator.is_valid(answer.json()), answer.text
        if api == "mobilefirst":
            xml = call("GET", base + calls.read, headers={**calls.auth, "Accept": "application/xml"})
            assert (xml.status_code, xml.headers["Content-Type"], xml.content[:5]) == (503, "application/xml", b"<?xml")
        assert call("GET", "/_mock/health").status_code == 503
        assert "cannot be reached" in call("GET", "/_mock/worlds").json()["error"]
    finally:
        server.start()
    written = call(calls.write_method, base + calls.write, headers=calls.auth, json=calls.body)
    assert written.status_code == 200, written.text
    assert call("GET", "/_mock/health").json()["state"] == "postgresql"
    call.close()
    double.close()


@pytest.fixture(scope="module")
def postgres_of_its_own() -> object:
    """A server that a test may stop."""
    server = Postgres(needed())
    server.start()
    yield server
    server.remove()


def test_everything_of_the_control_plane_works_on_a_database(address: Address) -> None:
    double = create_app(Settings(apis=("fleet",), world=WorldSettings(state=address(), devices=10), strict=True))
    call = Caller(double)
    world = "/_mock/worlds/w"
    assert call("POST", "/_mock/worlds", json={"name": "w", "at": "2031-01-01T00:00:00Z"}).status_code == 201
    assert call("PATCH", "/w/w" + FLEET, headers=WRITE, json={"name": "Here"}).status_code == 200
    assert call("GET", FLEET, headers=WRITE).json()["data"]["name"] != "Here"
    assert call("PATCH", world + "/clock", json={"advance": "P1D", "running": False}).status_code == 200
    assert call("POST", world + "/faults", json={"api": "fleet", "status": 404, "times": 1}).status_code == 201
    assert [call("GET", "/w/w" + FLEET, headers=WRITE).status_code for _ in range(2)] == [404, 200]
    (rule,) = call("GET", world + "/faults").json()["faults"]
    assert (rule["seen"], rule["fired"]) == (2, 1)
    journal = call("GET", world + "/journal?status=4XX").json()
    assert [item["fault"] for item in journal["exchanges"]] == ["1"]
    assert journal["exchanges"][0]["time"].startswith("2031-01-02T")
    assert journal["total"] == 3
    assert call("POST", world + "/journal/verify", json={"match": {"method": "PATCH"}, "count": 1}).json()["verified"]
    snapshot = call("GET", world + "/snapshot").json()
    (change,) = call("GET", world + "/diff").json()
    assert (change["path"], change["value"]) == ("/state/fleet/devices/42/name", "Here")
    assert call("PUT", "/_mock/worlds/default/snapshot", json=snapshot).status_code == 204
    assert call("GET", "/_mock/worlds/default/diff?against=w").json() == []
    assert call("GET", world + "/state").json()["fleet"]["devices"] == 10
    assert call("GET", world + "/state/fleet/devices?changed=true").json()["total"] == 1
    document = call("GET", world + "/state/fleet/devices/42").json()
    assert call("PUT", world + "/state/fleet/devices/42", json={**document, "name": "There"}).status_code == 200
    assert call("PUT", world + "/state/fleet/devices/42", json={**document, "name": 5}).status_code == 422
    assert call("GET", "/w/w" + FLEET, headers=WRITE).json()["data"]["name"] == "There"
    assert call("DELETE", world + "/state/fleet/devices/42").status_code == 204
    assert call("POST", world + "/reset").json()["journal"]["entries"] == 0
    assert call("DELETE", world).status_code == 204
    assert [item["name"] for item in call("GET", "/_mock/worlds").json()["worlds"]] == ["default"]
    call.close()
    double.close()


def test_a_file_that_cannot_be_written_is_said_so_at_start(tmp_path: Path) -> None:
    (tmp_path / "directory").mkdir()
    with pytest.raises(RuntimeError), served("fleet", "--state", f"sqlite:///{tmp_path}/directory"):
        pass
