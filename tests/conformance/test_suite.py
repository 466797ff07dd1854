"""The suite on a tiny server: nothing wrong with it when it is right, and each fault found where it is."""

from __future__ import annotations

import pytest

from conformance.reporting.grouping import defects
from conformance.results import Results, Rules
from conformance.runner import Runner
from conformance.types import Outcome, Requirement
from tests.conformance.tiny import session, target
from tests.conformance.tiny.server import Notes, serving, start


def run(notes: Notes, *only: str, examples: int = 10, seed: int = 0, workers: int = 1, safe: bool = False) -> Results:
    suite = session(examples, seed, safe=safe)
    with serving(notes) as base_url:
        opened = suite.open(target(base_url), remember=False)
        return suite.check(opened, suite.chosen(only), workers=workers)


def test_a_correct_server_is_conformant_and_left_as_it_was() -> None:
    """Every requirement passes, none is skipped, and every note is what it was."""
    notes = Notes()
    results = run(notes)
    assert [(one.requirement.id, one.reason, one.failures) for one in results.outcomes if one.status != "passed"] == []
    assert (results.verdict, results.exit_status) == ("conformant", 0)
    for number, note in start().items():
        assert {**notes.notes[number], "stamp": ""} == {**note, "stamp": ""}


FAULTS = {
    "breaks": "tiny.patch-note.no-server-error",
    "as-text": "tiny.get-note.answers-200",
    "leaves-out": "tiny.patch-note.answers-200",
    "open": "tiny.list-notes.no-credential",
    "no-roles": "tiny.patch-note.role-reader",
    "leaks": "tiny.list-notes.filter-color",
    "overlaps": "tiny.list-notes.pages-cover",
    "takes-unknown": "tiny.patch-note.refuses-body-additional-properties-validation",
    "too-long": "tiny.patch-note.refuses-body-max-length-validation",
    "writes-first": "tiny.patch-note.refused-changes-nothing",
    "forgets": "tiny.patch-note.reads-back",
    "ignores-null": "tiny.patch-note.null-clears",
    "resets": "tiny.patch-note.keeps-omitted",
    "everywhere": "tiny.patch-note.others-untouched",
    "moves-id": "tiny.patch-note.changes-only-that",
}


@pytest.mark.parametrize(("fault", "requirement"), FAULTS.items())
def test_each_fault_is_found_by_the_requirement_it_breaks(fault: str, requirement: str) -> None:
    results = run(Notes({fault}), requirement)
    assert [(one.requirement.id, one.status) for one in results.outcomes] == [(requirement, "failed")]
    assert results.exit_status == 1


def test_one_defect_is_told_once() -> None:
    """A server that stores nothing fails several requirements; what is wrong with a member is one defect."""
    results = run(Notes({"forgets"}))
    failed = [one for one in results.outcomes if one.status == "failed"]
    told = defects(failed)
    assert len(failed) > 2
    assert len({defect.cause for defect in told}) == len(told)
    assert max(len(defect.outcomes) for defect in told) > 1


def test_the_same_seed_sends_the_same_requests_whatever_the_workers() -> None:
    one, four, other = Notes(), Notes(), Notes()
    run(one, seed=3)
    run(four, seed=3, workers=4)
    run(other, seed=4)
    assert sorted(one.calls) == sorted(four.calls)
    assert sorted(one.calls) != sorted(other.calls)


def test_safe_sends_nothing_but_reads() -> None:
    notes = Notes()
    results = run(notes, safe=True)
    assert {method for method, _, _ in notes.calls} <= {"GET", "HEAD", "OPTIONS"}
    assert results.number("skipped") > 20
    assert results.number("passed") > 10
    assert results.number("failed") == 0


def test_a_429_is_waited_out() -> None:
    notes = Notes(busy=3)
    assert run(notes, "tiny.get-note.succeeds").exit_status == 0


def test_what_rests_on_an_operation_that_never_succeeds_is_inconclusive() -> None:
    notes = Notes()
    del notes.notes[1]
    results = run(notes, "tiny.get-note.*")
    found = {one.requirement.id: one.status for one in results.outcomes}
    assert found["tiny.get-note.succeeds"] == "error"
    assert found["tiny.get-note.refuses-path-pattern-validation"] == "inconclusive"
    assert results.exit_status == 3


def test_a_run_in_which_nothing_passed_is_not_conformant() -> None:
    """At a wrong address the only failures may be deviations; what never passed has not been shown."""
    requirement = Requirement("tiny.get-note.succeeds", "", basis="inferred")
    failed, skipped, passed = (Outcome(requirement, status) for status in ("failed", "skipped", "passed"))
    found = [Results(outcomes, Rules()) for outcomes in ([failed, skipped], [failed], [failed, passed])]
    assert [(one.verdict, one.exit_status) for one in found] == [("error", 3), ("error", 3), ("conformant", 0)]
    strict = Results([failed, skipped], Rules(strict=True))
    assert (strict.verdict, strict.exit_status) == ("nonconformant", 1)


def test_interrupted_the_run_puts_everything_back() -> None:
    """Ctrl-C in the middle of a change: the note is what it was, and nothing is left to undo."""
    notes = Notes()
    suite = session()
    with serving(notes) as base_url:
        opened = suite.open(target(base_url), remember=False)
        changes = 0

        def interrupt(_: object) -> None:
            nonlocal changes
            changes += notes.calls[-1][0] == "PATCH"
            if changes == 4:
                changes += 1
                raise KeyboardInterrupt

        opened.client.observe = interrupt
        results = Runner(opened, suite.ledger, Rules()).all(suite.chosen(("tiny.patch-note.reads-back",)))
    assert results.interrupted
    assert results.verdict == "error"
    assert not opened.undo.entries
    assert {**notes.notes[1], "stamp": ""} == {**start()[1], "stamp": ""}
