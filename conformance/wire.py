"""HTTP/1.1 over a kept-alive socket, one connection an instance: bytes out, bytes in, nothing clever.

A small client of our own because the suite must send what polite libraries refuse to send (malformed
percent-encoding, repeated header fields), and because it is several times faster than they are. No redirects,
no cookies, no retries except on a kept-alive connection that the server had already closed.
"""

from __future__ import annotations

import gzip
import select
import socket
import ssl
import time
import zlib
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

from conformance.errors import BrokenOff, Unavailable

MOST_BYTES = 64 * 1024 * 1024
SAFE_TO_REPEAT = frozenset(("GET", "HEAD", "OPTIONS", "PUT", "DELETE"))


class _Closed(Exception):
    """The peer closed the connection before the first byte of an answer."""


@dataclass(frozen=True, slots=True)
class RawRequest:
    """What goes out: `target` is the origin-form path and query, already percent-encoded."""

    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class RawAnswer:
    """What came back, content codings undone."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def header(self, name: str) -> str | None:
        return next((value for key, value in self.headers if key.lower() == name), None)


class Wire:
    """One connection to one server. Not for use by two threads at once."""

    def __init__(self, base_url: str, timeout: float = 30.0) -> None:
        parts = urlsplit(base_url)
        self.scheme = parts.scheme
        self.host = parts.hostname or ""
        self.port = parts.port or (443 if parts.scheme == "https" else 80)
        default_port = (parts.scheme, self.port) in (("http", 80), ("https", 443))
        name = f"[{self.host}]" if ":" in self.host else self.host
        self.authority = name if default_port else f"{name}:{self.port}"
        self.timeout = timeout
        self._socket: socket.socket | None = None
        self._buffer = bytearray()
        self._used = 0.0

    def close(self) -> None:
        if self._socket is not None:
            self._socket.close()
        self._socket = None
        self._buffer.clear()

    def send(self, request: RawRequest) -> RawAnswer:
        """Send and wait for the whole answer.

        Raises:
            Unavailable: no connection, no TLS, no answer in time, or an answer that is not HTTP.
        """
        reused = self._socket is not None and self._alive()
        if not reused:
            self._connect()
        try:
            return self._exchange(request)
        except _Closed:
            if not reused or request.method not in SAFE_TO_REPEAT:
                raise BrokenOff(f"{self.authority} closed the connection without an answer.") from None
        self._connect()
        try:
            return self._exchange(request)
        except _Closed:
            raise BrokenOff(f"{self.authority} closed the connection without an answer.") from None

    def _alive(self) -> bool:
        """False when the server has closed a connection that lay idle."""
        assert self._socket is not None
        if time.monotonic() - self._used < 0.5:
            return True
        if not hasattr(select, "poll"):
            return not select.select([self._socket], [], [], 0)[0]
        poll = select.poll()
        poll.register(self._socket, select.POLLIN)
        return not poll.poll(0)

    def _connect(self) -> None:
        self.close()
        try:
            plain = socket.create_connection((self.host, self.port), timeout=self.timeout)
            plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._socket = self._secure(plain) if self.scheme == "https" else plain
        except ssl.SSLCertVerificationError as error:
            raise Unavailable(
                f"The certificate of {self.authority} cannot be trusted: {error.verify_message}."
            ) from None
        except ssl.SSLError as error:
            reason = (error.reason or str(error)).replace("_", " ").lower()
            raise Unavailable(f"{self.authority} does not speak TLS as expected: {reason}.") from None
        except socket.gaierror:
            raise Unavailable(f"There is no host named {self.host}; check base_url.") from None
        except TimeoutError:
            raise Unavailable(f"{self.authority} did not accept a connection in {self.timeout:g} s.") from None
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            raise Unavailable(f"{self.authority} cannot be reached: {reason}.") from None

    def _secure(self, plain: socket.socket) -> socket.socket:
        try:
            return ssl.create_default_context().wrap_socket(plain, server_hostname=self.host)
        except BaseException:
            plain.close()
            raise

    def _exchange(self, request: RawRequest) -> RawAnswer:
        assert self._socket is not None
        lines = [f"{request.method} {request.target} HTTP/1.1", f"Host: {self.authority}"]
        lines += [f"{name}: {value}" for name, value in request.headers]
        if request.body or request.method in ("POST", "PUT", "PATCH"):
            lines.append(f"Content-Length: {len(request.body)}")
        head = "\r\n".join(lines).encode("latin-1", "replace") + b"\r\n\r\n"
        deadline = time.monotonic() + self.timeout
        try:
            # A server may refuse a body before reading all of it; its answer may already be here.
            with suppress(BrokenPipeError, ConnectionResetError):
                self._socket.sendall(head + request.body)
            answer, keep = self._read_answer(request.method, deadline)
        except TimeoutError:
            self.close()
            raise Unavailable(f"{self.authority} did not answer in {self.timeout:g} s.") from None
        except ConnectionError:
            self.close()
            raise BrokenOff(f"{self.authority} broke off the connection.") from None
        except BaseException:
            self.close()  # Ctrl-C, too: the answer that is on its way belongs to no request after this one.
            raise
        self._used = time.monotonic()
        if not keep:
            self.close()
        return answer

    def _read_answer(self, method: str, deadline: float) -> tuple[RawAnswer, bool]:
        while True:
            status, version, headers = self._read_head(deadline)
            if status >= 200 or status == 101:
                break
        fields = {name.lower(): value for name, value in headers}
        keep = version == "1.1" and "close" not in fields.get("connection", "").lower()
        body, ended = self._read_body(method, status, fields, deadline)
        return RawAnswer(status, tuple(headers), _decoded(body, fields)), keep and not ended

    def _read_head(self, deadline: float) -> tuple[int, str, list[tuple[str, str]]]:
        end = self._buffer.find(b"\r\n\r\n")
        while end < 0:
            if len(self._buffer) > 256 * 1024:
                raise BrokenOff(f"{self.authority} sent header fields without end.")
            start = max(0, len(self._buffer) - 3)
            if not self._receive(deadline):
                if not self._buffer:
                    raise _Closed
                raise BrokenOff(f"{self.authority} closed the connection in the middle of an answer.")
            end = self._buffer.find(b"\r\n\r\n", start)
        lines = self._buffer[:end].decode("latin-1").split("\r\n")
        del self._buffer[: end + 4]
        first = lines[0].split(" ", 2)
        if len(first) < 2 or not first[0].startswith("HTTP/1.") or not first[1].isdigit():
            raise BrokenOff(f"{self.authority} does not speak HTTP/1.1.")
        headers = []
        for line in lines[1:]:
            name, _, value = line.partition(":")
            headers.append((name.strip(), value.strip()))
        return int(first[1]), first[0][5:], headers

    def _read_body(self, method: str, status: int, fields: dict[str, str], deadline: float) -> tuple[bytes, bool]:
        """The body as sent, and whether its end was the end of the connection."""
        if method == "HEAD" or status in (204, 304):
            return b"", False
        if "chunked" in fields.get("transfer-encoding", "").lower():
            return self._read_chunks(deadline), False
        length = fields.get("content-length", "")
        if length.isdigit():
            return self._take(int(length), deadline), False
        while self._receive(deadline):
            pass
        body = bytes(self._buffer)
        self._buffer.clear()
        return body, True

    def _read_chunks(self, deadline: float) -> bytes:
        body = bytearray()
        while True:
            size_text = self._line(deadline).split(b";")[0].strip()
            try:
                size = int(size_text, 16)
            except ValueError:
                raise BrokenOff(f"{self.authority} sent a broken chunked body.") from None
            if size == 0:
                while self._line(deadline):
                    pass
                return bytes(body)
            body += self._take(size, deadline)
            self._line(deadline)

    def _line(self, deadline: float) -> bytes:
        while (end := self._buffer.find(b"\r\n")) < 0:
            self._more(deadline)
        line = bytes(self._buffer[:end])
        del self._buffer[: end + 2]
        return line

    def _take(self, size: int, deadline: float) -> bytes:
        while len(self._buffer) < size:
            self._more(deadline)
        taken = bytes(self._buffer[:size])
        del self._buffer[:size]
        return taken

    def _more(self, deadline: float) -> None:
        if not self._receive(deadline):
            raise BrokenOff(f"{self.authority} closed the connection in the middle of an answer.")

    def _receive(self, deadline: float) -> bool:
        """Wait for more bytes; False at the end of the connection."""
        assert self._socket is not None
        left = deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        if left < self.timeout - 1:
            self._socket.settimeout(left)
        data = self._socket.recv(65536)
        if left < self.timeout - 1:
            self._socket.settimeout(self.timeout)
        self._buffer += data
        if len(self._buffer) > MOST_BYTES:
            raise Unavailable(f"{self.authority} sent an answer of more than {MOST_BYTES >> 20} MiB.")
        return bool(data)


def _decoded(body: bytes, fields: dict[str, str]) -> bytes:
    """Undo a content coding that was applied although none was asked for."""
    coding = fields.get("content-encoding", "identity").strip().lower()
    try:
        if coding in ("gzip", "x-gzip"):
            return gzip.decompress(body)
        if coding == "deflate":
            return zlib.decompress(body)
    except (OSError, EOFError, zlib.error):
        raise BrokenOff(f"The server sent a broken {coding} body.") from None
    return body
