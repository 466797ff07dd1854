"""Path and query parameters: text as sent to values typed by their schemas, with every violation."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote_to_bytes

from mock_server.schemas import Fault, Validator, to_json_schema
from openapi.contract import Parameter

_INTEGER = re.compile(r"[+-]?\d+")
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")
_BAD_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_BOOLEANS = {"true": True, "false": False}


class BadEncoding(ValueError):
    """A path or query is not percent-encoded UTF-8."""


def unquote(text: str, *, plus: bool = False) -> str:
    """Decode percent-encoding; with `plus`, a plus sign is a space (queries). Raises BadEncoding."""
    if plus and "+" in text:
        text = text.replace("+", " ")
    if "%" not in text:
        if text.isascii():
            return text
        raise BadEncoding(text)
    if _BAD_PERCENT.search(text):
        raise BadEncoding(text)
    try:
        return unquote_to_bytes(text).decode()
    except UnicodeDecodeError:
        raise BadEncoding(text) from None


def parse_query(query: str) -> dict[str, list[str]]:
    """Names to their values in the order sent. Raises BadEncoding."""
    result: dict[str, list[str]] = {}
    for part in query.split("&"):
        if part:
            name, _, value = part.partition("=")
            result.setdefault(unquote(name, plus=True), []).append(unquote(value, plus=True))
    return result


class ParameterReader:
    """Reads one parameter of an operation."""

    __slots__ = ("_anything", "_kind", "_list", "_nullable", "_validator", "default", "name", "parameter", "where")

    def __init__(self, parameter: Parameter) -> None:
        schema = parameter.schema
        self.parameter = parameter
        self.name = parameter.name
        self.where = f"{parameter.location}:{parameter.name}"
        self._list = schema.get("type") == "array"
        self._kind = schema.get("items", {}).get("type", "string") if self._list else schema.get("type")
        self._nullable = bool(schema.get("nullable"))
        self._validator = Validator(schema)
        self._anything = to_json_schema(schema) == {"type": "string"}
        self.default = schema.get("default")

    def read(self, texts: list[str]) -> tuple[Any, list[Fault]]:
        """The value of the texts sent under this name (at least one), and what is wrong with it."""
        if self._anything and len(texts) == 1:
            return texts[0], []
        if self._list:
            parts = texts if self.parameter.explode or len(texts) > 1 else texts[0].split(",")
            value: Any = [self._convert(part) for part in parts]
        elif len(texts) > 1:
            return None, [Fault("repeated", (), (), "is given more than once")]
        else:
            value = self._convert(texts[0])
        return value, [] if self._validator.is_valid(value) else self._validator.faults(value)

    def _convert(self, text: str) -> Any:
        if self._nullable and text in ("", "null"):
            return None
        if self._kind == "integer" and _INTEGER.fullmatch(text) and len(text) < 1000:
            return int(text)
        if self._kind == "number" and _NUMBER.fullmatch(text):
            return float(text)
        if self._kind == "boolean":
            return _BOOLEANS.get(text, text)
        return text


def read_path(
    readers: Mapping[str, ParameterReader], raw: Mapping[str, str]
) -> tuple[dict[str, Any], list[tuple[str, Fault]]]:
    """Typed path values and the violations, each with its `path:NAME`. Raises BadEncoding."""
    values: dict[str, Any] = {}
    faults: list[tuple[str, Fault]] = []
    for group, text in raw.items():
        reader = readers[group]
        values[reader.name], found = reader.read([unquote(text)])
        if found:
            faults += [(reader.where, fault) for fault in found]
    return values, faults


def read_named(
    readers: Mapping[str, ParameterReader], given: Mapping[str, list[str]]
) -> tuple[dict[str, Any], list[tuple[str, Fault]]]:
    """Typed query or header values, defaults filled in, and the violations, each with its `query:NAME`."""
    values: dict[str, Any] = {}
    faults: list[tuple[str, Fault]] = []
    for name, reader in readers.items():
        texts = given.get(name)
        if texts is None:
            if reader.parameter.required:
                faults.append((reader.where, Fault("required", (), (), "is required")))
            elif reader.default is not None:
                values[name] = reader.default
            continue
        values[name], found = reader.read(texts)
        if found:
            faults += [(reader.where, fault) for fault in found]
    return values, faults
