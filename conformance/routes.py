"""From an operation and its parameters to a URL, and back from a request to the operation it was for."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote, unquote

from openapi.contract import Contract, Operation

_PARAMETER = re.compile(r"\{([^}]+)\}")
Query = Mapping[str, Any] | Iterable[tuple[str, Any]]


class Raw(str):
    """A path segment or query value that is already percent-encoded and goes out as it is."""

    __slots__ = ()


def as_text(value: Any) -> str:
    """A parameter's value as the text that stands for it in a URL."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value)


def encode(value: Any) -> str:
    return str(value) if isinstance(value, Raw) else quote(as_text(value), safe="-._~")


def path_of(template: str, values: Mapping[str, Any]) -> str:
    """The path template with its parameters filled in and percent-encoded."""
    return _PARAMETER.sub(lambda match: encode(values[match[1]]), template)


def query_of(query: Query) -> str:
    """A query string with its `?`, or nothing; a list value becomes a repeated parameter."""
    pairs = query.items() if isinstance(query, Mapping) else query
    parts = []
    for name, value in pairs:
        values = value if isinstance(value, list) else [value]
        parts += [f"{encode(name)}={encode(one)}" for one in values]
    return "?" + "&".join(parts) if parts else ""


def parameters_in(template: str) -> list[str]:
    return _PARAMETER.findall(template)


class Router:
    """Finds the operation that a path below the base URL belongs to; literal segments win over parameters."""

    def __init__(self, contract: Contract) -> None:
        operations = sorted(contract.operations.values(), key=lambda op: op.path.count("{"))
        self._routes = [(self._pattern(op.path), op) for op in operations if not op.own_servers]

    @staticmethod
    def _pattern(template: str) -> re.Pattern[str]:
        parts = _PARAMETER.split(template)
        literal = [re.escape(part) if i % 2 == 0 else r"([^/]+)" for i, part in enumerate(parts)]
        return re.compile("".join(literal))

    def find(self, method: str, target: str) -> tuple[Operation, dict[str, str]] | None:
        """The operation and its decoded path parameters, or None when no operation has this path and method."""
        path = target.split("?", 1)[0]
        for pattern, operation in self._routes:
            if operation.method != method:
                continue
            match = pattern.fullmatch(path)
            if match:
                names = parameters_in(operation.path)
                return operation, dict(zip(names, map(unquote, match.groups()), strict=True))
        return None
