"""Each constraint of a schema is held to: what breaks it, and nothing else, gets the contract's answer to that.

All mistakes of one operation that break the same keyword and have the same answer are one requirement. Where the
contract is surer that a mistake is refused than of the answer it gets, the two are two requirements.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from conformance.answers import answer_to
from conformance.checks.refusals.mistakes import Mistake, mistakes
from conformance.checks.refusals.sending import attempt
from conformance.context import Context
from conformance.errors import Skip
from conformance.jsontext import text_of
from conformance.requirements import Book, kebab
from conformance.schemas import shortened
from conformance.types import Requirement, weakest
from openapi.contract import Operation

SURELY_REFUSED = frozenset(
    ("type", "enum", "format", "pattern", "minLength", "maxLength", "minimum", "maximum", "exclusiveMinimum",
     "exclusiveMaximum", "required", "anyOf", "oneOf")
)  # fmt: skip
"""Keywords that a server must hold bodies to when its documents state them; unknown members and nulls it may take."""


def from_schemas(book: Book, operation: Operation) -> Iterator[Requirement]:
    groups: dict[tuple[Any, ...], list[Mistake]] = {}
    for mistake in mistakes(book.contract, operation):
        groups.setdefault(mistake.key, []).append(mistake)
    for (where, keyword, error, basis), members in groups.items():
        names = list(dict.fromkeys(one.name for one in members))
        yield book.make(
            operation,
            _slug(where, keyword, error, basis, operation),
            f"{_sentence(where, keyword)} is refused with {answer_to(book.contract, error)}: {_listed(names)}.",
            "refuses",
            basis=basis,
            source=members[0].source,
            data={"where": where, "keyword": keyword, "error": error, "basis": basis},
            needs=_ground(operation),
        )
    yield from _refused_at_all(book, operation, groups)


def _refused_at_all(
    book: Book, operation: Operation, groups: Mapping[tuple[Any, ...], list[Mistake]]
) -> Iterator[Requirement]:
    """For mistakes of which it is surer that they are refused than how."""
    surer: dict[tuple[str, str], list[Mistake]] = {}
    for (where, keyword, error, basis), members in groups.items():
        if where != "body" or keyword not in SURELY_REFUSED or error is None:
            continue
        for one in members:
            if weakest(one.constraint, basis) != one.constraint:
                surer.setdefault((keyword, one.constraint), []).append(one)
    for (keyword, basis), members in surer.items():
        names = list(dict.fromkeys(one.name for one in members))
        yield book.make(
            operation,
            f"rejects-body-{kebab(keyword)}" + ("" if basis == operation.basis else f"-{basis}"),
            f"{_sentence('body', keyword)} is refused, whatever the code: {_listed(names)}.",
            "refuses",
            basis=basis,
            source=members[0].source,
            data={"where": "body", "keyword": keyword, "error": "", "constraint": basis},
            needs=_ground(operation),
        )


def _ground(operation: Operation) -> tuple[str, ...]:
    """What is refused to an operation says more once it has succeeded; a deletion must not be carried out for that."""
    return () if operation.method == "DELETE" else (f"success:{operation.id}",)


def _slug(where: str, keyword: str, error: str | None, basis: str, operation: Operation) -> str:
    slug = f"refuses-{where}-{kebab(keyword)}-{kebab(error or 'any')}"
    return slug if basis == operation.basis else f"{slug}-{basis}"


def _sentence(where: str, keyword: str) -> str:
    place = {"body": "in the body", "query": "in the query", "path": "in the path"}[where]
    told = {
        "type": "A value of the wrong type",
        "null": "A null where none is allowed",
        "required": "A missing required member",
        "additionalProperties": "An unknown member",
        "enum": "A value that is not listed",
    }.get(keyword, f"A value that breaks {keyword}")
    return f"{told} {place}"


def _listed(names: list[str], most: int = 6) -> str:
    shown = ", ".join(names[:most])
    return shown if len(names) <= most else f"{shown} and {len(names) - most} more"


def refuses(context: Context, requirement: Requirement) -> None:
    """Each request with exactly this one mistake gets exactly the catalogue's answer (any, where none is named)."""
    assert requirement.operation is not None
    operation = context.contract.operations[requirement.operation]
    wanted = requirement.data
    chosen = [one for one in mistakes(context.contract, operation) if _belongs(one, wanted)]
    error = wanted.get("error") or None
    for one in sampled(chosen, max(context.options.examples, 20)):
        exchange = attempt(context, operation, one)
        if exchange is None:
            continue
        context.case()
        value = "null" if one.keyword == "null" else shortened(text_of(one.violation.value), 60)
        context.expect_error(
            exchange, error, f"{one.name} = {value} is not refused as it must be", cause=f"{operation.id} {one.name}"
        )
    if not context.cases:
        raise Skip("no request could be made whose only mistake is this one")


def _belongs(one: Mistake, wanted: Mapping[str, Any]) -> bool:
    if (one.where, one.keyword) != (wanted["where"], wanted["keyword"]):
        return False
    if wanted.get("error") == "":
        return bool(one.constraint == wanted["constraint"])
    return (one.error, one.basis) == (wanted.get("error"), wanted["basis"])


def sampled(found: list[Mistake], most: int) -> list[Mistake]:
    """At most about `most`, but every member at least once: first values first."""
    rounds: dict[str, int] = {}
    ranked = []
    for index, one in enumerate(found):
        turn = rounds[one.name] = rounds.get(one.name, -1) + 1
        ranked.append((turn, index, one))
    ranked.sort(key=lambda row: row[:2])
    least = len(rounds)
    return [one for _, _, one in ranked[: max(most, least)]]
