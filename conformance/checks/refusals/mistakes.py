"""Every single mistake that a request can make by the contract's schemas, and what the contract says of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from conformance.checks.refusals.bodies import Unfit, broken
from conformance.schemas import Validator, standing
from conformance.types import weakest
from conformance.violations import REMOVE, Violation, body_violations, text_violations
from openapi.contract import Contract, Operation, Rule


@dataclass(frozen=True, slots=True)
class Mistake:
    """A violation, where it is made, and what the contract says of it."""

    where: str
    """`body`, `query` or `path`."""
    name: str
    violation: Violation
    error: str | None
    basis: str
    constraint: str
    """How sure the contract is of the broken rule itself."""
    source: str

    @property
    def keyword(self) -> str:
        return "null" if self.violation.kind == "null" else self.violation.keyword

    @property
    def key(self) -> tuple[str, str, str | None, str]:
        return (self.where, self.keyword, self.error, self.basis)


def mistakes(contract: Contract, operation: Operation) -> list[Mistake]:
    """Every single mistake that a request to an operation can make by its schemas."""
    found: list[Mistake] = []
    body = operation.request_body
    if body is not None:
        schema = next(iter(body.content.values())).schema
        found += [_mistake(contract, operation, "body", "body", schema, one) for one in body_violations(schema)]
        validator = Validator(schema, "request")
        found = [one for one in found if not isinstance(broken(operation, validator, None, one.violation), Unfit)]
    for parameter in operation.parameters:
        if parameter.location not in ("query", "path"):
            continue
        for violation in text_violations(parameter.schema):
            if violation.value == "" or (parameter.location == "path" and "/" in str(violation.value)):
                continue  # Another path, or a parameter of which nobody says whether it is there.
            where = f"{parameter.location}:{parameter.name}"
            found.append(_mistake(contract, operation, where, parameter.name, parameter.schema, violation))
        if parameter.location == "query" and parameter.required:
            missing = Violation("required", "", (), REMOVE)
            where = f"query:{parameter.name}"
            found.append(_mistake(contract, operation, where, parameter.name, parameter.schema, missing))
    return found


def _mistake(
    contract: Contract, operation: Operation, where: str, name: str, schema: Mapping[str, Any], violation: Violation
) -> Mistake:
    rule = operation.violation(where, violation.path, violation.keyword)
    basis, source = standing(schema, violation.path)
    basis = weakest(basis, operation.basis)  # A page about one operation documents nothing of another.
    if violation.kind == "form":
        basis = "inferred"  # To whoever reads numbers it is the same one.
    parameter = operation.parameter(*where.split(":", 1)) if ":" in where else None
    if parameter is not None:
        basis = weakest(basis, parameter.basis)
    return Mistake(
        where.split(":")[0],
        name if where != "body" else violation.name,
        violation,
        rule.error if rule else None,
        weakest(basis, *_sureness(contract, rule)),
        basis,
        source or str(operation.source or ""),
    )


def _sureness(contract: Contract, rule: Rule | None) -> Iterable[str]:
    if rule is None:
        return ()
    entry = contract.errors.get(rule.error or "")
    return (rule.basis, entry.basis) if entry else (rule.basis,)
