"""Which planted faults a quick self-test plants: each check is put to use once, and some more by lot."""

from __future__ import annotations

import random
from collections.abc import Callable, Collection, Iterable

from conformance.planted.faults import Fault

Claims = Callable[[Fault], Collection[str]]
"""Fault → the names of the checks that should catch it."""


def quick(faults: Iterable[Fault], claims: Claims, own: Collection[tuple[str, str]], seed: int = 0) -> list[Fault]:
    """A fault for each check (`own` are the pairs of API and check that no other API has), and five more an API."""
    ranked = list(faults)
    random.Random(seed).shuffle(ranked)
    ranked.sort(key=lambda fault: len(claims(fault)))
    chosen: dict[str, Fault] = {}
    covered: set[tuple[str, str]] = set()
    for fault in ranked:
        wanted = {(fault.api if (fault.api, name) in own else "", name) for name in claims(fault)}
        if wanted - covered:
            chosen[fault.id] = fault
            covered |= wanted
    for api in sorted({fault.api for fault in ranked}):
        rest = sorted(fault.id for fault in ranked if fault.api == api and fault.id not in chosen)
        by_lot = random.Random(f"{seed}:{api}").sample(rest, min(5, len(rest)))
        chosen |= {fault.id: fault for fault in ranked if fault.id in by_lot}
    order = {fault.id: number for number, fault in enumerate(faults if isinstance(faults, list) else ranked)}
    return sorted(chosen.values(), key=lambda fault: order[fault.id])
