"""Refusals that are no matter of a schema: what the object is like, or whether there is one."""

from __future__ import annotations

from collections.abc import Iterator

from conformance.answers import answer_to, code_pointer
from conformance.checks.success import valid_body
from conformance.context import Context
from conformance.requirements import Book
from conformance.schemas import standing, steps_of
from conformance.types import Requirement, weakest
from openapi.contract import ErrorEntry, Operation, RefusalRule


def from_conditions(book: Book, operation: Operation) -> Iterator[Requirement]:
    seen = set()
    for refusal in operation.refusals:
        word = refusal.when
        if (
            word in ("violation", "unauthenticated", "credentials", "forbidden")
            or refusal.error is None
            or word in seen
        ):
            continue
        seen.add(word)
        entry = book.contract.errors[refusal.error]
        basis = weakest(refusal.basis, entry.basis, _place_of_code(book, operation, entry))
        text = f"Refused with {answer_to(book.contract, refusal.error)}: {refusal.description.strip()}"
        known = f"{operation.id}:{word}" in book.api.conditions or word in book.api.conditions
        base = book.make(
            operation,
            f"refuses-{word}",
            text,
            "refuses_condition",
            basis=basis,
            source=str(refusal.source or entry.source or operation.source or ""),
            data={"word": word, "error": refusal.error},
        )
        if known:
            yield base
            if basis == "inferred" and operation.basis != "inferred":
                yield from _refused_at_all(book, operation, refusal, entry.status)
        else:
            yield Requirement(
                **{f: getattr(base, f) for f in ("id", "text", "level", "basis", "source", "operation", "needs")},
                unchecked="nothing in a target file says how to bring this about",
            )


def _place_of_code(book: Book, operation: Operation, entry: ErrorEntry) -> str:
    """How sure it is that the code stands where the answer's schema has it: a code is held to no more than that."""
    response = operation.responses.get(str(entry.status))
    pointer = code_pointer(entry.body if entry.body is not None else book.contract.error_body)
    if response is None or entry.code is None or pointer is None or not response.content:
        return "documented"
    schema = next(iter(response.content.values())).schema
    return standing(schema, [part for step in steps_of(pointer) for part in ("properties", step)])[0]


def _refused_at_all(book: Book, operation: Operation, refusal: RefusalRule, status: int) -> Iterator[Requirement]:
    """The status is declared by the page even where its code, or the place of it, is a guess."""
    word = refusal.when
    response = operation.responses.get(str(status))
    if response is None:
        return
    unknown = word.startswith("unknown")
    basis = response.basis if unknown else weakest(response.basis, refusal.basis)
    if basis != "inferred":
        what = "does not exist" if unknown else "the caller may not use"
        yield book.make(
            operation,
            f"answers-{word}-with-{status}",
            f"What {what} is answered with {status}, whatever the code.",
            "refuses_condition",
            basis=basis,
            source=response.source,
            data={"word": word, "error": None, "status": status},
        )


def refuses_condition(context: Context, requirement: Requirement) -> None:
    """A valid request about an object in this condition gets exactly the catalogue's answer."""
    assert requirement.operation is not None
    operation = context.contract.operations[requirement.operation]
    word, error = requirement.data["word"], requirement.data["error"]
    path = context.path_of(operation, word)
    if operation.method != "DELETE":
        context.need_success(operation.id)
    body = valid_body(context, operation.id)
    exchange = context.once(("condition", operation.id, word), lambda: context.call(operation.id, path=path, body=body))
    context.case()
    status = requirement.data.get("status")
    if status is not None:
        if exchange.status != status:
            context.fail(
                f"{word} is not answered with {status}.",
                expected=str(status),
                actual=str(exchange.status),
                exchanges=(exchange,),
                cause=f"{operation.id} {word} {exchange.status}",
            )
        return
    context.expect_error(exchange, error, f"{word} is not refused as it must be", cause=f"{operation.id} {word}")
