"""The life of a SIM: every step from every status, as the contract's lifecycle says."""

import pytest

from mock_server.apis.jasper import lifecycle
from openapi.contract import Lifecycle, lifecycle_of, load
from tests.mock_server.apis.jasper_support import ACTIVATED, TEST_READY, Factory, Jasper, refused

STATUSES = ("TEST_READY", "ACTIVATION_READY", "INVENTORY", "ACTIVATED", "DEACTIVATED", "RETIRED", "PURGED", "REPLACED")
TARGETS = STATUSES[:-1]
CODES = {"PRE_ACTIVATION": "10000029", "ALREADY_ACTIVATED": "10030000", "INVALID_STATUS": "10000005"}


def lifecycle_of_status() -> Lifecycle:
    body = load("jasper").operations["editDevice"].request_body
    assert body is not None
    rules = lifecycle_of(body.content["application/json"].schema["properties"]["status"])
    assert rules is not None
    return rules


@pytest.fixture
def jasper(double: Factory) -> Jasper:
    return Jasper(double)


@pytest.mark.parametrize("old", STATUSES)
def test_each_step_is_answered_as_the_lifecycle_says(jasper: Jasper, old: str) -> None:
    device = jasper.device()
    for new in TARGETS:
        jasper.world.plant("jasper", "devices", ACTIVATED, {**device, "status": old})
        response, error = jasper.edit(status=new), lifecycle.refusal(old, new)
        if error is None:
            assert (response.status_code, jasper.device()["status"]) == (200, new)
        else:
            refused(response, 400, CODES[error])
            assert jasper.device()["status"] == old


def test_the_behaviour_and_the_contract_agree() -> None:
    rules = lifecycle_of_status()
    steps = {(old, new): lifecycle.refusal(old, new) for old in STATUSES for new in TARGETS}
    assert steps == {(old, new): rules.answer(old, new) for old, new in steps}


def test_what_the_page_fixes_is_documented() -> None:
    rules = lifecycle_of_status()
    assert rules.edge_basis("ACTIVATED", "ACTIVATED") == "documented"
    assert {rules.edge_basis("ACTIVATED", new) for new in lifecycle.BEFORE_ACTIVATION} == {"documented"}
    assert rules.edge_basis("RETIRED", "ACTIVATED") == "inferred"


def test_activate_suspend_and_activate_again(jasper: Jasper) -> None:
    for status in ("ACTIVATED", "DEACTIVATED", "ACTIVATED"):
        assert jasper.edit(TEST_READY, status=status).status_code == 200
    refused(jasper.edit(TEST_READY, status="ACTIVATED"), 400, "10030000")
    refused(jasper.edit(TEST_READY, status="TEST_READY"), 400, "10000029")
