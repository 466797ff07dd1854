"""The journal of a world: what was asked and what was answered, in order, bounded.

Appending is on the way of every request, so an entry holds references to what was received and sent;
all formatting happens when somebody reads it.
"""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import TypeAlias

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

_known: dict[tuple[tuple[bytes, bytes], ...], bytes] = {}


def packed(headers: Headers) -> bytes:
    """Headers as one value, each credential replaced; an authorization scheme stays readable. See `unpacked`.

    One value rather than a list of pairs, and the same one for a client that sends the same headers again: the
    garbage collector looks at every container that a journal keeps, and memory that is not written costs nothing.
    """
    sent = tuple(headers)
    found = _known.get(sent)
    if found is None:
        lines = [name + b":" + (_hidden(value) if name in SECRET_HEADERS else value) for name, value in headers]
        found = b"\n".join(lines)
        if len(found) < LONG:
            if len(_known) >= KNOWN:
                _known.clear()
            _known[sent] = found
    return found


def unpacked(headers: bytes) -> list[tuple[bytes, bytes]]:
    """The headers that `packed` put together, in their order."""
    pairs = (line.partition(b":") for line in headers.split(b"\n") if line)
    return [(name, value) for name, _, value in pairs]


def _hidden(value: bytes) -> bytes:
    scheme, space, _ = value.partition(b" ")
    return scheme + b" ***" if space and scheme.isalpha() else b"***"


class Entry:
    """One exchange, its request headers `packed`.

    `status` is 0 when the answer was dropped; `id` counts from 1 and is given by the journal. `size` is in bytes.
    """

    __slots__ = (
        "api",
        "basis",
        "duration_us",
        "fault",
        "id",
        "key",
        "method",
        "operation",
        "principal",
        "request_body",
        "request_headers",
        "response_body",
        "response_headers",
        "size",
        "status",
        "target",
        "time",
        "violations",
    )

    def __init__(
        self,
        time: datetime,
        api: str,
        operation: str | None,
        key: str | None,
        basis: str | None,
        method: str,
        target: str,
        request_headers: bytes,
        request_body: bytes,
        status: int,
        response_headers: Headers,
        response_body: bytes,
        duration_us: int,
        violations: tuple[Violation, ...] = (),
        fault: str | None = None,
        principal: str | None = None,
    ) -> None:
        self.time = time
        self.api = api
        self.operation = operation
        self.key = key
        self.basis = basis
        self.method = method
        self.target = target
        self.request_headers = request_headers
        self.request_body = request_body
        self.status = status
        self.response_headers = response_headers
        self.response_body = response_body
        self.duration_us = duration_us
        self.violations = violations
        self.fault = fault
        self.principal = principal
        self.id = 0
        self.size = len(target) + len(request_headers) + len(request_body) + len(response_body)


class Journal:
    """The last exchanges of a world, in memory."""

    __slots__ = ("_bytes", "_entries", "_last", "_limit", "_limit_bytes", "_watchers")

    def __init__(self, limit: int = LIMIT, limit_bytes: int = LIMIT_BYTES) -> None:
        self._entries: deque[Entry] = deque()
        self._bytes = 0
        self._last = 0
        self._limit = limit
        self._limit_bytes = limit_bytes
        self._watchers: list[Watcher] = []

    def append(self, entry: Entry) -> None:
        """Keep `entry`, under the next id."""
        self._last = entry.id = self._last + 1
        entries = self._entries
        entries.append(entry)
        self._bytes += entry.size
        if len(entries) > self._limit:
            self._bytes -= entries.popleft().size
        if self._bytes > self._limit_bytes:
            self._trim()
        if self._watchers:
            for watcher in tuple(self._watchers):
                watcher(entry)

    def _trim(self) -> None:
        entries = self._entries
        while self._bytes > self._limit_bytes and len(entries) > 1:
            self._bytes -= entries.popleft().size

    @property
    def last(self) -> int:
        """The id of the newest entry there ever was, 0 before the first."""
        return self._last

    def __len__(self) -> int:
        return len(self._entries)

    def __iter__(self) -> Iterator[Entry]:
        """Oldest first."""
        return iter(self._entries)

    def __reversed__(self) -> Iterator[Entry]:
        """Newest first."""
        return reversed(self._entries)

    def get(self, number: int) -> Entry | None:
        """The entry with id `number`, or None when it is gone or was never there."""
        entries = self._entries
        place = number - (self._last - len(entries)) - 1
        return entries[place] if 0 <= place < len(entries) else None

    def since(self, number: int) -> list[Entry]:
        """The entries after id `number`, oldest first."""
        fresh = min(self._last - number, len(self._entries))
        return list(islice(self._entries, len(self._entries) - fresh, None)) if fresh > 0 else []

    def clear(self) -> None:
        """Forget all entries; ids go on counting."""
        self._entries.clear()
        self._bytes = 0

    def watch(self, watcher: Watcher) -> Callable[[], None]:
        """Call `watcher` with each new entry; what is returned ends that."""
        self._watchers.append(watcher)
        return lambda: self._watchers.remove(watcher) if watcher in self._watchers else None
