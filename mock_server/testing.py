"""The double in your own tests: pytest fixtures, and the same as context managers for everything else.

    def test_a_lost_device_is_shown(devicedouble_world):
        app = MyApp(base_url=devicedouble_world.url("fleet"))
        devicedouble_world.advance("P91D")
        ...

One server runs for the whole session (one a process under xdist); every test that asks for `devicedouble_world` gets a
world of its own, gone when it ends. Nothing is loaded before the first test asks.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest

if TYPE_CHECKING:
    import httpx

_numbers = itertools.count(1)


class DoubleError(Exception):
    """The control plane refused; the text is its sentence."""


class DoubleWorld:
    """One world of a running double, steered through its control plane. JSON-like values go in and come out."""

    def __init__(self, server: DoubleServer, name: str) -> None:
        self._server = server
        self.name = name

    def url(self, api: str) -> str:
        """The base URL of an API in this world: what a client under test is given."""
        base_paths = self._server.base_paths
        if api not in base_paths:
            raise DoubleError(f"There is no API {api!r}; there are {', '.join(base_paths)}.")
        return f"{self._server.origin}/w/{self.name}{base_paths[api]}"

    def advance(self, duration: str) -> None:
        """Move the clock by an ISO 8601 duration such as `P91D` or `PT30S`."""
        self._control("PATCH", "/clock", {"advance": duration})

    def set_time(self, now: str, *, running: bool | None = None) -> None:
        """Make it `now` (ISO 8601), with time running or standing; None: as before."""
        self._control("PATCH", "/clock", {"now": now} if running is None else {"now": now, "running": running})

    def freeze(self) -> None:
        """Let time stand."""
        self._control("PATCH", "/clock", {"running": False})

    @property
    def now(self) -> str:
        """The world's time, ISO 8601."""
        return str(self._control("GET", "/clock")["now"])

    def fault(self, **rule: Any) -> str:
        """Add a fault rule (`api="fleet", error="DEVICE_NOT_FOUND", nth=1`) and return its id."""
        return str(self._control("POST", "/faults", rule)["id"])

    def clear_faults(self) -> None:
        """Remove all fault rules."""
        self._control("DELETE", "/faults")

    def journal(self, **query: Any) -> list[dict[str, Any]]:
        """The exchanges so far, oldest first; `query` as the control plane takes it (`api="fleet", status=400`)."""
        found: list[dict[str, Any]] = self._control("GET", "/journal", query={"limit": 10_000, **query})["exchanges"]
        return found[::-1]

    def verify(self, match: Mapping[str, Any], **bounds: int) -> None:
        """Raises AssertionError, with the nearest misses, unless calls that fit `match` were made.

        Bounds are `count`, `at_least` and `at_most`; without one, at least one call must fit.
        """
        verdict = self._control("POST", "/journal/verify", {"match": dict(match), **bounds})
        if not verdict["verified"]:
            raise AssertionError(verdict["message"])

    def plant(self, api: str, collection: str, key: str, document: Mapping[str, Any], *, validate: bool = True) -> None:
        """Store a document; one that breaks the contract is refused, with `validate=False` it is stored regardless."""
        self._control("PUT", _place(api, collection, key), dict(document), {} if validate else {"validate": "false"})

    def document(self, api: str, collection: str, key: str) -> dict[str, Any]:
        """The stored document. Raises DoubleError when there is none."""
        found: dict[str, Any] = self._control("GET", _place(api, collection, key))
        return found

    def reset(self) -> None:
        """Make the world what it was when it began."""
        self._control("POST", "/reset")

    def _control(self, method: str, path: str, body: Any = None, query: Mapping[str, Any] | None = None) -> Any:
        return self._server.control(method, f"/worlds/{self.name}{path}", body, query)


def _place(api: str, collection: str, key: str) -> str:
    return f"/state/{api}/{quote(collection, safe='')}/{quote(key, safe='')}"


class DoubleServer:
    """A running double. `origin` is its scheme, host and port; `base_paths` are the APIs' base paths by id."""

    def __init__(self, origin: str, base_paths: Mapping[str, str], client: httpx.Client) -> None:
        self.origin = origin
        self.base_paths = base_paths
        self._client = client

    @contextmanager
    def world(self, source: str = "default", **options: Any) -> Iterator[DoubleWorld]:
        """A world forked from `source` for as long as the block lasts; `options` are `seed` and `at`."""
        name = f"test-{os.getpid()}-{next(_numbers)}"
        self.control("POST", "/worlds", {"name": name, "from": source, **options})
        try:
            yield DoubleWorld(self, name)
        finally:
            self.control("DELETE", f"/worlds/{name}")

    def control(self, method: str, path: str, body: Any = None, query: Mapping[str, Any] | None = None) -> Any:
        """Call the control plane. Raises DoubleError with its sentence when it refuses."""
        response = self._client.request(method, f"{self.origin}/_mock{path}", json=body, params=query)
        if response.status_code >= 400:
            raise DoubleError(response.json()["error"])
        return response.json() if response.content else None


@contextmanager
def serve(*apis: str, seed: int = 0, devices: int = 200, state: str = "memory") -> Iterator[DoubleServer]:
    """A double on a free port of this machine for as long as the block lasts; all APIs when none is named."""
    import httpx

    from mock_server.app import create_app
    from mock_server.serving import running
    from mock_server.settings import Settings
    from mock_server.world.settings import Settings as WorldSettings
    from openapi.contract import API_IDS

    world = WorldSettings(state=state, seed=seed, devices=devices)
    double = create_app(Settings(apis=apis or tuple(API_IDS), world=world))
    base_paths = {name: compiled.api.base_path for name, compiled in double.apis.items()}
    with running(double) as origin, httpx.Client(timeout=30) as client:
        yield DoubleServer(origin, base_paths, client)


@pytest.fixture(scope="session")
def devicedouble_server() -> Iterator[DoubleServer]:
    """A double with all APIs on a free port, for the whole session (one a process under xdist)."""
    with serve() as server:
        yield server


@pytest.fixture
def devicedouble_world(devicedouble_server: DoubleServer) -> Iterator[DoubleWorld]:
    """A world of its own for one test; `url(api)` is what a client under test is given."""
    with devicedouble_server.world() as world:
        yield world
