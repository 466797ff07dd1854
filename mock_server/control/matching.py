"""`{"$contains": text}` and `{"$matches": regular expression}`: what a text must be like to fit."""

import json
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

import jsonschema_rs

from mock_server.schemas import Validator
from mock_server.world.errors import BadWorld

_WORDS = frozenset({"$contains", "$matches"})


def is_matcher(expected: Any) -> bool:
    """Whether this says what a text must be like, rather than what a value must be."""
    return isinstance(expected, dict) and len(expected) == 1 and not _WORDS.isdisjoint(expected)


def check_matchers(expected: Any) -> None:
    """Raise BadWorld for a matcher in `expected`, however deep, that no text could be held to."""
    for where, word, text in _matchers(expected, ""):
        if not isinstance(text, str):
            raise BadWorld(f"match{where}: {word} takes a text, not {json.dumps(text)[:100]}.")
        if word == "$matches":
            _expression(text)


def _matchers(expected: Any, where: str) -> Iterator[tuple[str, str, Any]]:
    if is_matcher(expected):
        yield (where, *next(iter(expected.items())))
    elif isinstance(expected, dict):
        for name, value in expected.items():
            yield from _matchers(value, f"{where}/{name}")


def fits(matcher: Mapping[str, str], text: str) -> bool:
    """Whether the text is like that. Raises BadWorld for a regular expression that is none."""
    if "$contains" in matcher:
        return matcher["$contains"] in text
    return _expression(matcher["$matches"]).is_valid(text)


@lru_cache(maxsize=64)
def _expression(text: str) -> Validator:
    """A regular expression for whose matching time grows with the text only: Python's own can take for ever."""
    try:
        return Validator({"pattern": text}, jsonschema_rs.RegexOptions())
    except ValueError:  # lone surrogates too
        sentence = (
            f"{text!r} is no regular expression, or one with lookaround or backreferences, which are not offered."
        )
        raise BadWorld(sentence) from None
