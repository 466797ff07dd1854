"""Valid values from a schema: the smallest, the plausible, the extreme; always the same for one random generator.

Strings are kept to what any honest server stores (letters, digits, inner spaces); the odd ones are the business of
`checks/robustness.py`, where a server is not blamed for what nobody documents.
"""

from __future__ import annotations

import random
import string
import uuid
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from conformance.schemas import Validator, steps_of

Schema = Mapping[str, Any]
WORDS = ("north", "depot", "amber", "signal", "harbour", "relay", "copper", "meadow", "quartz", "lantern")
ALPHABET = string.ascii_letters + string.digits + " -_."


def valid_values(schema: Schema, chance: random.Random, count: int, name: str = "") -> list[Any]:
    """Up to `count` different valid values: first the published examples' kind, then enumerated and random ones."""
    options = enumerated(schema)
    if options is not None:
        chance.shuffle(options)
        return options[:count]
    made: list[Any] = []
    validator = Validator(schema, "request")
    for _ in range(count * 4):
        value = valid_value(schema, chance, name)
        if value not in made and validator.valid(value):
            made.append(value)
        if len(made) == count:
            break
    return made


def enumerated(schema: Schema) -> list[Any] | None:
    """All valid values, where there are few: an enumeration or a boolean. Null is left out."""
    if "enum" in schema:
        return [value for value in schema["enum"] if value is not None]
    return [True, False] if schema.get("type") == "boolean" else None


def valid_value(schema: Schema, chance: random.Random, name: str = "") -> Any:
    """One valid value, not null."""
    options = enumerated(schema)
    if options:
        return chance.choice(options)
    for key in ("anyOf", "oneOf"):
        if schema.get(key) and "properties" not in schema:
            branch = {**{k: v for k, v in schema.items() if k != key}, **chance.choice(schema[key])}
            return valid_value(branch, chance, name)
    kind = schema.get("type") or ("object" if "properties" in schema else "string")
    return _MAKERS[kind](schema, chance, name)


def smallest(schema: Schema, chance: random.Random, through: str = "") -> Any:
    """A valid object with its required members alone, and those on the way to the pointer `through`."""
    wanted = steps_of(through)
    if schema.get("type") == "array":
        items = schema.get("items", {})
        count = max(schema.get("minItems", 0), 1 if wanted else 0)
        return [smallest(items, chance, _rest(wanted)) for _ in range(count)]
    if schema.get("type") != "object" and "properties" not in schema:
        return valid_value(schema, chance)
    properties = schema.get("properties", {})
    names = list(schema.get("required", ()))
    if wanted and wanted[0] in properties and wanted[0] not in names:
        names.append(wanted[0])
    free = [name for name, node in properties.items() if name not in names and not node.get("readOnly")]
    names += free[: max(0, schema.get("minProperties", 0) - len(names))]
    made = {}
    for name in names:
        node = properties.get(name, {})
        if wanted and name == wanted[0] and len(wanted) > 1:
            made[name] = smallest(node, chance, _rest(wanted))
        else:
            made[name] = valid_value(node, chance, name)
    return made


def _rest(steps: list[str]) -> str:
    return "".join("/" + step for step in steps[1:])


def _string(schema: Schema, chance: random.Random, name: str) -> str:
    maker = FORMATS.get(schema.get("format", ""))
    if maker is not None:
        return maker(chance)
    if "pattern" in schema:
        return _matching(schema, chance)
    low, high = schema.get("minLength", 0), schema.get("maxLength", 10**9)
    text = _plausible(name, chance)
    if len(text) < low:
        text += "x" * (low - len(text))
    return text[:high]


def plain_kind(name: str) -> bool:
    """Whether a member's name says that its text is a date, an amount, a year or a number."""
    lowered = name.lower()
    return any(word in lowered for word in ("date", "price", "amount", "year", "number"))


def _plausible(name: str, chance: random.Random) -> str:
    """A text that a server which looks closer than its schema says would take, too; with capital letters and small."""
    lowered = name.lower()
    if "serial" in lowered:
        return f"Rx{chance.randint(1000, 9999)}-{chance.choice(WORDS).upper()}"
    if "date" in lowered:
        return _day(chance)
    if "price" in lowered or "amount" in lowered:
        return f"{chance.randint(1, 999)}.50"
    if "year" in lowered:
        return str(chance.randint(2015, 2025))
    if "number" in lowered:
        return str(chance.randint(1000, 999999))
    return f"{chance.choice(WORDS).capitalize()} {chance.choice(WORDS)} {chance.randint(10, 9999)}"


def _matching(schema: Schema, chance: random.Random) -> str:
    validator = Validator(schema, "request")
    plain = [str(chance.randint(1, 10**6)), f"{chance.choice(WORDS)} {chance.randint(10, 9999)}", _day(chance)]
    for text in (*plain, chance.choice(WORDS)):
        if validator.valid(text):
            return text
    found = [text for text in matching_texts(schema["pattern"]) if validator.valid(text)]
    return chance.choice(found) if found else _plausible("", chance)


@cache
def matching_texts(pattern: str) -> tuple[str, ...]:
    """A few texts that a pattern takes, found by Hypothesis, the same every time."""
    from hypothesis import HealthCheck, Phase, given, seed, settings
    from hypothesis import strategies as st

    found: list[str] = []

    @seed(0)
    @settings(
        max_examples=20,
        database=None,
        deadline=None,
        derandomize=False,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(
        st.from_regex(
            pattern, fullmatch=False, alphabet=st.characters(codec="ascii", categories=("L", "N", "P", "S", "Zs"))
        )
    )
    def collect(text: str) -> None:
        if text and text not in found:
            found.append(text)

    collect()
    return tuple(found)


def _day(chance: random.Random) -> str:
    return (datetime(2021, 1, 1, tzinfo=UTC) + timedelta(days=chance.randint(0, 1500))).date().isoformat()


def _moment(chance: random.Random) -> str:
    moment = datetime(2021, 1, 1, tzinfo=UTC) + timedelta(seconds=chance.randint(0, 10**8))
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _integer(schema: Schema, chance: random.Random, name: str) -> int:  # noqa: ARG001
    low, high = number_bounds(schema, 1)
    low = 1 if low is None else low
    return chance.randint(int(low), int(min(low + 10_000, high if high is not None else low + 10_000)))


def _number(schema: Schema, chance: random.Random, name: str) -> float:
    return _integer(schema, chance, name) + 0.5 if not {"maximum"} & set(schema) else _integer(schema, chance, name)


def number_bounds(schema: Schema, step: float) -> tuple[float | None, float | None]:
    """The least and the greatest valid number, one `step` inside where a bound is exclusive."""
    low, high = schema.get("minimum"), schema.get("maximum")
    if low is not None and schema.get("exclusiveMinimum"):
        low += step
    if high is not None and schema.get("exclusiveMaximum"):
        high -= step
    return low, high


def _array(schema: Schema, chance: random.Random, name: str) -> list[Any]:
    low = schema.get("minItems", 0)
    count = chance.randint(max(low, 1), max(low, min(3, schema.get("maxItems", 3))))
    items = [valid_value(schema.get("items", {}), chance, name) for _ in range(count)]
    return [item for i, item in enumerate(items) if item not in items[:i]] if low <= 1 else items


def _object(schema: Schema, chance: random.Random, name: str) -> dict[str, Any]:  # noqa: ARG001
    properties = schema.get("properties", {})
    required = schema.get("required", ())
    extra = [key for key in properties if key not in required and chance.random() < 0.5]
    made = {key: valid_value(properties.get(key, {}), chance, key) for key in (*required, *extra)}
    if not properties:
        made[chance.choice(WORDS)] = chance.choice(WORDS)
    return made


FORMATS: Mapping[str, Callable[[random.Random], str]] = {
    "uuid": lambda chance: str(uuid.UUID(int=chance.getrandbits(128), version=4)),
    "date-time": _moment,
    "date": _day,
    "email": lambda chance: f"{chance.choice(WORDS)}.{chance.choice(WORDS)}@example.com",
    "uri": lambda chance: f"https://example.com/{chance.choice(WORDS)}",
    "ipv4": lambda chance: f"10.{chance.randint(30, 250)}.{chance.randint(1, 250)}.{chance.randint(1, 250)}",
    "ipv6": lambda chance: f"2001:db8::{chance.randint(1, 0xFFFF):x}",
    "json-pointer": lambda chance: f"/{chance.choice(WORDS)}",
}

_MAKERS: Mapping[str, Callable[[Schema, random.Random, str], Any]] = {
    "string": _string,
    "integer": _integer,
    "number": _number,
    "boolean": lambda schema, chance, name: chance.random() < 0.5,  # noqa: ARG005
    "array": _array,
    "object": _object,
}
