"""What makes two failures the same deviation: each rule gives a failure a key, and equal keys are one defect.

The rules read what a failure says. A key never holds less than what is wrong, how, and where or in which kind of
request; the operation and, for a kind of refusal, the member are what may differ.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from conformance.schemas import ABSENT
from conformance.types import Exchange, Failure, Outcome

Key = tuple[Any, ...]
UNKNOWN = object()
"""A value that a failure does not say, or has cut."""

_SHAPE = re.compile(r"^(\w+) (\d{3}|refusal): (.*)$", re.DOTALL)
_PLACE = re.compile(r"^([A-Za-z$]+) at (/.*|)$", re.DOTALL)
_CODE = re.compile(r": (?:code (?P<got>.+)|no code) instead of (?P<wanted>.+) at (?P<pointer>/\S*)$", re.DOTALL)
_REFUSED = re.compile(r"^(?:(?P<name>\S+) = (?P<value>.+?) )?.*is not refused as (?:it must be|guessed)", re.DOTALL)
_STORED = re.compile(r"^(?P<name>\S+) (?:does not read back as it was written|is not what was last written)\.$")
_EQUALS = re.compile(r"^(\S+) = (.*)$", re.DOTALL)
_PATCHED = re.compile(r"^After (?P<what>.+), (?P<where>the \w+) shows (?P<pointer>\S+) wrong\.$", re.DOTALL)
_VERB = re.compile(r"\b(add|remove|replace|move|copy|test)\b")
_MEDIA = re.compile(r"^[\w.+-]+/[\w.+-]+$")
_MEMBER = re.compile(r"^(?=\w*[A-Z_0-9])[a-z]\w*(?= )")
_BASIS = re.compile(r"-(documented|public|inferred)$")
_SPECIAL = ("false", "true", "null", "(absent)", '""', "0", "[]", "{}")


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """One failure, and the requirement that shows it."""

    outcome: Outcome
    failure: Failure

    @property
    def operation(self) -> str | None:
        last = self.last
        return (last.operation if last else None) or self.outcome.requirement.operation

    @property
    def last(self) -> Exchange | None:
        return self.failure.exchanges[-1] if self.failure.exchanges else None

    @property
    def slug(self) -> str:
        """The kind of requirement: its id without API, operation and basis."""
        return _BASIS.sub("", self.outcome.requirement.id.rpartition(".")[2])


@dataclass(frozen=True, slots=True)
class Place:
    """A member of an answer that is not as the contract says."""

    keyword: str
    tail: tuple[str, ...]
    """The member and what holds it, without positions in lists: the same node, whatever wraps it."""
    refusal: bool
    wrong: str
    """The JSON type of what came."""


@dataclass(frozen=True, slots=True)
class Code:
    """A refusal with another code than the one expected; values of JSON, or ABSENT."""

    pointer: str
    got: Any
    wanted: Any


def place_of(seen: Seen) -> Place | None:
    """What a check of shapes found wrong with a member of an answer."""
    parts = _SHAPE.match(seen.failure.cause)
    place = _PLACE.match(parts.group(3)) if parts else None
    if parts is None or place is None:
        return None
    said = seen.failure.message.partition(": ")[2]
    wrong = kind_of(beginning(said)) if place.group(1) == "type" else ""
    return Place(place.group(1), tail(place.group(2)), parts.group(2) == "refusal", wrong)


def code_of(seen: Seen) -> Code | None:
    """The two codes of a refusal that came with the wrong one."""
    match = _CODE.search(seen.failure.message)
    if match is None:
        return None
    got = value_of(match["got"]) if match["got"] else ABSENT
    return Code(match["pointer"], got, value_of(match["wanted"]))


def told(seen: Seen) -> tuple[str, Any, Any] | None:
    """Which member is said to be wrong, what was expected of it and what came; values may be UNKNOWN."""
    wanted, found = _EQUALS.match(seen.failure.expected), _EQUALS.match(seen.failure.actual)
    if wanted and found:
        return wanted[1], value_of(wanted[2]), value_of(found[2])
    return None


def shape_of_answer(seen: Seen) -> Key | None:
    """The same thing is wrong with the same member, header or media type of answers, whatever the operation."""
    parts = _SHAPE.match(seen.failure.cause)
    if parts is None:
        return None
    kind, rest, exchange = "refusal" if parts.group(2) == "refusal" else "success", parts.group(3), seen.last
    place = place_of(seen)
    if place is not None:
        exact = place.keyword in ("required", "additionalProperties", "minProperties", "anyOf", "oneOf")
        detail = seen.failure.message.partition(": ")[2] if exact else place.wrong
        return ("place", kind, place.keyword, place.tail, seen.failure.expected, detail)
    if rest in ("not json", "not xml") and exchange is not None:
        return (rest, exchange.media_type, seen.failure.message, first_letter(exchange))
    if rest.startswith("status ") and exchange is not None:
        return (rest, masked(exchange))
    return (kind, rest, seen.failure.expected)


def code_of_refusal(seen: Seen) -> Key | None:
    """The same wrong code stands at the same place for the same right one."""
    code = code_of(seen)
    if code is None:
        return None
    if str(code.got) == str(code.wanted):
        return ("code written as", code.pointer, kind_of(code.got), kind_of(code.wanted))
    return ("code", code.pointer, str(code.got), str(code.wanted))


def kind_of_refusal(seen: Seen) -> Key | None:
    """The same kind of mistake is accepted, or refused with the same wrong status."""
    match = _REFUSED.match(seen.failure.message)
    if match is None or code_of(seen) is not None:
        return None
    data, exchange = seen.outcome.requirement.data, seen.last
    came = None if exchange is None else "accepted" if exchange.ok else exchange.status
    keyword = data.get("keyword")
    if keyword is None:
        return ("refusal", seen.slug, seen.failure.expected, came)
    sent = kind_of(value_of(match["value"])) if keyword == "type" and match["value"] else ""
    return ("refusal", data.get("where"), keyword, data.get("error"), seen.failure.expected, came, sent)


def media_type(seen: Seen) -> Key | None:
    """One media type is answered in place of the same other."""
    pair = (seen.failure.expected, seen.failure.actual)
    return ("media", *pair) if all(_MEDIA.match(text) for text in pair) else None


def stored_value(seen: Seen) -> Key | None:
    """The same member is lost; or the same special value, or what is too long, of whatever member."""
    match = _STORED.match(seen.failure.message)
    if match is None:
        return None
    wanted, found = (_EQUALS.sub(r"\2", text) for text in (seen.failure.expected, seen.failure.actual))
    if wanted in _SPECIAL:
        return ("lost", wanted)
    if is_cut(wanted, found):
        return ("cut short",)
    return ("lost member", match["name"])


def patch(seen: Seen) -> Key | None:
    """The same operation of a patch has a wrong effect on the same member, or is taken in the same check."""
    match = _PATCHED.match(seen.failure.message)
    if match is not None:
        verb = _VERB.search(match["what"])
        return ("patch", verb[1] if verb else match["what"], match["where"], match["pointer"].split("/")[1:2])
    if not seen.failure.cause.startswith("patch accepted"):
        return None
    verb = _VERB.search(seen.failure.message)
    return ("patch accepted", verb[1], seen.outcome.requirement.check) if verb else None


def each_member(seen: Seen) -> Key | None:
    """One check says the same of several members."""
    sentence = _MEMBER.sub("*", seen.failure.message)
    if sentence == seen.failure.message or seen.failure.cause != seen.failure.message:
        return None
    return ("each", seen.outcome.requirement.id, sentence, seen.failure.expected, seen.failure.actual)


RULES: tuple[Callable[[Seen], Key | None], ...] = (
    shape_of_answer,
    code_of_refusal,
    kind_of_refusal,
    media_type,
    stored_value,
    patch,
    each_member,
)


def keys_of(seen: Seen) -> Iterator[Key]:
    """Everything by which a failure may be the same as another: what its check says, and the first rule that fits."""
    if code_of(seen) is None:  # Two wrong codes for one kind of request are two defects.
        yield ("cause", seen.failure.cause, seen.outcome.requirement.data.get("keyword"))
    for rule in RULES:
        key = rule(seen)
        if key is not None:
            yield (rule.__name__, *map(repr, key))
            return


def tail(pointer: str) -> tuple[str, ...]:
    """The last two names of a pointer, positions in lists left out."""
    return tuple(step for step in pointer.split("/")[1:] if step != "*" and not step.isdigit())[-2:]


def value_of(text: str) -> Any:
    """The JSON value that a text says; ABSENT for `(absent)`, UNKNOWN for what is no JSON, or cut."""
    if text == repr(ABSENT):
        return ABSENT
    try:
        return json.loads(text)
    except ValueError:
        return UNKNOWN


def beginning(text: str) -> Any:
    """The JSON value with which a sentence begins."""
    try:
        return json.JSONDecoder().raw_decode(text)[0]
    except ValueError:
        return UNKNOWN


def kind_of(value: Any) -> str:
    """The name of a JSON value's type."""
    if value is None or isinstance(value, bool):
        return "null" if value is None else "boolean"
    names = {str: "string", int: "number", float: "number", list: "array", dict: "object"}
    return names.get(type(value), "")


def is_cut(wanted: str, found: str) -> bool:
    """Whether what came is the beginning of a long text that was expected."""
    whole, part = wanted.removesuffix("…").strip('"'), found.strip('"')
    return len(part) >= 20 and not found.endswith("…") and part != whole and whole.startswith(part)


def masked(exchange: Exchange) -> str:
    """Status and body of an answer, without the figures in it."""
    return f"{exchange.status} " + re.sub(r"\d+", "#", exchange.body[:400].decode("utf-8", "replace"))


def first_letter(exchange: Exchange) -> str:
    return exchange.body[:200].decode("utf-8", "replace").lstrip()[:1]
