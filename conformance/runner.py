"""Running the checks: in order, alone or side by side, and always putting back what was changed.

What changes the server runs alone, in the order of the ledger; what does not runs on as many threads as wanted.
The same requests are sent whatever their number, because each check draws from a generator of its own.
"""

from __future__ import annotations

import os
import threading
import traceback
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from itertools import groupby

from conformance.answers import repeated
from conformance.checks.success import baseline
from conformance.context import READING, UNSET, Context
from conformance.errors import BrokenOff, Inconclusive, Skip, SuiteError, Unavailable
from conformance.requirements import Ledger
from conformance.resources import Handle
from conformance.results import Results, Rules
from conformance.run import Run, Stopped
from conformance.types import Outcome, Requirement
from conformance.undo import Entry

MOST_TROUBLES = 3
Progress = Callable[[Outcome], None]


class Runner:
    """Runs a selection of a ledger's requirements on one server."""

    def __init__(
        self,
        run: Run,
        ledger: Ledger,
        rules: Rules,
        *,
        workers: int = 1,
        fail_fast: bool = False,
        progress: Progress | None = None,
    ) -> None:
        self.run = run
        self.ledger = ledger
        self.rules = rules
        self.workers = workers
        self.fail_fast = fail_fast
        self.progress = progress or _silence
        self.outcomes: dict[str, Outcome] = {}
        self._ended: str | None = None
        self._troubles = 0
        self._before = max(run.undo.entries, default=0)
        self._lock = threading.Lock()

    def all(self, requirements: Iterable[Requirement]) -> Results:
        """Check every requirement given. Interrupted (Ctrl-C), put everything back and return what there is."""
        wanted = list(requirements)
        interrupted, trouble = False, None
        try:
            contact(self.run)
            self._grounds(wanted)
            for _, group in groupby(sorted(wanted, key=lambda one: one.order), key=lambda one: one.order):
                self._group(list(group))
            finish_restoring(self.run, since=self._before)
        except (KeyboardInterrupt, Stopped):
            interrupted = True
            self.run.stopping.set()
            self._restore_interrupted()
        except SuiteError as error:
            trouble = self._ended = str(error)
        for one in wanted:
            if one.id not in self.outcomes:
                reason = "the run was interrupted" if interrupted else (self._ended or "not reached")
                self.outcomes[one.id] = Outcome(one, "skipped", reason)
        self._late_findings()
        return Results([self.outcomes[one.id] for one in wanted], self.rules, interrupted, trouble)

    def _restore_interrupted(self) -> None:
        """Put everything back; a second Ctrl-C leaves the rest to the next run."""
        try:
            finish_restoring(self.run, since=self._before)
        except KeyboardInterrupt:
            self.run.warn("Putting back was interrupted; the next run offers to go on with it.")

    def _grounds(self, wanted: list[Requirement]) -> None:
        """Find out first, one after another, which operations succeed: others rest on it. What deletes has time."""
        for name in dict.fromkeys(n.partition(":")[2] for one in wanted for n in one.needs if n.startswith("success:")):
            operation = self.run.contract.operations.get(name)
            if operation is not None and operation.method == "DELETE":
                continue
            try:
                baseline(Context(self.run, Requirement(f"{self.run.contract.api}.ground.{name}", "")), name)
            except (KeyboardInterrupt, Stopped):
                raise
            except Exception:
                continue

    def _group(self, group: list[Requirement]) -> None:
        alone = [one for one in group if one.sends == "changes"]
        together = [one for one in group if one.sends != "changes"]
        for one in alone:
            self._one(one)
        if self.workers == 1 or len(together) < 2:
            for one in together:
                self._one(one)
            return
        with ThreadPoolExecutor(self.workers) as pool:
            futures = [pool.submit(self._one, one) for one in together]
            try:
                for future in futures:
                    future.result()
            except BaseException:
                self.run.stopping.set()
                for future in futures:
                    future.cancel()
                raise

    def _one(self, requirement: Requirement) -> None:
        if self._ended is not None:
            return
        outcome = evaluate(self.run, self.ledger, requirement)
        with self._lock:
            self.outcomes[requirement.id] = outcome
            self.progress(outcome)
            self._watch(outcome)

    def _watch(self, outcome: Outcome) -> None:
        """End the run when the server has gone away, or at the first failure if that is wanted."""
        trouble = outcome.status == "error" and str(outcome.reason).startswith(UNAVAILABLE)
        self._troubles = self._troubles + 1 if trouble else 0
        if self._troubles >= MOST_TROUBLES:
            self._ended = f"the server went away: {outcome.reason}"
        if self.fail_fast and outcome.status == "failed" and self.rules.binds(outcome.requirement):
            self._ended = "--fail-fast: another requirement failed first"

    def _late_findings(self) -> None:
        """What was found for a requirement after its own check had run."""
        for name, failures in self.run.found.items():
            outcome = self.outcomes.get(name)
            if outcome is not None and outcome.status in ("passed", "inconclusive", "failed"):
                _add(outcome, failures)


UNAVAILABLE = "no answer: "


def _silence(outcome: Outcome) -> None:
    """Nobody wants to know how far the run is."""
    del outcome


def evaluate(run: Run, ledger: Ledger, requirement: Requirement) -> Outcome:
    """Check one requirement.

    Raises:
        Stopped, KeyboardInterrupt: the run is to end.
    """
    if requirement.unchecked is not None:
        return Outcome(requirement, "skipped", requirement.unchecked)
    if run.options.safe and requirement.sends not in ("nothing", "reads"):
        return Outcome(requirement, "skipped", "--safe: nothing but reads is sent")
    context = Context(run, requirement)
    outcome = Outcome(requirement, "passed")
    try:
        context.demand(requirement.needs)
        ledger.check_of(requirement)(context, requirement)
    except Skip as reason:
        outcome.status, outcome.reason = "skipped", str(reason)
    except Inconclusive as reason:
        outcome.status, outcome.reason = "inconclusive", str(reason)
    except Unavailable as error:
        outcome.status, outcome.reason = "error", f"{UNAVAILABLE}{error}"
    except Stopped:
        raise
    except SuiteError as error:
        outcome.status, outcome.reason = "error", str(error)
    except Exception as error:
        outcome.status, outcome.reason = "error", _own_fault(error)
    outcome.cases = context.cases
    if outcome.status == "passed" and not context.cases and not context.failures:
        outcome.status, outcome.reason = "inconclusive", "nothing could be put to the test"
    _add_own(outcome, context)
    _add(outcome, run.found.get(requirement.id, []))
    return outcome


def _add_own(outcome: Outcome, context: Context) -> None:
    """What the check found itself, if it is sure that it does not come of a request that was sent twice."""
    shown = (exchange for failure in context.failures for exchange in failure.exchanges)
    doubtful = [*context.doubts, *(exchange for exchange in shown if exchange.doubtful)]
    if context.failures and doubtful:
        outcome.status, outcome.reason = "error", repeated(doubtful[0])
    else:
        _add(outcome, context.failures)


def _add(outcome: Outcome, failures: Iterable[object]) -> None:
    from conformance.types import Failure

    known = {one.cause for one in outcome.failures}
    for failure in failures:
        assert isinstance(failure, Failure)
        if failure.cause not in known:
            outcome.failures.append(failure)
            known.add(failure.cause)
    if outcome.failures and outcome.status != "error":
        outcome.status, outcome.reason = "failed", None


def _own_fault(error: Exception) -> str:
    if os.environ.get("DEVICEDOUBLE_TRACEBACK"):
        traceback.print_exc()
    place = traceback.extract_tb(error.__traceback__)[-1]
    return (
        f"the suite itself failed ({type(error).__name__}: {error}; {os.path.basename(place.filename)}:{place.lineno})"
    )


def contact(run: Run) -> None:
    """Send one request, to find out at once whether an API answers there at all.

    Raises:
        SuiteError: nothing answers, or what answers is a web page.
    """
    context = Context(run, Requirement(f"{run.contract.api}.contact.contact", ""))
    for operation in run.contract.operations.values():
        if operation.method not in READING or operation.own_servers:
            continue
        try:
            exchange = context.call(operation.id, judged=False, role=None)
        except Skip:
            continue
        break
    else:
        exchange = context.send("GET", "/")
    if 300 <= exchange.status < 400:
        place = exchange.headers.get("location") or "somewhere else"
        raise SuiteError(f"{exchange.sent.url} redirects to {place} ({exchange.status}); check base_url.")
    start = exchange.body[:200].lstrip().lower()
    challenged = exchange.status == 401 and "WWW-Authenticate" in exchange.headers  # a web container's own page
    if exchange.media_type == "text/html" and start.startswith((b"<!doctype html", b"<html")) and not challenged:
        raise SuiteError(
            f"{exchange.sent.url} answered {exchange.status} with an HTML page, not with the API; check base_url."
        )


def finish_restoring(run: Run, since: int = 0) -> list[str]:
    """Undo what the ledger holds after entry `since`, the latest first; sentences for what could not be undone.

    That stays in the ledger, so that the next run offers to do it.
    """
    told = []
    away: Unavailable | None = None
    for entry in run.undo.pending():
        if entry.number <= since:
            continue
        again = True
        try:
            left, again = (f": {away}", True) if away else _undo(run, entry)
        except Exception as error:  # Whatever it is, the other entries are still to be undone.
            away = error if isinstance(error, Unavailable) and not isinstance(error, BrokenOff) else None
            left = f": {error}"
        if left:
            told.append(f"Could not put back {entry.name} {dict(entry.path)}{left.rstrip('.')}.")
        if not (left and again):
            run.undo.done(entry)
    if run.undo.file is not None and any(entry.number > since for entry in run.undo.pending()):
        told.append(f"The next run offers to put it back, as long as {run.undo.file} is there.")
    run.warnings += [sentence for sentence in told if sentence not in run.warnings]
    return told


def _undo(run: Run, entry: Entry) -> tuple[str, bool]:
    """Undo one entry; what could not be, empty when all was, and whether trying again is of any use."""
    context = Context(run, Requirement(f"{run.contract.api}.restore.restore", ""))
    with context.putting_back():
        if entry.kind == "snapshot":
            resource = next((one for one in run.api.resources if one.name == entry.name), None)
            if resource is None:
                return ": the suite knows no such object any more", False
            handle = Handle(context, resource, entry.path)
            left = handle.restore(entry.content)
            return f": {', '.join(left)}" if left else "", not set(left) <= handle.refused
        body = UNSET if entry.content is None else entry.content
        exchange = context.call(entry.name, path=entry.path, role=entry.role, body=body, judged=False)
    # Another refusal says that there is nothing left to undo.
    trouble = exchange.status >= 500 or exchange.status == 401
    return f": {entry.name} answered {exchange.status}" if trouble else "", trouble
