"""The suite on Fleet: conformant servers are left in peace and as they were, and faulty ones are caught."""

from copy import deepcopy

import pytest

from conformance.planted.faults import Fault
from conformance.planted.fleet import FAULTS
from tests.conformance.apis.proof import alarms, checked, second_server, survives, the_double, unanswered
from tests.conformance.servers.fleet import create_app

QUICK = {
    f"fleet-{name}"
    for name in ("null-ignored", "applied-in-part", "writes-another-too", "scope-late", "drafts", "batch-in-part")
}


def test_the_double_is_conformant_in_everything() -> None:
    """Nothing fails, not even what is a guess, and every requirement that has a check comes to a verdict."""
    with the_double("fleet") as target:
        results, run = checked(target)
    assert [one.requirement.id for one in results.outcomes if one.failures] == []
    assert unanswered(results) == []
    assert run.warnings == []


@pytest.mark.parametrize("seed", [0, pytest.param(1, marks=pytest.mark.slow), pytest.param(2, marks=pytest.mark.slow)])
def test_another_correct_server_is_conformant_and_left_as_it_was(seed: int) -> None:
    """No false alarm at whatever the pages leave open; what was written is put back, what was made is gone."""
    app = create_app()
    before = deepcopy(app.state.devices)
    with second_server("fleet", app) as target:
        results, run = checked(target, seed=seed)
    assert alarms(results) == []
    assert unanswered(results) == []
    assert run.warnings == []
    assert app.state.devices == before


@pytest.mark.parametrize(
    "fault",
    [pytest.param(one, id=one.id, marks=() if one.id in QUICK else pytest.mark.slow) for one in FAULTS],
)
def test_planted_faults_are_killed(fault: Fault) -> None:
    """Each is caught by a requirement that it breaks."""
    assert survives(fault) is None
