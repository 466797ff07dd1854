"""What tests of worlds in a database do again and again: open, write one document, read one."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from mock_server.types import World
from mock_server.world import OpenWorld, Outcome, Record, Worlds
from mock_server.world.journal import size

NOW = datetime(2030, 1, 1, 12, 0, 0, 123456, tzinfo=UTC)
Opener = Callable[..., Worlds]


def default(worlds: Worlds) -> OpenWorld:
    world = worlds.get("default")
    assert world is not None
    return world


def put(world: OpenWorld, key: str, document: Any, collection: str = "things") -> None:
    def work(view: World) -> Outcome:
        view.put(collection, key, document)
        return Outcome(True, record(), None)

    world.run("a", True, work)


def delete(world: OpenWorld, key: str, collection: str = "things") -> None:
    def work(view: World) -> Outcome:
        view.delete(collection, key)
        return Outcome(True, None, None)

    world.run("a", True, work)


def get(world: OpenWorld, key: str, collection: str = "things") -> Any:
    return world.run("a", False, lambda view: Outcome(False, None, view.get(collection, key))).response


def exchange(world: OpenWorld, size_: int) -> None:
    """One exchange with a body of that size, journalled."""
    world.run("a", False, lambda _: Outcome(False, record(b"x" * size_), None))


def record(body: bytes = b"\xff{}") -> Record:
    violations = (("body", "type", "is wrong"),)
    headers = [(b"content-type", b"a/b")]
    sent = ("PUT", "/x", b"a:b", body)
    counted = size("/x", b"a:b", body, b"\x00")
    return (NOW, "a", "op", "k", "public", *sent, 200, headers, b"\x00", 7e-6, violations, "1", "r", counted)
