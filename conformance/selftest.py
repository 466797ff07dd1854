"""Holding the suite to its planted faults: each must be killed by the requirement that should, and nobody else accused.

Needs a correct server for each API: a maker of fresh targets, each with a state of its own.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from fnmatch import fnmatchcase

from conformance.context import Options
from conformance.errors import SuiteError
from conformance.planted import faults_for
from conformance.planted.faults import Fault, transport
from conformance.results import Results
from conformance.session import Session
from conformance.target import Target

FreshTarget = Callable[[str], AbstractContextManager[Target]]
"""API id → a target of a correct server in a fresh state, for the time of one run."""


@dataclass(frozen=True, slots=True)
class Kill:
    """What came of one planted fault: the requirements that it failed among those that should catch it."""

    fault: Fault
    by: tuple[str, ...]
    ran: int
    seconds: float
    trouble: str | None = None

    @property
    def killed(self) -> bool:
        return bool(self.by)


@dataclass(frozen=True, slots=True)
class Honest:
    """The whole suite on the correct server: what it wrongly accuses it of."""

    api: str
    results: Results
    requests: int
    seconds: float

    @property
    def alarms(self) -> list[str]:
        return [one.requirement.id for one in self.results.outcomes if one.status in ("failed", "error")]


def plant(fault: Fault, fresh: FreshTarget, seed: int = 0) -> Kill:
    """Run the requirements that should catch the fault against a server that has it."""
    session = Session.of(fault.api, Options(examples=fault.examples, seed=seed))
    wanted = [one for one in session.ledger if any(fnmatchcase(one.id, glob) for glob in fault.caught_by)]
    begin = time.perf_counter()
    if not wanted:
        return Kill(fault, (), 0, 0.0, "no requirement has the id that should catch it")
    with fresh(fault.api) as target:
        run = session.open(target, transport=transport(fault), remember=False)
        try:
            results = session.check(run, wanted)
        except SuiteError as error:
            return Kill(fault, (), len(wanted), time.perf_counter() - begin, str(error))
    by = tuple(one.requirement.id for one in results.outcomes if one.status == "failed")
    return Kill(fault, by, len(wanted), time.perf_counter() - begin)


def honest(api: str, fresh: FreshTarget, *, examples: int = 50, seed: int = 0) -> Honest:
    """Run the whole suite against the correct server as it is."""
    session = Session.of(api, Options(examples=examples, seed=seed))
    begin = time.perf_counter()
    with fresh(api) as target:
        run = session.open(target, remember=False)
        results = session.check(run, list(session.ledger))
    return Honest(api, results, run.client.requests, time.perf_counter() - begin)


def fast_selection(faults: Iterable[Fault]) -> list[Fault]:
    """For CI: every fault of data and state, and of the generic ones one of each kind an API."""
    chosen: list[Fault] = []
    kinds: set[tuple[str, str]] = set()
    for fault in faults:
        kind = (fault.api, fault.id.rsplit("-", 2)[-1])
        generic = fault.make.__module__.endswith((".generic", ".tools")) and len(fault.caught_by) > 1
        if generic and kind in kinds:
            continue
        kinds.add(kind)
        chosen.append(fault)
    return chosen


def plant_all(apis: Iterable[str], fresh: FreshTarget, *, fast: bool = False) -> Iterator[Kill]:
    """Every planted fault of these APIs, one after another."""
    for api in apis:
        faults: Iterable[Fault] = faults_for(api)
        for fault in fast_selection(faults) if fast else faults:
            yield plant(fault, fresh)
