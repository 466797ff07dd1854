"""From the contract's schemas (OpenAPI 3.0) to validators, and from a violation back to the node that it broke.

The suite's own conversion, shared with nothing: if the double read a schema wrongly, this must not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import jsonschema_rs

from conformance.types import weakest

Side = Literal["request", "response"]
Path = tuple[str | int, ...]

PLAIN = (
    "type", "format", "pattern", "minLength", "maxLength", "minItems", "maxItems", "uniqueItems",
    "minProperties", "maxProperties", "multipleOf", "minimum", "maximum", "required", "enum",
)  # fmt: skip
NESTED_LISTS = ("allOf", "anyOf", "oneOf")


def converted(schema: Mapping[str, Any], side: Side) -> dict[str, Any]:
    """`schema` as JSON Schema 2020-12 with the same paths, for what is sent or what is answered.

    In answers, members beyond the schema are welcome and write-only members are not awaited.
    """
    made: dict[str, Any] = {key: schema[key] for key in PLAIN if key in schema}
    _bounds(schema, made)
    properties = schema.get("properties", {})
    if properties:
        made["properties"] = {name: converted(node, side) for name, node in properties.items()}
    _hidden_members(properties, made, side)
    if isinstance(schema.get("items"), Mapping):
        made["items"] = converted(schema["items"], side)
    for key in NESTED_LISTS:
        if key in schema:
            made[key] = [converted(node, side) for node in schema[key]]
    if "not" in schema:
        made["not"] = converted(schema["not"], side)
    if side == "request" or isinstance(schema.get("additionalProperties"), Mapping):
        extra = schema.get("additionalProperties")
        if isinstance(extra, Mapping):
            made["additionalProperties"] = converted(extra, side)
        elif extra is False:
            made["additionalProperties"] = False
    return _nullable(schema, made)


def _bounds(schema: Mapping[str, Any], made: dict[str, Any]) -> None:
    """OpenAPI 3.0 writes `exclusiveMinimum: true` beside `minimum`."""
    for bound, exclusive in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")):
        if schema.get(exclusive) is True and bound in schema:
            made[exclusive] = made.pop(bound)


def _hidden_members(properties: Mapping[str, Any], made: dict[str, Any], side: Side) -> None:
    hidden = "writeOnly" if side == "response" else "readOnly"
    names = {name for name, node in properties.items() if isinstance(node, Mapping) and node.get(hidden)}
    if "required" in made:
        made["required"] = [name for name in made["required"] if name not in names]


def _nullable(schema: Mapping[str, Any], made: dict[str, Any]) -> dict[str, Any]:
    if not schema.get("nullable"):
        return made
    if "type" in made:
        made["type"] = [made["type"], "null"]
        if "enum" in made and None not in made["enum"]:
            made["enum"] = [*made["enum"], None]
        return made
    for key in ("anyOf", "oneOf"):
        if key in made:
            made[key] = [*made[key], {"type": "null"}]
    return made


@dataclass(frozen=True, slots=True)
class Problem:
    """One way in which a value breaks its schema: where, which keyword, and how sure the contract is of it."""

    pointer: str
    keyword: str
    message: str
    path: Path
    basis: str
    source: str


class Validator:
    """A schema made ready to judge values."""

    def __init__(self, schema: Mapping[str, Any], side: Side) -> None:
        self.schema = schema
        self.side = side
        made = {"$schema": "https://json-schema.org/draft/2020-12/schema", **converted(schema, side)}
        self._made = made
        self._validator = jsonschema_rs.validator_for(made, validate_formats=True)

    def valid(self, value: Any) -> bool:
        return self._validator.is_valid(value)

    def problems(self, value: Any) -> list[Problem]:
        """Everything wrong with `value`, in the order of the schema."""
        if self._validator.is_valid(value):
            return []
        return [self._problem(error) for error in self._validator.iter_errors(value)]

    def _problem(self, error: jsonschema_rs.ValidationError) -> Problem:
        path: Path = tuple(error.schema_path)
        keyword = str(path[-1]) if path else "schema"
        node_path = path[:-1]
        missing = getattr(error.kind, "property", None) if keyword == "required" else None
        if isinstance(missing, str):
            node_path = (*node_path, "properties", missing)
        basis, source = standing(self.schema, node_path)
        return Problem(pointer_of(error.instance_path), keyword, shortened(error.message), path, basis, source)


def standing(schema: Mapping[str, Any], path: Sequence[str | int]) -> tuple[str, str]:
    """Basis and source of the node at `path`: the innermost that says so."""
    basis = str(schema.get("x-basis", "documented"))
    source = str(schema.get("x-source", ""))
    node: Any = schema
    for step in path:
        try:
            node = node[step]
        except (KeyError, IndexError, TypeError):
            break
        if isinstance(node, Mapping):
            basis = str(node.get("x-basis", basis))
            source = str(node.get("x-source", source))
    return basis, source


def bases_within(schema: Mapping[str, Any]) -> set[str]:
    """Every basis that a violation of `schema` can have."""
    found = {str(schema.get("x-basis", "documented"))}
    for node in schema.get("properties", {}).values():
        found |= bases_within(node)
    if isinstance(schema.get("items"), Mapping):
        found |= bases_within(schema["items"])
    for key in NESTED_LISTS:
        for node in schema.get(key, ()):
            found |= bases_within(node)
    return found


def pointer_of(path: Sequence[str | int]) -> str:
    """A JSON Pointer (RFC 6901) of path steps."""
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in path)


def steps_of(pointer: str) -> list[str]:
    """The steps of a JSON Pointer; none for the whole document."""
    return [step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:]]


class Absent:
    """What stands nowhere: told apart from null."""

    def __repr__(self) -> str:
        return "(absent)"

    def __bool__(self) -> bool:
        return False


ABSENT = Absent()


def at(value: Any, pointer: str) -> Any:
    """What stands at `pointer`, or ABSENT."""
    for step in steps_of(pointer):
        if isinstance(value, Mapping) and step in value:
            value = value[step]
        elif isinstance(value, list) and step.isdigit() and int(step) < len(value):
            value = value[int(step)]
        else:
            return ABSENT
    return value


def shortened(text: str, most: int = 300) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"


def same(one: Any, other: Any) -> bool:
    """Equal as JSON: true is not 1, 1 equals 1.0, the order of members does not matter."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    return bool(one == other)


def strictest(schema: Mapping[str, Any], paths: Sequence[Path]) -> str:
    """The weakest basis among the nodes at `paths`."""
    return weakest(*(standing(schema, path)[0] for path in paths))
