"""Templates of error bodies: JSON-like values whose texts hold `{placeholders}`, compiled once, filled many times."""

import re
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

Values: TypeAlias = Mapping[str, Any]
Fill: TypeAlias = Callable[[Values], Any]

_PLACEHOLDER = re.compile(r"\{(\w+)\}")
_ABSENT: Any = object()


def template(value: Any) -> Fill:
    """What fills `value`: a text that is one placeholder becomes its value whole, and goes when that is absent."""
    fill = _compiled(value)
    return lambda values: None if (filled := fill(values)) is _ABSENT else filled


def _compiled(value: Any) -> Fill:
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, Mapping):
        return _object(value)
    if isinstance(value, list):
        items = [_compiled(item) for item in value]
        return lambda values: [filled for item in items if (filled := item(values)) is not _ABSENT]
    return lambda _values: value


def _text(text: str) -> Fill:
    whole = _PLACEHOLDER.fullmatch(text)
    if whole:
        name = whole[1]
        return lambda values: _ABSENT if (value := values.get(name)) is None else value
    literals = _PLACEHOLDER.split(text)
    if len(literals) == 1:
        return lambda _values: text
    names, pattern = literals[1::2], "%s".join(literal.replace("%", "%%") for literal in literals[::2])
    return lambda values: pattern % tuple([_shown(values.get(name)) for name in names])


def _object(members: Mapping[str, Any]) -> Fill:
    fills = [(name, _compiled(member)) for name, member in members.items() if not name.startswith("x-")]

    def fill(values: Values) -> dict[str, Any]:
        return {name: filled for name, member in fills if (filled := member(values)) is not _ABSENT}

    return fill


def _shown(value: Any) -> str:
    return "" if value is None else str(value)
