"""Worlds in a database: SQLite for one machine, PostgreSQL for many processes."""

from mock_server.world.sql.worlds import open_database

__all__ = ["open_database"]
