"""Which catalogue entry answers which violation: `x-violation`, looked up from the innermost scope outward."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from openapi.words import BODY_WORDS, PROTOCOL_WORDS, Basis, as_basis

Scope = dict[str, Any]
_TRANSPORT = BODY_WORDS | PROTOCOL_WORDS
_INTO_MAP = frozenset({"properties"})
_INTO_LIST = frozenset({"allOf", "anyOf", "oneOf"})
_INTO_ONE = frozenset({"items", "additionalProperties", "not"})


@dataclass(frozen=True, slots=True)
class Rule:
    """An answer of `x-violation`; `error` None says that the contract leaves the answer open."""

    error: str | None
    basis: Basis
    source: str | None


def find_rule(scopes: Iterable[Scope], keyword: str) -> Rule | None:
    """The answer of the first scope that has one; the last scope is the document."""
    ordered = list(scopes)
    for index, scope in enumerate(ordered):
        if "x-violation" in scope:
            rule = _rule(scope, keyword, document=index == len(ordered) - 1)
            if rule is not None:
                return rule
    return None


def _rule(scope: Scope, keyword: str, *, document: bool) -> Rule | None:
    said = scope["x-violation"]
    whole = not isinstance(said, Mapping) or "error" in said
    general = document or keyword not in PROTOCOL_WORDS
    if whole:
        return _answer(said, scope) if general else None
    if keyword in said:
        return _answer(said[keyword], scope)
    if "default" in said and general:
        return _answer(said["default"], scope)
    return None


def _answer(said: Any, scope: Scope) -> Rule:
    if not isinstance(said, Mapping):
        said = {"error": said}
    basis = as_basis(said.get("x-basis", scope.get("x-basis", "documented")))
    return Rule(said.get("error"), basis, said.get("x-source", scope.get("x-source")))


def walk(schema: Scope, path: Sequence[str | int]) -> tuple[list[Scope], bool]:
    """The schema nodes on a path, outermost first, and whether the path could be followed to its end."""
    nodes, node, steps = [schema], schema, list(path)
    while steps:
        step, *steps = steps
        child = node.get(step) if isinstance(step, str) else None
        if step in _INTO_MAP and steps and isinstance(child, Mapping):
            child, steps = child.get(steps[0]), steps[1:]
        elif step in _INTO_LIST and steps and isinstance(child, list):
            index = int(steps[0])
            child, steps = (child[index] if index < len(child) else None), steps[1:]
        elif step not in _INTO_ONE:
            return nodes, False
        if not isinstance(child, dict):
            return nodes, False
        node = child
        nodes.append(node)
    return nodes, True


def body_scopes(body: Scope, path: Sequence[str | int], keyword: str) -> list[Scope]:
    """Scopes of a violation in a request body, innermost first: schema nodes, media type, body.

    Several media types: the first whose schema has the path. A transport word is no matter of the schema.
    """
    content = body.get("content", {})
    best: list[Scope] = []
    for media in content.values():
        nodes, whole = walk(media.get("schema", {}), path)
        scopes = [media] if keyword in _TRANSPORT else [*reversed(nodes), media]
        best = best or scopes
        if whole:
            best = scopes
            break
    return [*best, body]


def parameter_scopes(parameter: Scope, path: Sequence[str | int], keyword: str) -> list[Scope]:
    """Scopes of a violation in a parameter, innermost first: schema nodes, parameter."""
    if keyword in _TRANSPORT:
        return [parameter]
    nodes, _ = walk(parameter.get("schema", {}), path)
    return [*reversed(nodes), parameter]
