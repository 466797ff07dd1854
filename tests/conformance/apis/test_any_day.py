"""The double keeps to its contracts on every day: long before the dates of its devices, and years after them."""

from datetime import UTC, datetime

import pytest

from conformance.apis import MODULES
from tests.conformance.apis.proof import checked, the_double

DAYS = {"before": datetime(2025, 3, 1, tzinfo=UTC), "years-after": datetime(2031, 1, 1, tzinfo=UTC)}


@pytest.mark.parametrize("at", DAYS.values(), ids=DAYS)
@pytest.mark.parametrize(
    "api", [pytest.param(api, marks=pytest.mark.slow if api == "mobilefirst" else ()) for api in MODULES]
)
def test_nothing_fails_on_another_day(api: str, at: datetime) -> None:
    """Neither where nothing has been changed yet, nor in a whole run."""
    with the_double(api, at) as target:
        for safe in (True, False):
            results, _ = checked(target, examples=20, safe=safe)
            assert [one.requirement.id for one in results.outcomes if one.status in ("failed", "error")] == []
