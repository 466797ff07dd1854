"""A value that a schema allows in an answer, for answers that are forced and have no example."""

from collections.abc import Mapping
from typing import Any

_BY_FORMAT = {
    "date-time": "2025-01-05T03:30:15Z",
    "date": "2025-01-05",
    "uuid": "ce2f20cb-8c2a-4f1b-9d38-0c4c3f0b7a21",
    "email": "john.doe@company.com",
    "uri": "https://example.com/",
    "uri-reference": "/",
    "ipv4": "192.0.2.1",
    "ipv6": "2001:db8::1",
}
_BY_TYPE: dict[str, Any] = {"integer": 1, "number": 1.0, "boolean": True, "null": None}


def sample(schema: Mapping[str, Any]) -> Any:
    """An example of the schema: its own example, default or first allowed value, else one made from its type."""
    for key in ("example", "default"):
        if key in schema:
            return schema[key]
    if schema.get("enum"):
        return schema["enum"][0]
    for key in ("oneOf", "anyOf"):
        if schema.get(key):
            return sample(schema[key][0])
    if schema.get("allOf"):
        return {name: value for part in schema["allOf"] for name, value in sample(part).items()}
    return _by_type(schema)


def _by_type(schema: Mapping[str, Any]) -> Any:
    kind = schema.get("type")
    if kind == "object" or "properties" in schema:
        return _object(schema)
    if kind == "array":
        return [sample(schema.get("items", {}))] * max(1, schema.get("minItems", 1))
    if kind == "string":
        text = "string".ljust(schema.get("minLength", 0), ".")[: schema.get("maxLength")]
        return _BY_FORMAT.get(schema.get("format", ""), text)
    if kind in {"integer", "number"} and "minimum" in schema:
        return schema["minimum"] + (1 if schema.get("exclusiveMinimum") else 0)
    return _BY_TYPE.get(str(kind))


def _object(schema: Mapping[str, Any]) -> dict[str, Any]:
    """All members that an answer may show, and as many others as there must be."""
    properties = schema.get("properties", {})
    members = {name: sample(child) for name, child in properties.items() if not child.get("writeOnly")}
    others = schema.get("additionalProperties")
    for number in range(len(members), schema.get("minProperties", 0)):
        members[f"member{number + 1}"] = sample(others if isinstance(others, Mapping) else {"type": "string"})
    return members
