"""Collected by `pytest --pyargs conformance --devicedouble-target FILE`: a test for each requirement."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from conformance.results import Rules
from conformance.types import Outcome, Requirement


def test_requirement(
    devicedouble_requirement: Requirement,
    devicedouble_outcome: Outcome,
    devicedouble_rules: Rules,
    devicedouble_told: Callable[[Outcome], str],
) -> None:
    """The server does what the requirement says."""
    if devicedouble_outcome.status in ("skipped", "inconclusive"):
        pytest.skip(f"{devicedouble_outcome.status}: {devicedouble_outcome.reason}")
    if devicedouble_outcome.status == "failed":
        if devicedouble_rules.binds(devicedouble_requirement):
            pytest.fail(devicedouble_told(devicedouble_outcome), pytrace=False)
        pytest.xfail(f"deviation, not counted: {devicedouble_outcome.failures[0].message}")
