"""Worlds in a database."""

from collections.abc import Mapping

from mock_server.types import PopulationMaker
from mock_server.world.errors import BadWorld
from mock_server.world.settings import Settings
from mock_server.world.worlds import Worlds


def open_database(settings: Settings, populations: Mapping[str, PopulationMaker]) -> Worlds:
    """The worlds kept in the database that `settings.state` names."""
    raise BadWorld(f"State {settings.state!r} is not supported yet ({len(populations)} APIs); give memory.")
