"""For every operation of every contract, whatever is sent: the answer keeps the contract, none is a 500, and a refused
request leaves the state as it was, byte for byte.

Requests come from the contract itself, valid ones and broken ones, through Schemathesis' generators; half of them are
aimed at objects that exist.
"""

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
import schemathesis
from hypothesis import given, settings
from hypothesis import strategies as st

from mock_server.schemas import Validator
from openapi.contract import API_IDS, Operation, load
from tests.mock_server.calls import CALLS
from tests.support import Client

Factory = Callable[..., Client]

KNOWN: dict[str, dict[str, str]] = {
    "fleet": {"device_id": "42"},
    "masmovil": {
        "org": "yoigo",
        "subscriptionId": "5b0a3a52-5d5b-4b3e-9c7f-6d3c0c1f0a11",
        "deviceId": "ce2f20cb-8c2a-4f1b-9d38-0c4c3f0b7a21",
    },
    "mobilefirst": {
        "runtime-name": "myruntime",
        "device-id": "12345-6789",
        "application-name": "com.example.app",
        "transaction-id": "1",
    },
    "jasper": {"apiVersion": "1", "iccid": "8988216716970004975"},
    "zequenze": {"serial_number": "ABC123456789"},
}
OPERATIONS = [(api, operation) for api in API_IDS for operation in load(api).operations]


def _strategy(api: str, operation: Operation) -> st.SearchStrategy[Any]:
    document = json.loads(json.dumps(load(api).document))
    generated = schemathesis.openapi.from_dict(document)[operation.path][operation.method]
    modes = schemathesis.GenerationMode
    return generated.as_strategy(generation_mode=modes.POSITIVE) | generated.as_strategy(generation_mode=modes.NEGATIVE)


def _body(case: Any) -> tuple[bytes, dict[str, str]]:
    if case.media_type is None or type(case.body).__name__ == "NotSet":
        return b"", {}
    if isinstance(case.body, bytes):
        return case.body, {"Content-Type": case.media_type}
    return json.dumps(case.body).encode(), {"Content-Type": case.media_type}


def _path(operation: Operation, values: dict[str, Any]) -> str:
    path = operation.path
    for name, value in values.items():
        path = path.replace("{" + name + "}", quote(str(value), safe="") or "%20")
    return path


@pytest.mark.parametrize(("api", "name"), OPERATIONS, ids=[f"{api}-{name}" for api, name in OPERATIONS])
def test_every_answer_keeps_the_contract_and_a_refusal_changes_nothing(api: str, name: str, double: Factory) -> None:
    client, operation = double(api), load(api).operations[name]
    validators = {
        (status, media): Validator(content.schema)
        for status, response in operation.responses.items()
        for media, content in response.content.items()
        if content.schema
    }

    @settings(max_examples=40)
    @given(case=_strategy(api, operation), known=st.booleans())
    def holds(case: Any, known: bool) -> None:
        values = {**(case.path_parameters or {}), **(KNOWN[api] if known else {})}
        content, headers = _body(case)
        before = client.world.state(api)
        response = client.request(
            operation.method,
            _token(client, api) if operation.own_servers else _path(operation, values),
            params={key: value for key, value in (case.query or {}).items() if isinstance(value, str | int | float)},
            content=content,
            headers={**CALLS[api].auth, **headers},
        )
        assert response.status_code < 500, response.text
        if response.status_code >= 400:
            assert client.world.state(api) == before
        _keeps(operation, validators, response)

    holds()


def _token(client: Client, api: str) -> str:
    return f"{client.origin}/w/{client.world.name}/{api}/token"


def _keeps(operation: Operation, validators: dict[tuple[str, str], Validator], response: Any) -> None:
    if response.headers.get("mock-operation") is None:
        assert response.status_code in {400, 404, 405}
        return
    declared = operation.response(response.status_code)
    assert declared is not None, f"{response.status_code} is not declared"
    media = response.headers.get("content-type", "").split(";")[0]
    if not response.content:
        return
    assert media in declared.content or not declared.content
    validator = validators.get((declared.status, media))
    if validator is not None and media == "application/json":
        value = response.json()
        assert validator.is_valid(value), validator.faults(value)
