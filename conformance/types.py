"""The records that the whole suite passes around: what is required, what was sent, what came of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

if TYPE_CHECKING:
    from conformance.context import Context

Level: TypeAlias = Literal["MUST", "SHOULD", "MAY"]
Basis: TypeAlias = Literal["documented", "public", "inferred"]
Status: TypeAlias = Literal["passed", "failed", "skipped", "inconclusive", "error"]
Sends: TypeAlias = Literal["nothing", "reads", "refused", "changes"]
"""The most that a check sends: reads only, requests that must be refused, or requests that change something."""

BASES: tuple[Basis, ...] = ("documented", "public", "inferred")


def weakest(*bases: str) -> Basis:
    """The least sure of `bases`; `documented` of none."""
    return max((b for b in BASES if b in bases), key=BASES.index, default="documented")


@dataclass(frozen=True, slots=True)
class Requirement:
    """One addressable sentence that binds a server, and the check that holds a server to it.

    `needs` are prerequisites such as `capability:NAME`, `fixture:NAME`, `role:NAME`, `success:operationId`.
    `unchecked` says why no check can exist; exactly one of `check` and `unchecked` is given.
    """

    id: str
    text: str
    level: Level = "MUST"
    basis: Basis = "documented"
    source: str = ""
    operation: str | None = None
    check: str | None = None
    data: Mapping[str, Any] = field(default_factory=dict)
    needs: tuple[str, ...] = ()
    sends: Sends = "reads"
    unchecked: str | None = None
    order: int = 50
    """Lower runs earlier; passive ones (verdicts over the answers of all others) run at the end."""


class Headers:
    """Header fields in the order received, looked up without regard to case."""

    __slots__ = ("pairs",)

    def __init__(self, pairs: list[tuple[str, str]]) -> None:
        self.pairs = pairs

    def get(self, name: str, default: str | None = None) -> str | None:
        """All values of `name`, joined by a comma as RFC 9110 allows; `default` when there is none."""
        wanted = name.lower()
        values = [value for key, value in self.pairs if key.lower() == wanted]
        return ", ".join(values) if values else default

    def __contains__(self, name: str) -> bool:
        return self.get(name) is not None

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(self.pairs)


@dataclass(frozen=True, slots=True)
class Sent:
    """A request as it went out; `target` is what follows the base URL (path and query)."""

    method: str
    url: str
    target: str
    headers: tuple[tuple[str, str], ...]
    body: bytes


@dataclass(eq=False)
class Exchange:
    """A request and the answer it got. `role` is whose credential was used, None for none."""

    sent: Sent
    status: int
    headers: Headers
    body: bytes
    elapsed: float
    operation: str | None = None
    role: str | None = None
    started: float = 0.0
    repeated: tuple[str, ...] = ()
    """What came before this answer, when the request was sent again: statuses, or `no answer`."""

    @property
    def media_type(self) -> str:
        """The answer's media type without parameters, lower case; empty when none is given."""
        return (self.headers.get("content-type") or "").split(";")[0].strip().lower()

    @cached_property
    def value(self) -> Any:
        """The body decoded as JSON (ValueError when it is none)."""
        return json.loads(self.body.decode("utf-8"))

    def json(self) -> Any:
        """The body decoded as JSON, or None when it is empty or no JSON."""
        try:
            return self.value
        except ValueError:
            return None

    @property
    def doubtful(self) -> bool:
        """A write that was sent again: it may have been carried out before, and its answer be about that."""
        return bool(self.repeated) and self.sent.method not in ("GET", "HEAD", "OPTIONS")

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300


@dataclass(frozen=True, slots=True)
class Failure:
    """The server is wrong: what was expected, what came, and the shortest exchanges that show it.

    Failures with the same `cause` are one defect, seen from several requirements.
    """

    message: str
    expected: str
    actual: str
    exchanges: tuple[Exchange, ...] = ()
    cause: str = ""


@dataclass(slots=True)
class Outcome:
    """What came of one requirement."""

    requirement: Requirement
    status: Status
    reason: str | None = None
    cases: int = 0
    failures: list[Failure] = field(default_factory=list)


Check: TypeAlias = "Callable[[Context, Requirement], None]"
"""A check's docstring is its specification. It reports through the context and returns nothing."""
