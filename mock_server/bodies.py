"""Request bodies: bytes to values, strictly, and exactly.

JSON is read so that nothing is lost or invented: whole numbers of any size stay whole, a repeated member, NaN, a
byte order mark or text that is not UTF-8 is refused rather than guessed at.
"""

import json
import re
from typing import Any
from urllib.parse import parse_qsl

DEPTH_LIMIT = 100


class Unreadable(Exception):
    """The body cannot be read. `keyword` is the contract's word for it, `reason` a short sentence without subject.

    `chosen`: RFC 8259 lets a reader take it (a repeated member, a number out of its range); that we do not is a choice.
    """

    def __init__(self, keyword: str, reason: str, *, chosen: bool = False) -> None:
        super().__init__(reason)
        self.keyword = keyword
        self.reason = reason
        self.chosen = chosen


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise Unreadable("malformed", "names a member of an object twice", chosen=True)
    return members


def _no_constant(name: str) -> Any:
    raise Unreadable("malformed", f"contains {name}, which is not JSON")


def _finite(text: str) -> float:
    number = float(text)
    if number in (float("inf"), float("-inf")):
        raise Unreadable("malformed", "contains a number out of range", chosen=True)
    return number


def _whole(text: str) -> int:
    try:
        return int(text)
    except ValueError:  # beyond the interpreter's limit of digits
        raise Unreadable("malformed", "contains a number with too many digits", chosen=True) from None


_DECODE = json.JSONDecoder(
    object_pairs_hook=_members, parse_constant=_no_constant, parse_float=_finite, parse_int=_whole
).decode
_STRINGS = re.compile(rb'"(?:[^"\\]|\\.)*"', re.DOTALL)


def read_json(body: bytes) -> Any:
    """The value that `body` holds.

    Raises Unreadable: `malformed` for what is not strict JSON in UTF-8, `depth` for more than 100 levels.
    """
    if body.count(b"{") + body.count(b"[") > DEPTH_LIMIT:
        _check_depth(body)
    try:
        return _DECODE(body.decode())
    except UnicodeDecodeError:
        raise Unreadable("malformed", "is not UTF-8") from None
    except ValueError as error:
        raise Unreadable("malformed", f"is not JSON: {error}") from None
    except RecursionError:
        raise Unreadable("depth", f"is nested deeper than {DEPTH_LIMIT} levels") from None


def _check_depth(body: bytes) -> None:
    depth = 0
    for byte in _STRINGS.sub(b"", body):
        if byte in b"{[":
            depth += 1
            if depth > DEPTH_LIMIT:
                raise Unreadable("depth", f"is nested deeper than {DEPTH_LIMIT} levels")
        elif byte in b"}]":
            depth -= 1


def read_form(body: bytes) -> dict[str, Any]:
    """The fields of an `application/x-www-form-urlencoded` body; a repeated field is refused."""
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, strict_parsing=bool(body), errors="strict")
    except ValueError:
        raise Unreadable("malformed", "is not a form") from None
    return _members(pairs)


READERS = {"application/x-www-form-urlencoded": read_form}


def reader(media_type: str) -> Any:
    """The function that reads a body of this media type (JSON and its `+json` kin, and forms)."""
    return READERS.get(media_type, read_json)
