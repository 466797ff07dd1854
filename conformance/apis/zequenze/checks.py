"""What binds Zequenze alone, all together."""

from __future__ import annotations

from conformance.apis.zequenze import listing, updating
from conformance.apis.zequenze.machine import sequences

CHECKS = {**updating.CHECKS, **listing.CHECKS, "sequences": sequences}
