"""What an API says about itself to the suite: the one table that each folder of `conformance/apis/` exports.

Only what the contract cannot say stands here: which object on a server plays which part, what needs whose
permission, and how lists are paged. Everything has a default, so that a contract without a table is checked too.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from conformance.types import Check, Exchange

if TYPE_CHECKING:
    from conformance.context import Context

SchemeKind = Literal["token", "basic"]


@dataclass(frozen=True, slots=True)
class Role:
    """A role name of the contract's `x-credentials` and what a credential of it is made of."""

    name: str
    kind: SchemeKind
    text: str = ""


@dataclass(frozen=True, slots=True)
class Fixture:
    """A value of the target's `[fixtures]`: an object or name on the server that the suite may use.

    `kind` is `str`, `int` or `list` (a list of strings). An optional one is found through lists when missing.
    """

    name: str
    text: str
    kind: type = str
    optional: bool = False
    example: Any = None


@dataclass(frozen=True, slots=True)
class Capability:
    """Something that the suite may do on this server, and whether it may unless the target says otherwise."""

    name: str
    default: bool
    text: str


@dataclass(frozen=True, slots=True)
class Resource:
    """An object that one operation writes and another reads back.

    `write` takes an object of members (partial update) unless `changes` builds the body from
    `(context, {member: value}, document before)`. `read` is found through the contract's links when None.
    `other` are bindings (path parameter → fixture) of a second object, which must never be touched.
    `volatile` are pointers into the read-back answer that may move by themselves; `coupled` maps a written
    member to pointers that rightly move with it. `members` gives the schema of what can be written where
    that is not the write's own body. `read_back(context, path, role)` replaces the read. `answer` is the pointer in the
    write's own answer at which the same document stands as in the read-back (None: it shows no document).
    """

    name: str
    write: str
    read: str | None = None
    other: Mapping[str, str] = field(default_factory=dict)
    volatile: tuple[str, ...] = ()
    coupled: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    members: Callable[[Context], dict[str, Any]] | None = None
    changes: Callable[[Context, Mapping[str, Any], Any], Any] | None = None
    read_back: Callable[[Context, Mapping[str, str], str | None], Any] | None = None
    restore: Callable[[Context, Mapping[str, str], Any], list[str]] | None = None
    answer: str | None = ""
    shown: Callable[[Context], Mapping[str, Any]] | None = None
    """The schema of what `read_back` gives, where that is not an answer of the contract as it is."""
    watched: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Plain reads of the same object → the places in their answers that a write which does not name them leaves alone:
    looked at before and after the first write of a run, which may do for good what later ones only find done."""
    guarded: frozenset[str] = frozenset()
    """Members that generic checks keep apart, but whose change must not be felt by other objects, where it is taken."""
    root: str = ""
    """With `read_back`: the part of the contract's read-back pointers that leads to what it returns."""


Paging = Literal["offset", "page", "bookmark", "next"]


@dataclass(frozen=True, slots=True)
class Filter:
    """A query parameter that narrows a list: every item shown has it at `member`, none that has it is missing.

    `match`: `equals`, `contains` (text, without regard to case), or `since` (the item's time is not earlier).
    """

    parameter: str
    member: str
    match: Literal["equals", "contains", "since"] = "equals"


@dataclass(frozen=True, slots=True)
class Listing:
    """An operation that answers with a list: where its items stand, what names one, and how it is paged.

    `paging`: `offset` (`size`/`position` parameters), `page` (a page number from 1), `bookmark` (an opaque value
    at pointer `following`), `next` (a URL at pointer `following`). `last` points at a boolean true on the last page,
    `total` at the number of all items. `single` is the operation reading one item, `parameter` the path parameter that
    takes the item's key; `single_at` the pointer of the item in its answer.
    `volatile` are pointers into an item that may move by themselves.
    """

    operation: str
    items: str = ""
    key: str = "/id"
    paging: Paging | None = None
    size: str = "limit"
    position: str = "offset"
    following: str | None = None
    last: str | None = None
    total: str | None = None
    single: str | None = None
    parameter: str | None = None
    single_at: str = ""
    query: Mapping[str, str] = field(default_factory=dict)
    filters: tuple[Filter, ...] = ()
    volatile: tuple[str, ...] = ()
    page_size: int = 3
    most: int = 10
    """How many pages are read at most with small pages, so that a large real list is not read whole."""


@dataclass(frozen=True, slots=True)
class Transactions:
    """Work that an operation does later when asked to: how to ask, and how to look how far it is."""

    operations: tuple[str, ...]
    asks: Mapping[str, str]
    """Query parameters that ask for it."""
    id: str
    """Pointer to the transaction's id in the answer of the operation."""
    read: str
    parameter: str
    state: str
    """Pointer to the state in the answer of `read`."""
    initial: str
    """Pointer to the state in the answer of the operation."""
    follows: Mapping[str, tuple[str, ...]]
    """State → the states that can come later."""
    final: tuple[str, ...]
    succeeded: str


@dataclass(frozen=True, slots=True)
class Api:
    """All that the suite needs to know of one API beside its contract."""

    id: str
    roles: tuple[Role, ...] = ()
    fixtures: tuple[Fixture, ...] = ()
    capabilities: tuple[Capability, ...] = (Capability("robustness", True, "hostile but harmless requests"),)
    bindings: Mapping[str, str] = field(default_factory=dict)
    """Path parameter → fixture, or `=literal`; `operationId:parameter` is more exact."""
    conditions: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """A word of `x-refusals` → the bindings that bring it about; `operationId:word` is more exact."""
    values: Mapping[str, str] = field(default_factory=dict)
    """Request member or query parameter → the fixture that holds valid values of it, or `=literal`."""
    required_query: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """operationId → query parameters without which no call of it is valid, each → fixture or `=literal`."""
    needs: Mapping[str, str] = field(default_factory=dict)
    """operationId, `property:NAME`, or `NAME=VALUE` of a status → the need (`capability:…`) for writing it."""
    apart: frozenset[str] = frozenset()
    """Members that generic valid bodies never hold, because other conditions than their schema decide."""
    bodies: Mapping[str, Callable[[Context], Any]] = field(default_factory=dict)
    """operationId → a valid body; otherwise the smallest that the schema allows."""
    resources: tuple[Resource, ...] = ()
    lists: tuple[Listing, ...] = ()
    transactions: Transactions | None = None
    json_patch: str | None = None
    """The operation that takes an RFC 6902 document, if one does."""
    disposables: Mapping[str, Callable[[Context], Mapping[str, str]]] = field(default_factory=dict)
    """operationId of a deletion → makes an object that may be deleted, and gives the path parameters that name it."""
    after: Mapping[str, Callable[[Context, Exchange], None]] = field(default_factory=dict)
    """operationId of a creation → takes away what a successful call of it has made, where that is possible."""
    finders: Mapping[str, Callable[[Context], Any]] = field(default_factory=dict)
    """Optional fixture → finds a value on the server; raises Skip when there is none."""
    checks: Mapping[str, Check] = field(default_factory=dict)
    sensitive: tuple[str, ...] = ()
    """Members whose values are redacted in every output, beside credentials."""

    def role(self, name: str) -> Role | None:
        return next((role for role in self.roles if role.name == name), None)

    def fixture(self, name: str) -> Fixture | None:
        return next((fixture for fixture in self.fixtures if fixture.name == name), None)

    def capability(self, name: str) -> Capability | None:
        return next((known for known in self.capabilities if known.name == name), None)
