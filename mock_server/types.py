"""The callable shapes and records of the double, named once.

Vendor behaviour sees only what is here: a world to read and write, a request already validated
against the contract, and the reply or refusal that it answers with. Nothing here knows HTTP.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol, TypeAlias

Document: TypeAlias = dict[str, Any]
"""A JSON object as Python values; never changed in place once stored."""

Moment: TypeAlias = datetime | float
"""A world's time; in seconds since 1970 where nobody has asked for it yet (see `mock_server.world.clock.read`)."""


class World(Protocol):
    """What behaviour may do to one API's part of a world, within one request.

    Collections are named by the API itself (`"devices"`, `"transactions"`, …). Writes become visible
    to later reads of the same request at once and are kept only when the request ends in a reply.
    """

    @property
    def seed(self) -> int:
        """The number from which everything random in this world follows."""

    @property
    def now(self) -> datetime:
        """The world's time, UTC and aware, the same throughout one request."""

    @property
    def moment(self) -> Moment:
        """`now`, as the journal keeps it."""

    @property
    def origin(self) -> datetime:
        """The world's time at its beginning, at the start of that day (UTC)."""

    def get(self, collection: str, key: str) -> Document | None:
        """The document stored under `key`, or None."""

    def put(self, collection: str, key: str, document: Document) -> None:
        """Store `document` under `key`; a new key comes last in the collection's order."""

    def delete(self, collection: str, key: str) -> None:
        """Remove what is under `key`; nothing happens when nothing is there."""

    def keys(self, collection: str) -> Iterator[str]:
        """All keys: the population in its order, then the added ones in the order of adding."""

    def items(self, collection: str) -> Iterator[tuple[str, Document]]:
        """All keys with their documents, in the order of `keys`."""

    def written(self, collection: str) -> Iterator[tuple[str, Document]]:
        """The keys and documents that were written, in the order of `keys`: what no untouched population explains.

        For a search that finds untouched documents by the population's own inverse functions, without a scan.
        """

    def count(self, collection: str) -> int:
        """How many documents the collection holds, without reading them."""

    def number(self, sequence: str) -> int:
        """The next whole number, from 1, of a named sequence of this API in this world."""

    def uuid(self, sequence: str) -> str:
        """A new UUID (version 4 in form), a function of the seed and the next number of `sequence`."""


@dataclass(frozen=True, slots=True)
class Principal:
    """Who calls: a role of the contract's `x-credentials`, a user name, and what else the API knows."""

    role: str
    name: str
    attributes: Mapping[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Request:
    """One call, routed, authenticated and valid by the contract.

    `path` and `query` hold decoded values typed by their schemas (integers as int, booleans as bool),
    with the defaults of absent query parameters filled in. `body` is the decoded JSON, or None.
    `base_url` is the absolute URL that stands for the contract's server URL, without a final slash.
    `raw_query` holds the query as sent: name to its values, in order. `found` is what the operation's guard has
    found, None without a guard.
    """

    operation: str
    path: Mapping[str, Any]
    query: Mapping[str, Any]
    headers: Mapping[str, str]
    body: Any
    principal: Principal | None
    base_url: str
    raw_query: Mapping[str, list[str]]
    found: Any = None


@dataclass(slots=True)
class Reply:
    """A successful answer: a declared status, a JSON-like body (None for none) and extra headers.

    `media_type` overrides negotiation, with `body` then being bytes.
    """

    status: int
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    media_type: str | None = None


class Refused(Exception):
    """Behaviour says no. `when` is a condition of the operation's `x-refusals`.

    `details` fill the placeholders of the catalogue entry's message and body. `error` names a catalogue
    entry directly, for the rare rule whose condition alone does not decide it (a lifecycle edge).
    """

    def __init__(self, when: str, *, error: str | None = None, **details: Any) -> None:
        super().__init__(when)
        self.when = when
        self.error = error
        self.details = details


Handler: TypeAlias = Callable[[World, Request], Reply]
Guard: TypeAlias = Callable[[World, Request], Any]


@dataclass(frozen=True, slots=True)
class Behaviour:
    """What an operation does. `guard` runs after authentication and the path parameters, before the body is
    looked at, and raises Refused for what `x-refusals` lists before `violation` (its request has body None); what it
    returns is the request's `found` when `handle` is called.
    """

    handle: Handler
    guard: Guard | None = None


class Population(Protocol):
    """The documents of a collection that exist without having been written: a function of seed and index."""

    def __len__(self) -> int: ...

    def key(self, index: int) -> str:
        """The key of document `index` (0 ≤ index < len)."""

    def index(self, key: str) -> int | None:
        """The index whose key is `key`, or None: the inverse of `key`, without a search."""

    def document(self, index: int) -> Document:
        """Document `index`: the same on every call."""


PopulationMaker: TypeAlias = Callable[[int, int, datetime], Mapping[str, Population]]
"""(seed, devices, origin) to the population of each collection that has one. Only what must have happened lately is
counted from `origin`: all the rest is the same on every day."""


@dataclass(frozen=True, slots=True)
class Example:
    """A ready-to-paste call for the index page, the README and the start-up message.

    `curl` is what follows `curl `, with `{base}` for the API's base URL, e.g.
    `-H 'Authorization: Bearer fleet-read-key' {base}/devices/42`.
    """

    title: str
    curl: str


@dataclass(frozen=True, slots=True)
class Shown:
    """How documents of a collection are seen from outside: the operation, and the body it would answer with.

    `body(world, key, document)` is for a document stored under `key`. It is what a planted document is held to. `id` is
    the member that says what the key is. The documents of a collection `KIND:MORE` are seen like those of `KIND`.
    """

    collection: str
    operation: str
    body: Callable[[World, str, Document], Any]
    id: str | None = None


@dataclass(frozen=True, slots=True)
class Api:
    """Everything the double needs to know of one API beside its contract: the one table of `apis/<api>/`.

    `base_path` is where the contract's server URL answers on the mock. `credentials` maps the credential as sent
    (the bearer token, or `user:password`) to who that is; `authenticate` looks further, in the world, for one that
    is not in the table. `translate(name, message, raw_query)` gives an error message in the caller's language.
    `objects` are the fixed objects by name, for the index page; `target` is the ready target file's content for
    `devicedouble check` as plain tables (credentials, fixtures, limits, capabilities). `subjects` are the path
    parameters that name what a call is about, the closest first. `shows` says how stored documents
    are seen, by every operation that shows some; a collection that is not there is shown by nothing.
    """

    id: str
    base_path: str
    behaviours: Mapping[str, Behaviour]
    credentials: Mapping[str, Principal]
    populations: PopulationMaker
    objects: Mapping[str, str]
    examples: tuple[Example, ...]
    target: Mapping[str, Any]
    authenticate: Callable[[World, str], Principal | None] | None = None
    settle: Callable[[World], None] | None = None
    translate: Callable[[str, str, Mapping[str, list[str]]], str] | None = None
    subjects: tuple[str, ...] = ()
    shows: tuple[Shown, ...] = ()
