"""Databases for tests of what lasts."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.postgres import Postgres, needed

Address = Callable[[], str]


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A PostgreSQL server for the run."""
    server = Postgres(needed())
    server.start()
    yield server
    server.remove()


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> Address:
    """A function that gives the address of a new database each time it is called."""
    if request.param == "postgresql":
        server: Postgres = request.getfixturevalue("postgres")
        return server.database
    names = iter(range(10_000))
    return lambda: f"sqlite:///{tmp_path}/{next(names)}.sqlite"
