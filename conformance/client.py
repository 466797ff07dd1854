"""The only place that sends: paces, waits out 429, gives up in time, and keeps secrets out of what is shown."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Protocol

from conformance.errors import BrokenOff, Unavailable
from conformance.target import Target
from conformance.types import Exchange, Headers, Sent
from conformance.wire import RawAnswer, RawRequest, Wire

LONGEST_WAIT = 120.0
PAUSES = (0.1, 0.4, 1.0)
MOST_PATIENCE = 5.0
"""How many seconds a request that puts something back may have taken and still be repeated."""
TRIES, TRIES_UNSTEADY = 4, 8
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
        self._unsteady = False
        """Whether a request was answered when it was sent again: then more tries are needed to blame anybody."""
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
        sent = Sent(method, self.target.base_url + target, target, headers, body)
        try:
            answer, repeated = self._patiently(request)
        except BrokenOff as error:
            error.sent = sent
            raise
        elapsed = time.perf_counter() - begin
        exchange = Exchange(
            sent, answer.status, Headers(list(answer.headers)), answer.body, elapsed, operation, role, started, repeated
        )
        if self.observe is not None:
            self.observe(exchange)
        return exchange

    def close(self) -> None:
        for transport in self._all:
            transport.close()

    def _patiently(self, request: RawRequest) -> tuple[RawAnswer, tuple[str, ...]]:
        """The answer, and what troubles came before it when the request was sent again.

        A 5xx or a broken connection is the server's answer to this request only when it comes every time.
        """
        waited, pause = 0.0, 0.5
        troubles: list[str] = []
        while True:
            self._pace.wait()
            answer, trouble, error = self._once(request)
            if answer is not None and answer.status == 429:
                delay = retry_after(answer.header("retry-after"))
                delay = pause if delay is None else delay
                pause = min(pause * 2, 30.0)
                waited += delay
                if waited > LONGEST_WAIT:
                    raise Unavailable("The server keeps answering 429; set limits.requests_per_second lower.")
                time.sleep(delay)
                continue
            if answer is not None and trouble is None:
                self._unsteady = self._unsteady or bool(troubles)
                return answer, tuple(troubles)
            troubles.append(str(trouble))
            gateway = answer is not None and answer.status in GATEWAY_TROUBLE
            unsafe = gateway and request.method == "POST"
            if not unsafe and len(troubles) < (TRIES_UNSTEADY if self._unsteady else TRIES):
                time.sleep(0.1 * len(troubles) if gateway else 0)
                continue
            return self._every_time(request, answer, troubles, error), ()

    def _once(self, request: RawRequest) -> tuple[RawAnswer | None, str | None, BrokenOff | None]:
        """An answer, or none; what is wrong with it that may pass; the error that stands for none."""
        try:
            answer = self._transport().send(request)
        except BrokenOff as error:
            return None, "no answer", error
        self.requests += 1
        return answer, str(answer.status) if answer.status >= 500 else None, None

    def _every_time(
        self, request: RawRequest, answer: RawAnswer | None, troubles: list[str], error: BrokenOff | None
    ) -> RawAnswer:
        """The answer to a request that is in trouble every time. Raises Unavailable when there is none to judge."""
        about = f"{request.method} {request.target}"
        if answer is not None and answer.status in GATEWAY_TROUBLE:
            raise Unavailable(f"{about} was answered {answer.status}: the server is not available.")
        if len(set(troubles)) > 1:
            self._unsteady = True
            raise Unavailable(f"{about} was answered otherwise each time: {', '.join(troubles)}.")
        if error is not None:
            raise error
        assert answer is not None
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
