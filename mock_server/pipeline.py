"""The ASGI side of the double: a request to its world and its plan, and the answer back.

What is not an API's path (the index, documents, the control plane) goes to the application behind.
"""

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from typing import Any

from mock_server import exchange, prefer
from mock_server.compiler import CORS, CompiledApi, Headers, Plan, Route
from mock_server.exchange import Answer, Call
from mock_server.media import JSON, write_json
from mock_server.redaction import redact_body
from mock_server.types import World
from mock_server.world.errors import StoreUnavailable
from mock_server.world.faults import Fault
from mock_server.world.journal import Entry, packed
from mock_server.world.worlds import OpenWorld, Outcome, Worlds

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

DEFAULT_BODY_LIMIT = 1 << 20


@dataclass(slots=True)
class _Arrival:
    """A request of an API, before it is known whether anything answers it."""

    api: CompiledApi
    world: OpenWorld
    method: str
    path: str
    target: str
    query: str
    headers: Mapping[bytes, bytes]
    raw_headers: Sequence[tuple[bytes, bytes]]
    base_url: str
    began: float


class Pipeline:
    """The ASGI application: vendor paths by their plans, everything else by `behind`."""

    def __init__(
        self,
        apis: Mapping[str, CompiledApi],
        worlds: Worlds,
        behind: App,
        *,
        strict: bool = False,
        body_limit: int = DEFAULT_BODY_LIMIT,
        log: Callable[[Entry], None] | None = None,
    ) -> None:
        self._apis = apis
        self._worlds = worlds
        self._blocking = worlds.blocking
        self._behind = behind
        self._strict = strict
        self._body_limit = body_limit
        self._log = log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._behind(scope, receive, send)
            return
        began = time.perf_counter()
        path = scope["raw_path"].decode("latin-1")
        headers = _headers(scope["headers"])
        prefix, name, path = _world_of(path, headers)
        api = self._apis.get(path[1 : path.find("/", 1)])
        if api is None or _is_page(path, api):
            await self._behind(scope, receive, send)
            return
        try:
            world = await asyncio.to_thread(self._worlds.get, name) if self._blocking else self._worlds.get(name)
        except StoreUnavailable:
            await _send(send, exchange.unavailable_api(api))
            return
        if world is None:
            await _send(send, _plain(404, f"There is no world {name!r}; POST /_mock/worlds makes one."))
            return
        query = scope["query_string"].decode("latin-1")
        target = path + "?" + query if query else path
        base_url = _origin(scope, headers) + prefix + api.api.base_path
        arrival = _Arrival(api, world, scope["method"], path, target, query, headers, scope["headers"], base_url, began)
        await self._answer(arrival, receive, send)

    async def _answer(self, arrival: _Arrival, receive: Receive, send: Send) -> None:
        found = arrival.api.match(arrival.path)
        if found is None:
            await self._unrouted(arrival, "path", "there is nothing at this path", None, send)
            return
        route, parameters = found
        plan = route.plans.get(arrival.method)
        if plan is None:
            await self._other_method(arrival, route, send)
            return
        try:
            forced, delay = _preferences(arrival, plan)
        except prefer.NotDeclared as error:
            await _send(send, _plain(400, error.sentence, choices=error.choices))
            return
        body = await _read(receive, arrival.headers, self._body_limit) if plan.bodies else b""
        call = Call(
            arrival.api,
            plan,
            parameters,
            arrival.query,
            arrival.headers,
            body,
            arrival.base_url,
            forced,
            self._strict,
        )
        try:
            fault = await self._fault(arrival, plan, call) if arrival.world.faults else None
        except StoreUnavailable:
            await _send(send, exchange.unavailable(call))
            return
        if fault is not None and fault.delay:
            delay += fault.delay * 1000
        answer = await self._run(arrival, call, fault)
        if delay:
            await asyncio.sleep(delay / 1000)
        if body is None:
            answer.headers = (*answer.headers, (b"connection", b"close"))
        await _deliver(send, arrival, answer, fault)

    async def _fault(self, arrival: _Arrival, plan: Plan, call: Call) -> Fault | None:
        facts = (arrival.api.api.id, plan.operation.id, _key(call), arrival.method)
        match = arrival.world.faults.match
        fault = await asyncio.to_thread(match, *facts) if self._blocking else match(*facts)
        if fault is not None and call.forced is None:
            call.forced = _forced_by(arrival.api, plan, fault)
        return fault

    async def _run(self, arrival: _Arrival, call: Call, fault: Fault | None) -> Answer:
        """The answer, made and journalled in one transaction of the world."""

        def work(state: World) -> Outcome:
            settle = call.api.api.settle
            if settle is not None:
                settle(state)
            try:
                answer = exchange.answer(call, state)
            except StoreUnavailable:
                raise
            except Exception:
                answer = exchange.broken(call)
            return Outcome(answer.keep, self._entry(arrival, call, answer, fault, state), answer)

        try:
            outcome = await self._transact(arrival, call.plan.write, work)
        except StoreUnavailable:
            return exchange.unavailable(call)
        answer: Answer = outcome.response
        return answer

    async def _transact(self, arrival: _Arrival, write: bool, work: Callable[[World], Outcome]) -> Outcome:
        """Do `work` in one transaction of the world, and log what was journalled. Raises StoreUnavailable."""
        if self._blocking:
            outcome = await asyncio.to_thread(arrival.world.run, arrival.api.api.id, write, work)
        else:
            outcome = arrival.world.run(arrival.api.api.id, write, work)
        if self._log is not None and outcome.entry is not None:
            self._log(outcome.entry)
        return outcome

    def _entry(self, arrival: _Arrival, call: Call, answer: Answer, fault: Fault | None, state: World) -> Entry:
        secrets = call.plan.secrets
        return Entry(
            state.now,
            call.api.api.id,
            call.plan.operation.id,
            _key(call),
            answer.basis,
            arrival.method,
            arrival.target,
            packed(arrival.raw_headers),
            redact_body(call.body or b"", secrets),
            0 if fault is not None and fault.drop else answer.status,
            answer.headers,
            redact_body(answer.body, secrets),
            int((time.perf_counter() - arrival.began) * 1e6),
            answer.violations,
            fault.id if fault is not None else None,
            answer.role,
        )

    async def _other_method(self, arrival: _Arrival, route: Route, send: Send) -> None:
        if arrival.method == "OPTIONS":
            await _send(send, _options(route, arrival.headers))
            return
        reason = f"{arrival.method} is not allowed here, only {route.allow}"
        await self._unrouted(arrival, "method", reason, route.allow, send)

    async def _unrouted(self, arrival: _Arrival, keyword: str, reason: str, allow: str | None, send: Send) -> None:
        """The vendor's answer to a path or method that the contract does not know; journalled like any other."""
        refusal = arrival.api.refusals.of_transport(keyword, reason, exchange.readable_query(arrival.query))
        answer = exchange.write_refusal(None, refusal, JSON)
        if allow is not None:
            answer.headers = (*answer.headers, (b"allow", allow.encode()))

        def work(state: World) -> Outcome:
            return Outcome(False, _unrouted_entry(arrival, answer, state), answer)

        with contextlib.suppress(StoreUnavailable):  # the answer needs no state, only its journal entry does
            await self._transact(arrival, False, work)
        await _deliver(send, arrival, answer, None)


def _unrouted_entry(arrival: _Arrival, answer: Answer, state: World) -> Entry:
    return Entry(
        state.now,
        arrival.api.api.id,
        None,
        None,
        answer.basis,
        arrival.method,
        arrival.target,
        packed(arrival.raw_headers),
        b"",
        answer.status,
        answer.headers,
        answer.body,
        int((time.perf_counter() - arrival.began) * 1e6),
        (),
        None,
        None,
    )


def _headers(raw: Sequence[tuple[bytes, bytes]]) -> dict[bytes, bytes]:
    """Header names in lower case to their values; a repeated header's values are joined (RFC 9110, 5.2)."""
    headers = dict(raw)
    if len(headers) != len(raw):
        headers = {}
        for name, value in raw:
            headers[name] = headers[name] + b", " + value if name in headers else value
    return headers


def _world_of(path: str, headers: Mapping[bytes, bytes]) -> tuple[str, str, str]:
    """The prefix that chose the world (or ""), the world's name, and the path without the prefix."""
    if path.startswith("/w/"):
        name, _, rest = path[3:].partition("/")
        return f"/w/{name}", name, "/" + rest
    return "", headers.get(b"mock-world", b"default").decode("latin-1"), path


def _is_page(path: str, api: CompiledApi) -> bool:
    """Whether a path below `/<api>` is one of the double's own documents."""
    if path.startswith(api.api.base_path):
        return False
    return path.split("/", 3)[2] in {"", "docs", "openapi.yaml", "openapi.json"}


def _origin(scope: Scope, headers: Mapping[bytes, bytes]) -> str:
    """Scheme and authority as the caller sees them."""
    host = headers.get(b"host", b"").decode("latin-1")
    if not host:
        server = scope.get("server") or ("127.0.0.1", 80)
        host = f"{server[0]}:{server[1]}"
    return f"{scope['scheme']}://{host}"


def _key(call: Call) -> str | None:
    """The key of the object that the call is about: its last path parameter, as sent."""
    group = call.plan.key
    return None if group is None else call.path[group]


def _preferences(arrival: _Arrival, plan: Plan) -> tuple[prefer.Forced | None, float]:
    header = arrival.headers.get(b"prefer")
    if header is None:
        return None, 0.0
    wanted = prefer.parse(header.decode("latin-1"))
    forced = prefer.force(arrival.api, plan, wanted.kind, wanted.value) if wanted.kind else None
    return forced, wanted.delay_ms


def _forced_by(api: CompiledApi, plan: Plan, fault: Fault) -> prefer.Forced | None:
    """The answer that a fault forces; None when the fault forces none, or one that this operation does not declare."""
    try:
        if fault.error is not None:
            return prefer.force(api, plan, "error", fault.error)
        if fault.status is not None:
            return prefer.force(api, plan, "code", str(fault.status))
    except prefer.NotDeclared:
        return None
    return None


async def _read(receive: Receive, headers: Mapping[bytes, bytes], limit: int) -> bytes | None:
    """The whole body, or None as soon as it is known to exceed `limit` bytes."""
    length = headers.get(b"content-length", b"")
    if length.isdigit() and int(length) > limit:
        return None
    message = await receive()
    body: bytes = message.get("body", b"")
    if not message.get("more_body"):
        return body if len(body) <= limit else None
    parts, size = [body], len(body)
    while message.get("more_body"):
        message = await receive()
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > limit:
            return None
    return b"".join(parts)


def _plain(status: int, sentence: str, **more: Any) -> Answer:
    """An answer of the double itself, not of an API."""
    headers: Headers = ((b"content-type", JSON.encode()), *CORS)
    return Answer(status, headers, write_json({"error": sentence, **more}), "inferred")


def _options(route: Route, headers: Mapping[bytes, bytes]) -> Answer:
    """What a path allows; to a browser's preflight also that any origin may do it."""
    allow = route.allow.encode()
    headers_out: Headers = ((b"allow", allow), *CORS)
    if b"access-control-request-method" in headers:
        wanted = headers.get(b"access-control-request-headers", b"*")
        headers_out = (
            *headers_out,
            (b"access-control-allow-methods", allow),
            (b"access-control-allow-headers", wanted),
            (b"access-control-max-age", b"600"),
        )
    return Answer(204, headers_out, b"", "inferred")


async def _deliver(send: Send, arrival: _Arrival, answer: Answer, fault: Fault | None) -> None:
    """Send the answer, to a page of any origin too, in the way that a fault says."""
    if b"origin" in arrival.headers:
        answer.headers = (*answer.headers, *CORS)
    if fault is None:
        await _send(send, answer, head=arrival.method == "HEAD")
    else:
        await fault_delivery(send, answer, fault)


async def _send(send: Send, answer: Answer, *, head: bool = False) -> None:
    body = answer.body
    headers = answer.headers
    if answer.status != 204:
        headers = (*headers, (b"content-length", b"%d" % len(body)))
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if head else body})


async def fault_delivery(send: Send, answer: Answer, fault: Fault) -> None:
    """Deliver an answer the way a fault says: not at all, cut short, or no longer well formed."""
    if fault.drop:
        await _abort(send)
        return
    if fault.malformed:
        cut = answer.body[: max(1, len(answer.body) * 2 // 3)]
        answer.body = cut + b'{"' if answer.body else b'{"'
    if fault.truncate is None:
        await _send(send, answer)
        return
    headers = (*answer.headers, (b"content-length", str(len(answer.body)).encode()))
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body[: fault.truncate], "more_body": True})
    await _abort(send, flush=True)


async def _abort(send: Send, *, flush: bool = False) -> None:
    """Close the connection under the answer. ASGI has no word for it; uvicorn's cycle knows its transport."""
    transport = getattr(getattr(send, "__self__", None), "transport", None)
    if transport is None:
        raise ConnectionAbortedError("a fault dropped the connection")
    if flush:
        transport.close()
    else:
        transport.abort()
    await asyncio.sleep(0.001)  # until the server has noticed: it would complain of an answer without an end
