"""The badge says how many of what was checked have passed."""

from __future__ import annotations

import pytest

from conformance.reporting.badge import badge


@pytest.mark.parametrize(
    ("passed", "failed", "deviations", "told"),
    [(148, 21, 2, "148/169"), (148, 21, 0, "148/169"), (3, 2, 2, "3/5"), (5, 0, 0, "5/5")],
)
def test_every_requirement_counts_once(passed: int, failed: int, deviations: int, told: str) -> None:
    """Deviations are among the failed already."""
    summary = {"passed": passed, "failed": failed, "deviations": deviations, "skipped": 7}
    assert f"nonconformant {told}<" in badge({"api": "tiny", "verdict": "nonconformant", "summary": summary})
