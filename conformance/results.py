"""What a run came to: which failures count, the verdict and the exit status."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from conformance.errors import WrongUse
from conformance.types import Outcome, Requirement

Verdict = Literal["conformant", "nonconformant", "error"]
STATUSES = ("passed", "failed", "skipped", "inconclusive", "error")
CONFORMANT, NONCONFORMANT, WRONG_USE, SUITE_ERROR = 0, 1, 2, 3


@dataclass(frozen=True, slots=True)
class Known:
    """A deviation that the server's owner knows of."""

    id: str
    reason: str
    since: str = ""


@dataclass(frozen=True, slots=True)
class Rules:
    """What counts in this run."""

    strict: bool = False
    complete: bool = False
    known: Mapping[str, Known] = field(default_factory=dict)

    def binds(self, requirement: Requirement) -> bool:
        """Whether a failure of this requirement is fatal: a MUST, sure enough, and not known."""
        sure = self.strict or requirement.basis != "inferred"
        return requirement.level == "MUST" and sure and requirement.id not in self.known


@dataclass
class Results:
    """All outcomes of a run, in the order of the ledger."""

    outcomes: list[Outcome]
    rules: Rules
    interrupted: bool = False
    trouble: str | None = None
    """Why nothing was checked at all: no API answers there."""

    def counted(self) -> list[Outcome]:
        """The failures that decide the verdict."""
        return [one for one in self.outcomes if one.status == "failed" and self.rules.binds(one.requirement)]

    def deviations(self) -> list[Outcome]:
        return [one for one in self.outcomes if one.status == "failed" and not self.rules.binds(one.requirement)]

    def incomplete(self) -> list[Outcome]:
        """What `--complete` does not forgive: a binding MUST with a check that came to no verdict."""
        return [
            one
            for one in self.outcomes
            if one.status in ("skipped", "inconclusive")
            and self.rules.binds(one.requirement)
            and one.requirement.unchecked is None
        ]

    def stale(self) -> list[Known]:
        """Known deviations that have passed."""
        passed = {one.requirement.id for one in self.outcomes if one.status == "passed"}
        return [known for name, known in self.rules.known.items() if name in passed]

    def number(self, status: str) -> int:
        return sum(one.status == status for one in self.outcomes)

    @property
    def shows_nothing(self) -> bool:
        """Nothing passed and no failure counts, as at an address where no API is: deviations alone show nothing."""
        return not self.number("passed") and not self.counted()

    @property
    def verdict(self) -> Verdict:
        if self.counted() or (self.rules.complete and self.incomplete()):
            return "nonconformant"
        if self.interrupted or self.trouble or self.number("error") or self.shows_nothing:
            return "error"
        return "conformant"

    @property
    def exit_status(self) -> int:
        if self.trouble is None and self.number("skipped") == len(self.outcomes):
            return WRONG_USE
        return {"conformant": CONFORMANT, "nonconformant": NONCONFORMANT, "error": SUITE_ERROR}[self.verdict]


def load_known(place: str | None) -> dict[str, Known]:
    """The known deviations of a TOML file: `[[known]]` tables with `id`, `reason` and `since`.

    Raises:
        WrongUse: unreadable, or an entry without id or reason.
    """
    if place is None:
        return {}
    try:
        data = tomllib.loads(Path(place).read_text(encoding="utf-8"))
    except OSError as error:
        raise WrongUse(f"{place} cannot be read: {(error.strerror or str(error)).lower()}.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise WrongUse(f"{place} is not valid TOML: {error}.") from None
    rows = next((value for value in data.values() if isinstance(value, list)), [])
    if data and not rows:
        raise WrongUse(f"{place}: write each known deviation as a table [[known]] with id, reason and since.")
    known = {}
    for row in rows:
        if not isinstance(row, dict) or not isinstance(row.get("id"), str) or not isinstance(row.get("reason"), str):
            raise WrongUse(f"{place}: each known deviation needs an id and a reason.")
        known[row["id"]] = Known(row["id"], row["reason"], str(row.get("since", "")))
    return known
