"""OpenAPI 3.0 schemas as fast validators that name every violation.

The dialect's own words (`nullable`, boolean `exclusiveMinimum`) are rewritten to JSON Schema 2020-12 in place, so
that the path of an error is also a path through the contract's schema.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import jsonschema_rs

_ANNOTATIONS = frozenset(
    {
        "example",
        "examples",
        "xml",
        "externalDocs",
        "discriminator",
        "readOnly",
        "writeOnly",
        "nullable",
        "deprecated",
        "title",
        "description",
        "default",
    }
)
_MAPS = frozenset({"properties"})
_LISTS = frozenset({"allOf", "anyOf", "oneOf"})
_UNBOUNDED_FORMATS = frozenset({"int32", "int64", "float", "double", "byte", "binary", "password"})


@dataclass(slots=True)
class Fault:
    """One broken constraint: the keyword, where it stands in the schema, where in the value, and the sentence.

    `chosen`: it is a mistake because we choose so, whatever the contract says of mistakes of this kind.
    """

    keyword: str
    schema_path: tuple[str | int, ...]
    instance_path: tuple[str | int, ...]
    reason: str
    missing: str | None = None
    chosen: bool = False


def to_json_schema(schema: Mapping[str, Any]) -> dict[str, Any]:
    """A resolved OpenAPI 3.0 schema as JSON Schema 2020-12; paths of constraints stay the same."""
    result: dict[str, Any] = {}
    for key, value in schema.items():
        if key in _ANNOTATIONS or key.startswith("x-"):
            continue
        if key in _MAPS:
            result[key] = {name: to_json_schema(child) for name, child in value.items()}
        elif key in _LISTS:
            result[key] = [to_json_schema(child) for child in value]
        elif key in {"items", "not", "additionalProperties"} and isinstance(value, Mapping):
            result[key] = to_json_schema(value)
        else:
            result[key] = value
    _tighten_bounds(result)
    if result.get("format") in _UNBOUNDED_FORMATS:
        del result["format"]
    return _nullable(result) if schema.get("nullable") else result


def _tighten_bounds(schema: dict[str, Any]) -> None:
    for bound, exclusive in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")):
        flag = schema.get(exclusive)
        if flag is True:
            schema[exclusive] = schema.pop(bound)
        elif flag is False:
            del schema[exclusive]


def _nullable(schema: dict[str, Any]) -> dict[str, Any]:
    if "type" in schema:
        schema["type"] = [schema["type"], "null"]
    if "enum" in schema and None not in schema["enum"]:
        schema["enum"] = [*schema["enum"], None]
    for key in ("anyOf", "oneOf"):
        if key in schema:
            schema[key] = [*schema[key], {"type": "null"}]
    return schema


class Validator:
    """Holds values to one schema."""

    __slots__ = ("_compiled", "_reasons", "_schema")

    def __init__(self, schema: Mapping[str, Any], patterns: jsonschema_rs.RegexOptions | None = None) -> None:
        self._schema = to_json_schema(schema)
        self._reasons: dict[tuple[str | int, ...], str] = {}
        self._compiled = jsonschema_rs.Draft202012Validator(
            self._schema, validate_formats=True, pattern_options=patterns
        )

    def is_valid(self, value: Any) -> bool:
        try:
            return self._compiled.is_valid(value)
        except UnicodeEncodeError:
            return self._compiled.is_valid(_without_surrogates(value))

    def faults(self, value: Any) -> list[Fault]:
        """Every broken constraint, in the order of the value's own members; of a wrong type only that."""
        try:
            errors = list(self._compiled.iter_errors(value))
        except UnicodeEncodeError:
            errors = list(self._compiled.iter_errors(_without_surrogates(value)))
        if len(errors) > 1:
            mistyped = [error.instance_path for error in errors if error.kind.name == "type"]
            errors = [e for e in errors if e.kind.name == "type" or e.instance_path not in mistyped]
        return [fault for error in errors for fault in self._explained(error)]

    def _explained(self, error: jsonschema_rs.ValidationError) -> list[Fault]:
        path = tuple(error.schema_path)
        where = tuple(error.instance_path)
        keyword = error.kind.name
        if keyword == "required":
            missing = str(getattr(error.kind, "property", ""))
            return [Fault(keyword, path[:-1], where, "is required", missing)]
        if keyword == "additionalProperties":
            unexpected = getattr(error.kind, "unexpected", ())
            return [Fault(keyword, path[:-1], (*where, name), "is not a known member") for name in unexpected]
        if keyword == "falseSchema":
            keyword = str(path[-1])
        reason = self._reasons.get(path)
        if reason is None:
            reason = self._reasons[path] = explain(keyword, self._at(path))
        return [Fault(keyword, path[:-1], where, reason)]

    def _at(self, path: tuple[str | int, ...]) -> Any:
        node: Any = self._schema
        for step in path:
            node = node[step]
        return node


def _without_surrogates(value: Any) -> Any:
    """The same value with lone surrogates replaced: they are legal in JSON, and no constraint speaks of them."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return {_without_surrogates(key): _without_surrogates(member) for key, member in value.items()}
    if isinstance(value, list):
        return [_without_surrogates(item) for item in value]
    return value


_ARTICLES = {
    "string": "a string",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "array": "an array",
    "object": "an object",
    "null": "null",
}
_PLURALS = {
    "string": "strings",
    "integer": "whole numbers",
    "number": "numbers",
    "boolean": "booleans",
    "object": "objects",
}
_FORMATS = {
    "date-time": "a date and time such as 2025-01-05T03:30:15Z",
    "date": "a date such as 2025-01-05",
    "uuid": "a UUID",
    "email": "an e-mail address",
    "uri": "a URI",
    "ipv4": "an IPv4 address",
    "ipv6": "an IPv6 address",
    "json-pointer": "a JSON Pointer",
}
_SENTENCES = {
    "minLength": "must be at least {0} character(s) long",
    "maxLength": "must be at most {0} characters long",
    "pattern": "must match {0}",
    "minimum": "must be {0} or more",
    "maximum": "must be {0} or less",
    "exclusiveMinimum": "must be greater than {0}",
    "exclusiveMaximum": "must be less than {0}",
    "multipleOf": "must be a multiple of {0}",
    "minItems": "must have at least {0} item(s)",
    "maxItems": "must have at most {0} items",
    "uniqueItems": "must not repeat an item",
    "minProperties": "must have at least {0} member(s)",
    "maxProperties": "must have at most {0} members",
    "not": "is not allowed",
}


def explain(keyword: str, constraint: Any) -> str:
    """A short sentence, without its subject, on what the keyword demands."""
    if keyword == "type":
        names = constraint if isinstance(constraint, list) else [constraint]
        return "must be " + " or ".join(_ARTICLES.get(str(name), str(name)) for name in names)
    if keyword == "enum":
        return "must be one of " + ", ".join("null" if item is None else str(item) for item in constraint)
    if keyword == "format":
        return "must be " + _FORMATS.get(constraint, f"a valid {constraint}")
    if keyword in {"anyOf", "oneOf"}:
        forms = _forms(constraint)
        return "must be " + " or ".join(forms) if len(forms) > 1 else "must have one of the allowed forms"
    return _SENTENCES.get(keyword, "is not valid").format(constraint)


def _forms(branches: list[dict[str, Any]]) -> list[str]:
    """What the branches of a choice allow, by their types: `["an array of strings", "a string"]`; null comes last."""
    names: dict[str, None] = {}
    nullable = False
    for branch in branches:
        types = branch.get("type", [])
        types = [types] if isinstance(types, str) else types
        nullable = nullable or "null" in types
        if branch.get("enum") == [None]:
            continue
        for name in types:
            item = branch.get("items", {}).get("type") if name == "array" else None
            names[f"an array of {_PLURALS[item]}" if item in _PLURALS else _ARTICLES[name]] = None
    names.pop("null", None)
    return [*names, "null"] if nullable else list(names)
