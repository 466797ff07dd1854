"""The suite on Control Center: another correct server is left in peace, and as it was."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest

from conformance.apis import api_of
from tests.conformance.apis.proof import (
    SEEDS,
    alarms,
    checked,
    second_checked,
    second_server,
    unanswered,
)

MAIN, SPENT = "8988216716970004975", "8988216716970004983"
LEFT = {
    MAIN: ("fixedIPAddress", "fixedIpv6Address"),
    SPENT: ("status", "dateActivated"),
}
"""What no operation puts back: addresses, and steps of a status without a way back (with one device alone)."""
MOVING = ("dateUpdated", "moment")
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


@pytest.mark.parametrize("seed", SEEDS)
def test_another_correct_server_is_conformant_and_left_as_it_was(seed: int) -> None:
    """No false alarm at whatever the page leaves open; what can be put back is."""
    held = second_checked("jasper", seed=seed)
    assert {line.partition(":")[0] for line in unanswered(held.results)} <= NOT_SHOWN
    assert left_as(held.run.warnings) == {MAIN, SPENT}
    assert comparable(held.after) == comparable(held.before)


def test_without_leave_nothing_is_done_that_cannot_be_put_back() -> None:
    """With the usual capabilities no status, no address and no scheduled change is left behind."""
    held = second_checked("jasper", capabilities={one.name: one.default for one in api_of("jasper").capabilities})
    assert held.run.warnings == []
    for iccid, members in LEFT.items():
        assert [held.after[iccid][name] for name in members] == [held.before[iccid][name] for name in members]
    assert comparable(held.after) == comparable(held.before)


@pytest.mark.parametrize("role", ["account", "customer"])
def test_one_user_is_enough(role: str) -> None:
    """A target with a single user of any kind is checked as far as this user goes, without an alarm."""
    with second_server("jasper") as target:
        results, _ = checked(replace(target, credentials={role: target.credentials[role]}), examples=10)
    assert alarms(results) == []
    assert results.number("passed") > 100
