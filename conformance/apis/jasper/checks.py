"""The checks of this API alone, named by its requirements.yaml; each concern has a file of its own."""

from __future__ import annotations

from conformance.apis.jasper import addressing, editing, machine, reading, scheduling, searching
from conformance.types import Check

CHECKS: dict[str, Check] = {
    **editing.CHECKS,
    **scheduling.CHECKS,
    **addressing.CHECKS,
    **reading.CHECKS,
    **searching.CHECKS,
    "sequences": machine.sequences,
}
