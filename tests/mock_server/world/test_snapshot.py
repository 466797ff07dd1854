"""Worlds out and in as JSON, and the difference of two: applied, it turns one into the other."""

import json
from typing import Any

import jsonpatch
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.types import World
from mock_server.world import BadWorld, Outcome, Settings, Worlds, open_worlds
from mock_server.world.codec import dumps, loads, same
from mock_server.world.patches import difference
from mock_server.world.snapshot import compare, restore, snapshot
from tests.mock_server.world.model import MAKERS, play, programs, whole

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=10,
)
objects = st.dictionaries(st.text(max_size=3), json_values, max_size=4)


def opened() -> Worlds:
    return open_worlds(Settings(), MAKERS)


def without_clock(content: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in content.items() if name != "clock"}


@given(objects, objects)
def test_a_difference_applied_turns_one_value_into_the_other(before: Any, after: Any) -> None:
    patch = list(difference(before, after))
    assert same(jsonpatch.apply_patch(before, patch), after)
    assert bool(patch) != same(before, after)


@pytest.mark.parametrize(("before", "after"), [(1, True), (1, 1.0), (0, False), ([1], [True])])
def test_values_that_python_takes_for_equal_are_told_apart(before: Any, after: Any) -> None:
    assert list(difference({"a": before}, {"a": after})) == [{"op": "replace", "path": "/a", "value": after}]


@given(json_values)
def test_stored_text_gives_back_the_exact_value(value: Any) -> None:
    assert same(loads(dumps(value)), value)


@pytest.mark.parametrize("value", [2**64, -(2**70), 10**400, {"a": [2**64 + 1, "\ud800"]}, "\x00", 1e308, -0.0])
def test_stored_text_holds_what_a_fast_writer_cannot(value: Any) -> None:
    assert same(loads(dumps(value)), value)


@given(programs)
def test_a_snapshot_put_in_gives_the_same_world(program: list[Any]) -> None:
    worlds = opened()
    play(worlds, program)
    default = worlds.get("default")
    assert default is not None
    content = json.loads(json.dumps(snapshot(default)))
    other: Any = worlds.create("other", seed=5)
    restore(worlds, other, content)
    assert whole(worlds, "other") == whole(worlds, "default")
    assert without_clock(snapshot(other)) == without_clock(content)
    for api in ("a", "b"):
        assert other.changes(api).documents.get("things", {}).keys() <= {
            *default.changes(api).documents.get("things", {})
        }


@given(programs, programs)
def test_the_difference_of_two_worlds_turns_one_into_the_other(one: list[Any], two: list[Any]) -> None:
    """Also between worlds of different seeds, and when it is put into the other world as a snapshot."""
    first, second = opened(), open_worlds(Settings(seed=len(two) % 2), MAKERS)
    play(first, one)
    if len(two) % 2 == 0:
        play(second, two)
    before, after = first.get("default"), second.get("default")
    assert before is not None
    assert after is not None
    patched = jsonpatch.apply_patch(snapshot(before), compare(before, after))
    assert same(without_clock(patched), without_clock(snapshot(after)))
    restore(first, before, patched)
    assert compare(before, after) == []


@given(programs)
def test_the_difference_of_a_fork_is_what_was_written_since(program: list[Any]) -> None:
    worlds = opened()
    play(worlds, program)
    default, fork = worlds.get("default"), worlds.create("fork")
    assert default is not None
    assert compare(default, fork) == []

    def work(view: World) -> Outcome:
        view.put("notes", "a/b~c", {"n": True})
        return Outcome(True, None, None)

    fork.run("a", True, work)
    (operation,) = compare(default, fork)
    assert operation["op"] == "add"
    assert operation["path"].startswith("/state/a/notes")
    if operation["path"] != "/state/a/notes":
        assert operation == {"op": "add", "path": "/state/a/notes/a~1b~0c", "value": {"n": True}}


def test_a_snapshot_of_an_api_that_is_not_served_is_refused_and_changes_nothing() -> None:
    worlds = opened()
    default = worlds.get("default")
    assert default is not None
    content = {**snapshot(default), "state": {"nokia": {}}}
    before = snapshot(default)["state"]
    with pytest.raises(BadWorld, match="nokia"):
        restore(worlds, default, content)
    assert snapshot(default)["state"] == before


@pytest.mark.parametrize("text", ["tomorrow", "2027-01-31T12:00:00"])
def test_times_without_a_zone_or_sense_are_refused(text: str) -> None:
    worlds = opened()
    default = worlds.get("default")
    assert default is not None
    with pytest.raises(BadWorld):
        restore(worlds, default, {**snapshot(default), "origin": text})
