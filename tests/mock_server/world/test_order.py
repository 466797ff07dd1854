"""What is written, deleted and written again keeps the order of a dictionary: in memory and in a database."""

from typing import Any

import pytest

from mock_server.types import World
from mock_server.world import Outcome
from mock_server.world.snapshot import restore, snapshot
from tests.mock_server.world.model import Fork, Request, play, whole
from tests.mock_server.world.stores import Opener, default, put


def steps(text: str, collection: str = "things") -> list[tuple[Any, ...]]:
    """`+x -x` as steps, all keys asked for after each."""

    def step(sign: str, key: str) -> tuple[Any, ...]:
        return ("put", collection, key, {"n": 1}) if sign == "+" else ("delete", collection, key)

    return [one for word in text.split() for one in (step(word[0], word[1:]), ("keys", collection))]


PROGRAMS = {
    "one of the population that was deleted comes back last": "-t0 +t0",
    "one of the population that was written stays in its place": "+t1 +t1 +x -t1 +t2",
    "one of the population is deleted once": "-t0 -t0 -t1",
    "one of the population that came back last is deleted and comes back once more": "-t0 +t0 +x -t0 -t0 +t0",
    "what was never there cannot be deleted": "-x -x +x",
    "an added one that was deleted comes back last": "+x +ü -x -x +x",
    "places of deleted ones are not given again": "+x +y/z +ü -x -y/z +x +y/z",
    "added ones stand as they were added, however they are called": "+ü +y/z +x +t0 +y/z",
}


@pytest.mark.parametrize("program", PROGRAMS.values(), ids=PROGRAMS)
def test_documents_stand_in_the_order_of_a_dictionary(state: str, opened: Opener, program: str) -> None:
    """In one request, and in one request for each step with forks between them."""
    all_ = steps(program)
    each = [action for step in all_ for action in (Request(0, "b", (step,), True), Fork(0))]
    play(opened(state), [Request(0, "a", tuple(all_), True), *each])


def test_a_world_put_in_goes_on_behind_what_it_holds(state: str, opened: Opener) -> None:
    worlds = opened(state)
    for key in ("y/z", "x", "ü", "t1"):
        put(default(worlds), key, {"n": 1})
    other = worlds.create("other", seed=5)
    restore(worlds, other, snapshot(default(worlds)))
    for key in ("b", "a"):
        put(other, key, {"n": 2})
    assert [key for key, _ in whole(worlds, "other")["a"]["things"]] == ["t0", "t1", "t2", "y/z", "x", "ü", "b", "a"]


def test_what_was_written_is_told_in_the_order_of_all(state: str, opened: Opener) -> None:
    worlds = opened(state)
    for key in ("y/z", "t2", "x", "t1", "t0"):
        put(default(worlds), key, {"n": 1})

    def written(view: World) -> Outcome:
        return Outcome(False, None, [key for key, _ in view.written("things")])

    assert default(worlds).run("a", False, written).response == ["t0", "t1", "t2", "y/z", "x"]
