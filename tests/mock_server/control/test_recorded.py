"""What the journal says of a call: which object it was about, how long it took, and that it was there at all."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from mock_server.app import create_app
from mock_server.settings import Settings
from mock_server.world.journal import size
from tests.mock_server.control.conftest import FLEET, WRITE, Caller
from tests.support import Client

JOURNAL = "/_mock/worlds/default/journal"
FAULTS = "/_mock/worlds/default/faults"
ZEQUENZE = "/zequenze/api/v1/inventory_device_serial/"
TOKEN = {"Authorization": "Bearer zequenze-token"}
ADMIN = {"Authorization": "Basic YWRtaW46YWRtaW4="}
OPERATOR = {"Authorization": "Basic b3BlcmF0b3I6b3BlcmF0b3Ita2V5"}
RUNTIME = "/mobilefirst/mfpadmin/management-apis/2.0/runtimes/myruntime"


@pytest.fixture
def call() -> Iterator[Caller]:
    """A client of a strict double of all APIs."""
    double = create_app(Settings(strict=True))
    caller = Caller(double)
    yield caller
    caller.close()
    double.close()


def newest(call: Caller, **query: Any) -> dict[str, Any]:
    exchanges = call("GET", JOURNAL, params={"limit": 1, **query}).json()["exchanges"]
    return dict(exchanges[0])


def test_the_key_of_an_exchange_is_the_key_of_the_object_as_state_knows_it(call: Caller) -> None:
    call("GET", ZEQUENZE + "SN%20%2B1/", headers=TOKEN)
    found = newest(call, key="SN +1")
    assert found["operation"] == "getInventoryDeviceSerial"
    assert found["path"] == ZEQUENZE + "SN%20%2B1/"


def test_a_fault_for_a_key_befalls_the_call_that_sends_it_encoded(call: Caller) -> None:
    call("POST", FAULTS, json={"api": "zequenze", "key": "SN +1", "status": 401})
    assert call("GET", ZEQUENZE + "SN%20%2B1/", headers=TOKEN).status_code == 401
    assert call("GET", ZEQUENZE + "ABC123456789/", headers=TOKEN).status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "headers", "key"),
    [
        ("GET", "/jasper/rws/api/v1/devices?modifiedSince=2016-04-18T17%3A31%3A34%2B00%3A00", OPERATOR, None),
        ("GET", "/jasper/rws/api/v1/devices/8988216716970004975", OPERATOR, "8988216716970004975"),
        ("PUT", f"{RUNTIME}/devices/12345-6789/applications/com.example.app", ADMIN, "12345-6789"),
        ("GET", f"{RUNTIME}/devices", ADMIN, "myruntime"),
        ("GET", "/fleet/platform/v1/devices", WRITE, None),
    ],
)
def test_a_call_is_about_the_closest_object_that_its_path_names(
    call: Caller, method: str, path: str, headers: dict[str, str], key: str | None
) -> None:
    call(method, path, headers=headers)
    assert newest(call)["key"] == key


def test_the_duration_counts_the_delay_of_a_fault_and_of_a_preference(call: Caller) -> None:
    call("GET", FLEET, headers={**WRITE, "Prefer": "delay=30"})
    assert 30 <= newest(call)["duration_ms"] < 1000
    call("POST", FAULTS, json={"api": "fleet", "delay": 40})
    call("GET", FLEET, headers={**WRITE, "Prefer": "delay=30"})
    assert 70 <= newest(call)["duration_ms"] < 1000


def test_a_preflight_and_an_undeclared_preference_are_in_the_journal_too(call: Caller) -> None:
    call("OPTIONS", FLEET, headers={"Origin": "http://a.example", "Access-Control-Request-Method": "PATCH"})
    assert (newest(call)["method"], newest(call)["status"]) == ("OPTIONS", 204)
    call("GET", FLEET, headers={**WRITE, "Prefer": "code=299"})
    assert (newest(call)["method"], newest(call)["status"]) == ("GET", 400)


def test_an_undeclared_preference_is_of_the_operation_that_it_was_asked_of(call: Caller) -> None:
    answer = call("GET", FLEET, headers={**WRITE, "Prefer": "code=299"})
    assert (answer.headers["mock-basis"], answer.headers["mock-operation"]) == ("inferred", "getDevice")
    assert (newest(call)["operation"], newest(call)["key"]) == ("getDevice", "42")


@pytest.mark.parametrize(
    ("method", "headers", "status", "role"),
    [
        ("PATCH", {"Authorization": "Bearer fleet-read-key"}, 403, "read"),
        ("GET", {**WRITE, "Prefer": "code=404"}, 404, "write"),
        ("GET", {"Authorization": "Bearer nobodys", "Prefer": "code=404"}, 404, None),
        ("GET", {"Authorization": "Bearer nobodys"}, 401, None),
        ("GET", {}, 401, None),
    ],
)
def test_who_called_is_told_though_the_call_is_refused(
    call: Caller, method: str, headers: dict[str, str], status: int, role: str | None
) -> None:
    assert call(method, FLEET, headers=headers).status_code == status
    assert newest(call)["role"] == role


def test_a_forced_answer_waits_for_a_call_that_can_get_it(call: Caller) -> None:
    """A GET of a device declares no refusal of changes: the rule is not about it, and is not used up."""
    rule = call("POST", FAULTS, json={"api": "fleet", "error": "DEVICE_MUTATION_FORBIDDEN", "times": 1}).json()
    assert call("GET", FLEET, headers=WRITE).status_code == 200
    assert newest(call)["fault"] is None
    counted = call("GET", FAULTS).json()["faults"][0]
    assert (counted["seen"], counted["fired"]) == (0, 0)
    assert call("PATCH", FLEET, headers=WRITE, json={"name": "x"}).status_code == 403
    assert newest(call)["fault"] == rule["id"]


def test_an_answer_without_a_body_is_not_spoilt(call: Caller) -> None:
    call("POST", FAULTS, json={"api": "zequenze", "malformed": True, "method": "DELETE"})
    answer = call("DELETE", ZEQUENZE + "ABC123456789/", headers=TOKEN)
    assert (answer.status_code, answer.content) == (204, b"")


def test_a_credential_in_a_query_is_left_out(call: Caller) -> None:
    for path in (FLEET, FLEET + "/no/such/thing"):
        call("GET", path + "?access_token=s3cret", headers=WRITE)
        assert newest(call)["path"] == path + "?access_token=[redacted]"


def test_what_counts_against_the_bound_of_a_journal_is_what_is_kept(double: Callable[..., Client]) -> None:
    """Of calls that no operation answers too, and of a body with secrets what is left of it."""
    client = double("masmovil")
    token = f"{client.base_url}".rstrip("/").removesuffix("/v2") + "/token"
    assert client.post(token, data={"grant_type": "password", "assertion": "s3cret" * 100}).status_code == 400
    assert client.get("/no/such/thing?search=x").status_code == 404
    assert client.options("/orgs/yoigo/devices").status_code == 204
    kept = list(client.world.open.journal)
    assert [entry.operation for entry in kept] == ["createToken", None, None]
    assert kept[0].request_body == b"grant_type=password&assertion=[redacted]"
    for entry in kept:
        assert entry.size == size(entry.target, entry.request_headers, entry.request_body, entry.response_body)
