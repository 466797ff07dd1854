"""Real servers for tests: one double on a real socket for the whole run, a world of its own for each test."""

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import httpx

from mock_server.app import Double, create_app
from mock_server.serving import running
from mock_server.settings import Settings

_numbers = itertools.count(1)


class WorldHandle:
    """What a test may do to its world beside calling it."""

    def __init__(self, double: Double, name: str) -> None:
        self._double = double
        self.name = name

    @property
    def open(self) -> Any:
        """The open world itself (clock, faults, journal)."""
        world = self._double.worlds.get(self.name)
        assert world is not None
        return world

    @property
    def now(self) -> Any:
        """The world's time."""
        return self.open.clock.now()

    def advance(self, **duration: float) -> None:
        """Move the world's clock: `advance(days=91)`."""
        self.open.clock.advance(timedelta(**duration))

    def freeze(self) -> None:
        """Stop the world's clock."""
        self.open.clock.freeze()

    def document(self, api: str, collection: str, key: str) -> Any:
        """The stored document, or None."""
        return self._run(api, lambda state: state.get(collection, key))

    def plant(self, api: str, collection: str, key: str, document: dict[str, Any]) -> None:
        """Store a document as it is."""
        self._run(api, lambda state: state.put(collection, key, document))

    def state(self, api: str) -> dict[str, Any]:
        """Everything stored for an API: collection → key → document."""
        collections = self._double.apis[api].api.populations(0, 10, self.open.origin)
        found: dict[str, Any] = self._run(api, lambda state: {name: dict(state.items(name)) for name in collections})
        return found

    def _run(self, api: str, work: Any) -> Any:
        from mock_server.world.worlds import Outcome

        return self.open.run(api, True, lambda state: Outcome(True, None, work(state))).response


class Client(httpx.Client):
    """An HTTP client whose base URL is one API in a world of its own."""

    world: WorldHandle
    api: str
    origin: str


class Server:
    """A running double, and clients for it."""

    def __init__(self, double: Double, origin: str) -> None:
        self.double = double
        self.origin = origin

    def client(self, api: str, **options: Any) -> Client:
        """A client for `api` in a fresh world."""
        name = f"t{next(_numbers)}"
        self.double.worlds.create(name)
        client = Client(base_url=f"{self.origin}/w/{name}{self.double.apis[api].api.base_path}", timeout=20, **options)
        client.world = WorldHandle(self.double, name)
        client.api = api
        client.origin = self.origin
        return client


@contextmanager
def serving(settings: Settings | None = None) -> Iterator[Server]:
    """A strict double on a real socket."""
    double = create_app(settings or Settings(strict=True))
    with running(double) as origin:
        yield Server(double, origin)
