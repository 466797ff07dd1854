"""The ASGI side of the double: a request to its plan and its world, and the answer back.

What is not an API's path (the index, documents, the control plane) goes to the application behind.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, MutableMapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from time import perf_counter
from typing import Any, TypeVar
from urllib.parse import unquote

from mock_server import exchange, prefer, recording
from mock_server.answers import Answer
from mock_server.compiler import CORS, CompiledApi, Plan, Route
from mock_server.delivery import Message, Send, deliver, deliver_badly, options, own
from mock_server.exchange import Arrival, Call
from mock_server.types import World
from mock_server.world.errors import Outdated, StoreUnavailable
from mock_server.world.faults import Fault
from mock_server.world.journal import Record
from mock_server.world.worlds import OpenWorld, Outcome, Worlds

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

DEFAULT_BODY_LIMIT = 1 << 20
THREADS = 12
"""So many calls wait for a database at the same time: it then makes several of them last in one write."""

_T = TypeVar("_T")


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
        log: Callable[[Record], None] | None = None,
    ) -> None:
        self._apis = apis
        self._worlds = worlds
        self._behind = behind
        self._strict = strict
        self._body_limit = body_limit
        self._log = log
        self._threads = ThreadPoolExecutor(THREADS, "world") if worlds.blocking else None

    def close(self) -> None:
        """Let go of the threads."""
        if self._threads is not None:
            self._threads.shutdown(wait=False, cancel_futures=True)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._behind(scope, receive, send)
            return
        began = perf_counter()
        sent = scope["headers"]
        headers = _headers(sent)
        prefix, world, path = _world_of(scope["raw_path"].decode("latin-1"), headers)
        api = self._apis.get(path[1 : path.find("/", 1)])
        if api is None or _is_page(path, api):
            await self._behind(scope, receive, send)
            return
        base_url = _base_url(scope["scheme"], _authority(scope, headers), prefix, api.api.base_path)
        query = scope["query_string"].decode("latin-1")
        arrival = Arrival(api, world, scope["method"], path, query, headers, sent, base_url, began)
        await self._answer(arrival, receive, send)

    async def _answer(self, arrival: Arrival, receive: Receive, send: Send) -> None:
        place = arrival.api.match(arrival.path)
        if place is None:
            await self._unrouted(arrival, "path", "the path", "leads to nothing", send)
            return
        arrival.path = place.path
        plan = place.route.plans.get(arrival.method)
        if plan is None:
            await self._other_method(arrival, place.route, send)
            return
        try:
            forced, delay_s = _preferences(arrival, plan)
        except prefer.NotDeclared as error:
            refusal = own(400, error.sentence, plan.operation.id, choices=error.choices)
            await self._stray(arrival, refusal, send, plan.operation.id, place.key)
            return
        body = await _read(receive, arrival.headers, self._body_limit) if plan.bodies else b""
        call = Call(arrival, plan, place, body, forced, delay_s, self._strict)
        outcome, fault = await self._in_turn(self._carry_out, call)
        answer: Answer = outcome.response
        self._logged(outcome)
        if fault is not None:
            delay_s += fault.delay
        if delay_s:
            await asyncio.sleep(delay_s)
        if body is None:
            answer.headers = (*answer.headers, (b"connection", b"close"))
        await _send(send, arrival, answer, fault)

    def _carry_out(self, call: Call) -> tuple[Outcome, Fault | None]:
        """The answer, and the fault that befell the call."""
        try:
            try:
                return self._within(self._worlds.at_hand(call.arrival.world), call)
            except Outdated:
                return self._within(self._worlds.get(call.arrival.world), call)
        except StoreUnavailable:
            return Outcome(False, None, exchange.unavailable(call)), None

    def _within(self, world: OpenWorld | None, call: Call) -> tuple[Outcome, Fault | None]:
        """The answer, made and journalled in one transaction of the world. Raises StoreUnavailable, Outdated."""
        arrival = call.arrival
        if world is None:
            return _no_world(arrival), None
        fault = _fault(world, call) if world.faults else None

        def work(state: World) -> Outcome:
            answer = exchange.answer(call, state)
            return Outcome(answer.keep, recording.record(call, answer, fault, state), answer)

        return world.run(arrival.api.api.id, call.plan.write, work), fault

    async def _other_method(self, arrival: Arrival, route: Route, send: Send) -> None:
        if arrival.method == "OPTIONS":
            await self._stray(arrival, options(route, arrival.headers), send)
            return
        reason = f"is not allowed here, only {route.allow}"
        await self._unrouted(arrival, "method", arrival.method, reason, send, route.allow)

    async def _unrouted(
        self, arrival: Arrival, keyword: str, subject: str, reason: str, send: Send, allow: str | None = None
    ) -> None:
        """The vendor's answer to a path or method that the contract does not know."""
        answer = exchange.unrouted(arrival, keyword, subject, reason)
        if allow is not None:
            answer.headers = (*answer.headers, (b"allow", allow.encode()))
        await self._stray(arrival, answer, send)

    async def _stray(
        self, arrival: Arrival, answer: Answer, send: Send, operation: str | None = None, key: str | None = None
    ) -> None:
        """Send an answer that was made without the world, and journal it like any other."""
        outcome = await self._in_turn(self._note, arrival, answer, operation, key)
        self._logged(outcome)
        await _send(send, arrival, outcome.response, None)

    def _note(self, arrival: Arrival, answer: Answer, operation: str | None, key: str | None) -> Outcome:
        """Journal an answer that was made without the world; what is answered where there is no such world."""
        try:
            world = self._worlds.get(arrival.world)
            if world is None:
                return _no_world(arrival)

            def work(state: World) -> Outcome:
                return Outcome(False, recording.stray(arrival, answer, operation, key, state), answer)

            return world.run(arrival.api.api.id, False, work)
        except StoreUnavailable:  # the answer needs no state, only its journal entry does
            return Outcome(False, None, answer)

    async def _in_turn(self, work: Callable[..., _T], *arguments: Any) -> _T:
        """What `work` returns: called at once where worlds are in memory, else in a thread, because it waits."""
        if self._threads is not None:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work, *arguments)
        return work(*arguments)

    def _logged(self, outcome: Outcome) -> None:
        if self._log is not None and outcome.record is not None:
            self._log(outcome.record)


def _no_world(arrival: Arrival) -> Outcome:
    sentence = f"There is no world {arrival.world!r}; POST /_mock/worlds makes one."
    return Outcome(False, None, own(404, sentence))


def _fault(world: OpenWorld, call: Call) -> Fault | None:
    """The fault that befalls the call; what it forces is then what the call answers.

    A rule that forces an answer is not about operations that do not declare it.
    """
    arrival, plan = call.arrival, call.plan

    def answerable(rule: Mapping[str, Any]) -> bool:
        return _declares(arrival.api, plan, rule.get("error"), rule.get("status"))

    facts = (arrival.api.api.id, plan.operation.id, call.place.key, arrival.method)
    fault = world.faults.match(*facts, answerable)
    if fault is not None and call.forced is None:
        call.forced = _forced_by(arrival.api, plan, fault.error, fault.status)
    return fault


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
        return f"/w/{name}", unquote(name, encoding="latin-1") if "%" in name else name, "/" + rest
    return "", headers.get(b"mock-world", b"default").decode("latin-1"), path


def _is_page(path: str, api: CompiledApi) -> bool:
    """Whether a path below `/<api>` is one of the double's own documents."""
    if path.startswith(api.api.base_path):
        return False
    return path.split("/", 3)[2] in {"", "docs", "openapi.yaml", "openapi.json"}


def _authority(scope: Scope, headers: Mapping[bytes, bytes]) -> bytes:
    """Host and port as the caller sees them."""
    host = headers.get(b"host")
    if host:
        return host
    server = scope.get("server") or ("127.0.0.1", 80)
    return f"{server[0]}:{server[1]}".encode()


@lru_cache(maxsize=256)
def _base_url(scheme: str, authority: bytes, prefix: str, base_path: str) -> str:
    """What stands for the contract's server URL; remembered, callers use few."""
    return f"{scheme}://{authority.decode('latin-1')}{prefix}{base_path}"


def _preferences(arrival: Arrival, plan: Plan) -> tuple[prefer.Forced | None, float]:
    header = arrival.headers.get(b"prefer")
    if header is None:
        return None, 0.0
    wanted = prefer.parse(header.decode("latin-1"))
    forced = prefer.force(arrival.api, plan, wanted.kind, wanted.value) if wanted.kind else None
    return forced, wanted.delay_ms / 1000


def _declares(api: CompiledApi, plan: Plan, error: str | None, status: int | None) -> bool:
    """Whether the operation can give the answer that a fault forces, if it forces one."""
    try:
        _forced_by(api, plan, error, status)
    except prefer.NotDeclared:
        return False
    return True


def _forced_by(api: CompiledApi, plan: Plan, error: str | None, status: int | None) -> prefer.Forced | None:
    """The answer that a fault forces, or None when it forces none. Raises NotDeclared."""
    if error is not None:
        return prefer.force(api, plan, "error", error)
    if status is not None:
        return prefer.force(api, plan, "code", str(status))
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


async def _send(send: Send, arrival: Arrival, answer: Answer, fault: Fault | None) -> None:
    """Send the answer, to a page of any origin too, in the way that a fault says."""
    if b"origin" in arrival.headers and CORS[0] not in answer.headers:
        answer.headers = (*answer.headers, *CORS)
    head = arrival.method == "HEAD"
    if fault is None:
        await deliver(send, answer, head=head)
    else:
        await deliver_badly(send, answer, fault, head=head)
