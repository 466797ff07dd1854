"""What a contract says, as typed and read-only records. Nothing here reads files."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Basis = Literal["documented", "public", "inferred"]
_ORDER: tuple[Basis, ...] = ("documented", "public", "inferred")


def weakest(*bases: Basis) -> Basis:
    """The least sure of these (at least one)."""
    return max(bases, key=_ORDER.index)


@dataclass(frozen=True, slots=True)
class ErrorEntry:
    """An entry of the error catalogue. `body` is a template; None stands for an empty body."""

    name: str
    status: int
    code: str | None
    message: str
    body: Any
    headers: Mapping[str, str]
    basis: Basis
    source: str | None


@dataclass(frozen=True, slots=True)
class Rule:
    """The catalogue entry that answers a violation."""

    error: str | None
    basis: Basis
    source: str | None


@dataclass(frozen=True, slots=True)
class RefusalRule:
    """A condition that is no schema matter, and the entry that answers it."""

    when: str
    error: str | None
    basis: Basis
    source: str | None
    description: str


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of an operation; `schema` is resolved."""

    name: str
    location: Literal["path", "query", "header"]
    required: bool
    schema: dict[str, Any]
    explode: bool
    basis: Basis
    source: str | None
    raw: dict[str, Any]


@dataclass(frozen=True, slots=True)
class MediaType:
    """A body in one media type; `examples` are values by name."""

    name: str
    schema: dict[str, Any]
    examples: dict[str, Any]
    raw: dict[str, Any]


@dataclass(frozen=True, slots=True)
class RequestBody:
    """What an operation takes."""

    required: bool
    content: dict[str, MediaType]
    basis: Basis
    source: str | None
    raw: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Link:
    """Which operation goes on from an answer; `parameters` are runtime expressions."""

    name: str
    operation_id: str
    parameters: dict[str, str]
    raw: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Response:
    """A declared answer; `status` is `200`, `4XX` or `default`."""

    status: str
    description: str
    headers: dict[str, dict[str, Any]]
    content: dict[str, MediaType]
    links: dict[str, Link]
    basis: Basis
    source: str | None
    raw: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Role:
    """Who may call: `operations` None is all; `refuses` are errors with the members that bring them."""

    name: str
    description: str
    operations: frozenset[str] | None
    refuses: dict[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class SecurityScheme:
    """How callers say who they are."""

    name: str
    kind: str
    refusals: tuple[RefusalRule, ...]
    roles: dict[str, Role]
    basis: Basis
    source: str | None
    raw: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Lifecycle:
    """The transitions of a status."""

    allowed: dict[str, tuple[str, ...]]
    refused: dict[str, Any]
    basis: Basis
    bases: dict[str, dict[str, Basis]] = field(default_factory=dict)

    def answer(self, before: str, after: str) -> str | None:
        """The error that answers this transition; None when it is allowed. Raises LookupError when nothing is said."""
        if after in self.allowed.get(before, ()):
            return None
        special = self.refused.get(before)
        if isinstance(special, Mapping):
            found = special.get(after) or special.get("default")
            if found:
                return str(found)
        if "default" in self.refused:
            return str(self.refused["default"])
        raise LookupError(f"nothing is said of {before} → {after}")

    def edge_basis(self, before: str, after: str) -> Basis:
        """How sure one transition is."""
        return self.bases.get(before, {}).get(after, self.basis)


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of a contract, whole."""

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
    raw: dict[str, Any]
    _outer: tuple[Any, ...] = ()

    def response(self, status: int) -> Response | None:
        """What is declared for `status`: itself, else its class, else the default."""
        text = str(status)
        return self.responses.get(text) or self.responses.get(f"{text[0]}XX") or self.responses.get("default")

    def refusal(self, when: str) -> RefusalRule | None:
        """The rule for a condition."""
        return next((rule for rule in self.refusals if rule.when == when), None)

    def parameter(self, location: str, name: str) -> Parameter | None:
        """The parameter of this name in this place."""
        return next((p for p in self.parameters if p.location == location and p.name == name), None)

    def violation(self, where: str, path: tuple[str | int, ...], keyword: str) -> Rule | None:
        """Which entry answers a violation of `keyword` at `path` of the schema of `where`, innermost first."""
        nodes: list[Any] = [*self._outer, self.raw]
        location, _, name = where.partition(":")
        if name:
            parameter = self.parameter(location, name)
            if parameter is not None:
                nodes.append(parameter.raw)
                nodes += _walk(parameter.schema, path)
        elif location == "body" and self.request_body is not None:
            nodes.append(self.request_body.raw)
            for media in self.request_body.content.values():
                nodes.append(media.raw)
                nodes += _walk(media.schema, path)
                break
        for node in reversed(nodes):
            rule = rule_of(node, keyword)
            if rule is not None:
                return rule
        return None


def _walk(schema: Any, path: tuple[str | int, ...]) -> list[Any]:
    nodes = [schema]
    for step in path:
        try:
            schema = schema[step]
        except (KeyError, IndexError, TypeError):
            break
        nodes.append(schema)
    return nodes


def rule_of(node: Any, keyword: str) -> Rule | None:
    """What one node's own `x-violation` says of a keyword."""
    said = node.get("x-violation") if isinstance(node, Mapping) else None
    if isinstance(said, Mapping) and "error" not in said:
        said = said.get(keyword, said.get("default"))
    if said is None:
        return None
    basis, source = node.get("x-basis", "inferred"), node.get("x-source")
    if isinstance(said, Mapping):
        return Rule(said["error"], said.get("x-basis", basis), said.get("x-source", source))
    return Rule(str(said), basis, source)


@dataclass(frozen=True, slots=True)
class Contract:
    """A contract, resolved."""

    api: str
    document: dict[str, Any]
    resolved: dict[str, Any]
    title: str
    base_url: str
    operations: dict[str, Operation]
    errors: dict[str, ErrorEntry]
    error_body: Any
    security_schemes: dict[str, SecurityScheme]
    basis: Basis
    source: str | None

    def violation(self, keyword: str) -> Rule:
        """The document's answer to a violation that nothing nearer answers."""
        return rule_of(self.resolved, keyword) or Rule(None, "inferred", None)
