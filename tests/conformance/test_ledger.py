"""The ledgers of the five APIs: every requirement is checked or says why not, every check verifies something."""

from __future__ import annotations

import re
from typing import Any

import pytest

from conformance.apis import MODULES, api_of
from conformance.checks import CONCERNS
from conformance.checks.success import succeeds
from conformance.errors import SuiteError
from conformance.requirements import Ledger, adjust, chosen, ledger_of
from conformance.types import Requirement
from openapi.contract import load
from tests.conformance.tiny import API, CONTRACT


@pytest.mark.parametrize("name", MODULES)
def test_no_requirement_is_orphaned_and_no_check_verifies_nothing(name: str) -> None:
    api = api_of(name)
    assert ledger_of(load(name), api).orphans(api.checks) == []


@pytest.mark.parametrize("name", MODULES)
def test_every_requirement_is_addressable_sourced_and_told(name: str) -> None:
    for one in ledger_of(load(name), api_of(name)):
        assert re.fullmatch(rf"{name}\.[a-z0-9-]+\.[a-z0-9-]+", one.id), one.id
        assert one.level in ("MUST", "SHOULD", "MAY")
        assert one.basis in ("documented", "public", "inferred")
        assert one.source, one.id
        assert one.text.strip().endswith((".", "…")), one.id
        assert one.operation is None or one.operation in load(name).operations, one.id


@pytest.mark.parametrize("name", MODULES)
def test_what_a_requirement_needs_exists(name: str) -> None:
    api = api_of(name)
    contract = load(name)
    for one in ledger_of(contract, api):
        for need in one.needs:
            kind, _, what = need.partition(":")
            known = {
                "capability": api.capability(what),
                "fixture": api.fixture(what) or what in api.finders,
                "role": api.role(what),
                "success": contract.operations.get(what),
            }
            assert known.get(kind), f"{one.id} needs {need}"


def test_every_check_says_what_it_verifies() -> None:
    """A check's docstring is its specification."""
    for concern in CONCERNS:
        for name, check in concern.CHECKS.items():
            assert (check.__doc__ or "").strip(), name
    for name in MODULES:
        for own, check in api_of(name).checks.items():
            assert (check.__doc__ or "").strip(), f"{name} {own}"


def test_every_vendor_free_check_is_used_by_some_api() -> None:
    used = {one.check for name in MODULES for one in ledger_of(load(name), api_of(name))}
    used |= {one.check for one in ledger_of(load(CONTRACT), API)}
    known = {name for concern in CONCERNS for name in concern.CHECKS}
    assert known - used == set()


def test_orphans_are_found() -> None:
    """No check and no reason, both at once, an unknown check, an unused one: each is told."""
    rows = [
        Requirement("x.y.neither", "t"),
        Requirement("x.y.both", "t", check="known", unchecked="why"),
        Requirement("x.y.unknown", "t", check="nowhere"),
    ]
    ledger = Ledger(rows, {"known": succeeds, "idle": succeeds})
    told = ledger.orphans(["idle"])
    assert [line.split(":")[0] for line in told] == ["x.y.neither", "x.y.both", "x.y.unknown", "check idle"]


def test_two_requirements_cannot_share_an_id() -> None:
    with pytest.raises(SuiteError, match=r"x\.y\.z"):
        Ledger([Requirement("x.y.z", "t"), Requirement("x.y.z", "t")], {})


def test_derived_requirements_are_adjusted_by_glob() -> None:
    derived = {name: Requirement(name, "t", needs=("role:a",)) for name in ("x.y.a", "x.y.b")}
    rules: list[dict[str, Any]] = [
        {"id": "x.y.a", "withdraw": True, "reason": "r"},
        {"id": "x.*.b", "level": "SHOULD", "needs": ["role:b"]},
    ]
    (pair,) = adjust(derived, rules)
    assert (pair[1].level, pair[1].needs) == ("SHOULD", ("role:a", "role:b"))
    with pytest.raises(SuiteError, match="adjusts what is not derived: nothing"):
        list(adjust(derived, [{"id": "nothing"}]))


def test_globs_choose_and_leave_out() -> None:
    rows = [Requirement(f"x.y.{name}", "t") for name in "abc"]
    assert [one.id for one in chosen(rows, ("x.y.[ab]",), ("*.b",))] == ["x.y.a"]
