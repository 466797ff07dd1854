"""The suite on Zequenze: conformant servers are left in peace and as they were, and faulty ones are caught."""

from copy import deepcopy
from typing import Any

import pytest

from conformance.planted.faults import Fault
from conformance.planted.zequenze import FAULTS
from tests.conformance.apis.proof import alarms, checked, second_server, survives, the_double, unanswered
from tests.conformance.servers.zequenze import create_app

QUICK = {
    f"zequenze-{name}"
    for name in ("location-forgotten", "nested-replaced", "in-part", "texts-made", "links-bare", "removed-by-anyone")
}
NOT_SHOWN = {
    "zequenze.list-inventory-device-serial.filter-last-status-change-from",
    "zequenze.list-inventory-device-serial.refusal-shape-inferred",
    "zequenze.delete-inventory-device-serial.answers-204",
    "zequenze.api.challenge",
}
"""What rests on guesses of the double that the second server does not share."""


def test_the_double_is_conformant_in_everything() -> None:
    """Nothing fails, not even what is a guess, and every requirement that has a check comes to a verdict."""
    with the_double("zequenze") as target:
        results, run = checked(target)
    assert [one.requirement.id for one in results.outcomes if one.failures] == []
    assert unanswered(results) == []
    assert run.warnings == []


@pytest.mark.parametrize("seed", [0, pytest.param(1, marks=pytest.mark.slow), pytest.param(2, marks=pytest.mark.slow)])
def test_another_correct_server_is_conformant_and_left_as_it_was(seed: int) -> None:
    """No false alarm at whatever the page leaves open; all is put back but one device, which was removed for good."""
    app = create_app()
    before = deepcopy(app.state.devices)
    with second_server("zequenze", app) as target:
        results, run = checked(target, seed=seed)
    assert alarms(results) == []
    assert {line.partition(":")[0] for line in unanswered(results)} <= NOT_SHOWN
    assert run.warnings == []
    removed = set(before) - set(app.state.devices)
    assert len(removed) == 1
    assert not removed & {"ABC123456789", "XYZ987654321"}
    assert _without_time(app.state.devices) == _without_time({k: v for k, v in before.items() if k not in removed})


def _without_time(devices: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {serial: {**device, "updated_at": None} for serial, device in devices.items()}


@pytest.mark.parametrize(
    "fault",
    [pytest.param(one, id=one.id, marks=() if one.id in QUICK else pytest.mark.slow) for one in FAULTS],
)
def test_planted_faults_are_killed(fault: Fault) -> None:
    """Each is caught by a requirement that it breaks."""
    assert survives(fault) is None
