"""A server that has been checked is checked again: what one run has left, the next one does not take for a fault."""

import pytest

from conformance.apis import MODULES
from tests.conformance.apis.proof import checked, the_double


@pytest.mark.parametrize(
    "api", [pytest.param(api, marks=pytest.mark.slow if api == "mobilefirst" else ()) for api in MODULES]
)
def test_a_second_run_finds_nothing_either(api: str) -> None:
    with the_double(api) as target:
        for seed in (0, 1):
            results, _ = checked(target, seed=seed, examples=20)
            assert [one.requirement.id for one in results.outcomes if one.status in ("failed", "error")] == []
