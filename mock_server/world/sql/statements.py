"""The statements of the hot path, written out: what every request sends to the database."""

import json
from functools import lru_cache

from mock_server.world.sql.schema import documents, journal, positions, worlds

_D = documents.name
_PLACE = "layer = ? AND collection = ? AND key = ?"


class Statements:
    """The statements in one database's dialect. `concurrent`: transactions run beside each other."""

    def __init__(self, postgresql: bool) -> None:
        self.concurrent = postgresql
        last = f"nextval('{positions.name}')" if postgresql else f"(SELECT coalesce(max(position), 0) + 1 FROM {_D})"
        read = f"SELECT document, position FROM {_D} WHERE {_PLACE}"
        self._top = (read, read + " FOR UPDATE" if postgresql else read)
        insert = f"INSERT INTO {_D} (layer, collection, key, document, position) VALUES (?, ?, ?, ?, "
        self.add = insert + "?)"
        self.add_last = insert + last + ")"
        self.replace = f"UPDATE {_D} SET document = ?, position = ? WHERE {_PLACE}"
        self.replace_last = f"UPDATE {_D} SET document = ?, position = {last} WHERE {_PLACE}"
        self.remove = f"DELETE FROM {_D} WHERE {_PLACE}"
        world = f"FROM {worlds.name} WHERE id = ? AND generation = ?"
        lock = " FOR KEY SHARE" if postgresql else ""
        writer = "pg_current_xact_id()::text::bigint" if postgresql else "NULL"
        self.still = f"SELECT 1 {world}{lock}"
        columns = f"INSERT INTO {journal.name} (world, size, entry, writer)"
        self.append = f"{columns} VALUES (?, ?, ?, {writer})"
        self.append_if_current = f"{columns} SELECT id, ?, ?, {writer} {world}{lock}"
        names = ", ".join(column.name for column in worlds.columns)
        self.world = f"SELECT {names} FROM {worlds.name} WHERE name = ?"
        self.names = f"SELECT name FROM {worlds.name} ORDER BY id"

    def top(self, write: bool) -> str:
        """One key of one layer, locked when it is to be written."""
        return self._top[write]

    @staticmethod
    @lru_cache(maxsize=256)
    def below(layers: int) -> str:
        """One key of the highest of so many layers that has it."""
        among = ", ".join("?" * layers)
        return (
            f"SELECT document, position FROM {_D} WHERE layer IN ({among}) AND collection = ? AND key = ? "
            "ORDER BY layer DESC LIMIT 1"
        )

    @staticmethod
    @lru_cache(maxsize=256)
    def collection(layers: int) -> str:
        """Everything that so many layers say of a collection, lower layers first."""
        among = ", ".join("?" * layers)
        return f"SELECT key, document, position FROM {_D} WHERE layer IN ({among}) AND collection = ? ORDER BY layer"

    @staticmethod
    @lru_cache(maxsize=256)
    def collections(layers: int) -> str:
        """The names of the collections that so many layers say something of, by their beginning."""
        among = ", ".join("?" * layers)
        return (
            f"SELECT DISTINCT collection FROM {_D} WHERE layer IN ({among}) AND collection LIKE ? ORDER BY collection"
        )

    @staticmethod
    @lru_cache(maxsize=256)
    def others(layers: int, known: int) -> str:
        """The names of the collections, but so many known ones, in which so many layers leave a document."""
        among, names = ", ".join("?" * layers), ", ".join("?" * known)
        higher = "layer > one.layer AND collection = one.collection AND key = one.key"
        return (
            f"SELECT DISTINCT collection FROM {_D} AS one WHERE layer IN ({among}) "
            f"AND collection LIKE ? AND collection NOT IN ({names}) AND document IS NOT NULL "
            f"AND NOT EXISTS (SELECT 1 FROM {_D} WHERE layer IN ({among}) AND {higher})"
        )


SEQUENCES = "#"
"""The collection that holds an API's sequences; no other one is `named` so."""


@lru_cache(maxsize=1024)
def named(collection: str) -> str:
    """A collection's name as databases can hold it; `decoded` is the inverse."""
    return json.dumps(collection) if collection == SEQUENCES else encoded(collection)


def encoded(key: str) -> str:
    """A key as databases can hold it: one with NUL or lone surrogates is quoted as JSON."""
    if not key.startswith('"') and "\x00" not in key and (key.isascii() or _encodable(key)):
        return key
    return json.dumps(key)


def decoded(key: str) -> str:
    """The inverse of `encoded`."""
    return str(json.loads(key)) if key.startswith('"') else key


def _encodable(key: str) -> bool:
    try:
        key.encode()
    except UnicodeEncodeError:
        return False
    return True
