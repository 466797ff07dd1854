"""One defect is told once: failures that show the same, or follow from one another, become one block.

Only what is shown is grouped: every requirement keeps its own status and failures.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from conformance.reporting.following import RULES, Around, explains
from conformance.reporting.likeness import Seen, keys_of, place_of
from conformance.types import Failure, Outcome, Requirement
from openapi.contract import Contract

Binds = Callable[[Requirement], bool]


@dataclass(frozen=True, slots=True)
class Defect:
    """One cause, the failure that tells it best, every requirement that shows it, and what else was said of it."""

    cause: str
    failure: Failure
    teller: Outcome
    """Whose failure it is; a replay of it shows the defect."""
    outcomes: tuple[Outcome, ...]
    also: tuple[str, ...] = ()
    """The other sentences that tell the same."""


def defects(
    outcomes: Iterable[Outcome], contract: Contract | None = None, binds: Binds = lambda _: True
) -> list[Defect]:
    """Failures grouped by cause, in the order in which they were met; one that `binds` tells for its group."""
    seen = [Seen(outcome, failure) for outcome in outcomes for failure in outcome.failures]
    groups = _Groups(seen)
    basic = _basic_of(seen, contract)
    by_key: dict[object, Seen] = {}
    for one in seen:
        if one in basic:
            groups.join(basic[one], one)
        else:
            for key in keys_of(one):
                groups.join(by_key.setdefault(key, one), one)
    return [_defect(members, basic, binds) for members in groups.all()]


def _basic_of(seen: Sequence[Seen], contract: Contract | None) -> dict[Seen, Seen]:
    """For each failure that follows from another one: from which. What one rule explains is no ground for the next."""
    found: dict[Seen, Seen] = {}
    for rule in RULES:
        left = [one for one in seen if one not in found]
        around = Around(left, contract)
        for other in left:
            fitting = (one for one in left if explains(rule, one, other, around))
            basic = next((one for one in fitting if not _rests_on(one, other, found)), None)
            if basic is not None:
                found[other] = basic
    return found


def _rests_on(one: Seen, other: Seen, basic: dict[Seen, Seen]) -> bool:
    """Whether `one` follows, over whatever steps, from `other`."""
    while one in basic:
        one = basic[one]
        if one is other:
            return True
    return False


class _Groups:
    """Failures, joined pair by pair."""

    def __init__(self, seen: Sequence[Seen]) -> None:
        self._up = {one: one for one in seen}

    def join(self, one: Seen, other: Seen) -> None:
        self._up[self._top(other)] = self._top(one)

    def all(self) -> list[list[Seen]]:
        found: dict[Seen, list[Seen]] = {}
        for one in self._up:
            found.setdefault(self._top(one), []).append(one)
        return list(found.values())

    def _top(self, one: Seen) -> Seen:
        while self._up[one] is not one:
            one = self._up[one]
        return one


def _defect(members: list[Seen], basic: dict[Seen, Seen], binds: Binds) -> Defect:
    def rank(one: Seen) -> tuple[bool, bool, bool, int]:
        requirement = one.outcome.requirement
        return (not binds(requirement), one in basic, place_of(one) is None, _length(one.failure))

    best = min(members, key=rank)
    unique = {one.outcome.requirement.id: one.outcome for one in (best, *members)}
    sentences = dict.fromkeys(one.failure.message for one in members if one.failure.message != best.failure.message)
    return Defect(best.failure.cause, best.failure, best.outcome, tuple(unique.values()), tuple(sentences))


def _length(failure: Failure) -> int:
    return sum(len(exchange.sent.body) + len(exchange.sent.url) for exchange in failure.exchanges) or 10**9
