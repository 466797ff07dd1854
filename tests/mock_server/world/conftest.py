"""Stores that are closed again."""

from collections.abc import Iterator
from typing import Any

import pytest

from mock_server.world import Settings, Worlds, open_worlds
from tests.mock_server.world.model import MAKERS
from tests.mock_server.world.stores import Opener


@pytest.fixture
def opened() -> Iterator[Opener]:
    """Open worlds at an address; they are closed when the test has ended."""
    all_: list[Worlds] = []

    def open_(address: str, **options: Any) -> Worlds:
        all_.append(open_worlds(Settings(state=address, **options), MAKERS))
        return all_[-1]

    yield open_
    for worlds in all_:
        worlds.close()
