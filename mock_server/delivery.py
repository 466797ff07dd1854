"""Answers on their way out: as they are, or the way that a fault says."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any, TypeAlias

from mock_server.answers import Answer
from mock_server.compiler import Headers, Route
from mock_server.media import JSON, write_json
from mock_server.world.faults import Fault

Message: TypeAlias = MutableMapping[str, Any]
Send: TypeAlias = Callable[[Message], Awaitable[None]]


def own(status: int, sentence: str, operation: str | None = None, **more: Any) -> Answer:
    """An answer of the double itself, not of an API; `operation` is what it was asked of."""
    headers: Headers = ((b"content-type", JSON.encode()), (b"mock-basis", b"inferred"))
    if operation is not None:
        headers = (*headers, (b"mock-operation", operation.encode()))
    return Answer(status, headers, write_json({"error": sentence, **more}), "inferred")


def options(route: Route, headers: Mapping[bytes, bytes]) -> Answer:
    """What a path allows; to a browser's preflight also that any origin may do it."""
    allow = route.allow.encode()
    headers_out: Headers = ((b"allow", allow),)
    if b"access-control-request-method" in headers:
        wanted = headers.get(b"access-control-request-headers", b"*")
        headers_out = (
            *headers_out,
            (b"access-control-allow-methods", allow),
            (b"access-control-allow-headers", wanted),
            (b"access-control-max-age", b"600"),
        )
    return Answer(204, headers_out, b"", "inferred")


async def deliver(send: Send, answer: Answer, *, head: bool = False) -> None:
    """Send the answer; with `head` its head only."""
    body = answer.body
    headers = answer.headers
    if answer.status != 204:
        headers = (*headers, (b"content-length", b"%d" % len(body)))
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if head else body})


async def deliver_badly(send: Send, answer: Answer, fault: Fault, *, head: bool = False) -> None:
    """Send the answer the way a fault says: not at all, cut short, or no longer well formed."""
    if fault.drop:
        await _abort(send)
        return
    if fault.malformed and answer.status != 204:
        answer.body = answer.body[: len(answer.body) * 2 // 3] + b'{"'
    if fault.truncate is None:
        await deliver(send, answer, head=head)
        return
    headers = (*answer.headers, (b"content-length", str(len(answer.body)).encode()))
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body[: fault.truncate], "more_body": True})
    await _abort(send, flush=True)


def hang_up(send: Send) -> bool:
    """Close the connection without an answer, or without the rest of it; whether there is one to close."""
    cycle = getattr(send, "__self__", None)
    transport = getattr(cycle, "transport", None)
    if cycle is None or transport is None:
        return False
    cycle.disconnected = True  # what uvicorn would find out later; it complains of an answer without an end
    transport.close()
    return True


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
