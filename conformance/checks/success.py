"""That a valid request succeeds at all: the ground on which every other check of an operation stands."""

from __future__ import annotations

import random
from collections.abc import Iterator

from conformance.answers import declared_for, shown
from conformance.checks.damage import first_write
from conformance.context import UNSET, Context
from conformance.errors import Inconclusive, Skip, SuiteError
from conformance.requirements import Book
from conformance.strategies import smallest
from conformance.types import Exchange, Requirement


def derive(book: Book) -> Iterator[Requirement]:
    for operation in book.operations():
        yield book.make(
            operation,
            "succeeds",
            "A valid request is answered with a declared success status.",
            "succeeds",
            sends="reads" if operation.method == "GET" else "changes",
            order=70 if operation.method == "DELETE" else 0,  # What is refused is tried while there is something.
        )


def succeeds(context: Context, requirement: Requirement) -> None:
    """A valid request with a credential that may make it gets a declared 2xx answer."""
    assert requirement.operation is not None
    exchange = baseline(context, requirement.operation)
    context.case()
    operation = context.contract.operations[requirement.operation]
    if exchange.status == 401 and exchange.role is not None:
        # Not the server's fault that the target file holds a wrong secret.
        raise SuiteError(
            f"The server refuses the credentials of role {exchange.role} (401); check [credentials.{exchange.role}]."
        )
    if exchange.status == 404 and _is_unknown(context, operation.id, exchange):
        raise SuiteError(f"{exchange.sent.target.split('?')[0]} does not exist on the server (404); check [fixtures].")
    if not exchange.ok:
        context.expect_success(exchange)
    elif declared_for(operation, exchange.status) is None:
        context.fail(
            f"Success is answered with the undeclared status {exchange.status}.",
            expected=", ".join(status for status in operation.responses if status.startswith("2")),
            actual=shown(exchange),
            exchanges=(exchange,),
        )


def _is_unknown(context: Context, operation_id: str, exchange: Exchange) -> bool:
    """The 404 is the vendor's own word for an object that does not exist, not the server's for a path."""
    from conformance.answers import code_pointer, error_matches

    for refusal in context.contract.operations[operation_id].refusals:
        entry = context.contract.errors.get(refusal.error or "")
        if entry is None or entry.status != 404 or entry.code is None:
            continue
        template = entry.body if entry.body is not None else context.contract.error_body
        if code_pointer(template) is not None and error_matches(entry, exchange, context.contract) is None:
            return True
    return False


def baseline(context: Context, operation_id: str) -> Exchange:
    """The answer to one valid request, sent once a run; Skip when the target does not let it be sent."""
    found: Exchange = context.once(("baseline", operation_id), lambda: _send(context, operation_id))
    return found


def _send(context: Context, operation_id: str) -> Exchange:
    operation = context.contract.operations[operation_id]
    need = context.api.needs.get(operation_id)
    if need and (reason := context.unmet(need)):
        raise Skip(reason)
    if context.options.safe and operation.method != "GET":
        raise Skip("--safe: nothing but reads is sent")
    handle = context.resource_written_by(operation_id)
    if handle is not None:
        try:
            return first_write(context, handle)
        except Inconclusive:
            return context.call(operation_id, body=valid_body(context, operation_id))
    if operation.method == "DELETE":
        return context.call(operation_id, path=disposable(context, operation_id))
    return context.call(operation_id, body=valid_body(context, operation_id))


def disposable(context: Context, operation_id: str) -> dict[str, str]:
    """The path parameters of an object that may be deleted."""
    maker = context.api.disposables.get(operation_id)
    if maker is None:
        raise Skip("the suite knows no object that may be deleted")
    return dict(maker(context))


def valid_body(context: Context, operation_id: str) -> object:
    """A valid body for an operation: the API's own, one that changes nothing, or the smallest by the schema."""
    operation = context.contract.operations[operation_id]
    if operation.request_body is None:
        return UNSET
    maker = context.api.bodies.get(operation_id)
    if maker is not None:
        return maker(context)
    handle = context.resource_written_by(operation_id)
    if handle is not None:
        return body_of_harmless(context, operation_id)
    schema = next(iter(operation.request_body.content.values())).schema
    return smallest(schema, random.Random(context.options.seed))


def body_of_harmless(context: Context, operation_id: str) -> object:
    """The body of a write that changes nothing."""

    def make() -> object:
        handle = context.resource_written_by(operation_id)
        assert handle is not None
        changes = handle.harmless()
        if handle.resource.changes is None:
            return changes
        return handle.resource.changes(context, changes, handle.read()[""])

    return context.once(("harmless body", operation_id), make)


CHECKS = {"succeeds": succeeds}
