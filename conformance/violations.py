"""Invalid values, each with exactly one thing wrong, and the name of that thing.

A violation names the keyword that it breaks and the path of the schema node that holds it, so that the contract can
be asked for the one right answer. Whoever sends it still verifies the whole body: a value that turns out to break
two rules with two different answers is dropped.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from conformance.schemas import Path, Validator, pointer_of, steps_of
from conformance.strategies import number_bounds

Schema = Mapping[str, Any]
UNKNOWN_MEMBER = "devicedouble_unknown"


class Remove:
    """In place of a value: the member is left out."""

    def __repr__(self) -> str:
        return "(left out)"


REMOVE = Remove()
WRONG_TYPES: Mapping[str, tuple[Any, ...]] = {
    "string": (17, True, ["text"], {"text": "text"}),
    "integer": ("text", 1.5, True, [1]),
    "number": ("text", True, [1.5]),
    "boolean": ("text", 17, [True]),
    "array": ("text", 17, {"0": "text"}),
    "object": ("text", 17, ["text"]),
}
WRONG_FORMATS: Mapping[str, tuple[str, ...]] = {
    "uuid": ("not-a-uuid", "ce2f20cb-8c2a-4f1b-9d38"),
    "date-time": ("yesterday", "2025-02-30T10:00:00Z", "2025-01-05"),
    "date": ("yesterday", "2025-02-30"),
    "email": ("nobody", "nobody@"),
    "uri": ("not a uri",),
    "ipv4": ("10.20.30", "10.20.30.256", "somewhere"),
    "ipv6": ("2001:db8:::1", "somewhere"),
    "json-pointer": ("no-slash", "/bad~2escape"),
}
WRONG_PATTERNS = ("", "!", "abc", "0", "042", "-1", "1.5", "a,b", "a*b", "2025-13-45Z", "yesterday", "12x")


@dataclass(frozen=True, slots=True)
class Violation:
    """`value` at `pointer` breaks `keyword` of the schema node at `path` (for `required`: the missing member's)."""

    keyword: str
    pointer: str
    path: Path
    value: Any
    kind: str = ""
    """`null` for a null that is not allowed, `case` for a listed value in other letters, `form` for a listed number
    that is written otherwise; else empty."""

    @property
    def name(self) -> str:
        steps = steps_of(self.pointer)
        return ".".join(steps) if steps else "the body"


def body_violations(schema: Schema, pointer: str = "", path: Path = ()) -> Iterator[Violation]:
    """Every single violation of a body under `schema`, members first to last, outer before inner."""
    yield from _own(schema, pointer, path)
    if len(path) > 8:
        return
    properties = schema.get("properties", {})
    for name in schema.get("required", ()):
        yield Violation("required", pointer + pointer_of([name]), (*path, "properties", name), REMOVE)
    for name, node in properties.items():
        if not node.get("readOnly"):
            yield from body_violations(node, pointer + pointer_of([name]), (*path, "properties", name))
    if schema.get("additionalProperties") is False:
        yield Violation("additionalProperties", f"{pointer}/{UNKNOWN_MEMBER}", path, "text")
    if schema.get("minProperties") and not schema.get("required"):
        yield Violation("minProperties", pointer, path, {})
    if schema.get("type") == "array" and isinstance(schema.get("items"), Mapping):
        if schema.get("minItems"):
            yield Violation("minItems", pointer, path, [])
        yield from body_violations(schema["items"], f"{pointer}/0", (*path, "items"))


def text_violations(schema: Schema) -> Iterator[Violation]:
    """Single violations of a parameter: what can be wrong with a text in a URL."""
    kind = schema.get("type")
    if kind in ("integer", "number", "boolean"):
        for text in ("text", "1.5") if kind == "integer" else ("text",):
            yield Violation("type", "", (), text)
    yield from (v for v in _values(schema, "", ()) if v.keyword != "type")


def _own(schema: Schema, pointer: str, path: Path) -> Iterator[Violation]:
    kind = schema.get("type")
    for value in WRONG_TYPES.get(kind or "", ()):
        yield Violation("type", pointer, path, value)
    if kind and not schema.get("nullable"):
        yield Violation("type", pointer, path, None, "null")
    alternatives = schema.get("anyOf") or schema.get("oneOf")
    if alternatives and not kind and "properties" not in schema:
        yield from _of_none(schema, alternatives, pointer, path)
    yield from _values(schema, pointer, path)


def _of_none(schema: Schema, alternatives: list[Schema], pointer: str, path: Path) -> Iterator[Violation]:
    keyword = "anyOf" if "anyOf" in schema else "oneOf"
    validator = Validator(schema, "request")
    for value in (17, True, {"text": "text"}, [{"text": 1}], "text"):
        if not validator.valid(value):
            yield Violation(keyword, pointer, path, value)
    if not any(node.get("nullable") for node in (schema, *alternatives)):
        yield Violation(keyword, pointer, path, None, "null")


def _values(schema: Schema, pointer: str, path: Path) -> Iterator[Violation]:
    """Values of the right type that are wrong all the same."""
    kind = schema.get("type")
    if "enum" in schema and kind != "boolean":
        yield from _not_listed(schema, pointer, path)
    if kind == "string":
        yield from _texts(schema, pointer, path)
    if kind in ("integer", "number"):
        yield from _numbers(schema, pointer, path)


def _other_numbers(listed: list[str], pointer: str, path: Path) -> Iterator[Violation]:
    """Where numbers are listed as texts: the one after the last, and the last as nobody writes it."""
    if not listed or not all(text.isdecimal() for text in listed):
        return
    last = max(listed, key=int)
    yield Violation("enum", pointer, path, str(int(last) + 1))
    yield Violation("enum", pointer, path, f"0{last}", "form")
    yield Violation("enum", pointer, path, f"{last}.0", "form")


def _not_listed(schema: Schema, pointer: str, path: Path) -> Iterator[Violation]:
    listed = [value for value in schema["enum"] if value is not None]
    if schema.get("type", "string") == "string":
        yield Violation("enum", pointer, path, "NO_SUCH_VALUE")
        other = next((text.swapcase() for text in listed if text.swapcase() not in listed), None)
        if other is not None:
            yield Violation("enum", pointer, path, other, "case")
        if listed and (listed[0] + "_X") not in listed:
            yield Violation("enum", pointer, path, listed[0] + "_X")
        yield from _other_numbers(listed, pointer, path)
    else:
        yield Violation("enum", pointer, path, max(listed) + 1)


def _texts(schema: Schema, pointer: str, path: Path) -> Iterator[Violation]:
    if "enum" in schema:
        return
    for text in WRONG_FORMATS.get(schema.get("format", ""), ()):
        yield Violation("format", pointer, path, text)
    if schema.get("minLength"):
        yield Violation("minLength", pointer, path, "x" * (schema["minLength"] - 1))
    if "maxLength" in schema and schema["maxLength"] < 100_000:
        yield Violation("maxLength", pointer, path, "x" * (schema["maxLength"] + 1))
    if "pattern" in schema:
        broken = [text for text in WRONG_PATTERNS if not re.search(schema["pattern"], text)]
        for text in broken[:6]:
            yield Violation("pattern", pointer, path, text)


def _numbers(schema: Schema, pointer: str, path: Path) -> Iterator[Violation]:
    low, high = number_bounds(schema, 1)
    if low is not None:
        keyword = "exclusiveMinimum" if schema.get("exclusiveMinimum") else "minimum"
        yield Violation(keyword, pointer, path, int(low) - 1)
    if high is not None:
        keyword = "exclusiveMaximum" if schema.get("exclusiveMaximum") else "maximum"
        yield Violation(keyword, pointer, path, int(high) + 1)


def placed(value: Any, pointer: str, new: Any) -> Any:
    """A copy of `value` with `new` at `pointer`, or without what stands there when `new` is REMOVE."""
    steps = steps_of(pointer)
    if not steps:
        return new
    made = copy.deepcopy(value)
    holder = made
    for step in steps[:-1]:
        holder = holder[int(step)] if isinstance(holder, list) else holder.setdefault(step, {})
    last: Any = int(steps[-1]) if isinstance(holder, list) else steps[-1]
    if new is REMOVE:
        if isinstance(holder, list) or last in holder:
            del holder[last]
    else:
        holder[last] = new
    return made
