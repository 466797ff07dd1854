"""A body with one mistake in it, and the proof that it has no other."""

from __future__ import annotations

import random
from typing import Any

from conformance.schemas import Validator, steps_of
from conformance.strategies import smallest
from conformance.violations import Violation, placed
from openapi.contract import Operation


class Unfit:
    """No body has this one mistake alone."""


def broken(operation: Operation, validator: Validator, base: Any, violation: Violation) -> Any:
    """`base` (None: the smallest valid body) with one mistake, if that is the only one."""
    pointer = violation.pointer
    steps = steps_of(pointer)
    way = smallest(validator.schema, random.Random(0), pointer)
    try:
        base = way if base is None else _with_way(base, way, steps)
        body = placed(base, pointer, violation.value)
    except (KeyError, IndexError, TypeError, AttributeError):
        return Unfit()
    errors = {
        _error_of(operation, problem.path, problem.keyword, problem.message) for problem in validator.problems(body)
    }
    return body if len(errors) == 1 else Unfit()


def _with_way(base: Any, way: Any, steps: list[str]) -> Any:
    """The valid body, with the members that lead to a nested place."""
    if len(steps) < 2:
        return base
    if not isinstance(base, dict) or not isinstance(way, dict) or steps[0] in base:
        return base
    return {**base, steps[0]: way[steps[0]]}


def _error_of(operation: Operation, path: tuple[str | int, ...], keyword: str, message: str) -> str | None:
    steps = path[:-1]
    if keyword == "required" and '"' in message:
        steps = (*steps, "properties", message.split('"')[1])
    rule = operation.violation("body", steps, keyword)
    return rule.error if rule else None
