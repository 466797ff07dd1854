"""Answers that are forced, by `Prefer` or by a fault, keep the contract and read as if they had been earned."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any
from xml.etree import ElementTree

import httpx
import pytest

from mock_server.compiler import CompiledApi, Plan
from mock_server.prefer import NotDeclared, errors_of, parse
from mock_server.samples import sample
from mock_server.schemas import Validator
from mock_server.settings import Settings
from openapi.contract import API_IDS, Operation, load
from tests.mock_server.calls import CALLS
from tests.mock_server.test_every_operation import KNOWN
from tests.support import Client, Server, serving

Factory = Callable[..., Client]
EVERY_API = pytest.mark.parametrize("api", CALLS)
OPERATIONS = [(api, name) for api in API_IDS for name in load(api).operations]
EVERY_OPERATION = pytest.mark.parametrize(("api", "name"), OPERATIONS, ids=[f"{a}-{n}" for a, n in OPERATIONS])


def _plan(server: Server, api: str, name: str) -> tuple[CompiledApi, Plan]:
    compiled = server.double.apis[api]
    plans = (plan for route in compiled.routes for plan in route.plans.values())
    return compiled, next(plan for plan in plans if plan.operation.id == name)


def _force(client: Client, operation: Operation, preference: str, **headers: str) -> httpx.Response:
    """The operation's answer, forced; neither a credential nor a body is sent."""
    values = {"commitmentId": "ce2f20cb-35df-4ffe-bca6-c0ed0c28cb39", **KNOWN[client.api]}
    path = re.sub(r"\{([^}]+)\}", lambda found: values[found[1]], operation.path)
    base = str(client.base_url).rstrip("/")
    if operation.own_servers:
        base = base.rpartition("/")[0]
    return client.request(operation.method, base + path, headers={"Prefer": preference, **headers})


def _statuses(operation: Operation) -> list[int]:
    """Every status that is declared; some errors for a range or a default."""
    ranges = {"default": [404, 409, 418, 422, 503], "4XX": [409, 422], "5XX": [503]}
    declared = [status for name in operation.responses for status in ranges.get(name, [name])]
    return sorted({int(status) for status in declared})


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for member in value.values():
            yield from _texts(member)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)


def _assert_earned(operation: Operation, answer: httpx.Response, status: int, told: str) -> None:
    """The answer is one that the operation declares, whole, and nothing in it shows that nobody has earned it."""
    declared = operation.response(status)
    assert declared is not None
    assert (answer.status_code, answer.headers["mock-operation"]) == (status, operation.id), (told, answer.text)
    for name, header in declared.headers.items():
        assert answer.headers.get(name) or not header.get("required"), (told, name)
    if status == 405:
        allowed = answer.headers["allow"].split(", ")
        assert "OPTIONS" in allowed
        assert operation.method not in allowed
    assert bool(answer.content) == bool(declared.content), told
    if not answer.content:
        return
    value = answer.json()
    validator = Validator(declared.content["application/json"].schema)
    assert validator.is_valid(value), (told, value, validator.faults(value))
    for text in _texts(value):
        assert not re.search(r"asked for|[{}]|  |^ | $|\"\"|: :|:$", text), (told, text)
        assert text or status < 400, (told, value)


@EVERY_OPERATION
def test_every_declared_status_can_be_forced(api: str, name: str, double: Factory) -> None:
    client, operation = double(api), load(api).operations[name]
    for status in _statuses(operation):
        _assert_earned(operation, _force(client, operation, f"code={status}"), status, f"code={status}")


@EVERY_OPERATION
def test_every_error_that_an_operation_may_answer_can_be_forced(
    api: str, name: str, double: Factory, server: Server
) -> None:
    """By its name, and by its code where that is its own; what does not fit the operation is not among them."""
    client, operation, errors = double(api), load(api).operations[name], load(api).errors
    possible = errors_of(*_plan(server, api, name))
    for key, entry in errors.items():
        answer = _force(client, operation, f"error={key}")
        if key in possible:
            _assert_earned(operation, answer, entry.status, key)
            assert not entry.code or entry.code in answer.text, key
        else:
            assert answer.status_code == 400
            assert set(answer.json()["choices"]) == {one.entry.code or one.entry.name for one in possible.values()}
    assert {rule.error for rule in operation.refusals if rule.error} <= possible.keys()


@EVERY_OPERATION
def test_every_example_can_be_forced(api: str, name: str, double: Factory) -> None:
    client, operation = double(api), load(api).operations[name]
    for declared in operation.responses.values():
        for media in declared.content.values():
            for example, value in media.examples.items():
                answer = _force(client, operation, f"example={example}")
                _assert_earned(operation, answer, answer.status_code, example)
                assert operation.response(answer.status_code) is declared or answer.json() != value


@EVERY_API
def test_a_forced_answer_changes_nothing(api: str, double: Factory) -> None:
    client, call = double(api), CALLS[api]
    before = client.world.state(api)
    for preference in ("code=404", "code=200"):
        headers = {**call.auth, "Prefer": preference}
        answer = client.request(call.write_method, call.write, json=call.body, headers=headers)
        assert answer.status_code == int(preference.partition("=")[2])
    assert client.world.state(api) == before


@EVERY_API
@pytest.mark.parametrize(
    "preference",
    ["example=no-such-example", "error=NO_SUCH_ERROR", "code=299", "code=000", "code=\u00b2\u00b2\u00b2", "code=100"],
)
def test_what_is_not_declared_is_400_and_names_the_choices(api: str, preference: str, double: Factory) -> None:
    client, call = double(api), CALLS[api]
    fields = {name: value.encode("latin-1") for name, value in {**call.auth, "Prefer": preference}.items()}
    headers = [(name.encode(), value) for name, value in fields.items()]
    answer = client.request(call.write_method, call.write, json=call.body, headers=headers)
    assert answer.status_code == 400
    assert answer.json()["choices"]


@pytest.mark.parametrize(
    ("sent", "milliseconds"), [("0", 0), ("60000", 60_000), ("0060000", 60_000), ("0" * 5000, 0), ('"12"', 12)]
)
def test_a_delay_is_a_whole_number_of_milliseconds(sent: str, milliseconds: int) -> None:
    assert parse(f"delay={sent}").delay_ms == milliseconds


@pytest.mark.parametrize("sent", ["60001", "0000000009999999999", "9" * 5000, "", "-1", "1.5", "\u00b2"])
def test_a_delay_of_over_a_minute_or_that_is_no_number_is_refused(sent: str) -> None:
    with pytest.raises(NotDeclared, match=r"^Prefer: delay takes milliseconds from 0 to 60000, not "):
        parse(f"delay={sent}")


def test_what_fills_an_error_is_taken_from_the_call(double: Factory) -> None:
    """Path parameters, the method and what else the path allows, in the language that is asked for."""
    client = double("mobilefirst")
    runtime = "/management-apis/2.0/runtimes/shop%20floor"
    answer = client.get(f"{runtime}/devices?locale=de", headers={"Prefer": "code=404"})
    assert answer.json()["errors"][0]["details"].startswith('FWLSE3030E: Die Laufzeit "shop floor" ist nicht in')
    path = f"{runtime}/devices/D1/applications/com.example.shop"
    answer = client.put(path, headers={"Prefer": "error=APPLICATION_NOT_FOUND", "Accept": "text/xml"})
    told = ElementTree.fromstring(answer.content)[0][0].attrib["details"]
    assert told.startswith('FWLSE3034E: The application "com.example.shop" for the runtime "shop floor" does not exist')
    answer = double("fleet").patch("/devices/42", headers={"Prefer": "code=405"})
    assert answer.headers["allow"] == "DELETE, GET, HEAD, OPTIONS"
    assert answer.json() == {"error": "PATCH is not allowed here, only DELETE, GET, HEAD, OPTIONS"}


@pytest.mark.parametrize(
    ("api", "method", "path", "preference", "body"),
    [
        (
            "zequenze",
            "PUT",
            "/inventory_device_serial_operation/A/",
            "code=422",
            {"status": ["must be one of deployment, active, maintenance, decommissioned"]},
        ),
        (
            "zequenze",
            "PUT",
            "/inventory_device_serial_operation/A/",
            "error=PARSE_ERROR",
            {"detail": "JSON parse error: the body is not JSON."},
        ),
        ("zequenze", "GET", "/inventory_device_serial/", "code=400", {"type": ["must be a whole number"]}),
        ("fleet", "GET", "/devices/42", "code=400", {"error": "device_id must match ^[1-9]\\d*$"}),
    ],
)
def test_a_forced_mistake_reads_as_if_it_had_been_made(
    api: str, method: str, path: str, preference: str, body: Any, double: Factory
) -> None:
    assert double(api).request(method, path, headers={"Prefer": preference}).json() == body


@pytest.mark.parametrize(
    ("preference", "code", "message"),
    [
        ("code=400", "INVALID_PATCH", "The patch cannot be applied: operation 0: the test fails"),
        ("error=INVALID_PATCH", "INVALID_PATCH", "The patch is not valid: 0.op is required"),
        (
            "error=INVALID_RESULT",
            "INVALID_PATCH",
            "The patch does not leave a valid device: legacy_account_id is required",
        ),
        ("error=INVALID_REQUEST", "INVALID_REQUEST", "The request is not valid: subscriptionId must be a UUID"),
        ("code=409", "CONFLICT", "Conflict"),
        ("code=422", "UNPROCESSABLE_ENTITY", "Unprocessable Entity"),
        ("code=406", "NOT_ACCEPTABLE", "The answer is JSON, which Accept does not allow"),
    ],
)
def test_a_forced_error_says_what_its_status_means(preference: str, code: str, message: str, double: Factory) -> None:
    """Where a default stands for many statuses, its example is not the answer to each of them."""
    answer = double("masmovil").patch(CALLS["masmovil"].write, headers={"Prefer": preference}).json()["error"]
    assert answer["code"].replace("CONTENT", "ENTITY") == code
    assert answer["message"].replace("Content", "Entity") == message


def test_an_error_in_another_form_than_the_operation_declares_is_none_of_its_errors(double: Factory) -> None:
    client, path = double("masmovil"), CALLS["masmovil"].read
    answer = client.get(path, headers={"Prefer": "error=OAUTH_INVALID_GRANT"})
    assert answer.status_code == 400
    assert answer.json()["error"] == "getSubscriptionDevice declares no error 'OAUTH_INVALID_GRANT'"
    assert "invalid_grant" not in answer.json()["choices"]


def test_a_forced_creation_says_where_the_new_object_is(double: Factory) -> None:
    client = double("masmovil", headers=CALLS["masmovil"].auth)
    devices = CALLS["masmovil"].read.rpartition("/")[0]
    answer = client.post(devices, headers={"Prefer": "code=201"})
    assert answer.headers["location"] == f"{client.base_url}{devices[1:]}/{answer.json()['id']}"


def test_what_is_made_up_shows_nothing_that_no_answer_shows(double: Factory) -> None:
    archived = double("fleet").delete("/devices/42", headers={"Prefer": "code=200"}).json()["data"]
    assert (archived["client_status"], archived["name"]) == ("ARCHIVED", "Meeting table")


@EVERY_OPERATION
def test_a_sample_of_an_answer_is_valid(api: str, name: str) -> None:
    """For what has no example; members that are only written are not in it, and it has as many as it must."""
    for declared in load(api).operations[name].responses.values():
        for media in declared.content.values():
            made, validator = sample(media.schema), Validator(media.schema)
            assert validator.is_valid(made), (declared.status, made, validator.faults(made))
    assert sample({"type": "object", "properties": {"a": {"type": "string", "writeOnly": True}}}) == {}


def test_a_strict_double_holds_forced_answers_to_the_contract() -> None:
    """An error that does not fit, and an answer without a header that is promised, are 500 with the reason."""
    with serving(Settings(strict=True)) as strict, serving(Settings(strict=False)) as lenient:
        answers = {}
        for server in (strict, lenient):
            api = server.double.apis["zequenze"]
            _, plan = _plan(server, "zequenze", "updateInventoryDeviceSerialOperation")
            right = errors_of(api, plan)["INVALID_DATA"]
            api.errors[plan.operation.id] = {"INVALID_DATA": replace(right, entry=replace(right.entry, body={}))}
            client = server.client("zequenze")
            answers[server] = client.put(CALLS["zequenze"].write, headers={"Prefer": "error=INVALID_DATA"})
        assert (answers[lenient].status_code, answers[lenient].json()) == (422, {})
        assert answers[strict].status_code == 500
        told = "the answer breaks its own contract: the body must have at least 1 member(s)"
        assert answers[strict].json() == {"detail": told}
        found = _plan(strict, "zequenze", "listInventoryDeviceSerial")[1].responder(405)
        assert found is not None
        assert found.breach({"detail": "x"}, (), "application/json") == "the answer lacks the header allow"
        assert found.breach({"detail": "x"}, ((b"allow", b"GET"),), "application/json") is None
