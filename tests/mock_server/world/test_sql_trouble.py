"""Databases that are away, full, another program's or of another version."""

import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from mock_server.world import (
    BadWorld,
    Settings,
    StoreRefused,
    StoreUnavailable,
    open_worlds,
)
from mock_server.world.sql import schema
from mock_server.world.sql.worlds import SqlWorlds
from tests.mock_server.conftest import Address
from tests.mock_server.world.model import MAKERS
from tests.mock_server.world.stores import Opener, default, get, put
from tests.postgres import Postgres, needed


def test_a_database_that_went_away_is_unavailable_and_then_there_again() -> None:
    server = Postgres(needed())
    server.start()
    try:
        worlds = open_worlds(Settings(state=server.database()), MAKERS)
        world = default(worlds)
        put(world, "x", {"n": 1})
        server.stop()
        with pytest.raises(StoreUnavailable):
            worlds.get("default")
        with pytest.raises(StoreUnavailable):
            put(world, "x", {"n": 2})
        server.start()
        assert get(default(worlds), "x") == {"n": 1}
        put(default(worlds), "x", {"n": 3})
        server.stop()
        server.start()
        assert get(default(worlds), "x") == {"n": 3}
        worlds.close()
    finally:
        server.remove()


def test_a_full_database_is_unavailable_and_keeps_what_it_had(tmp_path: Path, opened: Opener) -> None:
    worlds = opened(f"sqlite:///{tmp_path}/small.sqlite")
    assert isinstance(worlds, SqlWorlds)
    put(default(worlds), "x", {"n": 1})
    worlds.database.engine.dispose()
    with worlds.database.reading() as session:
        session.run("PRAGMA max_page_count = 1")
    with pytest.raises(StoreUnavailable, match="full"):
        put(default(worlds), "x", {"n": "x" * 100_000})
    with worlds.database.reading() as session:
        session.run("PRAGMA max_page_count = 100000")
    assert get(default(worlds), "x") == {"n": 1}
    put(default(worlds), "x", {"n": 2})


@pytest.mark.parametrize("state", ["postgresql://nobody@127.0.0.1:1/x", "sqlite:////no/such/directory/x.sqlite"])
def test_a_database_that_cannot_be_reached_at_start_is_said_so(state: str) -> None:
    with pytest.raises(StoreUnavailable, match="cannot be reached"):
        open_worlds(Settings(state=state), MAKERS)


@pytest.mark.parametrize(
    "state", ["sqlite://", "sqlite:///:memory:", "postgresql+asyncpg://x/y", "sqlite:///x?:y://", "mysql://x"]
)
def test_other_addresses_are_refused(state: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    if "?" in state:
        open_worlds(Settings(state=state), MAKERS).close()
        return
    with pytest.raises(BadWorld):
        open_worlds(Settings(state=state), MAKERS)


def test_a_file_of_another_program_is_left_alone(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "other.sqlite") as connection:
        connection.execute("CREATE TABLE recipes (name TEXT)")
    connection.close()
    with pytest.raises(StoreRefused, match="another program"):
        open_worlds(Settings(state=f"sqlite:///{tmp_path}/other.sqlite"), MAKERS)
    (tmp_path / "text").write_text("This is a text of some length. " * 50)
    with pytest.raises(StoreRefused, match="no SQLite database"):
        open_worlds(Settings(state=f"sqlite:///{tmp_path}/text"), MAKERS)


@pytest.mark.parametrize("mode", ["delete", "wal"])
def test_a_refused_file_stays_as_it_was(mode: str, tmp_path: Path) -> None:
    """Also one that its program has open, with what is not yet in the file itself."""
    path = tmp_path / "other.sqlite"
    connection = sqlite3.connect(path)
    connection.execute(f"PRAGMA journal_mode = {mode}")
    connection.execute("CREATE TABLE recipes (name TEXT)")
    connection.execute("INSERT INTO recipes VALUES ('soup')")
    connection.commit()
    before = path.read_bytes()
    with pytest.raises(StoreRefused, match="another program"):
        open_worlds(Settings(state=f"sqlite:///{path}"), MAKERS)
    assert path.read_bytes() == before
    connection.close()


@pytest.mark.parametrize(
    "statement", ["DELETE FROM devicedouble", "ALTER TABLE devicedouble RENAME COLUMN version TO form"]
)
def test_a_table_of_ours_that_says_no_version_is_refused_with_a_sentence(
    statement: str, address: Address, opened: Opener
) -> None:
    place = address()
    opened(place).close()
    _run(place, statement)
    with pytest.raises(StoreRefused, match="does not say which version of devicedouble made it; give --state"):
        open_worlds(Settings(state=place), MAKERS)


def test_another_version_is_refused_with_a_sentence(address: Address, opened: Opener) -> None:
    place = address()
    opened(place).close()
    _set_version(place, schema.VERSION + 1)
    with pytest.raises(StoreRefused, match="another version"):
        open_worlds(Settings(state=place), MAKERS)


def test_an_older_version_is_brought_up_to_date(
    address: Address, opened: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = address()
    opened(place).close()
    _set_version(place, schema.VERSION - 1)
    seen: list[str] = []
    step = {schema.VERSION - 1: lambda connection: seen.append(connection.dialect.name)}
    monkeypatch.setattr(schema, "MIGRATIONS", step)
    opened(place).close()
    opened(place).close()
    assert len(seen) == 1


def _set_version(place: str, version: int) -> None:
    _run(place, f"UPDATE devicedouble SET version = {version}")


def _run(place: str, statement: str) -> None:
    engine = create_engine(place.replace("postgresql:", "postgresql+psycopg:"))
    with engine.begin() as connection:
        connection.execute(text(statement))
    engine.dispose()
