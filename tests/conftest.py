"""Fixtures of all tests."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from tests.support import Client, Server, serving

settings.register_profile(
    "house", deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True, max_examples=50
)
settings.load_profile("house")


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """One strict double with all five APIs on a real socket, for the whole run."""
    with serving() as server:
        yield server


@pytest.fixture
def double(server: Server) -> Iterator[Callable[..., Client]]:
    """A factory: `double("fleet", headers=…)` is a client of that API in a world of its own."""
    clients: list[Client] = []

    def make(api: str, **options: Any) -> Client:
        client = server.client(api, **options)
        clients.append(client)
        return client

    yield make
    for client in clients:
        client.close()
        server.double.worlds.delete(client.world.name)
