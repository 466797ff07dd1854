"""The suite on MobileFirst: another correct server is left in peace, and as it was."""

from copy import deepcopy
from dataclasses import replace

import pytest

from conformance.apis.mobilefirst import API
from tests.conformance.apis.proof import (
    SEEDS,
    alarms,
    checked,
    second_checked,
    second_server,
    unanswered,
)
from tests.conformance.servers.mobilefirst import create_app


@pytest.mark.parametrize("seed", SEEDS)
def test_another_correct_server_is_conformant_and_left_as_it_was(seed: int) -> None:
    """No false alarm at whatever the pages leave open; what was written is put back, and only others are removed."""
    held = second_checked("mobilefirst", seed=seed)
    assert unanswered(held.results) == []
    assert held.run.warnings == []
    assert held.after == {key: held.before[key] for key in held.after}
    assert {"12345-6789", "98765-4321"} <= held.after.keys()


@pytest.mark.slow
def test_a_server_that_takes_its_time_is_waited_for() -> None:
    """Transactions of two seconds are watched to their end where the target says that they may take long."""
    with second_server("mobilefirst", create_app(pause=1.0)) as target:
        results, run = checked(replace(target, settle_seconds=10.0), examples=10)
    assert alarms(results) == []
    assert unanswered(results) == []
    assert run.warnings == []


def test_without_leave_nothing_is_removed_and_no_other_form_or_time_is_asked_for() -> None:
    """What the target does not allow is skipped with that reason, and nothing else is."""
    app = create_app()
    before = deepcopy(app.state.devices)
    asked = ("delete_devices", "async_transactions", "xml", "application_status")
    with second_server("mobilefirst", app) as target:
        careful = replace(target, capabilities={**target.capabilities, **dict.fromkeys(asked, False)})
        results, run = checked(careful)
    assert alarms(results) == []
    assert {reason.rpartition(": ")[2] for reason in unanswered(results)} == {
        f"capability {name} is off in the target" for name in asked
    }
    assert app.state.devices == before
    assert run.coverage["removeDevice"] == {}
    assert run.coverage["setDeviceApplicationStatus"] == {}


def test_objects_that_the_target_does_not_name_are_found() -> None:
    """The second device, the application and a transaction are looked for in the lists."""
    needed = {fixture.name for fixture in API.fixtures if not fixture.optional}
    with second_server("mobilefirst") as target:
        bare = replace(target, fixtures={name: value for name, value in target.fixtures.items() if name in needed})
        results, _ = checked(bare)
    assert alarms(results) == []
    assert unanswered(results) == []
