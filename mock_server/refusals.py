"""The one error compiler: a violation, a refusal or a forced error becomes the vendor's own answer.

Which catalogue entry answers is read from the contract (`x-violation`, `x-refusals`); what it looks like from the
entry's template. Nothing else in the double writes an error of an API.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from http import HTTPStatus
from typing import Any

from mock_server.schemas import Fault
from mock_server.templating import Fill, template
from openapi.contract import Basis, Contract, ErrorEntry, Operation, weakest

Translate = Callable[[str, str, Mapping[str, list[str]]], str]


@dataclass(slots=True)
class Violation:
    """One fault of a request, with the entry that answers it.

    `where` is `body`, `path:NAME`, `query:NAME` or empty. `field` is the offending parameter or member, dotted
    (`custom_fields.purchase_date`); empty for the whole body.
    """

    where: str
    fault: Fault
    error: str | None
    basis: Basis
    field: str = ""

    def __post_init__(self) -> None:
        parts = [str(step) for step in self.fault.instance_path]
        if self.fault.missing is not None:
            parts.append(self.fault.missing)
        if ":" in self.where:
            parts.insert(0, self.where.split(":", 1)[1])
        self.field = ".".join(parts)

    @property
    def sentence(self) -> str:
        return f"{self.field or 'the request body'} {self.fault.reason}"


@dataclass(slots=True)
class Refusal:
    """An error answer before it is written: status, value, headers, and how sure the contract is of it."""

    name: str
    status: int
    body: Any
    headers: Mapping[str, str]
    basis: Basis


@dataclass(frozen=True, slots=True)
class Possible:
    """An error that an operation may answer, with what fills it; `likely` when a call can really come to it."""

    entry: ErrorEntry
    details: Mapping[str, Any]
    likely: bool


@dataclass(frozen=True, slots=True)
class _Prepared:
    """A catalogue entry ready to be filled in: all that does not depend on the request."""

    entry: ErrorEntry
    basis: Basis
    message: Fill
    body: Fill
    headers: tuple[tuple[str, Fill], ...]


class Refusals:
    """The errors of one contract. What an operation's answer is made from is prepared when it is first needed."""

    def __init__(self, contract: Contract, translate: Translate | None = None) -> None:
        self._contract = contract
        self._translate = translate
        self._prepared: dict[tuple[str | None, str | None, Basis], _Prepared] = {}

    def violation(self, operation: Operation, where: str, fault: Fault) -> Violation:
        """The fault with the catalogue entry that the contract names for it."""
        path = tuple(step for step in fault.schema_path)
        if fault.missing is not None:
            path = (*path, "properties", fault.missing)
        rule = operation.violation(where, path, fault.keyword)
        if rule is None or rule.error is None:
            return Violation(where, fault, None, "inferred")
        return Violation(where, fault, rule.error, "inferred" if fault.chosen else rule.basis)

    def of_violations(
        self, operation: Operation, violations: list[Violation], query: Mapping[str, list[str]]
    ) -> Refusal:
        """The answer to a request with these violations (at least one): the first in the operation's order."""
        chosen = _first(operation, violations)
        return self.named(operation, chosen.error, chosen.basis, details_of(chosen, violations), query)

    def of_transport(self, keyword: str, subject: str, reason: str, query: Mapping[str, list[str]]) -> Refusal:
        """The document's answer to a request that no operation is there to answer (`path`, `method`, `encoding`).

        `subject` and `reason` together are a sentence.
        """
        rule = self._contract.violation(keyword)
        return self.named(None, rule.error, rule.basis, told_of(subject, reason), query)

    def of_condition(
        self,
        operation: Operation,
        when: str,
        error: str | None,
        details: Mapping[str, Any],
        query: Mapping[str, list[str]],
    ) -> Refusal:
        """The answer to a condition of the operation's `x-refusals`; `error` names the entry itself."""
        rule = operation.refusal(when)
        name = error or (rule.error if rule else None)
        if name is None:
            raise LookupError(f"{operation.id} says nothing of the condition {when!r}")
        return self.named(operation, name, rule.basis if rule else "documented", details, query)

    def named(
        self,
        operation: Operation | None,
        name: str | None,
        basis: Basis,
        details: Mapping[str, Any],
        query: Mapping[str, list[str]],
    ) -> Refusal:
        """The catalogue entry `name`, filled in."""
        key = (operation.id if operation else None, name, basis)
        found = self._prepared.get(key)
        if found is None:
            entry = self._contract.errors.get(name) if name else None
            if entry is None:
                return self.plain(400, str(details.get("sentence", "the request is not valid")))
            response = operation.response(entry.status) if operation else None
            bases = [basis, entry.basis, *([response.basis] if response else [])]
            found = self._prepared[key] = _prepared(entry, weakest(*bases))
        return self._fill(found, details, query)

    def of_entry(
        self, operation: Operation, entry: ErrorEntry, details: Mapping[str, Any], query: Mapping[str, list[str]]
    ) -> Refusal:
        """An entry that was asked for, filled in; it need not be one of the catalogue."""
        response = operation.response(entry.status)
        bases = [entry.basis, *([response.basis] if response else [])]
        return self._fill(_prepared(entry, weakest(*bases)), details, query)

    def plain(self, status: int, message: str) -> Refusal:
        """An error that the catalogue does not know."""
        return self._fill(_prepared(self.plain_entry(status), "inferred"), {"sentence": message}, {})

    def plain_entry(self, status: int) -> ErrorEntry:
        """The entry of such an error, in the contract's usual body; where codes are numbers, without one."""
        name = re.sub(r"\W+", "_", HTTPStatus(status).phrase.upper())
        named = any(entry.code and not entry.code.isdigit() for entry in self._contract.errors.values())
        body = self._contract.error_body
        return ErrorEntry(name, status, name if named else None, "{sentence}", body, {}, "inferred", None)

    def _fill(self, prepared: _Prepared, details: Mapping[str, Any], query: Mapping[str, list[str]]) -> Refusal:
        entry, message = prepared.entry, prepared.message
        values: dict[str, Any] = {"name": entry.name, "code": entry.code, **details}
        if self._translate is not None:
            message = _translated(self._translate(entry.name, entry.message, query))
        values["message"] = message(values)
        sent = {name: str(fill(values)) for name, fill in prepared.headers}
        return Refusal(entry.name, entry.status, prepared.body(values), sent, prepared.basis)


def _prepared(entry: ErrorEntry, basis: Basis) -> _Prepared:
    headers = tuple((name, template(text)) for name, text in entry.headers.items())
    return _Prepared(entry, basis, template(entry.message), template(entry.body), headers)


@lru_cache(maxsize=512)
def _translated(text: str) -> Fill:
    """A translation's template, remembered: a catalogue has only so many."""
    return template(text)


def _first(operation: Operation, violations: list[Violation]) -> Violation:
    if len(violations) == 1:
        return violations[0]
    named = [rule.error for rule in operation.refusals if rule.when == "violation" and rule.error]
    for error in named:
        for violation in violations:
            if violation.error == error:
                return violation
    rest = [violation for violation in violations if violation.error not in named]
    return (rest or violations)[0]


def told_of(subject: str, reason: str) -> dict[str, Any]:
    """What fills an entry about one thing and what is wrong with it."""
    return {"field": subject, "reason": reason, "sentence": f"{subject} {reason}", "fields": {subject: [reason]}}


def details_of(chosen: Violation, violations: Iterable[Violation]) -> dict[str, Any]:
    """What fills the entry that answers the chosen one of some violations."""
    return {
        "field": chosen.field or "body",
        "reason": chosen.fault.reason,
        "sentence": chosen.sentence,
        "fields": _by_field(violations, chosen.error),
    }


def _by_field(violations: Iterable[Violation], error: str | None) -> dict[str, list[str]]:
    result: dict[str, list[str]] = {}
    for violation in violations:
        if violation.error == error:
            result.setdefault(violation.field or "body", []).append(violation.fault.reason)
    return result
