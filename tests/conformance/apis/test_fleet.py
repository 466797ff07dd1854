"""The suite on Fleet: another correct server is left in peace, and as it was."""

import pytest

from tests.conformance.apis.proof import SEEDS, second_checked, unanswered


@pytest.mark.parametrize("seed", SEEDS)
def test_another_correct_server_is_conformant_and_left_as_it_was(seed: int) -> None:
    """No false alarm at whatever the pages leave open; what was written is put back, what was made is gone."""
    held = second_checked("fleet", seed=seed)
    assert unanswered(held.results) == []
    assert held.run.warnings == []
    assert held.after == held.before
