"""What every operation of the control plane works with, and how it answers and refuses."""

import asyncio
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from starlette.responses import Response

from mock_server.compiler import CompiledApi
from mock_server.media import write_json
from mock_server.settings import Settings
from mock_server.world.errors import UnknownWorld
from mock_server.world.worlds import OpenWorld, Worlds

CONTRACT = Path(__file__).resolve().parents[2] / "openapi" / "control.yaml"
_Found = TypeVar("_Found")


class Problem(Exception):
    """An operation says no: the status, one sentence, and what could have been given."""

    def __init__(self, status: int, sentence: str, choices: list[str] | None = None) -> None:
        super().__init__(sentence)
        self.status = status
        self.sentence = sentence
        self.choices = choices


class Context:
    """The worlds and APIs of one double."""

    def __init__(self, worlds: Worlds, apis: Mapping[str, CompiledApi], settings: Settings) -> None:
        self.worlds = worlds
        self.apis = apis
        self.settings = settings

    async def do(self, work: Callable[[], _Found]) -> _Found:
        """What `work` returns; it may do what the worlds need, I/O included."""
        if self.worlds.blocking:
            return await asyncio.to_thread(work)
        return work()

    async def within(self, world: str, work: Callable[[OpenWorld], _Found]) -> _Found:
        """What `work` returns for the world of that name. Raises UnknownWorld."""
        return await self.do(lambda: work(self.world(world)))

    def world(self, name: str) -> OpenWorld:
        """The world of that name. Raises UnknownWorld."""
        world = self.worlds.get(name)
        if world is None:
            raise UnknownWorld(name)
        return world

    def api(self, name: str) -> CompiledApi:
        """The API of that id. Raises Problem."""
        api = self.apis.get(name)
        if api is None:
            raise Problem(404, f"There is no API {name!r} here.", sorted(self.apis))
        return api


def answer(value: Any, status: int = 200, media_type: str = "application/json", **headers: str) -> Response:
    """A JSON answer; what is stored is told exactly."""
    return Response(write_json(value), status, {"cache-control": "no-store", **headers}, media_type)


def nothing() -> Response:
    """An answer without a body."""
    return Response(status_code=204)
