"""The concerns of the suite, in the order in which requirements are listed: a file or folder each, without vendors."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol

from conformance.checks import (
    json_patch,
    lifecycle,
    listed,
    lists,
    negotiation,
    refusals,
    robustness,
    security,
    shape,
    state,
    success,
    texts,
    transactions,
)
from conformance.requirements import Book
from conformance.types import Check, Requirement


class Concern(Protocol):
    """A module of checks: what they are called, and what they follow from."""

    @property
    def CHECKS(self) -> Mapping[str, Check]: ...  # noqa: N802  (a constant of the module)

    def derive(self, book: Book) -> Iterable[Requirement]: ...


CONCERNS: tuple[Concern, ...] = (
    success,
    shape,
    security,
    refusals,
    state,
    json_patch,
    lists,
    listed,
    negotiation,
    transactions,
    lifecycle,
    robustness,
    texts,
)
