"""The journal of a world: what was asked and what was answered, in order, bounded.

Appending is on the way of every request, so a record holds references to what was received and sent;
all formatting happens when somebody reads it.
"""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Final, NamedTuple, Self, TypeAlias

from mock_server.types import Moment
from mock_server.world.clock import read

LIMIT = 10_000
"""At most this many exchanges are kept per world."""

LIMIT_BYTES = 16 * 1024 * 1024
"""At most this many bytes of paths, headers and bodies are kept per world; the oldest exchanges go first."""

Headers: TypeAlias = Sequence[tuple[bytes, bytes]]
Violation: TypeAlias = tuple[str, str, str]
Watcher: TypeAlias = Callable[["Entry"], None]

SECRET_HEADERS = frozenset({b"authorization", b"proxy-authorization", b"cookie", b"set-cookie"})


KNOWN, LONG = 256, 4096
"""So many different headers are remembered, unless they are longer than that many bytes."""


class _Packer:
    """Headers as one value, each credential replaced; an authorization scheme stays readable. See `unpacked`.

    One value rather than a list of pairs, and the same one for a client that sends the same headers again: the
    garbage collector looks at every container that a journal keeps, and memory that is not written costs nothing.
    """

    __slots__ = ("_known", "_last")

    def __init__(self) -> None:
        self._known: dict[tuple[tuple[bytes, bytes], ...], bytes] = {}
        self._last: tuple[Headers, bytes] = ([], b"")

    def pack(self, headers: Headers) -> bytes:
        # To compare with the last call's is half of what looking them up costs.
        last, packed_ = self._last
        if headers != last:
            packed_ = self._found(tuple(headers))
            self._last = headers, packed_
        return packed_

    def _found(self, headers: tuple[tuple[bytes, bytes], ...]) -> bytes:
        found = self._known.get(headers)
        if found is None:
            lines = [name + b":" + (_hidden(value) if name in SECRET_HEADERS else value) for name, value in headers]
            found = b"\n".join(lines)
            if len(found) < LONG:
                if len(self._known) >= KNOWN:
                    self._known.clear()
                self._known[headers] = found
        return found


packed = _Packer().pack


def unpacked(headers: bytes) -> list[tuple[bytes, bytes]]:
    """The headers that `packed` put together, in their order."""
    pairs = (line.partition(b":") for line in headers.split(b"\n") if line)
    return [(name, value) for name, _, value in pairs]


def _hidden(value: bytes) -> bytes:
    scheme, space, _ = value.partition(b" ")
    return scheme + b" ***" if space and scheme.isalpha() else b"***"


Record: TypeAlias = tuple[
    Moment,
    str,
    str | None,
    str | None,
    str | None,
    str,
    str,
    bytes,
    bytes,
    int,
    Headers,
    bytes,
    float,
    tuple[Violation, ...],
    str | None,
    str | None,
    int,
]
"""What is kept of an exchange: all of `Entry` but its id. A plain tuple, because nothing costs less to make."""

SIZE: Final = -1
"""The place of the size in a record."""


def size(target: str, request_headers: bytes, request_body: bytes, response_body: bytes) -> int:
    """What an exchange counts against the bound of its journal, in bytes."""
    return len(target) + len(request_headers) + len(request_body) + len(response_body)


class Entry(NamedTuple):
    """One exchange, its request headers `packed`.

    `status` is 0 when the answer was dropped; `id` counts from 1 and is given by the journal. `duration` is in seconds,
    `size` in bytes.
    """

    id: int
    time: datetime
    api: str
    operation: str | None
    key: str | None
    basis: str | None
    method: str
    target: str
    request_headers: bytes
    request_body: bytes
    status: int
    response_headers: Headers
    response_body: bytes
    duration: float
    violations: tuple[Violation, ...]
    fault: str | None
    principal: str | None
    size: int

    @classmethod
    def of(cls, number: int, record: Record) -> Self:
        """What `record`, the exchange with that id, says."""
        return cls(number, read(record[0]), *record[1:])

    @property
    def duration_ms(self) -> float:
        """The duration in milliseconds, to the microsecond."""
        return round(self.duration * 1000, 3)


class Journal:
    """The last exchanges of a world, in memory."""

    __slots__ = ("_bytes", "_last", "_limit", "_limit_bytes", "_records", "_watchers")

    def __init__(self, limit: int = LIMIT, limit_bytes: int = LIMIT_BYTES) -> None:
        self._records: deque[Record] = deque()
        self._bytes = 0
        self._last = 0
        self._limit = limit
        self._limit_bytes = limit_bytes
        self._watchers: list[Watcher] = []

    def append(self, record: Record) -> None:
        """Keep `record`, under the next id."""
        self._last += 1
        records = self._records
        records.append(record)
        self._bytes += record[SIZE]
        if len(records) > self._limit:
            self._bytes -= records.popleft()[SIZE]
        if self._bytes > self._limit_bytes:
            self._trim()
        if self._watchers:
            entry = Entry.of(self._last, record)
            for watcher in tuple(self._watchers):
                watcher(entry)

    def _trim(self) -> None:
        records = self._records
        while self._bytes > self._limit_bytes and len(records) > 1:
            self._bytes -= records.popleft()[SIZE]

    def _first(self) -> int:
        """The id of the oldest entry that is kept."""
        return self._last - len(self._records) + 1

    @property
    def last(self) -> int:
        """The id of the newest entry there ever was, 0 before the first."""
        return self._last

    def __len__(self) -> int:
        return len(self._records)

    def __iter__(self) -> Iterator[Entry]:
        """Oldest first."""
        return (Entry.of(number, record) for number, record in enumerate(self._records, self._first()))

    def __reversed__(self) -> Iterator[Entry]:
        """Newest first."""
        return (Entry.of(self._last - place, record) for place, record in enumerate(reversed(self._records)))

    def get(self, number: int) -> Entry | None:
        """The entry with id `number`, or None when it is gone or was never there."""
        place = number - self._first()
        return Entry.of(number, self._records[place]) if 0 <= place < len(self._records) else None

    def since(self, number: int) -> list[Entry]:
        """The entries after id `number`, oldest first."""
        return list(islice(reversed(self), max(0, self._last - number)))[::-1]

    def clear(self) -> None:
        """Forget all entries; ids go on counting."""
        self._records.clear()
        self._bytes = 0

    def watch(self, watcher: Watcher) -> Callable[[], None]:
        """Call `watcher` with each new entry; what is returned ends that."""
        self._watchers.append(watcher)
        return lambda: self._watchers.remove(watcher) if watcher in self._watchers else None
