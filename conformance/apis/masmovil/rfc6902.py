"""JSON Patch once more, read from RFC 6902 and RFC 6901 for the sake of the checks: what must a patch have done?"""

from __future__ import annotations

import copy
import re
from collections.abc import Sequence
from typing import Any

from conformance.schemas import same, steps_of

INDEX = re.compile(r"0|[1-9][0-9]*")


class Impossible(Exception):
    """An operation cannot be carried out: the whole patch must fail."""


def applied(document: Any, operations: Sequence[dict[str, Any]]) -> list[Any]:
    """The documents after each operation, the last being the result; `document` is left alone.

    Raises:
        Impossible: the patch must fail.
    """
    stages = []
    for operation in operations:
        document = _step(copy.deepcopy(document), operation)
        stages.append(document)
    return stages


def _step(document: Any, operation: dict[str, Any]) -> Any:
    steps = steps_of(operation["path"])
    match operation["op"]:
        case "add":
            return _put(document, steps, copy.deepcopy(operation["value"]))
        case "remove":
            return _cut(document, steps)
        case "replace":
            return _put(_cut(document, steps), steps, copy.deepcopy(operation["value"]))
        case "test":
            if not same(_at(document, steps), operation["value"]):
                raise Impossible
            return document
        case kind:
            source = steps_of(operation["from"])
            value = copy.deepcopy(_at(document, source))
            if kind == "copy":
                return _put(document, steps, value)
            if steps == source:
                return document
            if steps[: len(source)] == source:
                raise Impossible
            return _put(_cut(document, source), steps, value)


def _key(holder: Any, step: str, *, most: int = 0) -> Any:
    """The member or index that a step names; `most` is 1 where the place after the last counts."""
    if isinstance(holder, dict) and (most or step in holder):
        return step
    if isinstance(holder, list):
        if most and step == "-":
            return len(holder)
        if INDEX.fullmatch(step) and int(step) < len(holder) + most:
            return int(step)
    raise Impossible


def _at(document: Any, steps: Sequence[str]) -> Any:
    for step in steps:
        document = document[_key(document, step)]
    return document


def _put(document: Any, steps: Sequence[str], value: Any) -> Any:
    if not steps:
        return value
    holder = _at(document, steps[:-1])
    key = _key(holder, steps[-1], most=1)
    if isinstance(holder, list):
        holder.insert(key, value)
    else:
        holder[key] = value
    return document


def _cut(document: Any, steps: Sequence[str]) -> Any:
    if not steps:
        return None
    holder = _at(document, steps[:-1])
    del holder[_key(holder, steps[-1])]
    return document
