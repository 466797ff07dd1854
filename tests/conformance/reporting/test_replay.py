"""The command that checks a failed requirement again names what has to be sent before it."""

from __future__ import annotations

from typing import Any

from conformance.reporting.report import replay_of
from conformance.types import Outcome, Requirement, Status

COMMAND = "devicedouble check api --seed 1"
ADDRESS = ("success:edit", "capability:fixed", "fixture:address")


def outcome(name: str, status: Status = "passed", **given: Any) -> Outcome:
    fields: dict[str, Any] = {"operation": "edit", "needs": ADDRESS, "sends": "changes", "order": 30, **given}
    return Outcome(Requirement(f"api.edit.{name}", "", **fields), status)


def test_what_changed_the_same_objects_before_is_checked_before() -> None:
    """An address becomes taken by the checks that assign it: alone, the last one has nothing to fail by."""
    failed = outcome("becomes-taken", "failed", order=36)
    others = [
        outcome("later", order=40),
        outcome("reads", sends="reads"),
        outcome("other-operation", operation="add"),
        outcome("other-objects", needs=("fixture:plan",)),
        outcome("skipped", "skipped"),
        outcome("each-kind", "failed", order=35),
        outcome("assigned"),
    ]
    assert replay_of(failed, [failed, *others], COMMAND) == (
        f"{COMMAND} --only api.edit.assigned --only api.edit.each-kind --only api.edit.becomes-taken"
    )


def test_what_needs_no_objects_of_its_own_is_checked_alone() -> None:
    """A replay is as short as it can be."""
    failed = outcome("reads-back", "failed", needs=("success:edit",), order=36)
    others = [outcome("first", needs=("success:edit",)), outcome("assigned")]
    assert replay_of(failed, [*others, failed], COMMAND) == f"{COMMAND} --only api.edit.reads-back"
