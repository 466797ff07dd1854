"""The rules on a contract that they were not written for: every fault that they make of it is killed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from conformance.planted.faults import Fault
from conformance.planted.generic import faults_by_rule
from conformance.selftest import FreshTarget, plant
from conformance.target import Target
from tests.conformance.tiny import session, target
from tests.conformance.tiny.server import Notes, serving, start

FAULTS = faults_by_rule(session())


@pytest.fixture(scope="module")
def fresh() -> Iterator[FreshTarget]:
    """The tiny server, as it was at its start each time."""
    notes = Notes()
    with serving(notes) as base_url:

        @contextmanager
        def made(_: str) -> Iterator[Target]:
            notes.notes = start()
            yield target(base_url)

        yield made


@pytest.mark.parametrize("fault", FAULTS, ids=[fault.id for fault in FAULTS])
def test_a_fault_made_by_rule_is_killed(fault: Fault, fresh: FreshTarget) -> None:
    kill = plant(fault, fresh, session=session())
    assert kill.killed, f"{kill.breaks}: {kill.caught_by} {kill.trouble}"


def test_rules_use_most_of_what_a_contract_offers() -> None:
    """No rule is silent about a contract with bodies, lists, roles and unknown objects."""
    names = {fault.id for fault in FAULTS}
    assert len(names) > 50
    assert {"tiny-patch-note-forgets", "tiny-list-notes-page-skips", "tiny-patch-note-any-role"} <= names
