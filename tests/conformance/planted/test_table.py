"""The table of planted faults: large enough, well named, each aimed at something, and every check aimed at."""

from __future__ import annotations

from fnmatch import fnmatchcase

import pytest

from conformance.apis import MODULES
from conformance.checks import CONCERNS
from conformance.planted import MODULES as PLANTED
from conformance.planted import faults_for
from conformance.planted.faults import Fault
from conformance.planted.hopeless import hopeless
from conformance.selftest import aimed_at, session_of

BROAD = 12
"""A fault that more requirements than this might catch says nothing about any of their checks."""


def faults() -> list[Fault]:
    return [fault for api in MODULES for fault in faults_for(api)]


def test_each_api_has_a_file_of_its_own() -> None:
    assert list(PLANTED) == list(MODULES)
    for api in MODULES:
        names = [fault.id for fault in faults_for(api)]
        assert len(names) >= 30, api
        assert all(name.startswith(f"{api}-") for name in names)
        assert len(set(names)) == len(names)


def test_there_are_more_than_a_hundred_and_fifty() -> None:
    assert len(faults()) >= 150


def test_three_servers_of_each_api_are_none() -> None:
    assert [fault.id.partition("-")[2] for fault in hopeless("fleet")] == ["always-500", "always-404", "always-ok"]


@pytest.mark.parametrize("api", MODULES)
def test_each_fault_is_aimed_at_requirements_that_have_a_check(api: str) -> None:
    """A glob that matches nothing is an id that was renamed."""
    session = session_of(api)
    stale = [
        f"{fault.id}: {glob}"
        for fault in faults_for(api)
        for glob in fault.caught_by
        if not any(one.check and fnmatchcase(one.id, glob) for one in session.ledger)
    ]
    assert stale == []


def test_every_check_has_a_fault_that_it_should_catch() -> None:
    """A check that nothing is planted for has never been seen to find anything."""
    claimed: set[tuple[str, str]] = set()
    for fault in faults():
        aims = aimed_at(fault, session_of(fault.api))
        if len(aims) <= BROAD:
            claimed |= {(fault.api, str(one.check)) for one in aims}
    shared = {name for concern in CONCERNS for name in concern.CHECKS}
    orphans = sorted(shared - {name for _, name in claimed})
    for api in MODULES:
        own = set(session_of(api).api.checks)
        orphans += [f"{api}: {name}" for name in sorted(own) if (api, name) not in claimed]
    assert orphans == []
