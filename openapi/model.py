"""What a contract says, as typed read-only records.

All schemas in here are fully resolved plain dicts in the OpenAPI 3.0 dialect (`nullable`, boolean
`exclusiveMinimum`), each schema node carrying its effective `x-basis` and `x-source`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from openapi.violations import Rule, body_scopes, find_rule, parameter_scopes
from openapi.words import Basis

Schema: TypeAlias = dict[str, Any]
Location: TypeAlias = Literal["path", "query", "header", "cookie"]


@dataclass(frozen=True, slots=True)
class ErrorEntry:
    """One entry of the error catalogue. `body` is a template (None: no body), `message` a text with placeholders."""

    name: str
    status: int
    code: str | None
    message: str
    body: Any
    headers: Mapping[str, str]
    basis: Basis
    source: str | None
    forced_only: bool = False
    """No request can make this mistake: the entry answers only when it is asked for by name."""


@dataclass(frozen=True, slots=True)
class RefusalRule:
    """What answers a condition that is no schema matter; for `violation` it only says when those are tested."""

    when: str
    error: str | None
    basis: Basis
    source: str | None
    description: str


@dataclass(frozen=True, slots=True)
class Parameter:
    name: str
    location: Location
    required: bool
    schema: Schema
    explode: bool
    basis: Basis
    source: str | None
    raw: Schema


@dataclass(frozen=True, slots=True)
class MediaType:
    """One media type of a body; `examples` maps their names to their values."""

    name: str
    schema: Schema
    examples: dict[str, Any]
    raw: Schema


@dataclass(frozen=True, slots=True)
class RequestBody:
    required: bool
    content: dict[str, MediaType]
    basis: Basis
    source: str | None
    raw: Schema


@dataclass(frozen=True, slots=True)
class Link:
    """Which operation uses what this answer gives; `parameters` maps its parameters to runtime expressions."""

    name: str
    operation_id: str
    parameters: dict[str, str]
    raw: Schema


@dataclass(frozen=True, slots=True)
class Response:
    """The answer of one declared status: `200`, `4XX` or `default`."""

    status: str
    description: str
    headers: dict[str, Schema]
    content: dict[str, MediaType]
    links: dict[str, Link]
    basis: Basis
    source: str | None
    raw: Schema


@dataclass(frozen=True, slots=True)
class Role:
    """Who may call: `operations` None means all; `refuses` maps an error to the request members that bring it."""

    name: str
    description: str
    operations: frozenset[str] | None
    refuses: dict[str, tuple[str, ...]]

    def may_call(self, operation_id: str) -> bool:
        return self.operations is None or operation_id in self.operations


@dataclass(frozen=True, slots=True)
class SecurityScheme:
    """`kind` is `bearer` or `basic` in our own contracts; others may say `apiKey`, `oauth2`, `openIdConnect`."""

    name: str
    kind: str
    refusals: tuple[RefusalRule, ...]
    roles: dict[str, Role]
    basis: Basis
    source: str | None
    raw: Schema


@dataclass(frozen=True, slots=True)
class Lifecycle:
    """The transitions of a status property. Staying in a state is allowed unless the contract names it as refused."""

    allowed: dict[str, tuple[str, ...]]
    basis: Basis
    refused: Mapping[str, Any]
    bases: Mapping[str, Mapping[str, Basis]]

    def answer(self, from_: str, to: str) -> str | None:
        """The catalogue entry that answers this transition; None when it is allowed.

        Raises LookupError when the contract forbids the transition without naming an answer.
        """
        if to in self.allowed.get(from_, ()):
            return None
        rules = self.refused.get(from_, {})
        rules = rules if isinstance(rules, Mapping) else {"default": rules}
        if from_ == to and to not in rules:
            return None
        name = rules.get(to) or rules.get("default") or self.refused.get("default")
        if name is None:
            raise LookupError(f"the contract names no answer to the transition from {from_} to {to}")
        return str(name)

    def edge_basis(self, from_: str, to: str) -> Basis:
        """How sure the contract is of what it says about this transition."""
        return self.bases.get(from_, {}).get(to, self.basis)


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation, with everything that its path item, security schemes and document add to it."""

    api: str
    id: str
    method: str
    path: str
    summary: str
    parameters: tuple[Parameter, ...]
    request_body: RequestBody | None
    responses: dict[str, Response]
    security: tuple[SecurityScheme, ...]
    refusals: tuple[RefusalRule, ...]
    own_servers: bool
    basis: Basis
    source: str | None
    raw: Schema
    outer: tuple[Schema, ...] = field(repr=False)
    """The path item and the document: where `x-violation` is looked up last."""
    _rules: dict[tuple[Any, ...], Rule | None] = field(default_factory=dict, repr=False, compare=False)

    def response(self, status: int) -> Response | None:
        """What is declared for a status: itself, else its class (`4XX`), else the default."""
        text = str(status)
        return self.responses.get(text) or self.responses.get(f"{text[0]}XX") or self.responses.get("default")

    def refusal(self, when: str) -> RefusalRule | None:
        """The first rule for a condition."""
        return next((rule for rule in self.refusals if rule.when == when), None)

    def parameter(self, location: str, name: str) -> Parameter | None:
        """The parameter of that place and name; header names without regard to case."""
        for parameter in self.parameters:
            if parameter.location == location and _same_name(parameter, name):
                return parameter
        return None

    def violation(self, where: str, path: tuple[str | int, ...], keyword: str) -> Rule | None:
        """Which catalogue entry answers a violation; None when the contract says nothing.

        `where` is `body`, `path:NAME`, `query:NAME`, `header:NAME` or empty (the operation itself); `path` leads
        through the resolved schema to the node that holds the broken keyword (for `required`, to the missing property).
        """
        key = (where, path, keyword)
        if key not in self._rules:
            self._rules[key] = find_rule([*self._scopes(where, path, keyword), self.raw, *self.outer], keyword)
        return self._rules[key]

    def _scopes(self, where: str, path: tuple[str | int, ...], keyword: str) -> list[Schema]:
        location, _, name = where.partition(":")
        if location == "body":
            return body_scopes(self.request_body.raw, path, keyword) if self.request_body else []
        parameter = self.parameter(location, name)
        return parameter_scopes(parameter.raw, path, keyword) if parameter else []


def _same_name(parameter: Parameter, name: str) -> bool:
    if parameter.location == "header":
        return parameter.name.lower() == name.lower()
    return parameter.name == name


@dataclass(frozen=True, slots=True)
class Contract:
    """One contract: `document` as written, `resolved` without references, and typed views of the latter."""

    api: str
    file: str
    document: Schema
    resolved: Schema
    title: str
    base_url: str
    operations: dict[str, Operation]
    errors: dict[str, ErrorEntry]
    error_body: Any
    security_schemes: dict[str, SecurityScheme]
    basis: Basis
    source: str | None

    def violation(self, keyword: str) -> Rule:
        """The document's own answer to a violation; its error is None when the document names none."""
        return find_rule([self.resolved], keyword) or Rule(None, self.basis, self.source)
