"""The suite on Zequenze: another correct server is left in peace, and as it was."""

from typing import Any

import pytest

from tests.conformance.apis.proof import SEEDS, second_checked, unanswered

NOT_SHOWN = {
    "zequenze.list-inventory-device-serial.filter-last-status-change-from",
    "zequenze.list-inventory-device-serial.refusal-shape-inferred",
    "zequenze.delete-inventory-device-serial.answers-204",
    "zequenze.api.challenge",
}
"""What rests on guesses of the double that the second server does not share."""


@pytest.mark.parametrize("seed", SEEDS)
def test_another_correct_server_is_conformant_and_left_as_it_was(seed: int) -> None:
    """No false alarm at whatever the page leaves open; all is put back but one device, which was removed for good."""
    held = second_checked("zequenze", seed=seed)
    assert {line.partition(":")[0] for line in unanswered(held.results)} <= NOT_SHOWN
    assert held.run.warnings == []
    removed = set(held.before) - set(held.after)
    assert len(removed) == 1
    assert not removed & {"ABC123456789", "XYZ987654321"}
    assert _without_time(held.after) == _without_time({k: v for k, v in held.before.items() if k not in removed})


def _without_time(devices: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {serial: {**device, "updated_at": None} for serial, device in devices.items()}
