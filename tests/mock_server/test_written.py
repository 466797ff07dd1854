"""What a world can say of its written documents without looking at those nobody has touched."""

from datetime import UTC, datetime
from typing import Any

from mock_server.types import Document, World
from mock_server.world.settings import Settings
from mock_server.world.worlds import Outcome, open_worlds


class _Letters:
    """A population of four: a, b, c, d."""

    def __len__(self) -> int:
        return 4

    def key(self, index: int) -> str:
        return "abcd"[index]

    def index(self, key: str) -> int | None:
        found = "abcd".find(key)
        return found if found >= 0 else None

    def document(self, index: int) -> Document:
        return {"index": index}


def _in_world(work: Any) -> Any:
    settings = Settings(at=datetime(2026, 1, 1, tzinfo=UTC))
    worlds = open_worlds(settings, {"x": lambda _seed, _devices, _origin: {"letters": _Letters()}})
    world = worlds.get("default")
    assert world is not None
    return world.run("x", True, lambda state: Outcome(True, None, work(state))).response


def test_only_written_documents_are_listed_those_of_the_population_first() -> None:
    def work(state: World) -> list[tuple[str, Document]]:
        for key in ("z", "c", "e", "a"):
            state.put("letters", key, {"written": key})
        state.put("letters", "b", {"written": "b"})
        state.delete("letters", "b")
        state.delete("letters", "z")
        state.delete("letters", "d")
        return list(state.written("letters"))

    assert _in_world(work) == [(key, {"written": key}) for key in ("a", "c", "e")]


def test_what_is_written_comes_in_the_order_of_all_keys() -> None:
    def work(state: World) -> tuple[list[str], list[str]]:
        for key in ("y", "d", "a", "e"):
            state.put("letters", key, {})
        state.delete("letters", "a")
        state.put("letters", "a", {})
        written = {key for key, _ in state.written("letters")}
        return [key for key, _ in state.written("letters")], [k for k in state.keys("letters") if k in written]

    listed, ordered = _in_world(work)
    assert listed == ordered == ["d", "y", "e", "a"]


def test_an_unwritten_collection_lists_nothing() -> None:
    assert _in_world(lambda state: [*state.written("letters"), *state.written("nothing")]) == []
