"""The only place that sends: paces, waits out 429, gives up in time, and keeps secrets out of what is shown."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Protocol

from conformance.errors import Unavailable
from conformance.target import Target
from conformance.types import Exchange, Headers, Sent
from conformance.wire import SAFE_TO_REPEAT, RawAnswer, RawRequest, Wire

LONGEST_WAIT = 120.0
PAUSES = (0.1, 0.4, 1.0)
MOST_PATIENCE = 5.0
"""How many seconds a request that puts something back may have taken and still be repeated."""
GATEWAY_TROUBLE = frozenset((502, 503, 504))


class Transport(Protocol):
    """Takes a request to the server and brings the answer: a `Wire`, or a planted fault in front of one."""

    def send(self, request: RawRequest) -> RawAnswer: ...

    def close(self) -> None: ...


TransportMaker = Callable[[str, float], Transport]


class Pace:
    """Hands out moments to send at, so that all threads together keep to one rate."""

    def __init__(self, per_second: float | None) -> None:
        self._gap = 1.0 / per_second if per_second else 0.0
        self._next = 0.0
        self._lock = threading.Lock()

    def wait(self) -> None:
        if not self._gap:
            return
        with self._lock:
            now = time.monotonic()
            moment = max(self._next, now)
            self._next = moment + self._gap
        time.sleep(max(0.0, moment - now))


class Client:
    """Sends to one target, from any thread. `observe` is called with every exchange."""

    def __init__(self, target: Target, timeout: float = 30.0, transport: TransportMaker = Wire) -> None:
        self.target = target
        self.timeout = timeout
        self.requests = 0
        self.observe: Callable[[Exchange], None] | None = None
        self._make = transport
        self._pace = Pace(target.requests_per_second)
        self._local = threading.local()
        self._all: list[Transport] = []
        self._lock = threading.Lock()
        self._base_path = target.base_path

    def send(
        self,
        method: str,
        target: str,
        headers: tuple[tuple[str, str], ...] = (),
        body: bytes = b"",
        *,
        operation: str | None = None,
        role: str | None = None,
    ) -> Exchange:
        """Send `target` (path and query below the base URL) and return the answer, whatever its status.

        Raises:
            Unavailable: no answer, or 429 or a gateway's trouble that does not pass.
        """
        request = RawRequest(method, (self._base_path + target) or "/", headers, body)
        started = time.time()
        begin = time.perf_counter()
        answer = self._patiently(request)
        elapsed = time.perf_counter() - begin
        sent = Sent(method, self.target.base_url + target, target, headers, body)
        exchange = Exchange(
            sent, answer.status, Headers(list(answer.headers)), answer.body, elapsed, operation, role, started
        )
        if self.observe is not None:
            self.observe(exchange)
        return exchange

    def close(self) -> None:
        for transport in self._all:
            transport.close()

    def _patiently(self, request: RawRequest) -> RawAnswer:
        waited, pause, troubles = 0.0, 0.5, 0
        while True:
            self._pace.wait()
            answer = self._transport().send(request)
            self.requests += 1
            if answer.status == 429:
                delay = retry_after(answer.header("retry-after"))
                delay = pause if delay is None else delay
                pause = min(pause * 2, 30.0)
                waited += delay
                if waited > LONGEST_WAIT:
                    raise Unavailable("The server keeps answering 429; set limits.requests_per_second lower.")
                time.sleep(delay)
            elif answer.status in GATEWAY_TROUBLE:
                troubles += 1
                if troubles > 2 or request.method not in SAFE_TO_REPEAT:
                    raise Unavailable(
                        f"{request.method} {request.target} was answered {answer.status}: the server is not available."
                    )
                time.sleep(0.2 * troubles)
            else:
                return answer

    def _transport(self) -> Transport:
        transport: Transport | None = getattr(self._local, "transport", None)
        if transport is None:
            transport = self._make(self.target.base_url, self.timeout)
            self._local.transport = transport
            with self._lock:
                self._all.append(transport)
        return transport


def persistently(send: Callable[[], Exchange]) -> Exchange:
    """Send what puts something back: a server in trouble gets a little time before that is given up."""
    begin = time.monotonic()
    for pause in PAUSES:
        try:
            exchange = send()
        except Unavailable:
            if time.monotonic() - begin > MOST_PATIENCE:
                raise
        else:
            if exchange.status < 500:
                return exchange
        time.sleep(pause)
    return send()


def retry_after(value: str | None) -> float | None:
    """The seconds that a Retry-After field asks for, either form; None when it is absent or unreadable."""
    if value is None:
        return None
    if value.strip().isdigit():
        return float(value)
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())
