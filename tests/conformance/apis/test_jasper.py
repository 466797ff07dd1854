"""The suite on Control Center: conformant servers are left in peace and as they were, and faulty ones are caught."""

from collections.abc import Iterable
from copy import deepcopy
from dataclasses import replace
from typing import Any

import pytest

from conformance.apis import api_of
from conformance.planted.faults import Fault
from conformance.planted.jasper import FAULTS
from tests.conformance.apis.proof import alarms, checked, second_server, survives, the_double, unanswered
from tests.conformance.servers.jasper import create_app

MAIN, SPENT = "8988216716970004975", "8988216716970004983"
LEFT = {
    MAIN: ("fixedIPAddress", "fixedIpv6Address"),
    SPENT: ("status", "dateActivated"),
}
"""What no operation puts back: addresses, and steps of a status without a way back (with one device alone)."""
MOVING = ("dateUpdated", "moment")
QUICK = {
    f"jasper-{name}"
    for name in ("plan-400", "role-checked-late", "early-custom", "limit-183", "new-addresses-free", "refused-later")
}
NOT_SHOWN = {
    "jasper.edit-device.refusal-shape-inferred",
    "jasper.get-device-audit-history.refusal-shape-inferred",
    "jasper.get-device-details.refusal-shape-inferred",
    "jasper.get-device-usage.refusal-shape-inferred",
    "jasper.search-devices.refusal-shape-inferred",
    "jasper.edit-device.status-from-activated-allowed-inferred",
}
"""What rests on guesses of the double that the second server does not share."""


def left_as(told: Iterable[str]) -> set[str]:
    """The devices of which the suite says that it could not put something back."""
    return {line.partition("'iccid': '")[2][:19] for line in told}


def comparable(devices: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Devices without what moves or stays changed; a blank text is as good as none."""
    return {
        iccid: {name: value or None for name, value in device.items() if name not in (*MOVING, *LEFT.get(iccid, ()))}
        for iccid, device in devices.items()
    }


def test_the_double_is_conformant_in_everything() -> None:
    """Nothing fails, not even what is a guess, and every requirement that has a check comes to a verdict."""
    with the_double("jasper") as target:
        results, run = checked(target)
    assert [one.requirement.id for one in results.outcomes if one.failures] == []
    assert unanswered(results) == []
    assert left_as(run.warnings) == {MAIN, SPENT}


@pytest.mark.parametrize("seed", [0, pytest.param(1, marks=pytest.mark.slow), pytest.param(2, marks=pytest.mark.slow)])
def test_another_correct_server_is_conformant_and_left_as_it_was(seed: int) -> None:
    """No false alarm at whatever the page leaves open; what can be put back is."""
    app = create_app()
    before = deepcopy(app.state.devices)
    with second_server("jasper", app) as target:
        results, run = checked(target, seed=seed)
    assert alarms(results) == []
    assert {line.partition(":")[0] for line in unanswered(results)} <= NOT_SHOWN
    assert left_as(run.warnings) == {MAIN, SPENT}
    assert comparable(app.state.devices) == comparable(before)


def test_without_leave_nothing_is_done_that_cannot_be_put_back() -> None:
    """With the usual capabilities no status, no address and no scheduled change is left behind."""
    app = create_app()
    before = deepcopy(app.state.devices)
    usual = {one.name: one.default for one in api_of("jasper").capabilities}
    with second_server("jasper", app) as target:
        results, run = checked(replace(target, capabilities=usual))
    assert alarms(results) == []
    assert run.warnings == []
    for iccid, members in LEFT.items():
        assert [app.state.devices[iccid][name] for name in members] == [before[iccid][name] for name in members]
    assert comparable(app.state.devices) == comparable(before)


@pytest.mark.parametrize("role", ["account", "customer"])
def test_one_user_is_enough(role: str) -> None:
    """A target with a single user of any kind is checked as far as this user goes, without an alarm."""
    with second_server("jasper") as target:
        results, _ = checked(replace(target, credentials={role: target.credentials[role]}), examples=10)
    assert alarms(results) == []
    assert results.number("passed") > 100


@pytest.mark.parametrize(
    "fault",
    [pytest.param(one, id=one.id, marks=() if one.id in QUICK else pytest.mark.slow) for one in FAULTS],
)
def test_planted_faults_are_killed(fault: Fault) -> None:
    """Each is caught by a requirement that it breaks."""
    assert survives(fault) is None
