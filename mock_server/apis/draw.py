"""Made-up documents: cheap choices for them, one hash each, and the moment that their dates are counted from."""

from collections.abc import Sequence
from datetime import UTC, datetime
from hashlib import blake2b
from typing import TypeVar

ANCHOR = datetime(2026, 7, 1, tzinfo=UTC)
"""The "today" of the default documents, on whatever day a world begins: so their dates follow from the seed alone."""
_T = TypeVar("_T")


class Draw:
    """Choices from one hash of `(salt, seed, number)`: each takes its share of 512 random bits."""

    __slots__ = ("_rest",)

    def __init__(self, salt: str, seed: int, number: int) -> None:
        self._rest = int.from_bytes(blake2b(f"{salt}/{seed}/{number}".encode()).digest(), "big")

    def below(self, limit: int) -> int:
        """A whole number from 0 up to, not including, `limit`."""
        self._rest, number = divmod(self._rest, limit)
        return number

    def percent(self, share: int) -> bool:
        """True in `share` of a hundred cases."""
        return self.below(100) < share

    def of(self, choices: Sequence[_T]) -> _T:
        """One of `choices`."""
        return choices[self.below(len(choices))]
