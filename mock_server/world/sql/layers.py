"""Layers: made, frozen under a fork, filled from outside, and removed when no world stands on them any more."""

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, and_, delete, insert, select, update
from sqlalchemy import func as sql

from mock_server.world.codec import dumps, loads
from mock_server.world.sql.schema import documents, layers, positions, worlds
from mock_server.world.sql.statements import encoded, named
from mock_server.world.state import GONE, Changes

DEEPEST = 100
"""A chain longer than this is made one layer before it is forked again."""


def new(connection: Connection) -> int:
    """A new, empty layer."""
    made = connection.execute(insert(layers).values())
    key = made.inserted_primary_key
    assert key is not None
    return int(key[0])


def freeze(connection: Connection, world: Any) -> list[int]:
    """Make what a world holds the ground of a fork; the world itself goes on in a layer of its own."""
    chain: list[int] = loads(world.chain)
    if connection.execute(select(documents.c.layer).where(documents.c.layer == chain[-1]).limit(1)).first() is None:
        return chain[:-1]
    if len(chain) > DEEPEST:
        chain = [_merged(connection, chain)]
    values = {"chain": dumps([*chain, new(connection)]), "generation": world.generation + 1}
    connection.execute(update(worlds).where(worlds.c.id == world.id).values(**values))
    return chain


def _merged(connection: Connection, chain: list[int]) -> int:
    """One layer that says what all layers of the chain say."""
    layer = new(connection)
    places = (documents.c.collection, documents.c.key)
    top = select(*places, sql.max(documents.c.layer).label("top")).where(documents.c.layer.in_(chain)).group_by(*places)
    highest = top.subquery()
    same = and_(*(column == highest.c[column.name] for column in places), documents.c.layer == highest.c.top)
    rows = select(documents).join(highest, same)
    for row in connection.execute(rows).mappings().all():
        connection.execute(insert(documents).values(**{**row, "layer": layer}))
    return layer


def fill(connection: Connection, layer: int, changes: Mapping[str, Changes], *, sequences: str) -> None:
    """Write what was written elsewhere."""
    positions_left = _positions(connection, sum(len(keys) for c in changes.values() for keys in c.added.values()))
    rows: list[dict[str, Any]] = []
    for api, written in changes.items():
        for name, items in written.documents.items():
            order = {key: next(positions_left) for key in written.added.get(name, ())}
            for key, document in items.items():
                text = None if document is GONE else dumps(document)
                place = {"layer": layer, "collection": f"{api}/{named(name)}", "key": encoded(key)}
                rows.append({**place, "document": text, "position": order.get(key)})
        for name, number in written.sequences.items():
            place = {"layer": layer, "collection": f"{api}/{sequences}", "key": encoded(name)}
            rows.append({**place, "document": dumps(number), "position": None})
    if rows:
        connection.execute(insert(documents), rows)


def _positions(connection: Connection, number: int) -> Iterator[int]:
    """So many positions behind all that there are."""
    if connection.dialect.name == "postgresql":
        series = sql.generate_series(1, number).alias("series")
        return iter(connection.execute(select(positions.next_value()).select_from(series)).scalars().all())
    last = connection.execute(select(sql.coalesce(sql.max(documents.c.position), 0))).scalar_one()
    return iter(range(last + 1, last + number + 1))


def sweep(connection: Connection, chain: list[int]) -> None:
    """Remove those of these layers that no world stands on, nor began on."""
    rows = connection.execute(select(worlds.c.chain, worlds.c.birth)).all()
    used = {layer for row in rows for layer in (*loads(row.chain), *loads(row.birth)["chain"])}
    dead = [layer for layer in chain if layer not in used]
    if dead:
        connection.execute(delete(documents).where(documents.c.layer.in_(dead)))
        connection.execute(delete(layers).where(layers.c.id.in_(dead)))
