"""The whole wiring of a double: which APIs, which worlds, what answers what."""

import asyncio
import gc
import json
import os
from collections.abc import Callable, Mapping
from importlib import import_module

from mock_server.compiler import compile_api
from mock_server.delivery import Send, hang_up
from mock_server.logs import logger
from mock_server.pipeline import App, Pipeline, Receive, Scope
from mock_server.serving import end_with_parent
from mock_server.settings import ENVIRONMENT, Settings, from_plain
from mock_server.types import Api
from mock_server.world.worlds import open_worlds
from openapi.contract import load


class Double:
    """A double: the ASGI application, and the parts that tests and the control plane hold on to.

    One that is `supervised` is a process of its own, and ends with the one that started it.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.supervised = False
        self.apis = {name: compile_api(api_table(name), load(name)) for name in settings.apis}
        self.worlds = open_worlds(settings.world, {name: item.api.populations for name, item in self.apis.items()})
        self._pipeline = Pipeline(
            self.apis,
            self.worlds,
            Behind(self),
            strict=settings.strict,
            body_limit=settings.body_limit,
            log=logger(settings.log),
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await self._pipeline(scope, receive, send)
        except asyncio.CancelledError:  # the server stops and waits no longer
            if not hang_up(send):
                raise

    def close(self) -> None:
        """Let go of the state (a database's connections) and of those who wait for it."""
        self._pipeline.close()
        self.worlds.close()


class Behind:
    """What answers where no API does. Each part is loaded when it is first asked for: none is needed to start."""

    def __init__(self, double: Double) -> None:
        self._double = double
        self._made: dict[str, App] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
            return
        path = scope.get("path", "")
        part = "control" if path == "/_mock" or path.startswith("/_mock/") else "pages"
        if part not in self._made:
            self._made[part] = _PARTS[part](self._double)
        await self._made[part](scope, receive, send)

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        watch = asyncio.ensure_future(end_with_parent()) if self._double.supervised else None
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                await send({"type": "lifespan.startup.complete"})
            else:
                if watch is not None:
                    watch.cancel()
                self._double.close()
                await send({"type": "lifespan.shutdown.complete"})
                return


def create_app(settings: Settings | None = None) -> Double:
    """The double for these settings. Raises ContractError, LookupError or a world's error when it cannot start."""
    return Double(settings or Settings())


def create_from_environment() -> Double:
    """The double of a worker process: its settings are in the environment."""
    double = create_app(from_plain(json.loads(os.environ[ENVIRONMENT])))
    double.supervised = True
    settle_memory()
    return double


def settle_memory() -> None:
    """Spare the garbage collector what lives as long as the server: for a process that does nothing but serve."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


def api_table(name: str) -> Api:
    """The table of one API (`mock_server/apis/<name>/`)."""
    api: Api = import_module(f"mock_server.apis.{name}").API
    return api


def _pages(double: Double) -> App:
    from mock_server.pages import create_pages

    return create_pages(double.apis, double.worlds)


def _control(double: Double) -> App:
    from mock_server.control.app import create_control

    return create_control(double.worlds, double.apis, double.settings)


_PARTS: Mapping[str, Callable[[Double], App]] = {"pages": _pages, "control": _control}
