"""The pytest plugin: `pytest --pyargs conformance --devicedouble-target FILE` runs a test for each requirement.

`-k`, `-x`, `-n` and `--junitxml` work as everywhere. With `-n`, one process gets all that changes the server, and all
verdicts over the answers of the others; the rest is spread, and waits by a lock while something is changed. Nothing of
the suite is imported unless such a test is collected.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from conformance.errors import SuiteError
    from conformance.results import Rules
    from conformance.run import Run
    from conformance.session import Session
    from conformance.types import Outcome, Requirement

ARGUMENT = "devicedouble_requirement"
LAST = 90
"""From this order on, requirements are verdicts over the answers that all others got."""
OPTIONS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("target", {"metavar": "FILE|URL", "help": "target file of the server to check (see `devicedouble target API`)"}),
    ("api", {"metavar": "API|CONTRACT.yaml", "help": "the API or contract; otherwise the one the target file names"}),
    ("base-url", {"metavar": "URL", "help": "overrides the target file's own"}),
    ("seed", {"type": int, "default": 0, "help": "what generated cases follow from"}),
    ("examples", {"type": int, "default": 50, "help": "cases a property"}),
    ("known", {"metavar": "FILE", "help": "known deviations"}),
    ("safe", {"action": "store_true", "help": "send nothing that changes the server"}),
    ("strict", {"action": "store_true", "help": "inferred requirements count, too"}),
)


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("devicedouble", "conformance of a server to a contract")
    for name, settings in OPTIONS:
        group.addoption(f"--devicedouble-{name}", **settings)


class Suite:
    """One session and its run, in one pytest process."""

    def __init__(self, config: pytest.Config) -> None:
        from conformance.results import Rules, load_known
        from conformance.run import Options
        from conformance.session import Session
        from conformance.target import api_named, load_target

        def option(name: str) -> Any:
            return config.getoption(f"--devicedouble-{name}")

        place = option("target")
        if not place:
            raise pytest.UsageError("say which server to check: --devicedouble-target FILE")
        options = Options(option("examples"), option("seed"), option("safe"))
        self.session: Session = Session.of(option("api") or api_named(place), options)
        self.rules: Rules = Rules(option("strict"), known=load_known(option("known")))
        self.run: Run = self.session.open(load_target(place, self.session.api, option("base-url")))
        self.before = max(self.run.undo.entries, default=0)
        self.outcomes: dict[str, Outcome] = {}
        self._contacted = False
        self._unreachable: SuiteError | None = None
        name = f"devicedouble-{self.session.contract.api}-{self.run.undo.file.stem if self.run.undo.file else ''}.lock"
        self.lock = Path(tempfile.gettempdir()) / name

    def requirements(self) -> list[Requirement]:
        """In the order of running: what passes a verdict on all answers comes last."""
        return sorted(self.session.ledger, key=lambda one: one.order)

    def evaluate(self, requirement: Requirement) -> Outcome:
        """Check one requirement.

        Raises:
            SuiteError: nothing answers at the address, or what answers is a web page.
        """
        from conformance.runner import evaluate

        self.contact()
        with alone(self.lock, exclusive=requirement.sends == "changes"):
            outcome = evaluate(self.run, self.session.ledger, requirement)
        self.outcomes[requirement.id] = outcome
        return outcome

    def contact(self) -> None:
        """Before the first test: is there an API at all? The answer is the same for all tests."""
        from conformance.errors import SuiteError
        from conformance.runner import contact

        if not self._contacted:
            self._contacted = True
            try:
                contact(self.run)
            except SuiteError as error:
                self._unreachable = error
        if self._unreachable is not None:
            raise self._unreachable

    def found_in_passing(self, chosen: set[str]) -> dict[str, str]:
        """What was met for chosen requirements after their own tests or in another process: those that bind."""
        told = {}
        for name, failures in self.run.found.items():
            requirement = self.session.ledger.requirements.get(name)
            known = self.outcomes.get(name)
            if name not in chosen or requirement is None or not failures or (known and known.status == "failed"):
                continue
            if self.rules.binds(requirement):
                told[name] = failures[0].message
        return told

    def close(self) -> None:
        from conformance.runner import finish_restoring

        if not self.session.options.safe:
            finish_restoring(self.run, since=self.before)
        self.run.client.close()


@contextmanager
def alone(path: Path, *, exclusive: bool) -> Iterator[None]:
    """Hold a lock shared by all processes that check this server; where there are no such locks, go on without."""
    try:
        import fcntl
    except ImportError:
        yield
        return
    with path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH)
        yield


_SUITE = pytest.StashKey[Suite]()
_LATE = pytest.StashKey[dict[str, str]]()
_WARNINGS = pytest.StashKey[list[str]]()


def _suite(config: pytest.Config) -> Suite:
    from conformance.errors import SuiteError, WrongUse

    if _SUITE not in config.stash:
        try:
            config.stash[_SUITE] = Suite(config)
        except (WrongUse, SuiteError) as error:
            raise pytest.UsageError(str(error)) from None
    return config.stash[_SUITE]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if ARGUMENT in metafunc.fixturenames:
        requirements = _suite(metafunc.config).requirements()
        metafunc.parametrize(ARGUMENT, requirements, ids=[one.id for one in requirements])


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Put everything back, and let what was found too late for its own test decide, too."""
    suite = session.config.stash.get(_SUITE, None)
    if suite is None:
        return
    suite.close()
    parameters = [getattr(item, "callspec").params for item in session.items if hasattr(item, "callspec")]  # noqa: B009
    chosen = {found[ARGUMENT].id for found in parameters if ARGUMENT in found}
    known: dict[str, str] = session.config.stash.get(_LATE, {})
    told = {**known, **suite.found_in_passing(chosen)}
    session.config.stash[_LATE] = told
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        output["devicedouble"] = {"late": told, "warnings": suite.run.warnings}
    elif told and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """What no test has told: late findings, and what could not be put back."""
    suite = config.stash.get(_SUITE, None)
    warnings = [*(suite.run.warnings if suite else ()), *config.stash.get(_WARNINGS, [])]
    failed = {report.nodeid.partition("[")[2].rstrip("]") for report in terminalreporter.stats.get("failed", ())}
    late = {name: told for name, told in config.stash.get(_LATE, {}).items() if name not in failed}
    if late:
        terminalreporter.section("found after the requirement's own test, which counts as failed", red=True)
    for name, message in late.items():
        terminalreporter.line(f"{name}: {message}")
    for sentence in dict.fromkeys(warnings):
        terminalreporter.line(f"devicedouble: {sentence}")


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> None:
    """Before the first test: where no API answers there is nothing to test, and one sentence says so."""
    from conformance.errors import SuiteError

    suite = session.config.stash.get(_SUITE, None)
    ours = any(ARGUMENT in getattr(item, "fixturenames", ()) for item in session.items)
    if suite is None or not ours or session.config.option.collectonly or hasattr(session.config, "workerinput"):
        return
    try:
        suite.contact()
    except SuiteError as error:
        raise pytest.UsageError(str(error)) from None


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """A process of `-n` has ended: take over what only it knows."""
    told = getattr(node, "workeroutput", {}).get("devicedouble", {})
    stash = node.config.stash
    stash[_LATE] = {**stash.get(_LATE, {}), **told.get("late", {})}
    stash[_WARNINGS] = [*stash.get(_WARNINGS, []), *told.get("warnings", ())]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """With plain `-n`: all that writes, and every verdict over the answers of others, in one process."""
    if not config.getoption("--devicedouble-target") or config.getoption("dist") != "load":
        return None
    from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped,unused-ignore]

    apart = {one.id for one in _suite(config).requirements() if one.sends in ("reads", "nothing") and one.order < LAST}

    class Scheduling(LoadScopeScheduling):  # type: ignore[misc,unused-ignore]
        """A scope for each test that only reads, and one for all others."""

        def _split_scope(self, nodeid: str) -> str:
            name = nodeid.partition("[")[2].rstrip("]")
            return nodeid if name in apart or not name else "devicedouble"

    return Scheduling(config, log)


@pytest.fixture
def devicedouble_outcome(request: pytest.FixtureRequest, devicedouble_requirement: Requirement) -> Outcome:
    """What came of a requirement. An error of the suite is an error of the test's setup, not its failure."""
    from conformance.errors import SuiteError

    outcome = _suite(request.config).evaluate(devicedouble_requirement)
    if outcome.status == "error":
        raise SuiteError(outcome.reason)
    return outcome


@pytest.fixture
def devicedouble_told(request: pytest.FixtureRequest) -> Callable[[Outcome], str]:
    """Tells the failures of a requirement to people, without secrets."""
    from conformance.reporting.redaction import Redactor
    from conformance.reporting.report import curl

    redactor = Redactor.of(_suite(request.config).run)

    def told(outcome: Outcome) -> str:
        lines = [outcome.requirement.text]
        for failure in outcome.failures:
            lines += ["", failure.message, f"  expected  {failure.expected}", f"  came      {failure.actual}"]
            lines += [f"  {curl(exchange, redactor)}" for exchange in failure.exchanges[-1:]]
        return redactor.text("\n".join(lines))

    return told


@pytest.fixture
def devicedouble_rules(request: pytest.FixtureRequest) -> Rules:
    """What counts in this run."""
    return _suite(request.config).rules
