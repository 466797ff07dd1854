"""The pytest plugin: `pytest --pyargs conformance --devicedouble-target FILE` runs a test for each requirement.

`-k`, `-x`, `-n` and `--junitxml` work as everywhere. With `-n`, what changes the server runs alone, held apart by a
lock between the processes. Nothing of the suite is imported unless such a test is collected.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from conformance.context import Run
    from conformance.results import Rules
    from conformance.session import Session
    from conformance.types import Outcome, Requirement

ARGUMENT = "devicedouble_requirement"
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
        from conformance.context import Options
        from conformance.results import Rules, load_known
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
        name = f"devicedouble-{self.session.contract.api}-{self.run.undo.file.stem if self.run.undo.file else ''}.lock"
        self.lock = Path(tempfile.gettempdir()) / name

    def requirements(self) -> list[Requirement]:
        """In the order of running: what passes a verdict on all answers comes last."""
        return sorted(self.session.ledger, key=lambda one: one.order)

    def evaluate(self, requirement: Requirement) -> Outcome:
        from conformance.runner import evaluate

        with alone(self.lock, exclusive=requirement.sends == "changes"):
            return evaluate(self.run, self.session.ledger, requirement)

    def close(self) -> None:
        from conformance.runner import finish_restoring

        if not self.session.options.safe:
            finish_restoring(self.run)
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
    with suppress(KeyError):
        session.config.stash[_SUITE].close()


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

    redactor = Redactor(_suite(request.config).run.target.secrets)

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
