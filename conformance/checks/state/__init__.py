"""What a write does: all of it (stored), only it (spared), once and for good (lasting)."""

from __future__ import annotations

from collections.abc import Iterator

from conformance.api import Resource
from conformance.checks.state.lasting import answer_agrees, repeats
from conformance.checks.state.members import limits, static_members
from conformance.checks.state.spared import changes_only_that, keeps_omitted, others_untouched
from conformance.checks.state.stored import combines, null_clears, reads_back, takes_every_value
from conformance.requirements import Book
from conformance.resources import Member
from conformance.types import Check, Requirement, weakest
from openapi.contract import Operation

ROWS: tuple[tuple[str, Check, str], ...] = (
    ("reads-back", reads_back, "Every member that is written is read back with the value written."),
    ("takes-every-value", takes_every_value, "Each value that a member can have is taken and read back."),
    ("keeps-omitted", keeps_omitted, "Members that a request leaves out keep their values."),
    ("changes-only-that", changes_only_that, "A write changes nothing of the object but what it names."),
    ("null-clears", null_clears, "Null clears a member that may be null."),
    ("combines", combines, "Several members are written together as they are one by one, in any order."),
    ("answer-agrees", answer_agrees, "The answer to a write shows what a read shows right afterwards."),
    ("others-untouched", others_untouched, "A write to one object leaves the others as they are."),
    ("repeats", repeats, "The same request sent again succeeds and changes nothing more."),
)
CHECKS: dict[str, Check] = {check.__name__: check for _, check, _ in ROWS}


def derive(book: Book) -> Iterator[Requirement]:
    for resource in book.api.resources:
        operation = book.contract.operations.get(resource.write)
        if operation is None:
            continue
        members = static_members(book, resource)
        for slug, check, text in ROWS:
            if not _makes_sense(slug, resource, members):
                continue
            yield book.make(
                operation,
                slug,
                text,
                check.__name__,
                basis=_basis(slug, operation),
                sends="changes",
                needs=(f"success:{operation.id}",),
                order=30,
                data={"resource": resource.name},
            )


def _basis(slug: str, operation: Operation) -> str:
    """That a write may be repeated is sure of `PUT` alone."""
    return weakest(operation.basis, "inferred") if slug == "repeats" and operation.method != "PUT" else operation.basis


def _makes_sense(slug: str, resource: Resource, members: list[Member] | None) -> bool:
    if slug == "answer-agrees" and resource.answer is None:
        return False
    if members is None:
        return True
    if slug == "null-clears":
        return any(member.nullable for member in members)
    if slug == "takes-every-value":
        return any(limits(member.schema) for member in members)
    return len(members) >= (2 if slug in ("keeps-omitted", "combines") else 1)
