"""One database: its connections, its transactions, and what its errors mean."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from mock_server.world.errors import BadWorld, StoreRefused, StoreUnavailable, WorldError
from mock_server.world.sql.schema import stored_version

ATTEMPTS = 50
_T = TypeVar("_T")
_AGAIN = {"40001", "40P01"}
"""Serialization failure and deadlock: the transaction is to be run again."""

_LOST = {None, "57P01", "57P02", "57P03", "08000", "08003", "08006"}
"""The connection broke (the driver gives no state then), or the server ended it."""

_UNREACHABLE = "The state cannot be reached"
_READING = {"mode": "ro", "uri": "true"}
_OPTIONS = "-c lock_timeout=15000 -c statement_timeout=60000 -c idle_in_transaction_session_timeout=60000"


class Again(BaseException):
    """The transaction did not come about and is to be run again, with these options.

    A signal and no error: who turns errors of a request into an answer must not catch it.
    """

    def __init__(self, **options: bool) -> None:
        super().__init__()
        self.options = options


def again(work: Callable[..., _T], **options: bool) -> _T:
    """What `work` returns, called again while its transaction does not come about. Raises StoreUnavailable."""
    for _ in range(ATTEMPTS):
        try:
            return work(**options)
        except Again as signal:
            options |= signal.options
    raise StoreUnavailable("The state is contended; try again.")


class ConnectionLost(StoreUnavailable):
    """The connection broke, perhaps only because the database was started anew; new ones are opened."""


class NothingDone(ConnectionLost):
    """The connection broke before the transaction was to be committed: it can be run again on a new one."""


class Session:
    """One open transaction, spoken to directly: statements with `?` for their parameters."""

    __slots__ = ("_cursor", "_database")

    def __init__(self, connection: Any, database: "Database") -> None:
        self._database = database
        self._cursor = connection.cursor()

    def run(self, statement: str, parameters: Sequence[Any] = ()) -> Any:
        """The cursor after the statement. Raises StoreUnavailable, Again."""
        if self._database.postgresql:
            statement = statement.replace("?", "%s")
        try:
            return self._cursor.execute(statement, parameters)
        except self._database.error as error:
            raise self._database.meaning(error) from error


class Database:
    """A SQLite file or a PostgreSQL database."""

    def __init__(self, address: str) -> None:
        url = _url(address)
        self.postgresql = url.get_backend_name() == "postgresql"
        self.name = "postgresql" if self.postgresql else "sqlite"
        self.engine = _postgresql(url) if self.postgresql else _sqlite(url)
        self.error: Any = self.engine.dialect.loaded_dbapi.Error
        self._writing = threading.Lock()

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """A transaction for what is seldom done. Raises StoreUnavailable, Again."""
        with self._turn():
            try:
                with self.engine.begin() as connection:
                    yield connection
            except PoolTimeout as error:
                raise StoreUnavailable("The state is busy; try again.") from error
            except DBAPIError as error:
                raise self.meaning(error.orig) from error

    @contextmanager
    def session(self) -> Iterator[Session]:
        """A transaction for what every request does; it is committed at the end. Raises StoreUnavailable, Again."""
        with self._turn(), self._connection() as connection:
            session = Session(connection.driver_connection, self)
            if not self.postgresql:
                session.run("BEGIN IMMEDIATE")
            try:
                yield session
            except ConnectionLost as lost:
                raise NothingDone(*lost.args) from lost
            except BaseException:
                with suppress(self.error):
                    connection.rollback()
                raise
            connection.commit()

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """One statement on its own, or several that need not agree with each other. Raises StoreUnavailable."""
        with self._connection() as connection:
            if not self.postgresql:
                yield Session(connection.driver_connection, self)
                return
            connection.driver_connection.autocommit = True
            try:
                yield Session(connection.driver_connection, self)
            finally:
                with suppress(self.error):
                    connection.driver_connection.autocommit = False

    @contextmanager
    def _connection(self) -> Iterator[Any]:
        """A connection of the pool; with one that turns out to be broken, all others are given up too."""
        try:
            connection = self.engine.raw_connection()
        except PoolTimeout as error:
            raise StoreUnavailable("The state is busy; try again.") from error
        except (DBAPIError, self.error) as error:
            raise self.meaning(getattr(error, "orig", error)) from error
        try:
            yield connection
        except self.error as error:
            raise self.meaning(error) from error
        except ConnectionLost as lost:
            connection.invalidate(lost)
            self.engine.dispose()
            raise
        finally:
            connection.close()

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

    def meaning(self, error: Any) -> BaseException:
        """What an error of the driver means for who asked."""
        driver: Any = self.engine.dialect.loaded_dbapi
        if getattr(error, "sqlstate", None) in _AGAIN or isinstance(error, driver.IntegrityError):
            return Again()
        said = str(error).strip().partition("\n")[0]
        sentence = f"{_UNREACHABLE}: {said}."
        lost = self.postgresql and getattr(error, "sqlstate", None) in _LOST
        return ConnectionLost(sentence) if lost else StoreUnavailable(sentence)

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()


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
    _look_at(url)
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


def _look_at(url: URL) -> None:
    """Raise StoreRefused for another program's file. It is opened for reading only: how ours is set changes a file."""
    path = Path(url.database or "")
    if not path.is_file():
        return
    reading = create_engine(url.set(database=f"file:{quote(str(path.absolute()))}").update_query_dict(_READING))
    try:
        with reading.connect() as connection:
            stored_version(connection)
    except DBAPIError as error:  # who opens it for writing will say what is the matter
        if (refused := refused_file(error)) is not None:
            raise refused from None
    finally:
        reading.dispose()


def at_start(error: StoreUnavailable, database: Database) -> WorldError:
    """What an error means when there is no state yet, with what to do about it."""
    refused = refused_file(error)
    if refused is not None or not str(error).startswith(_UNREACHABLE):
        return refused or error
    if database.postgresql:
        return StoreUnavailable(f"{error} Start the PostgreSQL server, or correct the address given with --state.")
    return StoreUnavailable(f"{error} Give --state a file in a folder that is there and can be written to.")


def refused_file(error: Exception) -> StoreRefused | None:
    """What a file that is no SQLite database means."""
    said = str(error.__cause__ or error)
    if "not a database" in said:
        return StoreRefused("This file is no SQLite database; give --state a new file.")
    return None
