"""Failures that only follow from another one: each rule says for a basic failure whether it explains a second.

What is explained is told with the basic failure, alone; what is alike to it but not explained stays a defect.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from conformance.reporting.likeness import (
    UNKNOWN,
    Seen,
    code_of,
    first_letter,
    kind_of,
    kind_of_refusal,
    masked,
    place_of,
    tail,
    told,
    value_of,
)
from conformance.schemas import ABSENT, Validator, at
from conformance.types import Exchange
from openapi.contract import Contract

MANY = 3
_DISAGREES = re.compile(r"^answer disagrees (\w+) (/\S*)$")
_SHOWS = re.compile(r"^After .+, the answer shows (/\S*) wrong\.$", re.DOTALL)
_TAKEN = re.compile(r"^(?P<name>\S+) = (?P<value>.+?) is not refused", re.DOTALL)
_TESTED = re.compile(r"^(?:A patch with )?(?:a |1 operation \()?test\b.* is not refused")
_PRIMARY = "a test that fails is not refused."


@dataclass(frozen=True)
class Around:
    """What a rule may know besides the two failures: the contract, and what else is left to explain."""

    left: Sequence[Seen]
    contract: Contract | None = None

    @cached_property
    def disagreeing(self) -> dict[str, set[str]]:
        """Per operation, the members at which its answers are not what is read afterwards."""
        found: dict[str, set[str]] = {}
        for seen in self.left:
            if match := _DISAGREES.match(seen.failure.cause):
                found.setdefault(match[1], set()).add(_top(match[2]))
        return found


def wrong_type(basic: Seen, other: Seen, _: Around) -> bool:
    """A member has the wrong type; the other one differs in that type only, or sends it as it was read."""
    place = place_of(basic)
    if place is None or place.keyword != "type" or not place.tail:
        return False
    return (
        _differs_in_type(place.tail, place.wrong, other)
        or _code_of_type(place.tail, place.wrong, other)
        or _sends(place.tail[-1], place.wrong, other)
        or _says(place.tail, other)
    )


def wrong_word(basic: Seen, other: Seen, _: Around) -> bool:
    """An answer has a code that is not declared; the other one expected a declared one and got that."""
    place, code = place_of(basic), code_of(other)
    if place is None or place.keyword != "enum" or code is None or basic.last is None:
        return False
    listed = value_of(basic.failure.expected.removeprefix("enum: "))
    came = at(basic.last.json(), code.pointer)
    return tail(code.pointer) == place.tail and came == code.got and code.wanted in (listed or ())


def no_json(basic: Seen, other: Seen, _: Around) -> bool:
    """An answer is not of the media type that it names; the other one believed the name."""
    last, after = basic.last, other.last
    if not basic.failure.cause.endswith(": not json") or last is None or after is None:
        return False
    same = (last.media_type, first_letter(last)) == (after.media_type, first_letter(after))
    return same and other.failure.actual == after.media_type


def refused_at_all(basic: Seen, other: Seen, _: Around) -> bool:
    """A valid request is refused; the other one, of the same operation, got that very answer."""
    if basic.outcome.requirement.check != "succeeds" or basic.last is None or other.last is None:
        return False
    return basic.operation == other.operation and masked(basic.last) == masked(other.last)


def answers_something_else(basic: Seen, other: Seen, around: Around) -> bool:
    """The answers to a write are not what is read afterwards; the other one believed such an answer."""
    match, shows = _DISAGREES.match(basic.failure.cause), _SHOWS.match(other.failure.message)
    again = _DISAGREES.match(other.failure.cause)
    if match is None or match[1] != other.operation or not (shows or again) or basic is other:
        return False
    everywhere = len(around.disagreeing[match[1]]) >= MANY
    pointer = shows[1] if shows else again[2] if again else ""
    return everywhere or _top(match[2]) == _top(pointer)


def tests_nothing(basic: Seen, other: Seen, _: Around) -> bool:
    """A patch's plain test that fails is not refused; the other one is a test, too."""
    if basic.failure.message != _PRIMARY and not basic.failure.message.endswith(f" {_PRIMARY}"):
        return False
    taken = other.last is not None and other.last.ok
    return taken and basic.operation == other.operation and bool(_TESTED.match(other.failure.message))


def takes_wrong_types(basic: Seen, other: Seen, around: Around) -> bool:
    """A value of the wrong type is taken; the other one's body has nothing wrong but such a value."""
    match, last = _TAKEN.match(basic.failure.message), other.last
    if match is None or basic.outcome.requirement.data.get("keyword") != "type" or basic.last is None:
        return False
    if last is None or not (last.ok and basic.last.ok) or basic.operation != last.operation:
        return False
    if kind_of_refusal(other) is not None:
        return False  # It says itself what is taken, and is grouped by that.
    kinds = {kind_of(value_of(match["value"]))}
    found = list(_wrong_in(around.contract, last.operation, _body(last)))
    return bool(found) and all(keyword == "type" and kind_of(value) in kinds for keyword, value in found)


def _wrong_in(contract: Contract | None, name: str | None, body: Any) -> Iterator[tuple[str, Any]]:
    operation = contract.operations.get(name or "") if contract else None
    if operation is None or operation.request_body is None:
        return
    schema = next(iter(operation.request_body.content.values())).schema
    for problem in Validator(schema, "request").problems(body):
        yield problem.keyword, at(body, problem.pointer)


def _differs_in_type(place: tuple[str, ...], wrong: str, other: Seen) -> bool:
    """What was expected of the member and what came are the same texts, and one of them is of the wrong type."""
    said = told(other)
    if said is not None:
        name, wanted, found = said
    else:
        name = other.failure.message + other.failure.cause
        wanted, found = value_of(other.failure.expected), value_of(other.failure.actual)
    if not re.search(rf"(?<!\w){re.escape(place[-1])}(?!\w)", name) or UNKNOWN in (wanted, found):
        return False
    return wrong in (kind_of(wanted), kind_of(found)) and wanted != found and _texts(wanted) == _texts(found)


def _code_of_type(place: tuple[str, ...], wrong: str, other: Seen) -> bool:
    """A refusal came with the status expected, and has its code at the place where codes have the wrong type."""
    if other.last is None or other.last.ok:
        return False
    code = next((value for tail_, value in _members(other.last.json()) if tail_ == place), ABSENT)
    if kind_of(code) != wrong:
        return False
    expected, said = other.failure.expected, code_of(other)
    if said is not None:
        return str(said.got) == str(said.wanted)
    numbers = re.findall(r"\w+", expected.removeprefix(f"{other.last.status} "))
    return str(code) in numbers or expected == f"{other.last.status} with a code"


def _sends(name: str, wrong: str, other: Seen) -> bool:
    """A request that should succeed is refused, and its body has the member as it was read: of the wrong type."""
    if other.last is None or other.last.ok or other.failure.expected != "2xx":
        return False
    return any(tail_[-1:] == (name,) and kind_of(value) == wrong for tail_, value in _members(_body(other.last)))


def _says(place: tuple[str, ...], other: Seen) -> bool:
    """What came is said to be of the wrong type at that place."""
    pointer, _, rest = other.failure.actual.partition(": ")
    return "is not of type" in rest and pointer.startswith("/") and tail(pointer) == place


def _members(value: Any, pointer: str = "") -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every member within a value, by its tail."""
    if isinstance(value, dict):
        for name, child in value.items():
            yield tail(f"{pointer}/{name}"), child
            yield from _members(child, f"{pointer}/{name}")
    elif isinstance(value, list):
        for child in value:
            yield from _members(child, pointer)


def _texts(value: Any) -> list[str]:
    """The scalars in a value as texts."""
    if isinstance(value, list):
        return [text for child in value for text in _texts(child)]
    return [json.dumps(value) if isinstance(value, dict) else str(value)]


def _body(exchange: Exchange) -> Any:
    try:
        return json.loads(exchange.sent.body)
    except ValueError:
        return None


def _top(pointer: str) -> str:
    return pointer.split("/")[1] if "/" in pointer else ""


RULES: tuple[Callable[[Seen, Seen, Around], bool], ...] = (
    refused_at_all,
    wrong_type,
    wrong_word,
    no_json,
    answers_something_else,
    tests_nothing,
    takes_wrong_types,
)


def explains(rule: Callable[[Seen, Seen, Around], bool], basic: Seen, other: Seen, around: Around) -> bool:
    """Whether a rule says that `other` is there because of `basic`. Nothing explains the shape of an answer."""
    return basic is not other and place_of(other) is None and rule(basic, other, around)
