"""One mistake at a time, and the contract's answer to exactly that mistake: a file for each kind of mistake."""

from __future__ import annotations

from collections.abc import Iterator

from conformance.checks.refusals.conditions import from_conditions, refuses_condition
from conformance.checks.refusals.constraints import from_schemas, refuses
from conformance.checks.refusals.transport import from_bodies, refuses_transport
from conformance.checks.refusals.unchanged import from_writes, refused_changes_nothing
from conformance.requirements import Book
from conformance.types import Requirement


def derive(book: Book) -> Iterator[Requirement]:
    for operation in book.operations():
        yield from from_schemas(book, operation)
        yield from from_bodies(book, operation)
        yield from from_conditions(book, operation)
        yield from from_writes(book, operation)


CHECKS = {
    "refuses": refuses,
    "refuses_transport": refuses_transport,
    "refuses_condition": refuses_condition,
    "refused_changes_nothing": refused_changes_nothing,
}
