"""The concerns of the suite, in the order in which requirements are listed: a file each, no vendor's name in any."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol

from conformance.checks import (
    json_patch,
    lifecycle,
    lists,
    negotiation,
    refusals,
    robustness,
    security,
    shape,
    state,
    success,
    transactions,
)
from conformance.requirements import Book
from conformance.types import Check, Requirement


class Concern(Protocol):
    """A module of checks: what they are called, and what they follow from."""

    CHECKS: Mapping[str, Check]

    def derive(self, book: Book) -> Iterable[Requirement]: ...


CONCERNS: tuple[Concern, ...] = (
    success,  # type: ignore[assignment]
    shape,  # type: ignore[assignment]
    security,  # type: ignore[assignment]
    refusals,  # type: ignore[assignment]
    state,  # type: ignore[assignment]
    json_patch,  # type: ignore[assignment]
    lists,  # type: ignore[assignment]
    negotiation,  # type: ignore[assignment]
    transactions,  # type: ignore[assignment]
    lifecycle,  # type: ignore[assignment]
    robustness,  # type: ignore[assignment]
)
