"""References inlined and marks inherited, in one pass over the document.

The result holds no `$ref`, and every path item, operation, parameter, response, header, media type, schema, link,
security scheme and catalogue entry carries its effective `x-basis` and `x-source`. Components that are referred to
from many places with the same marks are one shared value; all of it is read-only.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from openapi.source import ContractError, Pointer, lines_of, parse_pointer

METHODS: Final = ("get", "put", "post", "delete", "options", "head", "patch", "trace")

# member: (how the kind sits in it, kind). Whatever is not listed is taken as it stands: examples, enums, extensions.
_SCHEMA: dict[str, tuple[str, str]] = {
    "properties": ("map", "schema"),
    "items": ("one", "schema"),
    "additionalProperties": ("one", "schema"),
    "not": ("one", "schema"),
    "allOf": ("list", "schema"),
    "anyOf": ("list", "schema"),
    "oneOf": ("list", "schema"),
}
_VALUE: dict[str, tuple[str, str]] = {
    "schema": ("one", "schema"),
    "content": ("map", "media"),
    "examples": ("map", "example"),
}
KINDS: Final[Mapping[str, Mapping[str, tuple[str, str]]]] = {
    "document": {"paths": ("map", "path"), "components": ("one", "components")},
    "path": {"parameters": ("list", "parameter"), **dict.fromkeys(METHODS, ("one", "operation"))},
    "operation": {
        "parameters": ("list", "parameter"),
        "requestBody": ("one", "body"),
        "responses": ("map", "response"),
    },
    "parameter": _VALUE,
    "header": _VALUE,
    "body": {"content": ("map", "media")},
    "response": {"headers": ("map", "header"), "content": ("map", "media"), "links": ("map", "link")},
    "media": {"schema": ("one", "schema"), "examples": ("map", "example")},
    "schema": _SCHEMA,
    "link": {},
    "example": {},
    "scheme": {},
    "error": {},
    "components": {
        "schemas": ("map", "schema"),
        "responses": ("map", "response"),
        "parameters": ("map", "parameter"),
        "examples": ("map", "example"),
        "requestBodies": ("map", "body"),
        "headers": ("map", "header"),
        "links": ("map", "link"),
        "securitySchemes": ("map", "scheme"),
        "x-errors": ("map", "error"),
    },
}
_UNMARKED = frozenset({"components", "example"})

Marks = tuple[str, str | None]
"""The basis and the source in force."""


def resolve(document: Mapping[str, Any], path: Path) -> dict[str, Any]:
    """The document without references, marks inherited. Raises ContractError for a reference that leads nowhere."""
    result = _Resolver(document, path).one("document", document, ("documented", None), ())
    assert isinstance(result, dict)
    return result


class _Resolver:
    def __init__(self, document: Mapping[str, Any], path: Path) -> None:
        self._document = document
        self._path = path
        self._done: dict[tuple[str, str, Marks], Any] = {}
        self._open: list[str] = []

    def one(self, kind: str, node: Any, marks: Marks, at: Pointer) -> Any:
        if not isinstance(node, Mapping):
            return node
        if "$ref" in node and isinstance(node["$ref"], str):
            return self._reference(kind, node, marks, at)
        if kind not in _UNMARKED:
            marks = (node.get("x-basis", marks[0]), node.get("x-source", marks[1]))
        members = KINDS[kind]
        result: dict[str, Any] = {}
        for key, value in node.items():
            place = members.get(key)
            result[key] = value if place is None else self._place(place, value, marks, (*at, key))
        if kind not in _UNMARKED:
            result["x-basis"] = marks[0]
            if marks[1] is not None:
                result["x-source"] = marks[1]
        return result

    def _place(self, place: tuple[str, str], value: Any, marks: Marks, at: Pointer) -> Any:
        shape, kind = place
        if shape == "one":
            return self.one(kind, value, marks, at)
        if shape == "map" and isinstance(value, Mapping):
            return {key: self.one(kind, child, marks, (*at, key)) for key, child in value.items()}
        if shape == "list" and isinstance(value, list):
            return [self.one(kind, child, marks, (*at, index)) for index, child in enumerate(value)]
        return value

    def _reference(self, kind: str, node: Mapping[str, Any], marks: Marks, at: Pointer) -> Any:
        """What the reference names, with the extensions written beside it laid over."""
        reference: str = node["$ref"]
        beside = {key: value for key, value in node.items() if key.startswith("x-")}
        marks = (beside.get("x-basis", marks[0]), beside.get("x-source", marks[1]))
        if reference in self._open:
            return {"x-basis": marks[0]}  # a schema that contains itself ends here: anything is allowed further in
        key = (kind, reference, marks)
        if key not in self._done:
            target = self._target(reference, at)
            self._open.append(reference)
            self._done[key] = self.one(kind, target, marks, parse_pointer(reference))
            self._open.pop()
        found = self._done[key]
        return {**found, **beside} if beside and isinstance(found, dict) else found

    def _target(self, reference: str, at: Pointer) -> Any:
        if not reference.startswith("#"):
            self._fail(f"the reference {reference!r} leaves the file: bundle the contract into one file first", at)
        node: Any = self._document
        for step in parse_pointer(reference):
            if isinstance(node, Mapping) and step in node:
                node = node[step]
            elif isinstance(node, list) and step.isdigit() and int(step) < len(node):
                node = node[int(step)]
            else:
                self._fail(f"the reference {reference!r} leads nowhere: define it or correct the name", at)
        return node

    def _fail(self, sentence: str, at: Pointer) -> None:
        raise ContractError(sentence, str(self._path), lines_of(self._path).line((*at, "$ref")))
