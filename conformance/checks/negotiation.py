"""Media types: each one that is offered is given, q-values decide, JSON and XML say the same."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from conformance.answers import shown
from conformance.checks.success import valid_body
from conformance.context import Context
from conformance.errors import Inconclusive, Skip
from conformance.requirements import Book
from conformance.resources import changed_pointers, declared
from conformance.schemas import at, shortened
from conformance.types import Exchange, Requirement, weakest
from openapi.contract import Operation, Response


def derive(book: Book) -> Iterator[Requirement]:
    for operation in book.operations():
        response = success_response(operation)
        offered = forms(response)
        sends = "reads" if operation.method == "GET" else "changes"
        needs = (f"success:{operation.id}",)
        if len(offered) > 1 and operation.method != "DELETE":
            yield book.make(
                operation,
                "offers-media-types",
                f"Each of {', '.join(offered)} is given to who accepts it alone.",
                "offers_media_types",
                sends=sends,  # type: ignore[arg-type]
                needs=needs,
            )
            yield book.make(
                operation,
                "weighs-accept",
                "The media type with the highest q-value is given.",
                "weighs_accept",
                basis=weakest(operation.basis, "public"),
                source="RFC 9110 section 12.5.1",
                sends=sends,  # type: ignore[arg-type]
                needs=needs,
            )
        if len(offered) > 1 and operation.method == "GET":
            yield book.make(
                operation,
                "forms-agree",
                "All media types say the same.",
                "forms_agree",
                needs=needs,
            )
        yield from _unacceptable(book, operation)


def _unacceptable(book: Book, operation: Operation) -> Iterator[Requirement]:
    rule = operation.violation("", (), "accept")
    if rule is None or rule.error is None or operation.method != "GET":
        return
    entry = book.contract.errors[rule.error]
    yield book.make(
        operation,
        "refuses-accept",
        f"A request that accepts nothing of what is offered is refused with {entry.status}.",
        "refuses_accept",
        basis=weakest(rule.basis, entry.basis),
        level="SHOULD",
        data={"error": rule.error},
        needs=(f"success:{operation.id}",),
    )


def success_response(operation: Operation) -> Response | None:
    return next((r for status, r in operation.responses.items() if status.startswith("2") and r.content), None)


def forms(response: Response | None) -> list[str]:
    """The media types that are forms of one value: JSON and XML, not downloads."""
    return [name for name in (response.content if response else ()) if "json" in name or "xml" in name]


def accepting(context: Context, operation: Operation, accept: str) -> Exchange:
    """A valid request with this Accept field, that changes nothing."""
    handle = context.resource_written_by(operation.id)
    if handle is None:
        if operation.method != "GET":
            raise Skip("this would make another object")
        return context.call(operation.id, accept=accept)
    body: Any = valid_body(context, operation.id)
    with context.keep(handle):
        return context.call(operation.id, path=handle.path, body=body, accept=accept)


def offers_media_types(context: Context, requirement: Requirement) -> None:
    """Accept names one offered media type alone: the answer has it."""
    operation = context.contract.operations[requirement.operation or ""]
    response = success_response(operation)
    assert response is not None
    for media in forms(response):
        _expect_media(context, accepting(context, operation, media), media, media)


def weighs_accept(context: Context, requirement: Requirement) -> None:
    """Of two offered media types the one with the higher q-value comes, wherever it stands in the field."""
    operation = context.contract.operations[requirement.operation or ""]
    response = success_response(operation)
    assert response is not None
    first, second = forms(response)[:2]
    for better, worse in ((first, second), (second, first)):
        for accept in (f"{worse};q=0.3, {better};q=0.9", f"{better}, {worse};q=0.5", f"{worse};q=0, {better}"):
            _expect_media(context, accepting(context, operation, accept), accept, better)


def _expect_media(context: Context, exchange: Exchange, accept: str, wanted: str) -> None:
    context.case()
    if not context.expect_success(exchange, f"Accept: {accept} is refused."):
        return
    if exchange.media_type != wanted:
        context.fail(
            f"Accept: {accept} is answered with {exchange.media_type or 'no media type'}.",
            expected=wanted,
            actual=exchange.media_type,
            exchanges=(exchange,),
            cause=f"{exchange.operation} media {wanted}",
        )


def forms_agree(context: Context, requirement: Requirement) -> None:
    """The JSON and the XML of the same object hold the same values."""
    operation = context.contract.operations[requirement.operation or ""]
    response = success_response(operation)
    assert response is not None
    values: dict[str, tuple[Any, Exchange]] = {}
    for name in forms(response):
        media = response.content[name]
        exchange = accepting(context, operation, name)
        context.case()
        if not exchange.ok or exchange.media_type != name:
            raise Inconclusive(f"{name} was answered {exchange.status} {exchange.media_type}")
        try:
            values[name] = (context.run.judge.value(exchange, media), exchange)
        except ValueError as error:
            raise Inconclusive(f"the {name} cannot be read: {error}") from None
    (first, (wanted, _)), *others = values.items()
    for name, (found, exchange) in others:
        for pointer in changed_pointers(wanted, found):
            one, two = at(wanted, pointer), at(found, pointer)
            if declared(response.content[first].schema, pointer) is None:
                continue  # XML is read by the contract: what that does not name is not seen.
            if {repr(one), repr(two)} <= {"(absent)", "''", "None", "[]", "{}"}:
                continue
            context.fail(
                f"{first} and {name} differ at {pointer}.",
                expected=shortened(repr(one)),
                actual=shortened(repr(two)),
                exchanges=(exchange,),
                cause=f"{operation.id} forms differ {pointer}",
            )


def refuses_accept(context: Context, requirement: Requirement) -> None:
    """Accept: image/png gets the refusal that the contract names."""
    exchange = context.call(requirement.operation or "", accept="image/png")
    context.case()
    if exchange.ok:
        context.fail(
            "A request that accepts only image/png is answered as if it did not.",
            expected="406",
            actual=shown(exchange, 100),
            exchanges=(exchange,),
            cause="accept ignored",
        )
        return
    context.expect_error(
        exchange, requirement.data["error"], "Accept: image/png is not refused as it must be", cause="accept"
    )


CHECKS = {
    "offers_media_types": offers_media_types,
    "weighs_accept": weighs_accept,
    "forms_agree": forms_agree,
    "refuses_accept": refuses_accept,
}
