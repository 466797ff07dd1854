"""The suite on MasSubscriptions: another correct server is left in peace, and as it was."""

import json
from pathlib import Path
from typing import Any

import pytest

from conformance.apis.masmovil.rfc6902 import Impossible, applied
from conformance.planted.faults import Answer, Call, Fault, Forward, transport
from conformance.schemas import same
from conformance.selftest import session_of
from openapi.contract import load
from tests.conformance.apis.proof import (
    alarms,
    second_checked,
    the_double,
    unanswered,
)

NO_LOCATION = "masmovil.add-subscription-device.location-leads-there: the server sends no Location"
CASES = Path(__file__).parents[2] / "mock_server" / "data" / "json_patch_tests"


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(1, 5))])
def test_another_correct_server_is_conformant_and_left_as_it_was(seed: int) -> None:
    """No false alarm at whatever the page leaves open; what was written is put back."""
    held = second_checked("masmovil", seed=seed)
    assert unanswered(held.results) == [NO_LOCATION]
    assert held.run.warnings == []
    assert held.results.verdict == "conformant"
    assert {key: declared(device) for key, device in held.after.items() if key in held.before} == {
        key: declared(device) for key, device in held.before.items()
    }


def declared(kept: tuple[str, dict[str, Any]]) -> tuple[str, dict[str, Any]]:
    """Whose a device is, and of what the page knows what it has; the server's own members are its own affair."""
    response = load("masmovil").operations["getSubscriptionDevice"].response(200)
    assert response is not None
    known = response.content["application/json"].schema["properties"]
    holder, device = kept
    return holder, {name: value for name, value in device.items() if name in known}


def public_cases() -> list[Any]:
    cases = [*json.loads((CASES / "tests.json").read_text()), *json.loads((CASES / "spec_tests.json").read_text())]
    usable = [case for case in cases if "patch" in case and well_formed(case["patch"])]
    assert len(usable) > 80
    return [pytest.param(case, id=str(number)) for number, case in enumerate(usable)]


def well_formed(patch: Any) -> bool:
    """What else may come, the reference is never asked for: it makes its patches itself."""
    needed = {"add": "value", "replace": "value", "test": "value", "move": "from", "copy": "from", "remove": "op"}
    return all(
        one.get("op") in needed
        and needed[one["op"]] in one
        and all(isinstance(one[name], str) and one[name][:1] in ("", "/") for name in ("path", "from") if name in one)
        and "path" in one
        for one in patch
    )


@pytest.mark.parametrize("case", public_cases())
def test_the_reference_reads_json_patch_as_everybody_does(case: Any) -> None:
    """What servers are measured by agrees with the public cases for RFC 6902."""
    try:
        stages = applied(case["doc"], case["patch"])
    except Impossible:
        assert "expected" not in case
    else:
        assert "error" not in case or "two 'op' members" in case["error"]
        assert same([case["doc"], *stages][-1], case.get("expected", [case["doc"], *stages][-1]))


def otherwise_worded(call: Call, forward: Forward) -> Answer:
    """Refusals have another body than that of the sibling version, which is all that the public pages show."""
    answer = forward(call)
    return answer.with_json({"title": "refused"}) if answer.status in (403, 404) else answer


def test_the_shape_of_a_refusal_is_a_guess() -> None:
    """What a page declares of an unknown subscription or a foreign organization is the status alone."""
    session = session_of("masmovil")
    wanted = [one for one in session.ledger if one.check == "refuses_condition"]
    fault = Fault("otherwise-worded", "masmovil", "nothing", (), lambda: otherwise_worded)
    with the_double("masmovil") as target:
        run = session.open(target, transport=transport(fault, session.contract), remember=False)
        results = session.check(run, wanted)
    assert alarms(results) == []
    passed = {one.requirement.id for one in results.outcomes if one.status == "passed"}
    assert {
        "masmovil.list-subscription-devices.answers-unknown-parent-with-404",
        "masmovil.add-subscription-device.answers-unknown-parent-with-404",
        "masmovil.search-devices.answers-foreign-with-403",
    } <= passed
