"""A planted fault as the client's transport: what the modifier sees, and what the client gets."""

from __future__ import annotations

from conformance.client import Client
from conformance.planted.faults import Answer, Call, Fault, Forward, Modifier, transport
from conformance.planted.tools import answer_with
from openapi.contract import load
from tests.conformance.tiny import CONTRACT, target
from tests.conformance.tiny.server import Notes, serving


def client(base_url: str, modifier: Modifier) -> Client:
    fault = Fault("tiny-x", "tiny", "", (), lambda: modifier)
    return Client(target(base_url), transport=transport(fault, load(CONTRACT)))


def test_a_modifier_sees_the_operation_and_its_path_below_the_base_url() -> None:
    seen: list[Call] = []

    def modifier(call: Call, forward: Forward) -> Answer:
        seen.append(call)
        return forward(call)

    with serving(Notes()) as base_url:
        suite = client(base_url, modifier)
        found = suite.send("GET", "/notes/1?x=1", (("Authorization", "Bearer writer-key"),))
        suite.send("GET", "/nowhere")
        suite.close()
    assert found.status == 200
    assert found.json()["title"] == "note 1"
    assert [(call.target, call.operation, dict(call.path)) for call in seen] == [
        ("/notes/1?x=1", "getNote", {"id": "1"}),
        ("/nowhere", None, {}),
    ]


def test_an_answer_need_not_come_from_the_server_and_head_never_has_a_body() -> None:
    notes = Notes()

    with serving(notes) as base_url:
        suite = client(base_url, answer_with(418, {"tea": True}))
        assert suite.send("GET", "/notes").json() == {"tea": True}
        assert suite.send("HEAD", "/notes").body == b""
        suite.close()
    assert notes.calls == []


def test_each_run_has_a_modifier_of_its_own() -> None:
    made: list[int] = []

    def make() -> Modifier:
        made.append(1)
        return lambda call, forward: forward(call)

    fault = Fault("tiny-x", "tiny", "", (), make)
    with serving(Notes()) as base_url:
        for _ in range(2):
            maker = transport(fault, load(CONTRACT))
            for wire in (maker(base_url, 5.0), maker(base_url, 5.0)):
                wire.close()
    assert len(made) == 2
