"""What changed between two schemas. Narrower breaks who sends, wider breaks who receives."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias, TypeVar

from openapi.source import Pointer, show_pointer

Side: TypeAlias = Literal["request", "response"]
Schema: TypeAlias = Mapping[str, Any]
_K = TypeVar("_K")
_V = TypeVar("_V")

_LOWER_BOUNDS = ("minLength", "minItems", "minProperties", "minimum")
_UPPER_BOUNDS = ("maxLength", "maxItems", "maxProperties", "maximum")
_OPAQUE = ("pattern", "format", "multipleOf", "uniqueItems", "exclusiveMinimum", "exclusiveMaximum", "not")


@dataclass(frozen=True, slots=True)
class Change:
    """One change: where (in the new contract; in the old for what was removed), what, and whether it breaks clients."""

    pointer: str
    sentence: str
    breaking: bool

    @classmethod
    def at(cls, pointer: Pointer, sentence: str, *, breaking: bool) -> "Change":
        return cls(show_pointer(pointer), sentence, breaking)


def one_side(mine: Mapping[_K, _V], other: Mapping[_K, _V]) -> list[tuple[_K, _V]]:
    """What only the first has."""
    return [(key, value) for key, value in mine.items() if key not in other]


def both(old: Mapping[_K, _V], new: Mapping[_K, _V]) -> list[tuple[_K, _V, _V]]:
    """What both have, from each."""
    return [(key, value, new[key]) for key, value in old.items() if key in new]


def schemas(old: Any, new: Any, pointer: Pointer, side: Side) -> Iterator[Change]:
    """The changes from one resolved schema to another, for values that travel in requests or in responses."""
    if old is new or not isinstance(old, Mapping) or not isinstance(new, Mapping):
        return
    yield from _type(old, new, pointer, side)
    yield from _enum(old, new, pointer, side)
    yield from _bounds(old, new, pointer, side)
    yield from _opaque(old, new, pointer, side)
    yield from _object(old, new, pointer, side)
    yield from schemas(old.get("items"), new.get("items"), (*pointer, "items"), side)
    yield from _combined(old, new, pointer, side)


def _moved(pointer: Pointer, sentence: str, side: Side, *, wider: bool = False, narrower: bool = False) -> Change:
    return Change.at(pointer, sentence, breaking=narrower if side == "request" else wider)


def _type(old: Schema, new: Schema, pointer: Pointer, side: Side) -> Iterator[Change]:
    was, now = old.get("type"), new.get("type")
    if was != now:
        wider = now is None or (was, now) == ("integer", "number")
        narrower = was is None or (was, now) == ("number", "integer")
        neither = not wider and not narrower
        sentence = f"the type changed from {was or 'any'} to {now or 'any'}"
        yield _moved((*pointer, "type"), sentence, side, wider=wider or neither, narrower=narrower or neither)
    null_was, null_now = bool(old.get("nullable")), bool(new.get("nullable"))
    if null_was != null_now:
        sentence = "null is allowed now" if null_now else "null is no longer allowed"
        yield _moved((*pointer, "nullable"), sentence, side, wider=null_now, narrower=null_was)


def _enum(old: Schema, new: Schema, pointer: Pointer, side: Side) -> Iterator[Change]:
    pointer = (*pointer, "enum")
    if "enum" in old and "enum" in new:
        removed = [value for value in old["enum"] if value not in new["enum"]]
        added = [value for value in new["enum"] if value not in old["enum"]]
        if removed:
            yield _moved(pointer, f"the enum lost {_list(removed)}", side, narrower=True)
        if added:
            yield _moved(pointer, f"the enum gained {_list(added)}", side, wider=True)
    elif "enum" in new:
        yield _moved(pointer, f"only {_list(new['enum'])} may stand here now", side, narrower=True)
    elif "enum" in old:
        yield _moved(pointer, "the enum was lifted", side, wider=True)


def _list(values: list[Any]) -> str:
    return ", ".join(json.dumps(value, ensure_ascii=False) for value in values)


def _bounds(old: Schema, new: Schema, pointer: Pointer, side: Side) -> Iterator[Change]:
    for words, sign in ((_LOWER_BOUNDS, 1), (_UPPER_BOUNDS, -1)):
        for word in words:
            was, now = old.get(word), new.get(word)
            if was == now:
                continue
            narrower = was is None or (now is not None and (now - was) * sign > 0)
            sentence = f"{word} changed from {_bound(was)} to {_bound(now)}"
            yield _moved((*pointer, word), sentence, side, wider=not narrower, narrower=narrower)


def _bound(value: Any) -> str:
    return "none" if value is None else str(value)


def _opaque(old: Schema, new: Schema, pointer: Pointer, side: Side) -> Iterator[Change]:
    """Constraints of which it cannot be told whether the one implies the other."""
    for word in _OPAQUE:
        was, now = _constraint(old, word), _constraint(new, word)
        if was != now:
            sentence = f"{word} changed from {_shown(was)} to {_shown(now)}"
            yield _moved((*pointer, word), sentence, side, wider=was is not None, narrower=now is not None)
    if side == "request" and old.get("default") != new.get("default"):
        sentence = f"the default changed from {_shown(old.get('default'))} to {_shown(new.get('default'))}"
        yield Change.at((*pointer, "default"), sentence, breaking="default" in old)


def _constraint(schema: Schema, word: str) -> Any:
    value = schema.get(word)
    return None if value is False else value


def _shown(value: Any) -> str:
    return "none" if value is None else json.dumps(value, ensure_ascii=False)


def _object(old: Schema, new: Schema, pointer: Pointer, side: Side) -> Iterator[Change]:
    before, after = old.get("properties") or {}, new.get("properties") or {}
    properties = (*pointer, "properties")
    hidden = "readOnly" if side == "request" else "writeOnly"
    for name, schema in one_side(before, after):
        if not schema.get(hidden):
            yield Change.at((*properties, name), f"the member {name!r} was removed", breaking=True)
    for name, schema in one_side(after, before):
        if not schema.get(hidden):
            yield Change.at((*properties, name), f"the member {name!r} was added", breaking=False)
    for name, was, now in both(before, after):
        yield from _member(name, was, now, (*properties, name), side, hidden)
    yield from _required(old, new, pointer, side, hidden)
    yield from _others(old, new, pointer, side)


def _member(name: str, old: Schema, new: Schema, pointer: Pointer, side: Side, hidden: str) -> Iterator[Change]:
    was, now = bool(old.get(hidden)), bool(new.get(hidden))
    if was != now:
        place = "requests" if side == "request" else "answers"
        sentence = f"the member {name!r} is {'no longer' if now else 'now'} part of {place}"
        yield Change.at((*pointer, hidden), sentence, breaking=now)
    if not was and not now:
        yield from schemas(old, new, pointer, side)


def _required(old: Schema, new: Schema, pointer: Pointer, side: Side, hidden: str) -> Iterator[Change]:
    before, after = _needed(old, hidden), _needed(new, hidden)
    for name in [name for name in after if name not in before]:
        yield _moved((*pointer, "required"), f"the member {name!r} became required", side, narrower=True)
    for name in [name for name in before if name not in after and name in (new.get("properties") or {name: 1})]:
        yield _moved((*pointer, "required"), f"the member {name!r} became optional", side, wider=True)


def _needed(schema: Schema, hidden: str) -> list[str]:
    properties = schema.get("properties") or {}
    return [name for name in schema.get("required", ()) if not properties.get(name, {}).get(hidden)]


def _others(old: Schema, new: Schema, pointer: Pointer, side: Side) -> Iterator[Change]:
    """Members that the schema does not name."""
    was, now = old.get("additionalProperties", True), new.get("additionalProperties", True)
    pointer = (*pointer, "additionalProperties")
    if isinstance(was, Mapping) and isinstance(now, Mapping):
        yield from schemas(was, now, pointer, side)
    elif _openness(was) != _openness(now):
        wider = _openness(now) > _openness(was)
        sentence = "other members are less restricted" if wider else "other members are more restricted"
        yield _moved(pointer, sentence, side, narrower=not wider)


def _openness(value: Any) -> int:
    return 1 if isinstance(value, Mapping) else 2 * bool(value)


def _combined(old: Schema, new: Schema, pointer: Pointer, side: Side) -> Iterator[Change]:
    for word in ("anyOf", "oneOf", "allOf"):
        before, after = old.get(word) or [], new.get(word) or []
        if len(before) == len(after):
            for index, (was, now) in enumerate(zip(before, after, strict=True)):
                yield from schemas(was, now, (*pointer, word, index), side)
            continue
        more = len(after) > len(before)
        wider = (more and bool(before)) if word != "allOf" else not more
        wider = wider or (word != "allOf" and not after)
        sentence = f"{word} has {len(after)} parts instead of {len(before)}"
        yield _moved((*pointer, word), sentence, side, wider=wider, narrower=not wider)
