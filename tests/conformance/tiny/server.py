"""A correct server of notes in plain Starlette; each fault that is switched on makes it wrong in one way."""

from __future__ import annotations

import asyncio
import json
import re
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

COLORS = ("red", "green", "blue")
KNOWN = {"title", "color", "size", "text"}


class Refused(Exception):
    def __init__(self, status: int, code: str) -> None:
        self.status, self.code = status, code


def start() -> dict[int, dict[str, Any]]:
    return {
        number: {
            "id": number,
            "title": f"note {number}",
            "color": COLORS[number % 3],
            "size": number % 9 + 1,
            "text": "",
            "stamp": "2024-01-01T00:00:00Z",
        }
        for number in range(1, 13)
    }


@dataclass
class Notes:
    """The server's state, the faults that are on, and what it was asked."""

    faults: set[str] = field(default_factory=set)
    notes: dict[int, dict[str, Any]] = field(default_factory=start)
    calls: list[tuple[str, str, bytes]] = field(default_factory=list)
    stuck_after: int | None = None
    """After this many changes nothing is answered any more."""
    is_stuck: bool = False
    broken_after: int | None = None
    """After this many changes every request is answered 500."""
    trouble_every: int | None = None
    """One request in so many is answered 500, but not when it is repeated."""
    busy: int = 0
    """How many of the next calls are answered 429."""

    def app(self) -> Starlette:
        methods = ["GET", "PUT", "POST", "PATCH", "DELETE", "HEAD", "OPTIONS"]
        return Starlette(
            routes=[
                Route("/v1/notes", self.listing, methods=methods),
                Route("/v1/notes/{id}", self.single, methods=methods),
            ]
        )

    async def listing(self, request: Request) -> Response:
        return await self._safely(request, self._list, ("GET", "HEAD"))

    async def single(self, request: Request) -> Response:
        return await self._safely(request, self._single, ("GET", "HEAD", "PATCH"))

    async def _safely(self, request: Request, work: Any, methods: tuple[str, ...]) -> Response:
        body = await request.body()
        target = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        self.calls.append((request.method, target, body))
        while self.is_stuck:
            await asyncio.sleep(0.01)
        if self.busy:
            self.busy -= 1
            return JSONResponse({"code": "BUSY"}, 429, {"Retry-After": "0"})
        often = self.trouble_every is not None and len(self.calls) % self.trouble_every == 0
        if often or (self.broken_after is not None and self.broken_after <= 0):
            return JSONResponse({"code": "BROKEN"}, 500)
        if "html" in self.faults:
            return Response("<!DOCTYPE html><html><body>Welcome</body></html>", media_type="text/html")
        try:
            if request.method not in methods:
                return JSONResponse({"code": "METHOD"}, 405, {"Allow": ", ".join(methods)})
            self._who(request)
            answer = work(request, body)
        except Refused as refused:
            status = 500 if "breaks" in self.faults else refused.status
            headers = {"WWW-Authenticate": "Bearer"} if status == 401 else None
            return JSONResponse({"code": refused.code}, status, headers)
        return self._spoilt(answer)

    def _spoilt(self, answer: Any) -> Response:
        if "as-text" in self.faults:
            return Response(json.dumps(answer), media_type="text/plain")
        if "leaves-out" in self.faults and "title" in answer:
            answer = {key: value for key, value in answer.items() if key != "title"}
        if "omits-null" in self.faults:
            answer = {key: value for key, value in answer.items() if value is not None}
        return JSONResponse(answer)

    def _who(self, request: Request) -> str:
        given = request.headers.get("authorization", "")
        known = {"Bearer writer-key": "writer", "Bearer reader-key": "reader"}
        if given not in known and "open" not in self.faults:
            raise Refused(401, "UNAUTHORIZED")
        if known.get(given) == "reader" and request.method == "PATCH" and "no-roles" not in self.faults:
            raise Refused(403, "FORBIDDEN")
        if "image/png" in request.headers.get("accept", ""):
            raise Refused(406, "NOT_ACCEPTABLE")
        return given

    def _list(self, request: Request, body: bytes) -> Any:
        del body
        limit, offset = self._number(request, "limit", 10, 1, 10), self._number(request, "offset", 0, 0, 10**6)
        color = request.query_params.get("color")
        if color is not None and color not in COLORS:
            raise Refused(400, "VALIDATION")
        wanted = [one for one in self.notes.values() if color in (None, one["color"]) or "leaks" in self.faults]
        begin = max(0, offset - 1) if "overlaps" in self.faults else offset
        shown = wanted[begin : begin + limit]
        return {"items": shown + shown[:1] if "twice" in self.faults else shown, "total": len(wanted)}

    def _number(self, request: Request, name: str, default: int, low: int, high: int) -> int:
        text = request.query_params.get(name, str(default))
        if "lax" in self.faults and text == "-1":
            return default
        if not re.fullmatch(r"-?\d{1,15}", text) or not low <= int(text) <= high:
            raise Refused(400, "VALIDATION")
        return int(text)

    def _single(self, request: Request, body: bytes) -> Any:
        key = request.path_params["id"]
        if not re.fullmatch(r"[0-9]+", key):
            raise Refused(400, "VALIDATION")
        changes = self._changes(request, body) if request.method == "PATCH" else {}
        note = self.notes.get(int(key[:15]))
        if note is None:
            raise Refused(404, "NOT_FOUND")
        if changes:
            self._apply(note, changes)
        return dict(note)

    def _changes(self, request: Request, body: bytes) -> dict[str, Any]:
        if request.headers.get("content-type", "").split(";")[0] != "application/json":
            raise Refused(415, "MEDIA_TYPE")
        try:
            value = json.loads(body)
        except (ValueError, RecursionError):
            raise Refused(400, "MALFORMED") from None
        if not isinstance(value, dict) or not value or (set(value) - KNOWN and "takes-unknown" not in self.faults):
            raise Refused(400, "VALIDATION")
        if "writes-first" in self.faults:
            self._apply(self.notes[1], {key: one for key, one in value.items() if self._fits(key, one)})
        if not all(self._fits(key, one) for key, one in value.items()):
            raise Refused(400, "VALIDATION")
        return value

    def _fits(self, key: str, value: Any) -> bool:
        if key == "title":
            longest = 30 if "too-long" in self.faults else 20
            return isinstance(value, str) and 1 <= len(value) <= longest
        if key == "text":
            return isinstance(value, str) and not re.search("[\ud800-\udfff]", value)
        if value is None:
            return True
        if key == "color":
            return value in COLORS if isinstance(value, str) else False
        if key == "size":
            return isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= 9
        return True

    def _apply(self, note: dict[str, Any], changes: dict[str, Any]) -> None:
        if "forgets" in self.faults:
            return
        if "ignores-null" in self.faults:
            changes = {key: value for key, value in changes.items() if value is not None}
        if "resets" in self.faults and "size" not in changes:
            note["size"] = None
        if "everywhere" in self.faults:
            for one in self.notes.values():
                one.update({key: value for key, value in changes.items() if key in KNOWN})
        note.update({key: value for key, value in changes.items() if key in KNOWN})
        note["stamp"] = "2024-06-01T00:00:00Z"
        if "moves-id" in self.faults:
            note["id"] += 100
        if self.broken_after is not None:
            self.broken_after -= 1
        if self.stuck_after is not None:
            self.stuck_after -= 1
            self.is_stuck = self.stuck_after <= 0


@contextmanager
def serving(notes: Notes) -> Iterator[str]:
    """The base URL of a real server for these notes, for the time of the block."""
    config = uvicorn.Config(notes.app(), log_level="critical", lifespan="off")
    server = uvicorn.Server(config)
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.005)
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}/v1"
        finally:
            server.should_exit = True
            thread.join(5)
