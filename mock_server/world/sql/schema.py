"""The tables, and the version by which a database is known to be ours to read.

A world stands on a *chain* of layers. It writes into the last one only; a fork freezes that and gives each of the two
worlds a new one on top, so that a fork copies nothing. What a later layer says of a key hides what earlier ones say.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Identity,
    Index,
    Integer,
    MetaData,
    Sequence,
    Table,
    Text,
    inspect,
    select,
    text,
)

from mock_server.world.errors import StoreRefused

VERSION = 1

_Number = BigInteger().with_variant(Integer, "sqlite")
metadata = MetaData()

about = Table("devicedouble", metadata, Column("version", Integer, nullable=False))

layers = Table("devicedouble_layers", metadata, Column("id", _Number, Identity(), primary_key=True))

worlds = Table(
    "devicedouble_worlds",
    metadata,
    Column("id", _Number, Identity(), primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("source", Text),
    Column("generation", BigInteger, nullable=False),  # moves with everything below but the counts of faults
    Column("chain", Text, nullable=False),
    Column("seed", BigInteger, nullable=False),
    Column("devices", BigInteger, nullable=False),
    Column("origin", BigInteger, nullable=False),
    Column("ahead", BigInteger, nullable=False),
    Column("frozen", BigInteger),
    Column("faults", Text, nullable=False),
    Column("birth", Text, nullable=False),
)

documents = Table(
    "devicedouble_documents",
    metadata,
    Column("layer", _Number, primary_key=True),
    Column("collection", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("document", Text),
    Column("position", BigInteger),
)
Index("devicedouble_positions", documents.c.position)

journal = Table(
    "devicedouble_journal",
    metadata,
    Column("id", _Number, Identity(), primary_key=True),
    Column("world", _Number, nullable=False),
    Column("size", Integer, nullable=False),
    Column("entry", Text, nullable=False),
    Column("writer", BigInteger),  # the writing transaction, where ids are not in the order of becoming visible
    sqlite_autoincrement=True,
)
Index("devicedouble_journal_of_world", journal.c.world, journal.c.id)

positions = Sequence("devicedouble_position", metadata=metadata)

MIGRATIONS: Mapping[int, Any] = {}
"""By version, the function that makes a database of the version after it from one of that version."""


def prepare(connection: Connection) -> bool:
    """Make the tables, or bring them up to date; True when they are new.

    Raises StoreRefused for a database that is another program's, or of a version that is not known.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(4242424242)"))
    version = stored_version(connection)
    if version is None:
        metadata.create_all(connection)
        connection.execute(about.insert().values(version=VERSION))
        return True
    while version in MIGRATIONS:
        MIGRATIONS[version](connection)
        version += 1
        connection.execute(about.update().values(version=version))
    if version != VERSION:
        raise StoreRefused(
            f"This state was written by another version of devicedouble (its form is {version}, this one reads "
            f"{VERSION}); use that version, or give --state a new place."
        )
    return False


def stored_version(connection: Connection) -> int | None:
    """The version of the tables that are there, None where there are none. Nothing is written.

    Raises StoreRefused for what another program keeps there.
    """
    names = set(inspect(connection).get_table_names())
    if about.name not in names:
        if names and connection.dialect.name == "sqlite":
            raise StoreRefused("This file is another program's database; give --state a new file.")
        return None
    columns = {column["name"] for column in inspect(connection).get_columns(about.name)}
    found = connection.execute(select(about.c.version)).scalars().all() if "version" in columns else []
    if len(found) != 1:
        raise StoreRefused(
            f"The table {about.name!r} that is there does not say which version of devicedouble made it; "
            "give --state a new place."
        )
    return int(found[0])
