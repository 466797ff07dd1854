"""The ledger: every requirement of an API, derived from its contract by rule or written in `requirements.yaml`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from fnmatch import fnmatchcase
from importlib import resources
from typing import Any

import yaml

from conformance.api import Api
from conformance.errors import SuiteError
from conformance.types import Check, Requirement, Sends
from openapi.contract import Contract, Operation

LEVELS = ("MUST", "SHOULD", "MAY")


@dataclass(frozen=True, slots=True)
class Book:
    """What a rule derives requirements from."""

    contract: Contract
    api: Api

    def operations(self) -> Iterator[Operation]:
        """The operations below the base URL; those with servers of their own are somewhere else."""
        return (operation for operation in self.contract.operations.values() if not operation.own_servers)

    def id(self, operation: Operation | None, slug: str) -> str:
        middle = kebab(operation.id) if operation else "api"
        return f"{kebab(self.contract.api)}.{middle}.{slug}"

    def needs(self, operation: Operation) -> tuple[str, ...]:
        need = self.api.needs.get(operation.id)
        return (need,) if need else ()

    def make(
        self,
        operation: Operation,
        slug: str,
        text: str,
        check: str,
        *,
        basis: str | None = None,
        source: str | None = None,
        sends: Sends | None = None,
        needs: tuple[str, ...] = (),
        level: str = "MUST",
        order: int = 50,
        data: Mapping[str, Any] | None = None,
    ) -> Requirement:
        """A requirement on one operation; basis and source are the operation's unless given."""
        return Requirement(
            id=self.id(operation, slug),
            text=text,
            level=level,  # type: ignore[arg-type]
            basis=basis or operation.basis,  # type: ignore[arg-type]
            source=str(source or operation.source or ""),
            operation=operation.id,
            check=check,
            data=data or {},
            needs=(*self.needs(operation), *needs),
            sends=sends or ("reads" if operation.method == "GET" else "refused"),
            order=order,
        )


class Ledger:
    """All requirements of one API by id, and the checks that they name."""

    def __init__(self, requirements: Iterable[Requirement], checks: Mapping[str, Check]) -> None:
        self.requirements: dict[str, Requirement] = {}
        self.checks = dict(checks)
        for requirement in requirements:
            if requirement.id in self.requirements:
                raise SuiteError(f"Two requirements have the id {requirement.id}.")
            self.requirements[requirement.id] = requirement

    def __iter__(self) -> Iterator[Requirement]:
        return iter(self.requirements.values())

    def __len__(self) -> int:
        return len(self.requirements)

    def check_of(self, requirement: Requirement) -> Check:
        return self.checks[str(requirement.check)]

    def orphans(self, own: Iterable[str] = ()) -> list[str]:
        """Requirements without check or reason, and checks among `own` that no requirement names."""
        told = []
        used = set()
        for one in self:
            used.add(one.check)
            if (one.check is None) == (one.unchecked is None):
                told.append(f"{one.id}: needs either a check or a reason why none can exist")
            elif one.check is not None and one.check not in self.checks:
                told.append(f"{one.id}: there is no check {one.check}")
        told += [f"check {name}: verifies no requirement" for name in own if name not in used]
        return told


def ledger_of(contract: Contract, api: Api) -> Ledger:
    """The ledger of an API: everything derived, then what is written, which wins where the ids are the same."""
    from conformance.checks import CONCERNS

    book = Book(contract, api)
    derived: dict[str, Requirement] = {}
    checks: dict[str, Check] = {}
    for concern in CONCERNS:
        checks |= concern.CHECKS
        for requirement in concern.derive(book):
            derived[requirement.id] = requirement
    written, adjustments = written_for(api.id)
    adjusted = dict(adjust(derived, adjustments))
    return Ledger((adjusted | {one.id: one for one in written}).values(), checks | dict(api.checks))


def adjust(
    derived: Mapping[str, Requirement], adjustments: Iterable[Mapping[str, Any]]
) -> Iterator[tuple[str, Requirement]]:
    """Apply `adjust` entries (glob of ids → other level, basis, needs, text; or `withdraw`) to derived requirements."""
    rules = [dict(rule) for rule in adjustments]
    unused = {rule["id"] for rule in rules}
    for name, requirement in derived.items():
        changed: Requirement | None = requirement
        for rule in rules:
            if changed is not None and fnmatchcase(name, rule["id"]):
                unused.discard(rule["id"])
                changed = _adjusted(changed, rule)
        if changed is not None:
            yield name, changed
    if unused:
        raise SuiteError(f"requirements.yaml adjusts what is not derived: {', '.join(sorted(unused))}.")


def _adjusted(requirement: Requirement, rule: Mapping[str, Any]) -> Requirement | None:
    if rule.get("withdraw"):
        return None
    changes = {key: value for key, value in rule.items() if key not in ("id", "reason")}
    if "needs" in changes:
        changes["needs"] = (*requirement.needs, *changes["needs"])
    if "unchecked" in changes:
        changes["check"] = None
    return replace(requirement, **changes)


def written_for(api: str) -> tuple[list[Requirement], list[Mapping[str, Any]]]:
    """The requirements and adjustments of `conformance/apis/<api>/requirements.yaml`; none without the file."""
    folder = resources.files("conformance.apis") / api
    file = folder / "requirements.yaml"
    if not file.is_file():
        return [], []
    data = yaml.safe_load(file.read_text(encoding="utf-8")) or {}
    return [_written(api, row) for row in data.get("requirements", [])], list(data.get("adjust", []))


def _written(api: str, row: Mapping[str, Any]) -> Requirement:
    known = {one.name for one in fields(Requirement)}
    if extra := set(row) - known:
        raise SuiteError(f"{row.get('id')}: requirements.yaml has unknown keys {', '.join(sorted(extra))}.")
    if not re.fullmatch(rf"{api}\.[a-z0-9-]+\.[a-z0-9-]+", row["id"]):
        raise SuiteError(f"{row['id']}: an id is written {api}.operation.slug, lower case with hyphens.")
    return Requirement(**{**row, "needs": tuple(row.get("needs", ()))})


def chosen(requirements: Iterable[Requirement], only: tuple[str, ...], skip: tuple[str, ...]) -> list[Requirement]:
    """The requirements whose ids match a glob of `only` (all without one) and none of `skip`."""
    return [
        one
        for one in requirements
        if (not only or any(fnmatchcase(one.id, glob) for glob in only))
        and not any(fnmatchcase(one.id, glob) for glob in skip)
    ]


def kebab(name: str) -> str:
    """`updateDevice` as `update-device`, `INVALID_STATUS` as `invalid-status`."""
    spaced = re.sub(r"([a-z0-9])([A-Z])", r"\1-\2", name)
    return re.sub(r"[^a-z0-9]+", "-", spaced.lower()).strip("-")
