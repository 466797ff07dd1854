"""What is wrong with a value that was given to the control plane, told as one sentence from the contract's schema."""

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from mock_server.schemas import Fault, Validator
from mock_server.world.codec import dumps, loads

MOST = 5
"""So many mistakes are told at once."""

_OF_MEMBERS = frozenset({"required", "additionalProperties"})
_KINDS: Mapping[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int, float),
    "number": (int, float),
    "boolean": (bool,),
    "array": (list,),
    "object": (dict,),
}


def sentence(value: Any, schema: Mapping[str, Any], name: str | None = None) -> str | None:
    """What the value breaks of its schema, None when nothing; `name` is what the value is called in the call."""
    told = list(dict.fromkeys(_told(value, schema, () if name is None else (name,))))
    if not told:
        return None
    said = "; ".join(told[:MOST])
    return f"{said[0].upper()}{said[1:]}." if name is None and said.startswith("the body") else f"{said}."


@lru_cache(maxsize=256)
def _validator(schema: str) -> Validator:
    return Validator(loads(schema))


def _told(value: Any, schema: Mapping[str, Any], where: tuple[str | int, ...]) -> Iterator[str]:
    for fault in _validator(dumps(schema)).faults(value):
        node = _at(schema, fault.schema_path)
        if fault.keyword in {"oneOf", "anyOf"}:
            inner = _at(value, fault.instance_path)
            meant = [branch for branch in node[fault.keyword] if _meant(inner, branch)]
            if len(meant) == 1:
                yield from _told(inner, meant[0], (*where, *fault.instance_path))
                continue
        yield f"{_place(where, fault)} {_reason(fault, node)}"


def _at(value: Any, path: Sequence[str | int]) -> Any:
    for step in path:
        value = value[step]
    return value


def _meant(value: Any, branch: Mapping[str, Any]) -> bool:
    """Whether somebody who gave this value can have had this branch of a choice in mind."""
    kind = branch.get("type", "object")
    if isinstance(value, bool) and kind != "boolean":
        return False
    if not isinstance(value, _KINDS[kind]):
        return False
    return not isinstance(value, dict) or all(name in value for name in branch.get("required", ()))


def _place(where: tuple[str | int, ...], fault: Fault) -> str:
    steps = [*where, *fault.instance_path, *([fault.missing] if fault.missing else [])]
    return "/".join(str(step) for step in steps) or "the body"


def _reason(fault: Fault, node: Mapping[str, Any]) -> str:
    """The schema's own words where it has a title: a pattern, or a choice of forms, is nothing to read."""
    if "title" in node and fault.keyword not in _OF_MEMBERS:
        return f"must be {node['title']}"
    return fault.reason
