"""Whether exchanges fit a description, and where those that nearly do differ, field by field."""

import heapq
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from mock_server.bodies import Unreadable, read_json
from mock_server.control.exchanges import request_headers, response_headers, status_meets, view
from mock_server.control.matching import check_matchers, fits, is_matcher
from mock_server.world.codec import same
from mock_server.world.errors import BadWorld
from mock_server.world.journal import Entry
from mock_server.world.patches import pointer

NEAREST = 3
"""So many near misses are told."""

_ATTRIBUTES = {
    "api": "api",
    "operation": "operation",
    "key": "key",
    "method": "method",
    "path": "target",
    "role": "principal",
    "basis": "basis",
    "fault": "fault",
}
_ABSENT: Any = object()


@dataclass(frozen=True, slots=True)
class Difference:
    """One field that is not as described; `actual` is _ABSENT where there is nothing."""

    field: str
    expected: Any
    actual: Any

    @property
    def message(self) -> str:
        """What is wrong, as a sentence."""
        if self.actual is _ABSENT:
            return f"{self.field}: expected {_said(self.expected)}, there is none"
        return f"{self.field}: expected {_said(self.expected)}, got {_said(self.actual)}"

    def plain(self) -> dict[str, Any]:
        """As the control plane shows it."""
        shown = {"field": self.field, "expected": self.expected, "message": self.message}
        return shown if self.actual is _ABSENT else {**shown, "actual": self.actual}

    @property
    def distance(self) -> float:
        """How far off, from 0 to 1: texts that resemble each other are nearer."""
        if isinstance(self.expected, str) and isinstance(self.actual, str):
            return 1 - 0.5 * SequenceMatcher(None, self.expected[:200], self.actual[:200]).ratio()
        return 1.0


def verdict(entries: list[Entry], wanted: Mapping[str, Any]) -> dict[str, Any]:
    """The answer to a verification. Raises BadWorld for what nothing could come up to."""
    match = wanted["match"]
    check_matchers(match)
    least, most = _bounds(wanted)
    after = wanted.get("after", 0)
    found = [(entry, list(differences(entry, match))) for entry in entries if entry.id > after]
    nothing = "" if found else f"None came after exchange {after}." if entries else "The journal holds no exchange."
    fitting = [entry.id for entry, different in found if not different]
    verified = least <= len(fitting) and (most is None or len(fitting) <= most)
    misses = [] if verified or len(fitting) >= least else _nearest([item for item in found if item[1]])
    return {
        "verified": verified,
        "count": len(fitting),
        "message": _sentence(len(fitting), least, most, misses, nothing),
        "exchanges": fitting,
        "near_misses": [
            {"exchange": view(entry), "differences": [item.plain() for item in different]}
            for entry, different in misses
        ],
    }


def differences(entry: Entry, match: Mapping[str, Any]) -> Iterator[Difference]:
    """Where an exchange is not as described; nothing when it fits."""
    for name, attribute in _ATTRIBUTES.items():
        if name in match:
            yield from _text(name, match[name], getattr(entry, attribute))
    if "status" in match and not status_meets(entry.status, match["status"]):
        yield Difference("status", match["status"], entry.status or None)
    if "request" in match:
        yield from _message("request", match["request"], request_headers(entry), entry.request_body)
    if "response" in match:
        yield from _message("response", match["response"], response_headers(entry), entry.response_body)


def _message(name: str, match: Mapping[str, Any], headers: Mapping[str, str], body: bytes) -> Iterator[Difference]:
    for header, expected in match.get("headers", {}).items():
        field = f"{name}.headers{pointer(header.lower())}"
        actual = headers.get(header.lower(), _ABSENT)
        if expected is None and actual is _ABSENT:
            continue
        yield from _text(field, expected, actual)
    if "body" in match:
        yield from _value(f"{name}.body", match["body"], _read(body, match["body"]))


def _read(body: bytes, expected: Any) -> Any:
    """The body as JSON, or as text when it cannot be read as that, or text is expected."""
    text = body.decode("utf-8", "replace")
    if is_matcher(expected):
        return text
    try:
        value = read_json(body)
    except Unreadable:
        return text if text or expected == "" else _ABSENT
    return text if isinstance(expected, str) and not isinstance(value, str) else value


def _text(field: str, expected: Any, actual: Any) -> Iterator[Difference]:
    if is_matcher(expected):
        if not isinstance(actual, str) or not fits(expected, actual):
            yield Difference(field, expected, actual)
    elif actual != expected:
        yield Difference(field, expected, actual)


def _value(field: str, expected: Any, actual: Any) -> Iterator[Difference]:
    if is_matcher(expected):
        yield from _text(field, expected, actual)
    elif isinstance(expected, dict) and isinstance(actual, dict):
        for name, value in expected.items():
            yield from _value(field + pointer(name), value, actual.get(name, _ABSENT))
    elif not same(expected, actual):
        yield Difference(field, expected, actual)


def _bounds(wanted: Mapping[str, Any]) -> tuple[int, int | None]:
    """The least and the most that may fit. Raises BadWorld for bounds that contradict each other."""
    count, least, most = (wanted.get(name) for name in ("count", "at_least", "at_most"))
    if count is not None:
        if least is not None or most is not None:
            raise BadWorld("Give count alone, or at_least and at_most.")
        return count, count
    if least is None:
        return (1 if most is None else 0), most
    if most is not None and least > most:
        raise BadWorld(f"No number is at least {least} and at most {most}.")
    return least, most


def _nearest(found: list[tuple[Entry, list[Difference]]]) -> list[tuple[Entry, list[Difference]]]:
    fewest = heapq.nsmallest(NEAREST * 10, found, key=lambda item: (len(item[1]), -item[0].id))
    return sorted(fewest, key=lambda item: (sum(different.distance for different in item[1]), -item[0].id))[:NEAREST]


def _sentence(
    count: int, least: int, most: int | None, misses: list[tuple[Entry, list[Difference]]], nothing: str
) -> str:
    sentence = f"Asked for {_asked(least, most)} fitting, found {count}."
    if misses:
        entry, different = misses[0]
        sentence += (
            f" The nearest miss is exchange {entry.id} ({entry.method} {entry.target}): "
            + "; ".join(item.message for item in different)
            + "."
        )
    return f"{sentence} {nothing}" if nothing else sentence


def _asked(least: int, most: int | None) -> str:
    if most is None:
        return f"at least {least}"
    return f"exactly {least}" if least == most else f"{least} to {most}"


def _said(value: Any) -> str:
    if is_matcher(value):
        word, text = next(iter(value.items()))
        return f"a text that {'contains' if word == '$contains' else 'matches'} {text!r}"
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 200 else text[:200] + "…"
