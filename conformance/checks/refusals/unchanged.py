"""A refused request changes nothing: the object is read before and after it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from conformance.checks.refusals.bodies import Unfit
from conformance.checks.refusals.mistakes import Mistake, mistakes
from conformance.checks.refusals.sending import broken_body
from conformance.context import Context
from conformance.differences import moved
from conformance.errors import Inconclusive
from conformance.requirements import Book
from conformance.resources import Handle
from conformance.schemas import same, steps_of
from conformance.types import Requirement
from openapi.contract import Operation


def from_writes(book: Book, operation: Operation) -> Iterator[Requirement]:
    if any(resource.write == operation.id for resource in book.api.resources):
        yield book.make(
            operation,
            "refused-changes-nothing",
            "A refused request leaves the object exactly as it was.",
            "refused_changes_nothing",
            source="RFC 9110 section 15.5",
            needs=(f"success:{operation.id}",),
            sends="changes",
            order=60,
        )


def refused_changes_nothing(context: Context, requirement: Requirement) -> None:
    """The object reads the same before and after requests that were refused, one mistake of each kind."""
    assert requirement.operation is not None
    operation = context.contract.operations[requirement.operation]
    handle = context.resource_written_by(operation.id)
    assert handle is not None
    for one in _one_of_each_kind(context, operation):
        body = broken_body(context, operation, one)
        if isinstance(body, Unfit):
            continue
        body = _with_a_change(context, handle, body, one)
        with context.keep(handle) as before:
            exchange = context.call(operation.id, path=handle.path, body=body)
            if exchange.ok:
                continue
            after = handle.read()
        context.case()
        changed = moved(handle, before, after)
        if changed:
            context.fail(
                f"A refused request has changed {', '.join(changed)}.",
                expected="nothing changed",
                actual=f"{exchange.status}, and {', '.join(changed)} differ",
                exchanges=(exchange,),
                cause=f"refused but changed {operation.id}",
            )
    if not context.cases:
        raise Inconclusive("no request was refused")


def _with_a_change(context: Context, handle: Handle, body: Any, one: Mistake) -> Any:
    """Beside the mistake a valid change, before and after it, that must not be carried out."""
    if not isinstance(body, dict) or handle.resource.changes is not None:
        return body
    reading = handle.read()
    wrong = steps_of(one.violation.pointer)[:1]
    for member in handle.usable():
        if [member.name] == wrong or member.name in body:
            continue
        values = handle.values(member, 1, context.random, member.seen(reading))
        if values and not same(values[0], member.seen(reading)):
            return {member.name: values[0], **body}
    return body


def _one_of_each_kind(context: Context, operation: Operation) -> list[Mistake]:
    kinds: dict[str, Mistake] = {}
    for one in mistakes(context.contract, operation):
        if one.where == "body" and one.keyword not in ("minProperties", "minItems") and one.violation.pointer:
            kinds.setdefault(one.keyword, one)
    return list(kinds.values())
