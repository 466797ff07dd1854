"""The placeholders of error templates are known."""

import re
from collections.abc import Iterator
from difflib import get_close_matches
from typing import Any

from openapi.rules.subject import Problem, Subject, member
from openapi.source import Pointer

KNOWN = frozenset({"code", "message", "name", "field", "fields", "reason", "value", "sentence"})
"""Placeholders that every violation fills. A condition of x-refusals may bring more, by the names it likes."""

_PLACEHOLDER = re.compile(r"\{(\w+)\}")


def placeholders(subject: Subject) -> Iterator[Problem]:
    """A violation brings only the known placeholders; a refusal may bring others, but none that is nearly known."""
    violated = _answering_violations(subject)
    for name, entry in subject.catalogue.items():
        for pointer, text in _texts(entry, ("components", "x-errors", name)):
            yield from _unknown(pointer, text, strict=name in violated)
    for pointer, text in _texts(
        member(subject.document, "components").get("x-error-body"), ("components", "x-error-body")
    ):
        yield from _unknown(pointer, text, strict=True)


def _unknown(pointer: Pointer, text: str, *, strict: bool) -> Iterator[Problem]:
    for placeholder in dict.fromkeys(_PLACEHOLDER.findall(text)):
        near = get_close_matches(placeholder, KNOWN, 1, 0.8)
        if placeholder in KNOWN or not (strict or near):
            continue
        hint = f"did you mean {{{near[0]}}}?" if near else f"use one of {', '.join(sorted(KNOWN))}"
        yield Problem(pointer, f"nothing fills the placeholder {{{placeholder}}}: {hint}")


def _answering_violations(subject: Subject) -> set[str]:
    """Entries that answer a violation and no condition."""
    from openapi.rules.answers import named

    conditions = {name for pointer, name in named(subject) if "x-refusals" in pointer or "x-lifecycle" in pointer}
    return {name for pointer, name in named(subject) if "x-violation" in pointer} - conditions


def _texts(node: Any, pointer: Pointer) -> Iterator[tuple[Pointer, str]]:
    if isinstance(node, str):
        yield pointer, node
    elif isinstance(node, dict):
        for key, value in node.items():
            yield from _texts(value, (*pointer, key)) if key not in ("x-source", "description") else ()
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from _texts(value, (*pointer, index))
