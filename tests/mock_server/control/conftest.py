"""A strict double without a socket, and a client for all of it."""

import asyncio
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from mock_server.app import Double, create_app
from mock_server.settings import Settings
from mock_server.world.settings import Settings as WorldSettings
from mock_server.world.worlds import open_worlds

FLEET = "/fleet/platform/v1/devices/42"
WRITE = {"Authorization": "Bearer fleet-write-key"}


class Caller:
    """A synchronous client of an ASGI application."""

    def __init__(self, app: Any, origin: str = "http://127.0.0.1:8080", **headers: str) -> None:
        self._app = app
        self._origin = origin
        self._headers = headers
        self._loop = asyncio.new_event_loop()

    def __call__(self, method: str, path: str | httpx.URL, **options: Any) -> httpx.Response:
        """The answer to one request."""
        return self._loop.run_until_complete(self._call(method, path, options))

    async def _call(self, method: str, path: str | httpx.URL, options: dict[str, Any]) -> httpx.Response:
        transport = httpx.ASGITransport(self._app)
        async with httpx.AsyncClient(transport=transport, base_url=self._origin, headers=self._headers) as client:
            return await client.request(method, path, **options)

    def close(self) -> None:
        """Let go of the event loop."""
        self._loop.close()


@pytest.fixture(scope="session")
def shared_app() -> Iterator[Double]:
    """A strict double of two APIs in memory: putting one together takes longer than most of these tests."""
    double = create_app(Settings(apis=("fleet", "masmovil"), world=WorldSettings(devices=20), strict=True))
    yield double
    double.close()


@pytest.fixture
def app(shared_app: Double) -> Double:
    """The double with nothing but a new default world."""
    worlds: Any = shared_app.worlds
    makers = {name: compiled.api.populations for name, compiled in shared_app.apis.items()}
    fresh: Any = open_worlds(shared_app.settings.world, makers)
    worlds._worlds = fresh._worlds
    return shared_app


@pytest.fixture
def call(app: Double) -> Iterator[Caller]:
    """`call("GET", "/_mock/health")`."""
    caller = Caller(app)
    yield caller
    caller.close()


@pytest.fixture
def busy(call: Caller) -> Caller:
    """A double after five calls."""
    call("GET", FLEET, headers=WRITE)
    call("PATCH", FLEET, headers={**WRITE, "x-trace": "t1"}, json={"name": "Zebrabook"})
    call("PATCH", FLEET, headers=WRITE, json={"name": 5})
    call("GET", FLEET.replace("42", "999999999"), headers=WRITE)
    call("GET", FLEET)
    return call
