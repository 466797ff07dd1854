"""JSON text of documents, exact in both directions: numbers of any size, lone surrogates, nothing guessed."""

import json
from typing import Any

import orjson

_EXACT = " "
"""What a text begins with that only the exact reader reads rightly."""


def dumps(value: Any) -> str:
    """The JSON text of a value."""
    try:
        return orjson.dumps(value).decode()
    except TypeError:  # numbers beyond 64 bits, lone surrogates
        return _EXACT + json.dumps(value, separators=(",", ":"))


def loads(text: str) -> Any:
    """The value of a text that `dumps` made."""
    return json.loads(text) if text.startswith(_EXACT) else orjson.loads(text)


def same(one: Any, other: Any) -> bool:
    """Whether two JSON values are the same; unlike Python, 1, 1.0 and true are three values."""
    if type(one) is not type(other):
        return False
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same(value, other[key]) for key, value in one.items())
    if isinstance(one, list):
        return len(one) == len(other) and all(map(same, one, other))
    return bool(one == other)
