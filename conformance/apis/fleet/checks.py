"""What binds Fleet alone, all together."""

from __future__ import annotations

from conformance.apis.fleet import batches, listing, updating
from conformance.apis.fleet.machine import sequences

CHECKS = {**updating.CHECKS, **listing.CHECKS, **batches.CHECKS, "sequences": sequences}
