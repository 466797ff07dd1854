"""Holding the suite to its planted faults: each must be killed by the requirement that should, and nobody else accused.

Needs a correct server for each API: a maker of fresh targets, each with a state of its own. What comes out is plain
data, so that it can come from another process.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from functools import lru_cache

from conformance.client import TransportMaker
from conformance.errors import SuiteError
from conformance.planted import faults_for
from conformance.planted.faults import Fault, transport
from conformance.planted.hopeless import hopeless
from conformance.results import Results
from conformance.run import Options
from conformance.session import Session
from conformance.target import Target
from conformance.types import Requirement
from conformance.wire import Wire

FreshTarget = Callable[[str], AbstractContextManager[Target]]
"""API id → a target of a correct server in a fresh state, for the time of one run."""


@dataclass(frozen=True, slots=True)
class Kill:
    """What came of one planted fault: the requirements that it failed among those that should catch it.

    `checks` are the names of their checks. A `trouble` is a reason why the run came to no result.
    """

    api: str
    id: str
    breaks: str
    caught_by: tuple[str, ...]
    by: tuple[str, ...]
    checks: tuple[str, ...]
    ran: int
    seconds: float
    trouble: str | None = None

    @property
    def killed(self) -> bool:
        return bool(self.by) and self.trouble is None


@dataclass(frozen=True, slots=True)
class Honest:
    """The whole suite on the correct server: `alarms` are what it wrongly accuses it of, with the reason."""

    api: str
    verdict: str
    alarms: tuple[tuple[str, str], ...]
    ran: int
    requests: int
    seconds: float


@lru_cache(maxsize=8)
def session_of(api: str) -> Session:
    """The session of an API, made once: deriving a ledger takes longer than most faults need to be killed."""
    return Session.of(api)


def aimed_at(fault: Fault, session: Session) -> list[Requirement]:
    """The requirements that should catch a fault."""
    return [one for one in session.ledger if any(fnmatchcase(one.id, glob) for glob in fault.caught_by)]


def plant(fault: Fault, fresh: FreshTarget, *, session: Session | None = None, seed: int = 0) -> Kill:
    """Run the requirements that should catch the fault against a server that has it."""
    session = replace(session or session_of(fault.api), options=Options(examples=fault.examples, seed=seed))
    wanted = aimed_at(fault, session)
    begin = time.perf_counter()
    results, trouble = None, "no requirement has the id that should catch it"
    if wanted:
        try:
            results, _ = _run(session, wanted, fresh, transport(fault, session.contract), fault.settling)
        except SuiteError as error:
            trouble = str(error)
    failed = [] if results is None else [one.requirement for one in results.outcomes if one.status == "failed"]
    return Kill(
        fault.api,
        fault.id,
        fault.breaks,
        fault.caught_by,
        by=tuple(one.id for one in failed),
        checks=tuple(sorted({str(one.check) for one in failed})),
        ran=len(wanted),
        seconds=time.perf_counter() - begin,
        trouble=trouble if results is None else None,
    )


def despair(fault: Fault, fresh: FreshTarget, *, session: Session | None = None) -> Kill:
    """Run the whole suite against a server that is none; killed when the verdict is anything but conformant."""
    session = replace(session or session_of(fault.api), options=Options(examples=fault.examples))
    begin = time.perf_counter()
    try:
        results, _ = _run(session, list(session.ledger), fresh, transport(fault, session.contract))
        verdict = results.verdict
    except SuiteError:
        verdict = "error"
    by = () if verdict == "conformant" else (f"verdict {verdict}",)
    seconds = time.perf_counter() - begin
    return Kill(fault.api, fault.id, fault.breaks, fault.caught_by, by, (), len(session.ledger), seconds)


def honest(
    api: str, fresh: FreshTarget, *, session: Session | None = None, examples: int = 50, seed: int = 0
) -> Honest:
    """Run the whole suite against the correct server as it is."""
    session = replace(session or session_of(api), options=Options(examples=examples, seed=seed))
    begin = time.perf_counter()
    try:
        results, requests = _run(session, list(session.ledger), fresh, Wire)
    except SuiteError as error:
        alarm = (f"{api}.*", str(error))
        return Honest(api, "error", (alarm,), len(session.ledger), 0, time.perf_counter() - begin)
    alarms = tuple(
        (one.requirement.id, one.reason or one.failures[0].message)
        for one in results.outcomes
        if one.status in ("failed", "error")
    )
    return Honest(api, results.verdict, alarms, len(results.outcomes), requests, time.perf_counter() - begin)


def _run(
    session: Session,
    wanted: list[Requirement],
    fresh: FreshTarget,
    maker: TransportMaker,
    settling: float | None = None,
) -> tuple[Results, int]:
    with fresh(session.contract.api) as target:
        patient = target if settling is None else replace(target, settle_seconds=settling)
        run = session.open(patient, transport=maker, remember=False)
        results = session.check(run, wanted)
    if results.trouble is not None:
        raise SuiteError(results.trouble)
    return results, run.client.requests


@dataclass(frozen=True, slots=True)
class Task:
    """One run of the self-test, by name: what goes to another process."""

    kind: str
    """`honest`, `hopeless` or `fault`."""
    api: str
    id: str = ""
    seed: int = 0


def perform(task: Task, fresh: FreshTarget) -> Kill | Honest:
    """Carry out one task."""
    if task.kind == "honest":
        return honest(task.api, fresh, seed=task.seed)
    if task.kind == "hopeless":
        return despair(next(one for one in hopeless(task.api) if one.id == task.id), fresh)
    return plant(_faults(task.api)[task.id], fresh, seed=task.seed)


@lru_cache(maxsize=8)
def _faults(api: str) -> dict[str, Fault]:
    return {fault.id: fault for fault in faults_for(api)}


def idle(kills: list[Kill], apis: tuple[str, ...]) -> list[str]:
    """The checks of these APIs' ledgers by which no fault was killed, those of the API's own table as `api: name`.

    A check that all share is idle when no API of all has used it to kill; so it is told only when all were run.
    """
    from conformance.apis import MODULES

    used = {(kill.api, name) for kill in kills for name in kill.checks}
    told = [f"{api}: {name}" for api in apis for name in session_of(api).api.checks if (api, name) not in used]
    if set(apis) == set(MODULES):
        known = {str(one.check) for api in apis for one in session_of(api).ledger if one.check}
        own = {name for api in apis for name in session_of(api).api.checks}
        told += sorted(known - own - {name for _, name in used})
    return told
