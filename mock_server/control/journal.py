"""Operations on journals: listing, following, verifying."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable
from functools import partial
from typing import Any

from connexion import request
from starlette.responses import Response, StreamingResponse

from mock_server.control.context import Context, Problem, answer, nothing
from mock_server.control.exchanges import listed, view
from mock_server.control.verify import verdict
from mock_server.media import write_json
from mock_server.world.errors import StoreUnavailable
from mock_server.world.journal import Entry
from mock_server.world.worlds import OpenWorld

HEARTBEAT = 15.0
"""Seconds of silence after which a stream says that it is still there."""

POLL = 0.25
"""Seconds between looks at whether the world is still there, and at a journal that other processes write to."""


class JournalOperations:
    """Journals of worlds."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def list_journal(self, world: str, limit: int = 100, bodies: bool = True, **wanted: Any) -> Response:
        def read(found: OpenWorld) -> dict[str, Any]:
            journal = found.journal
            return {
                "exchanges": [view(entry, bodies) for entry in listed(journal, wanted, limit)],
                "total": len(journal),
                "last": journal.last,
            }

        return answer(await self._context.within(world, read))

    async def get_exchange(self, world: str, entry: int) -> Response:
        found = await self._context.within(world, lambda found: found.journal.get(entry))
        if found is None:
            raise Problem(404, f"There is no exchange {entry} in the journal of the world {world!r} (any more).")
        return answer(view(found))

    async def clear_journal(self, world: str) -> Response:
        await self._context.within(world, lambda found: found.journal.clear())
        return nothing()

    async def verify_journal(self, world: str, body: dict[str, Any]) -> Response:
        return answer(await self._context.within(world, lambda found: verdict(list(found.journal), body)))

    async def stream_journal(self, world: str, after: int | None = None, bodies: bool = True) -> Response:
        found = await self._context.do(lambda: self._context.world(world))
        resumed = request.headers.get("last-event-id", "")
        if resumed.isascii() and resumed.isdigit():
            after = int(resumed[:18])
        last = after if after is not None else await self._context.do(lambda: found.journal.last)
        headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
        return StreamingResponse(self._events(found, last, bodies), headers=headers, media_type="text/event-stream")

    async def _events(self, world: OpenWorld, last: int, bodies: bool) -> AsyncIterator[bytes]:
        yield b"retry: 1000\n\n"
        wake = asyncio.Event()
        stop = None if self._context.worlds.blocking else _watch(world, wake)
        spoke = time.monotonic()
        try:  # who follows connects again, and is then told that the state is away
            while (fresh := await self._context.do(partial(self._fresh, world, last))) is not None:
                for entry in fresh:
                    last = entry.id
                    yield _event(entry, bodies)
                if fresh or time.monotonic() - spoke > HEARTBEAT:
                    spoke = time.monotonic()
                    yield b":\n\n"
                await _pause(wake, POLL)
        except StoreUnavailable:
            return
        finally:
            if stop is not None:
                stop()

    def _fresh(self, world: OpenWorld, last: int) -> list[Entry] | None:
        """The exchanges behind that id, None when the world is gone: what was read may then be a later world's."""
        fresh = world.journal.since(last)
        return fresh if world.is_same(self._context.worlds.get(world.name)) else None


async def _pause(wake: asyncio.Event, seconds: float) -> None:
    """Until there is something new, or for so long."""
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(wake.wait(), seconds)
    wake.clear()


def _watch(world: OpenWorld, wake: asyncio.Event) -> Callable[[], None]:
    loop = asyncio.get_running_loop()

    def seen(_entry: Entry) -> None:
        loop.call_soon_threadsafe(wake.set)

    return world.journal.watch(seen)


def _event(entry: Entry, bodies: bool) -> bytes:
    return b"id: %d\nevent: exchange\ndata: %b\n\n" % (entry.id, write_json(view(entry, bodies)))
