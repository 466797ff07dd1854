"""What is wrong with a body as such: broken, missing, or in a media type that is not offered."""

from __future__ import annotations

from collections.abc import Iterator

from conformance.answers import answer_to
from conformance.checks.refusals.sending import guarded
from conformance.checks.success import valid_body
from conformance.context import Context
from conformance.requirements import Book, kebab
from conformance.types import Requirement, weakest
from openapi.contract import Operation

TRANSPORT = {
    "malformed": (
        b'{"', b'{"name": "x",}', b"{name: 1}", b"[1, 2", b'{"a": 1} {"b": 2}', b"not json", b"{'a': 1}",
    ),
    "empty": (b"",),
}  # fmt: skip
TEXTS = {
    "malformed": "A body that is not well-formed JSON",
    "empty": "A missing body",
    "mediaType": "A body in a media type that is not offered",
}


def from_bodies(book: Book, operation: Operation) -> Iterator[Requirement]:
    if operation.request_body is None:
        return
    for word, text in TEXTS.items():
        if word == "empty" and not operation.request_body.required:
            continue
        rule = operation.violation("body", (), word)
        if rule is None or rule.error is None:
            continue
        entry = book.contract.errors[rule.error]
        basis = weakest(operation.request_body.basis, rule.basis, entry.basis)
        slug = f"refuses-{kebab(word)}"
        yield book.make(
            operation,
            slug,
            f"{text} is refused with {answer_to(book.contract, rule.error)}.",
            "refuses_transport",
            basis=basis,
            source=str(rule.source or entry.source or ""),
            data={"word": word, "error": rule.error},
            needs=(f"success:{operation.id}",),
        )
        if word == "malformed" and basis == "inferred" and operation.basis != "inferred":
            yield book.make(
                operation,
                "rejects-malformed",
                f"{text} is refused, whatever the code.",
                "refuses_transport",
                basis=weakest(operation.basis, "public"),
                source="RFC 8259",
                data={"word": word, "error": None},
                needs=(f"success:{operation.id}",),
            )


def refuses_transport(context: Context, requirement: Requirement) -> None:
    """A body that is broken as such gets exactly the catalogue's answer, whichever way it is broken."""
    assert requirement.operation is not None
    operation = context.contract.operations[requirement.operation]
    word, error = requirement.data["word"], requirement.data["error"]
    if word == "mediaType":
        body = valid_body(context, operation.id)
        exchange = guarded(context, operation, body=body, media_type="text/plain")
        context.case()
        context.expect_error(exchange, error, "A text/plain body is not refused as it must be", cause=word)
        return
    for raw in TRANSPORT[word]:
        exchange = guarded(context, operation, raw=raw)
        context.case()
        told = f"The body {raw.decode()!r} is not refused as it must be"
        context.expect_error(exchange, error, told, cause=f"{operation.id} {word}")
