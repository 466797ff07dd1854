"""The suite on the double of each API: it is left in peace as it is, and caught with any fault planted in it."""

from importlib import import_module
from typing import Any

import pytest

from conformance.apis import MODULES
from conformance.planted import MODULES as PLANTED
from conformance.planted.faults import Fault
from tests.conformance.apis.proof import checked, survives, the_double, unanswered

LEFT = {"jasper": ("8988216716970004975", "8988216716970004983")}
"""The devices of which an API has no way to put everything back."""
QUICK = {
    "fleet": "null-ignored applied-in-part writes-another-too scope-late drafts batch-in-part",
    "masmovil": "patch-partial patch-overwrites patch-copy-shares patch-tests-loosely patch-escapes-backwards "
    "intruders list-all-when-none search-cached commitment-of-any add-upserts",
    "mobilefirst": "copies-stale role-after-the-change describes-the-one-before pages-gap removes-two xml-status",
    "jasper": "plan-400 role-checked-late early-custom limit-183 new-addresses-free refused-later",
    "zequenze": "location-forgotten nested-replaced in-part texts-made links-bare removed-by-anyone",
}
"""The faults that are planted every time, without the API's name; the others are for the long tests."""


def planted() -> list[Any]:
    """The faults of each API's own table."""
    quick = {f"{api}-{slug}" for api, slugs in QUICK.items() for slug in slugs.split()}
    faults: list[Fault] = [fault for module in PLANTED.values() for fault in import_module(module).FAULTS]
    assert quick <= {fault.id for fault in faults}
    return [pytest.param(one, id=one.id, marks=() if one.id in quick else pytest.mark.slow) for one in faults]


@pytest.mark.parametrize("api", MODULES)
def test_the_double_is_conformant_in_everything(api: str) -> None:
    """Nothing fails, not even what is a guess; every requirement that has a check gets a verdict; all is put back."""
    with the_double(api) as target:
        results, run = checked(target)
    assert [one.requirement.id for one in results.outcomes if one.failures] == []
    assert unanswered(results) == []
    left = LEFT.get(api, ())
    assert [told for told in run.warnings if not any(device in told for device in left)] == []
    assert [device for device in left if not any(device in told for told in run.warnings)] == []


@pytest.mark.parametrize("fault", planted())
def test_planted_faults_are_killed(fault: Fault) -> None:
    """Each is caught by a requirement that it breaks."""
    assert survives(fault) is None
