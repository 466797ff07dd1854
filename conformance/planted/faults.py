"""Planted faults: small modifiers between the suite and a correct server, each making it wrong in one realistic way.

They stand in the suite's own process, in place of the socket: no proxy, no port, no thread.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias
from urllib.parse import parse_qsl, urlencode, urlsplit

from conformance.routes import Router
from conformance.wire import RawAnswer, RawRequest, Wire
from openapi.contract import Contract, load


@dataclass(frozen=True, slots=True)
class Call:
    """A request on its way to the server: `target` is path and query below the base URL.

    `operation` is the contract's operation for it (None: none), `path` its decoded path parameters.
    """

    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    body: bytes = b""
    operation: str | None = None
    path: Mapping[str, str] = field(default_factory=dict)

    def json(self) -> Any:
        """The body as JSON; None when it is none."""
        return _json(self.body)

    def header(self, name: str) -> str | None:
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)

    @property
    def query(self) -> dict[str, str]:
        return dict(parse_qsl(self.target.partition("?")[2], keep_blank_values=True))

    def with_json(self, value: Any) -> Call:
        return replace(self, body=json.dumps(value, ensure_ascii=False).encode())

    def with_query(self, query: Mapping[str, str]) -> Call:
        path = self.target.partition("?")[0]
        return replace(self, target=f"{path}?{urlencode(query)}" if query else path)

    def with_header(self, name: str, value: str | None) -> Call:
        """With this field alone under its name; None takes it away."""
        kept = tuple(pair for pair in self.headers if pair[0].lower() != name.lower())
        return replace(self, headers=kept if value is None else (*kept, (name, value)))

    def with_(self, **changes: Any) -> Call:
        """With other fields."""
        return replace(self, **changes)

    def to(self, method: str, target: str, body: bytes = b"") -> Call:
        """Another request with the same credentials."""
        return replace(self, method=method, target=target, body=body, operation=None, path={})


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer on its way back."""

    status: int
    headers: tuple[tuple[str, str], ...] = (("Content-Type", "application/json"),)
    body: bytes = b""

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300

    def json(self) -> Any:
        """The body as JSON; None when it is none."""
        return _json(self.body)

    def with_json(self, value: Any, status: int | None = None) -> Answer:
        body = json.dumps(value, ensure_ascii=False).encode()
        return replace(self, body=body, status=status or self.status)

    def with_(self, **changes: Any) -> Answer:
        """With other fields."""
        return replace(self, **changes)

    def with_status(self, status: int) -> Answer:
        return replace(self, status=status)

    def with_header(self, name: str, value: str | None) -> Answer:
        kept = tuple(pair for pair in self.headers if pair[0].lower() != name.lower())
        return replace(self, headers=kept if value is None else (*kept, (name, value)))


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return None


Forward: TypeAlias = Callable[[Call], Answer]
Modifier: TypeAlias = Callable[[Call, Forward], Answer]


@dataclass(frozen=True, slots=True)
class Fault:
    """One planted fault. `make` gives a fresh modifier, with its own memory, for each run.

    `caught_by` are ids or globs of requirements: it is killed when at least one of them has failed.
    """

    id: str
    api: str
    breaks: str
    caught_by: tuple[str, ...]
    make: Callable[[], Modifier]
    examples: int = 10
    """How many cases a property are enough to meet it."""
    settling: float | None = None
    """How long asynchronous work is given, in seconds, where the usual of the target would be waited for in vain."""


class FaultyWire:
    """A `client.Transport` with a fault in front of a real connection."""

    def __init__(self, router: Router, modifier: Modifier, base_url: str, timeout: float) -> None:
        self._wire = Wire(base_url, timeout)
        self._modifier = modifier
        self._base = urlsplit(base_url).path.rstrip("/")
        self._router = router

    def send(self, request: RawRequest) -> RawAnswer:
        target = request.target.removeprefix(self._base)
        call = self._routed(Call(request.method, target, request.headers, request.body))
        answer = self._modifier(call, self._forward)
        return RawAnswer(answer.status, answer.headers, b"" if request.method == "HEAD" else answer.body)

    def _routed(self, call: Call) -> Call:
        found = self._router.find(call.method, call.target)
        return call if found is None else replace(call, operation=found[0].id, path=found[1])

    def _forward(self, call: Call) -> Answer:
        request = RawRequest(call.method, self._base + call.target, call.headers, call.body)
        answer = self._wire.send(request)
        headers = tuple(pair for pair in answer.headers if pair[0].lower() not in ("content-length", "date"))
        return Answer(answer.status, headers, answer.body)

    def close(self) -> None:
        self._wire.close()


def transport(fault: Fault, contract: Contract | None = None) -> Callable[[str, float], FaultyWire]:
    """A transport maker for one run with the fault: all connections share the modifier's memory.

    The contract says which operation a call is for; without one it is that of the fault's API.
    """
    modifier, router = fault.make(), Router(contract or load(fault.api))
    return lambda base_url, timeout: FaultyWire(router, modifier, base_url, timeout)
