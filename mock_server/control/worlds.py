"""Operations on worlds and their clocks, and the health of the double."""

import secrets
from importlib.metadata import version
from typing import Any
from urllib.parse import quote

from connexion import request
from starlette.responses import Response

from mock_server.control.context import Context, answer, nothing
from mock_server.control.durations import add, parse
from mock_server.world.clock import BEYOND, Clock
from mock_server.world.errors import BadWorld
from mock_server.world.snapshot import moment, timestamp
from mock_server.world.worlds import DEFAULT, OpenWorld


class WorldOperations:
    """Worlds, their clocks, and health."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def get_health(self) -> Response:
        worlds = self._context.worlds
        await self._context.do(lambda: worlds.get(DEFAULT))
        return answer(
            {
                "status": "ok",
                "version": version("devicedouble"),
                "apis": list(self._context.apis),
                "state": worlds.state,
            }
        )

    async def list_worlds(self) -> Response:
        worlds = self._context.worlds
        found = await self._context.do(lambda: [world for name in worlds.names() if (world := worlds.get(name))])
        views = await self._context.do(lambda: [self._numbers(world) for world in found])
        return answer({"worlds": [{**view, "base_urls": self._base_urls(view["name"])} for view in views]})

    async def create_world(self, body: dict[str, Any] | None = None) -> Response:
        wanted = body or {}
        name = wanted.get("name") or "w-" + secrets.token_hex(6)
        at = moment(wanted["at"]) if "at" in wanted else None
        source, seed = wanted.get("from", DEFAULT), wanted.get("seed")
        await self._context.do(lambda: self._context.worlds.create(name, source, seed, at))
        return await self._world(name, 201, location=f"/_mock/worlds/{quote(name)}")

    async def get_world(self, world: str) -> Response:
        return await self._world(world)

    async def delete_world(self, world: str) -> Response:
        await self._context.do(lambda: self._context.worlds.delete(world))
        return nothing()

    async def reset_world(self, world: str) -> Response:
        await self._context.do(lambda: self._context.worlds.reset(world))
        return await self._world(world)

    async def get_clock(self, world: str) -> Response:
        return answer(await self._context.within(world, lambda found: clock_view(found.clock)))

    async def change_clock(self, world: str, body: dict[str, Any]) -> Response:
        return answer(await self._context.within(world, lambda found: _changed(found, body)))

    async def _world(self, name: str, status: int = 200, **headers: str) -> Response:
        view = await self._context.within(name, self._numbers)
        return answer({**view, "base_urls": self._base_urls(name)}, status, **headers)

    def _numbers(self, world: OpenWorld) -> dict[str, Any]:
        return {
            "name": world.name,
            "from": world.source,
            "seed": world.seed,
            "devices": world.devices,
            "origin": timestamp(world.origin),
            "clock": clock_view(world.clock),
            "faults": len(world.faults),
            "journal": {"entries": len(world.journal), "last": world.journal.last},
        }

    def _base_urls(self, name: str) -> dict[str, str]:
        return {api: base_url(compiled.api.base_path, name) for api, compiled in self._context.apis.items()}


def base_url(base_path: str, world: str) -> str:
    """Where an API answers in a world, as the caller of the control plane reaches the double."""
    prefix = "" if world == DEFAULT else f"/w/{quote(world)}"
    return f"{request.url.scheme}://{request.url.netloc}{prefix}{base_path}"


def clock_view(clock: Clock) -> dict[str, Any]:
    """A clock as the control plane shows it."""
    return {"now": timestamp(clock.now()), "running": clock.running}


def _changed(world: OpenWorld, body: dict[str, Any]) -> dict[str, Any]:
    now = moment(body["now"]) if "now" in body else None
    advance = None
    if "advance" in body:
        start = now or world.clock.now()
        try:
            advance = add(start, parse(body["advance"])) - start
        except (OverflowError, ValueError):
            raise BadWorld(BEYOND) from None
    world.clock.change(now=now, advance=advance, running=body.get("running"))
    return clock_view(world.clock)
