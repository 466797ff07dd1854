"""A load generator that costs little: raw HTTP/1.1 over kept-alive connections, on a core of its own."""

import asyncio
import re
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

_LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)
_CHUNKED = re.compile(rb"transfer-encoding: *chunked", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Load:
    """What came of one round: requests a second, latency percentiles in milliseconds, answers by status."""

    rate: float
    p50_ms: float
    p99_ms: float
    statuses: dict[int, int]


@dataclass(slots=True)
class _Tally:
    latencies: list[float] = field(default_factory=list)
    statuses: dict[int, int] = field(default_factory=dict)


class _Connection(asyncio.Protocol):
    """One connection that sends its request again whenever the answer is whole."""

    def __init__(self, request: bytes, tally: _Tally, until: float, done: asyncio.Future[None]) -> None:
        self._request = request
        self._tally = tally
        self._until = until
        self._done = done
        self._buffer = b""
        self._sent = 0.0
        self._transport: asyncio.WriteTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.WriteTransport) or hasattr(transport, "write")
        self._transport = transport  # type: ignore[assignment]
        self._send()

    def _send(self) -> None:
        assert self._transport is not None
        self._sent = time.perf_counter()
        self._transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head_end = self._buffer.find(b"\r\n\r\n")
        if head_end < 0:
            return
        size = _whole(self._buffer, head_end)
        if size is None or len(self._buffer) < size:
            return
        now = time.perf_counter()
        status = int(self._buffer[9:12])
        self._tally.latencies.append(now - self._sent)
        self._tally.statuses[status] = self._tally.statuses.get(status, 0) + 1
        self._buffer = self._buffer[size:]
        if now < self._until:
            self._send()
        else:
            self._finish()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self._done.done():
            self._done.set_exception(ConnectionError(f"the server closed a connection: {exc}"))

    def _finish(self) -> None:
        if not self._done.done():
            self._done.set_result(None)
        if self._transport is not None:
            self._transport.close()


def _whole(buffer: bytes, head_end: int) -> int | None:
    """How many bytes the first answer in the buffer has, or None when its end has not come yet."""
    found = _LENGTH.search(buffer, 0, head_end)
    if found:
        return head_end + 4 + int(found[1])
    if _CHUNKED.search(buffer, 0, head_end):
        end = buffer.find(b"0\r\n\r\n", head_end + 4)
        return None if end < 0 else end + 5
    return head_end + 4


def request(method: str, path: str, headers: dict[str, str] | None = None, body: bytes = b"") -> bytes:
    """A request as bytes, ready to be sent again and again."""
    lines = [
        f"{method} {path} HTTP/1.1",
        "Host: 127.0.0.1",
        *(f"{k}: {v}" for k, v in (headers or {}).items()),
    ]
    if body or method not in {"GET", "DELETE"}:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


async def _round(port: int, messages: Sequence[bytes], seconds: float, connections: int) -> Load:
    loop = asyncio.get_running_loop()
    tally = _Tally()
    began = time.perf_counter()
    waits: list[asyncio.Future[None]] = []
    for number in range(connections):
        message = messages[number % len(messages)]
        done: asyncio.Future[None] = loop.create_future()
        waits.append(done)
        await loop.create_connection(
            lambda done=done, message=message: _Connection(message, tally, began + seconds, done),  # type: ignore[misc]
            "127.0.0.1",
            port,
        )
    await asyncio.wait_for(asyncio.gather(*waits), seconds + 30)
    elapsed = time.perf_counter() - began
    ordered = sorted(tally.latencies)
    return Load(
        rate=len(ordered) / elapsed,
        p50_ms=statistics.median(ordered) * 1000,
        p99_ms=ordered[int(len(ordered) * 0.99)] * 1000,
        statuses=tally.statuses,
    )


def load(port: int, message: bytes | Sequence[bytes], seconds: float = 2.0, connections: int = 32) -> Load:
    """Send `message` over and over on so many connections for so long; of several, each connection sends one."""
    import uvloop

    messages = [message] if isinstance(message, bytes) else message
    return uvloop.run(_round(port, messages, seconds, connections))
