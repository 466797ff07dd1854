"""A finished run as the plain value that is `report.json`, version 1; every other report is made from it."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import takewhile
from typing import Any

from conformance.reporting.redaction import Redactor
from conformance.results import Results
from conformance.run import Run
from conformance.types import Exchange, Failure, Outcome, Requirement

VERSION = 1
LONGEST_BODY = 4000
MOST_FAILURES = 20
ALONE = "A replay checks what it names, alone; what passes there rests on what the run sent before: run it all again."


@dataclass(frozen=True, slots=True)
class About:
    """What a report says of the run itself: the suite's version, and how it was started."""

    suite_version: str
    seed: int
    started: datetime
    duration_s: float
    command: str
    """The command line that replays the run, without `--only`; secrets are never in it."""


def report_of(results: Results, run: Run, about: About) -> dict[str, Any]:
    """The report of a run, as JSON-like values without secrets."""
    redactor = Redactor.of(run)
    return {
        "version": VERSION,
        "suite": {"name": "devicedouble", "version": about.suite_version},
        "api": run.contract.api,
        "target": {"base_url": redactor.text(run.target.base_url)},
        "seed": about.seed,
        "started": about.started.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        "duration_s": round(about.duration_s, 3),
        "verdict": results.verdict,
        "summary": _summary(results, run),
        "requirements": [
            _requirement(one, redactor, replay_of(one, results.outcomes, about.command)) for one in results.outcomes
        ],
        "coverage": _coverage(run),
    }


def _summary(results: Results, run: Run) -> dict[str, int]:
    """How many of each status; deviations are among the failed."""
    counts = {status: results.number(status) for status in ("passed", "failed", "skipped", "inconclusive", "error")}
    return {**counts, "deviations": len(results.deviations()), "requests": run.client.requests}


def replay_of(outcome: Outcome, outcomes: Sequence[Outcome], command: str) -> str:
    """The command that checks one requirement again, after those that were checked before it with the same objects.

    What these leave (an address that is taken, say) may be what it fails by.
    """
    wanted = outcome.requirement
    ordered = sorted(outcomes, key=lambda one: one.requirement.order)
    earlier = takewhile(lambda one: one is not outcome, ordered)
    names = [one.requirement.id for one in earlier if one.status != "skipped" and _prepares(one.requirement, wanted)]
    return " ".join([command, *(f"--only {shlex.quote(name)}" for name in (*names, wanted.id))])


def _prepares(one: Requirement, wanted: Requirement) -> bool:
    """Whether a requirement changes the same objects: it needs the same fixtures for the same operation."""
    fixtures = {need for need in wanted.needs if need.startswith("fixture:")}
    return (
        bool(fixtures)
        and wanted.sends == one.sends == "changes"
        and one.operation == wanted.operation
        and fixtures == {need for need in one.needs if need.startswith("fixture:")}
    )


def _requirement(outcome: Outcome, redactor: Redactor, replay: str) -> dict[str, Any]:
    requirement = outcome.requirement
    return {
        "id": requirement.id,
        "level": requirement.level,
        "basis": requirement.basis,
        "source": requirement.source,
        "text": requirement.text,
        "status": outcome.status,
        "reason": redactor.text(outcome.reason) if outcome.reason else None,
        "cases": outcome.cases,
        "failures": [_failure(one, redactor, replay) for one in outcome.failures[:MOST_FAILURES]],
    }


def _failure(failure: Failure, redactor: Redactor, replay: str) -> dict[str, Any]:
    return {
        "message": redactor.text(failure.message),
        "expected": redactor.text(failure.expected),
        "actual": redactor.text(failure.actual),
        "requests": [_request(exchange, redactor) for exchange in failure.exchanges],
        "replay": replay,
    }


def _request(exchange: Exchange, redactor: Redactor) -> dict[str, Any]:
    sent = exchange.sent
    return {
        "curl": curl(exchange, redactor),
        "method": sent.method,
        "url": redactor.text(sent.url),
        "status": exchange.status,
        "body": _cut(redactor.body(exchange.body)),
    }


def curl(exchange: Exchange, redactor: Redactor) -> str:
    """The request as a command line; a credential is named, not shown, and bytes that are no text are left out."""
    sent = exchange.sent
    words = ["curl", "-X", sent.method]
    for name, value in sent.headers:
        if name.lower() not in ("host", "content-length", "connection", "accept-encoding", "user-agent"):
            words += ["-H", f"{name}: {redactor.header(name, value)}"]
    if sent.body:
        words += ["--data-raw", _cut(redactor.body(sent.body))]
    words.append(redactor.text(sent.url))
    return shlex.join(words)


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_BODY else f"{text[:LONGEST_BODY]}… ({len(text)} characters)"


def _coverage(run: Run) -> list[dict[str, Any]]:
    return [
        {
            "operation": operation,
            "statuses": _counts(run.coverage.get(operation, {})),
            "undeclared": _counts(run.undeclared.get(operation, {})),
        }
        for operation in run.contract.operations
    ]


def _counts(counts: Mapping[int, int]) -> dict[str, int]:
    return {str(status): counts[status] for status in sorted(counts)}
