"""Lists in pages: bookmarks, and the members that stand around a page's items."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from collections.abc import Sequence
from typing import Any, TypeVar

from mock_server.types import Document, Refused

PRODUCT_VERSION = "8.0"
_T = TypeVar("_T")


def bookmark(kind: str, start: int) -> str:
    """An opaque name for the page of the list `kind` that begins at `start`."""
    return urlsafe_b64encode(f"{kind}:{start}".encode()).decode().rstrip("=")


def start_of(kind: str, mark: str) -> int:
    """Where the page of a bookmark begins. Raises Refused `unknown-bookmark` for any other text."""
    try:
        text = urlsafe_b64decode(mark.encode() + b"=" * (-len(mark) % 4)).decode()
    except (Error, ValueError):
        raise Refused("unknown-bookmark") from None
    name, _, digits = text.partition(":")
    start = int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 16 else -1
    if name != kind or bookmark(kind, start) != mark:
        raise Refused("unknown-bookmark")
    return start


class Page:
    """Which part of a list is asked for."""

    __slots__ = ("kind", "size", "start")

    def __init__(self, kind: str, query: Any) -> None:
        self.kind = kind
        self.size: int = query["pageSize"]
        mark = query.get("bookmark")
        self.start: int = start_of(kind, mark) if mark else query.get("offset", 0)

    def cut(self, everything: Sequence[_T]) -> Sequence[_T]:
        """The items of the page."""
        return everything[self.start : self.start + self.size]

    def around(self, items: list[Document], total: int) -> Document:
        """The answer: the items and where they stand in the list."""
        answer: Document = {"items": items}
        if self.start + self.size < total:
            answer["nextPageBookmark"] = bookmark(self.kind, self.start + self.size)
        answer["pageNumber"] = -(-self.start // self.size) + 1
        answer["pageSize"] = self.size
        if self.start > 0:
            answer["prevPageBookmark"] = bookmark(self.kind, max(0, self.start - self.size))
        answer["productVersion"] = PRODUCT_VERSION
        answer["startIndex"] = self.start
        answer["totalListSize"] = total
        return answer
