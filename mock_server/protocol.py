"""uvicorn's HTTP protocol, with the head and the body of an answer leaving in one write instead of two.

An answer of a few hundred bytes costs the kernel as much as its head does; put together, a server answers some ten per
cent more requests a second, and a client wakes once.
"""

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

PATIENCE_S = 2.5
"""How long a server that is told to stop lets calls end; less than uvicorn's own `timeout_graceful_shutdown`."""


class _Joined:
    """A transport that gathers what is written until the event loop's next turn; everything else it passes on."""

    __slots__ = ("_call_soon", "_parts", "_transport", "_write", "get_extra_info", "is_closing")

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport = transport
        self._write = transport.write
        self._call_soon = loop.call_soon
        self._parts: list[bytes] = []
        self.is_closing = transport.is_closing
        self.get_extra_info = transport.get_extra_info

    def write(self, data: bytes) -> None:
        if not self._parts:
            self._call_soon(self._flush)
        self._parts.append(data)

    def _flush(self) -> None:
        if self._parts:
            data = b"".join(self._parts)
            self._parts.clear()
            self._write(data)

    def close(self) -> None:
        self._flush()
        self._transport.close()

    def abort(self) -> None:
        self._parts.clear()
        self._transport.abort()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)


class Protocol(HttpToolsProtocol):
    """uvicorn's protocol over a joined transport. What a stopping server still works on ends with it, in silence."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(_Joined(transport, self.loop))  # type: ignore[arg-type]

    def shutdown(self) -> None:
        super().shutdown()
        if self.tasks:
            self.loop.call_later(PATIENCE_S, self._end)

    def _end(self) -> None:
        """Cancel what is under way, before uvicorn does the same and says so as an error."""
        for task in self.tasks:
            task.cancel()
