"""Worlds in a database, held to the same words as those in memory."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from mock_server.world import Settings, Worlds, open_worlds
from tests.mock_server.world.conftest import Address
from tests.mock_server.world.model import MAKERS, play, programs


@pytest.fixture
def fresh(address: Address) -> Iterator[Callable[[], Worlds]]:
    """Worlds in a new database each time it is called."""
    opened: list[Worlds] = []

    def open_() -> Worlds:
        opened.append(open_worlds(Settings(state=address()), MAKERS))
        return opened[-1]

    yield open_
    for worlds in opened:
        worlds.close()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(program=programs)
def test_worlds_behave_like_dictionaries_copied_whole(fresh: Any, program: list[Any]) -> None:
    play(fresh(), program)
