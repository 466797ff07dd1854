"""The self-test itself: kills, survivors, false alarms, and what a quick one leaves out."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest

from conformance.errors import SuiteError
from conformance.planted.faults import Answer, Fault, Modifier
from conformance.planted.selection import quick
from conformance.planted.tools import always, edit_answer, on, without
from conformance.planted.tools import honest as no_fault
from conformance.selftest import FreshTarget, Honest, Kill, Task, despair, honest, idle, perform, plant
from conformance.target import Target
from tests.conformance.tiny import session, target
from tests.conformance.tiny.server import Notes, serving


def fresh(*faults: str) -> FreshTarget:
    @contextmanager
    def made(_: str) -> Iterator[Target]:
        with serving(Notes(set(faults))) as base_url:
            yield target(base_url)

    return made


class NoServer:
    """A target that cannot be made."""

    def __call__(self, _: str) -> AbstractContextManager[Target]:
        raise SuiteError("nobody is there")


def fault(modifier: Modifier, *caught_by: str) -> Fault:
    return Fault("tiny-x", "tiny", "breaks something", caught_by, always(modifier))


def test_a_fault_is_killed_by_the_requirements_it_is_aimed_at() -> None:
    leaves_out = on("getNote", edit_answer(without("/title")))
    kill = plant(fault(leaves_out, "tiny.get-note.answers-*"), fresh(), session=session())
    assert kill.killed
    assert (kill.by, kill.checks, kill.ran) == (("tiny.get-note.answers-200",), ("answers",), 1)


def test_a_fault_that_breaks_nothing_survives() -> None:
    kill = plant(fault(no_fault, "tiny.get-note.*"), fresh(), session=session())
    assert not kill.killed
    assert kill.trouble is None


def test_a_fault_aimed_at_nothing_survives_with_a_reason() -> None:
    kill = plant(fault(no_fault, "tiny.get-note.no-such-thing"), fresh(), session=session())
    assert (kill.killed, kill.trouble) == (False, "no requirement has the id that should catch it")


def test_a_server_that_cannot_be_reached_kills_nothing() -> None:
    kill = plant(fault(no_fault, "tiny.get-note.*"), NoServer(), session=session())
    assert (kill.killed, kill.trouble) == (False, "nobody is there")


def test_a_correct_server_is_accused_of_nothing() -> None:
    found = honest("tiny", fresh(), session=session(), examples=10)
    assert (found.verdict, found.alarms) == ("conformant", ())
    assert found.requests > 100


def test_a_false_alarm_is_told_with_its_reason() -> None:
    found = honest("tiny", fresh("leaks"), session=session(), examples=10)
    assert [name for name, _ in found.alarms] == ["tiny.list-notes.filter-color"]
    assert found.alarms[0][1].endswith("shows objects that do not fit.")


@pytest.mark.parametrize(("status", "body"), [(500, {"error": "x"}), (404, {}), (200, {})])
def test_a_server_that_is_none_is_never_conformant(status: int, body: object) -> None:
    hopeless = fault(lambda call, forward: Answer(status).with_json(body), "tiny.*")  # noqa: ARG005
    kill = despair(hopeless, fresh(), session=session())
    assert kill.by == ("verdict nonconformant",)


def test_despair_needs_more_than_a_run() -> None:
    assert not despair(fault(no_fault, "tiny.*"), fresh(), session=session()).killed


def test_a_quick_selection_puts_each_check_to_use() -> None:
    faults = [Fault(f"{api}-{name}", api, "", (name,), always(no_fault)) for api in ("a", "b") for name in "stuvwxyz"]
    claims = {one.id: {"own" if one.id.endswith("s") else one.id[-1]} for one in faults}
    chosen = quick(faults, lambda one: claims[one.id], {("a", "own"), ("b", "own")}, seed=1)
    ids = {one.id for one in chosen}
    assert {"a-s", "b-s"} <= ids
    assert {one[-1] for one in ids} == set("stuvwxyz")
    assert [one.id for one in chosen] == [one.id for one in faults if one.id in ids]
    assert chosen == quick(faults, lambda one: claims[one.id], {("a", "own"), ("b", "own")}, seed=1)


def test_checks_that_kill_nothing_are_named() -> None:
    kill = Kill("fleet", "fleet-x", "", (), ("fleet.x.y",), ("snapshot",), 1, 0.0)
    told = idle([kill], ("fleet",))
    assert "fleet: snapshot" not in told
    assert all(name.startswith("fleet: ") for name in told)
    assert told


def test_a_task_is_performed_by_name() -> None:
    kill = perform(Task("fault", "fleet", "fleet-null-ignored"), NoServer())
    assert isinstance(kill, Kill)
    assert kill.trouble == "nobody is there"
    lost = perform(Task("honest", "fleet"), NoServer())
    assert isinstance(lost, Honest)
    assert (lost.verdict, lost.alarms) == ("error", (("fleet.*", "nobody is there"),))
