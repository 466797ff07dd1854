"""Stores that are closed again."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mock_server.world import Settings, Worlds, open_worlds
from tests.mock_server.world.model import MAKERS
from tests.mock_server.world.stores import Opener
from tests.postgres import Postgres


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


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def state(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Each of the places where worlds are kept."""
    if request.param == "memory":
        return "memory"
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/worlds.sqlite"
    server: Postgres = request.getfixturevalue("postgres")
    return server.database()
