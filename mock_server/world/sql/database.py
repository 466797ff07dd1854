"""One database: its connections, its transactions, and what its errors mean."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from mock_server.world.errors import BadWorld, StoreRefused, StoreUnavailable

_AGAIN = {"40001", "40P01"}
"""Serialization failure and deadlock: the transaction is to be run again."""

_OPTIONS = "-c lock_timeout=15000 -c statement_timeout=60000 -c idle_in_transaction_session_timeout=60000"


class Again(Exception):
    """The transaction did not come about and is to be run again, with these options."""

    def __init__(self, **options: bool) -> None:
        super().__init__()
        self.options = options


class ConnectionLost(StoreUnavailable):
    """The connection broke, perhaps only because the database was started anew; new ones are opened."""


class Session:
    """One open transaction, spoken to directly: statements with `?` for their parameters."""

    __slots__ = ("_cursor", "_postgresql", "connection")

    def __init__(self, connection: Any, postgresql: bool) -> None:
        self.connection = connection
        self._postgresql = postgresql
        self._cursor = connection.cursor()

    def run(self, statement: str, parameters: Sequence[Any] = ()) -> Any:
        """The cursor after the statement."""
        if self._postgresql:
            statement = statement.replace("?", "%s")
        return self._cursor.execute(statement, parameters)


class Database:
    """A SQLite file or a PostgreSQL database."""

    def __init__(self, address: str) -> None:
        url = _url(address)
        self.postgresql = url.get_backend_name() == "postgresql"
        self.name = "postgresql" if self.postgresql else "sqlite"
        self.engine = _postgresql(url) if self.postgresql else _sqlite(url)
        self._writing = threading.Lock()

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """A transaction for what is seldom done. Raises StoreUnavailable, Again."""
        with self._turn(), self._explained(), self.engine.begin() as connection:
            yield connection

    @contextmanager
    def session(self) -> Iterator[Session]:
        """A transaction for what every request does; it is committed at the end. Raises StoreUnavailable, Again."""
        with self._turn(), self._explained():
            connection = self.engine.raw_connection()
            try:
                session = Session(connection.driver_connection, self.postgresql)
                if not self.postgresql:
                    session.run("BEGIN IMMEDIATE")
                try:
                    yield session
                except BaseException:
                    connection.rollback()
                    raise
                connection.commit()
            except self.engine.dialect.loaded_dbapi.Error as error:
                self._look(error, connection)
                raise
            finally:
                connection.close()

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """One statement on its own, or several that need not agree with each other. Raises StoreUnavailable."""
        with self._explained():
            connection = self.engine.raw_connection()
            driver: Any = connection.driver_connection
            try:
                if self.postgresql:
                    driver.autocommit = True
                yield Session(driver, self.postgresql)
            except self.engine.dialect.loaded_dbapi.Error as error:
                self._look(error, connection)
                raise
            finally:
                if self.postgresql and connection.is_valid:
                    driver.autocommit = False
                connection.close()

    def _look(self, error: Any, connection: Any) -> None:
        """Open new connections when this one, and so perhaps all of them, turns out to be broken."""
        if self.engine.dialect.is_disconnect(error, connection.driver_connection, None):
            connection.invalidate(error)
            self.engine.dispose()
            raise ConnectionLost(_sentence(error)) from error

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """SQLite has one writer at a time; its own way of waiting sleeps too long."""
        if self.postgresql:
            yield
            return
        if not self._writing.acquire(timeout=20):
            raise StoreUnavailable("The state is busy; try again.")
        try:
            yield
        finally:
            self._writing.release()

    @contextmanager
    def _explained(self) -> Iterator[None]:
        driver = self.engine.dialect.loaded_dbapi
        try:
            yield
        except PoolTimeout as error:
            raise StoreUnavailable("The state is busy; try again.") from error
        except DBAPIError as error:
            raise _meaning(error.orig, driver) from error
        except driver.Error as error:
            raise _meaning(error, driver) from error

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()


def _meaning(error: Any, driver: Any) -> Exception:
    if getattr(error, "sqlstate", None) in _AGAIN:
        return Again()
    if isinstance(error, driver.IntegrityError):
        return Again()
    return StoreUnavailable(_sentence(error))


def _sentence(error: Exception) -> str:
    said = str(error).strip().partition("\n")[0]
    return f"The state cannot be reached: {said}."


def _url(address: str) -> URL:
    try:
        url = make_url(address)
    except ArgumentError:
        raise BadWorld(
            f"{address!r} is no database address; give sqlite:///FILE or postgresql://USER@HOST/DB."
        ) from None
    if url.drivername == "sqlite":
        if not url.database or url.database == ":memory:":
            raise BadWorld("A SQLite state needs a file: give sqlite:///FILE, or memory.")
        return url
    if url.drivername in {"postgresql", "postgres", "postgresql+psycopg"}:
        return url.set(drivername="postgresql+psycopg")
    raise BadWorld(f"State {url.drivername!r} is unknown; give sqlite:///FILE or postgresql://USER@HOST/DB.")


def _postgresql(url: URL) -> Engine:
    return create_engine(
        url,
        pool_size=8,
        max_overflow=8,
        pool_timeout=15,
        pool_use_lifo=True,
        connect_args={"connect_timeout": 3, "options": _OPTIONS, "application_name": "devicedouble"},
    )


def _sqlite(url: URL) -> Engine:
    engine = create_engine(
        url,
        pool_size=16,
        max_overflow=32,
        pool_timeout=15,
        pool_use_lifo=True,
        connect_args={"timeout": 15, "check_same_thread": False},
    )

    @event.listens_for(engine, "connect")
    def _configure(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # transactions are begun by us, not by the driver
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=NORMAL")
        connection.execute("PRAGMA busy_timeout=15000")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def refused_file(error: Exception) -> StoreRefused | None:
    """What a file that is no SQLite database means."""
    said = str(error.__cause__ or error)
    if "not a database" in said:
        return StoreRefused("This file is no SQLite database; give --state a new file.")
    return None
