"""Putting back what a run has changed: on servers that are odd, in trouble, or gone, and when we make mistakes."""

from __future__ import annotations

import pytest

from conformance.resources import Handle, Reading
from conformance.runner import finish_restoring
from tests.conformance.test_suite import run
from tests.conformance.tiny import session, target
from tests.conformance.tiny.server import Notes, serving, start


def test_a_server_that_leaves_null_members_out_is_left_as_it_was() -> None:
    """Many do. What was not there is put back as null, and nothing of the suite breaks on it."""
    notes = Notes({"omits-null"})
    for note in notes.notes.values():
        note["size"] = None
    results = run(notes)
    assert [(one.requirement.id, one.reason) for one in results.outcomes if one.status == "error"] == []
    for number, note in start().items():
        assert {**notes.notes[number], "stamp": ""} == {**note, "size": None, "stamp": ""}


def test_what_could_not_be_put_back_stays_in_the_ledger() -> None:
    """A server that answers nothing but 500 from some change on keeps the change: the next run is to put it back."""
    notes = Notes(broken_after=1)
    suite = session()
    with serving(notes) as base_url:
        opened = suite.open(target(base_url), remember=False)
        results = suite.check(opened, suite.chosen(("tiny.patch-note.reads-back",)))
        assert [entry.path for entry in opened.undo.pending()] == [{"id": "1"}]
        assert any("Could not put back note" in sentence for sentence in opened.warnings)
        assert results.exit_status != 0
        notes.broken_after = None
        assert finish_restoring(opened) == []
    assert not opened.undo.entries
    assert {**notes.notes[1], "stamp": ""} == {**start()[1], "stamp": ""}


def test_a_server_in_trouble_now_and_then_is_left_as_it_was() -> None:
    """And accused of nothing: what does not come every time is an error, and not a failure."""
    notes = Notes(trouble_every=7)
    results = run(notes)
    failed = [one for one in results.outcomes if one.status == "failed"]
    assert [(one.requirement.id, one.failures) for one in failed if one.requirement.level == "MUST"] == []
    assert results.exit_status == 3
    for number, note in start().items():
        assert {**notes.notes[number], "stamp": ""} == {**note, "stamp": ""}


def test_whatever_goes_wrong_in_putting_back_the_rest_is_put_back(monkeypatch: pytest.MonkeyPatch) -> None:
    notes = Notes()
    suite = session()
    with serving(notes) as base_url:
        opened = suite.open(target(base_url), remember=False)
        notes.notes[2]["color"] = "red"
        opened.undo.add("snapshot", "note", {"id": "2"}, "writer", {"": start()[2]})
        opened.undo.add("snapshot", "note", {"id": "1"}, "writer", {"": start()[1]})
        honest = Handle.restore

        def restore(handle: Handle, before: Reading) -> list[str]:
            if handle.path["id"] == "1":
                raise TypeError("a mistake of ours")
            return honest(handle, before)

        monkeypatch.setattr(Handle, "restore", restore)
        told = finish_restoring(opened)
    assert [sentence for sentence in told if "a mistake of ours" in sentence] == told
    assert [entry.path["id"] for entry in opened.undo.pending()] == ["1"]
    assert notes.notes[2]["color"] == start()[2]["color"]
