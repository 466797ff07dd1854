"""`devicedouble check`: hold a server to a contract. Options in, a session of the suite out; no checks live here."""

from __future__ import annotations

import os
import shlex
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

if TYPE_CHECKING:
    from rich.console import Console

    from conformance.results import Results, Rules
    from conformance.run import Run
    from conformance.session import Session
    from conformance.target import Target
    from conformance.types import Exchange, Requirement

EPILOG = """\b
Examples:
  devicedouble check jasper --mock
  devicedouble target fleet > fleet.toml && devicedouble check fleet --target fleet.toml --safe
  devicedouble check fleet --mock --only '*.update-device.*' --report-dir report
"""


@dataclass(frozen=True, slots=True)
class Choices:
    """The command line, as it was given."""

    api: str
    base_url: str | None
    target: str | None
    mock: bool
    only: tuple[str, ...]
    skip: tuple[str, ...]
    list: bool
    safe: bool
    strict: bool
    examples: int
    seed: int
    rate: float | None
    timeout: float
    workers: int
    known: str | None
    report_dir: Path | None
    complete: bool
    fail_fast: bool
    quiet: bool
    no_color: bool
    restore: str


class Globs(click.Option):
    """An option that takes several values at once: `--only A B --skip C`."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["multiple"] = True
        super().__init__(*args, **kwargs)


class CheckCommand(click.Command):
    """`--only A B` is read as `--only A --only B`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        return super().parse_args(ctx, spread(args, ("--only", "--skip")))


def spread(args: list[str], names: tuple[str, ...]) -> list[str]:
    """Repeat an option's name before each further value that follows it."""
    made: list[str] = []
    current: str | None = None
    given = 0
    for arg in args:
        if arg.startswith("-"):
            current, given = (arg if arg in names else None), 0
        elif current is not None:
            if given:
                made.append(current)
            given += 1
        made.append(arg)
    return made


@click.command(cls=CheckCommand, epilog=EPILOG)
@click.argument("api", metavar="API|CONTRACT.yaml")
@click.option("--base-url", help="The server under test; contract paths are appended.")
@click.option("--target", metavar="FILE|URL", help="Credentials, fixtures, limits and capabilities (TOML).")
@click.option("--mock", is_flag=True, help="Check the built-in mock, started for the run.")
@click.option("--only", cls=Globs, metavar="ID-GLOB ...", help="Requirements to check.")
@click.option("--skip", cls=Globs, metavar="ID-GLOB ...", help="Requirements not to check.")
@click.option("--list", is_flag=True, help="Print the requirements (id, level, basis, source, text).")
@click.option("--safe", is_flag=True, help="Send nothing that changes the server.")
@click.option("--strict", is_flag=True, help="Inferred requirements count towards the verdict too.")
@click.option("--examples", type=click.IntRange(1, 10_000), default=50, show_default=True, help="Cases a property.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="What generated cases follow from.")
@click.option("--rate", type=click.FloatRange(0, min_open=True), help="Requests a second, at most.")
@click.option("--timeout", type=click.FloatRange(0, min_open=True), default=30.0, show_default=True, help="Seconds.")
@click.option("--workers", type=click.IntRange(1, 64), default=1, show_default=True, help="Requests side by side.")
@click.option("--known", metavar="FILE", help="Known deviations (TOML: id, reason, since).")
@click.option("--report-dir", metavar="DIR", type=click.Path(path_type=Path), help="Write the reports here.")
@click.option("--complete", is_flag=True, help="A MUST that was skipped or inconclusive fails the run too.")
@click.option("--fail-fast", is_flag=True, help="Stop at the first failure that counts.")
@click.option("--quiet", is_flag=True, help="Print failures and the verdict only.")
@click.option("--no-color", is_flag=True, help="Plain text.")
@click.option(
    "--restore",
    type=click.Choice(("ask", "yes", "no")),
    default="ask",
    help="What an interrupted run left changed: ask (no, in a pipe), put it back, or leave it.",
)
def check(**given: Any) -> None:
    """Hold a server to the contract of API, or to any OpenAPI 3.0 document.

    Exit status: 0 conformant, 1 not conformant, 2 wrong use, 3 the server could not be reached or the suite failed.
    """
    from conformance.errors import SuiteError, WrongUse

    choices = Choices(**given)
    leave_no_trace()
    try:
        sys.exit(run(choices))
    except WrongUse as error:
        end(str(error), 2)
    except SuiteError as error:
        end(str(error), 3)


def leave_no_trace() -> None:
    """Let Hypothesis keep what it read of sources beside our own state, not in the folder the command is run in."""
    from conformance.undo import state_folder

    os.environ.setdefault("HYPOTHESIS_STORAGE_DIRECTORY", str(state_folder() / "hypothesis"))


def end(sentence: str, status: int) -> NoReturn:
    click.echo(f"devicedouble: {sentence}", err=True)
    sys.exit(status)


def run(choices: Choices) -> int:
    """Carry the command out; its exit status.

    Raises:
        WrongUse, SuiteError: one sentence, for exit status 2 or 3.
    """
    from rich.console import Console

    from conformance.results import Rules, load_known
    from conformance.run import Options
    from conformance.session import Session

    console = Console(no_color=choices.no_color or None, highlight=False)
    session = Session.of(choices.api, Options(choices.examples, choices.seed, choices.safe))
    requirements = session.chosen(choices.only, choices.skip)
    if choices.list:
        from conformance.reporting.terminal import print_list

        print_list(console, requirements)
        return 0
    rules = Rules(choices.strict, choices.complete, load_known(choices.known))
    _known_ids(session, rules, choices.known)
    with target_of(choices, session) as target:
        return _check(choices, session, target, requirements, rules, console)


def _known_ids(session: Session, rules: Rules, place: str | None) -> None:
    from conformance.errors import WrongUse

    for name in rules.known:
        if name not in session.ledger.requirements:
            raise WrongUse(f"{place}: there is no requirement {name}; --list prints them.")


@contextmanager
def target_of(choices: Choices, session: Session) -> Iterator[Target]:
    """The target that the options name; with `--mock`, a mock of its own for as long as it is used."""
    from conformance.errors import WrongUse
    from conformance.target import bare_target, load_target, with_rate

    if choices.mock:
        from devicedouble.mocking import running_mock

        _of_the_mock(choices, session)
        with running_mock(api=choices.api) as root:
            place = choices.target or f"{root}/_mock/targets/{choices.api}.toml"
            found = load_target(place, session.api, f"{_base_of(root, choices.api, session)}", choices.timeout)
            yield with_rate(found, choices.rate)
    elif choices.target:
        yield with_rate(load_target(choices.target, session.api, choices.base_url, choices.timeout), choices.rate)
    elif choices.base_url:
        yield with_rate(bare_target(session.api, choices.base_url), choices.rate)
    else:
        raise WrongUse("Say which server to check: --target FILE, --base-url URL or --mock.")


def _of_the_mock(choices: Choices, session: Session) -> None:
    from conformance.apis import MODULES
    from conformance.errors import WrongUse

    if choices.base_url:
        raise WrongUse("--mock starts its own server: leave --base-url out.")
    if session.contract.api != choices.api:
        ids = f"{', '.join([*MODULES][:-1])} or {[*MODULES][-1]}"
        raise WrongUse(f"--mock starts a server for {ids}; one for {choices.api} is named by --base-url or --target.")


def _base_of(root: str, api: str, session: Session) -> str:
    """Where the mock answers for an API: its id, then the path of the contract's server URL."""
    path = session.contract.base_url.partition("://")[2].partition("/")[2]
    return f"{root}/{api}/{path}".rstrip("/")


def _check(
    choices: Choices,
    session: Session,
    target: Target,
    requirements: list[Requirement],
    rules: Rules,
    console: Console,
) -> int:
    from conformance.errors import SuiteError
    from conformance.reporting.terminal import print_results, progress_on

    run = session.open(target, timeout=choices.timeout, remember=not choices.mock)
    exchanges: list[Exchange] = []
    if choices.report_dir is not None:
        _writable(choices.report_dir)
        run.client.observe = exchanges.append
    _unfinished(choices, run, console)
    started, begin = datetime.now(UTC), time.perf_counter()
    bar, task = progress_on(console, len(requirements))
    with bar:
        results = session.check(
            run,
            requirements,
            rules,
            workers=choices.workers,
            fail_fast=choices.fail_fast,
            progress=lambda outcome: bar.update(task, advance=1, description=outcome.requirement.id),  # type: ignore[arg-type]
        )
    about = _about(choices, started, time.perf_counter() - begin)
    if results.trouble is None:
        print_results(console, results, run, about, quiet=choices.quiet)
    if choices.report_dir is not None and run.client.requests:
        _report(choices.report_dir, results, run, about, exchanges, console)
    if results.trouble is not None:
        raise SuiteError(results.trouble)
    return 130 if results.interrupted else results.exit_status


def _about(choices: Choices, started: datetime, seconds: float) -> Any:
    from conformance.reporting import About
    from devicedouble.cli import version

    return About(version(), choices.seed, started, seconds, replay_of(choices))


def replay_of(choices: Choices) -> str:
    """The command line that repeats this run, without its `--only`."""
    words = ["devicedouble", "check", choices.api]
    words += ["--mock"] if choices.mock else []
    words += ["--target", choices.target] if choices.target else []
    words += ["--base-url", choices.base_url] if choices.base_url else []
    words += ["--seed", str(choices.seed), "--examples", str(choices.examples)]
    words += ["--strict"] if choices.strict else []
    return shlex.join(words)


def _writable(folder: Path) -> None:
    from conformance.errors import WrongUse

    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise WrongUse(f"--report-dir {folder} cannot be made: {(error.strerror or str(error)).lower()}.") from None


def _report(folder: Path, results: Results, run: Run, about: Any, exchanges: list[Exchange], console: Console) -> None:
    from conformance.errors import SuiteError
    from conformance.reporting import write_reports

    try:
        write_reports(folder, results, run, about, exchanges)
    except OSError as error:
        raise SuiteError(f"The reports could not be written: {(error.strerror or str(error)).lower()}.") from None
    console.print(f"Reports: {folder / 'report.html'}", soft_wrap=True, markup=False)


def _unfinished(choices: Choices, run: Run, console: Console) -> None:
    """What a run that was cut off has left changed on this server: offer to put it back."""
    from conformance.runner import finish_restoring

    left = len(run.undo.entries)
    if not left or choices.safe:
        return
    if _wanted(choices, left, console):
        for sentence in finish_restoring(run):
            click.echo(sentence, err=True)


def _wanted(choices: Choices, left: int, console: Console) -> bool:
    told = f"A run that was cut off has left {left} change(s) on this server."
    if choices.restore != "ask":
        return choices.restore == "yes"
    if not (console.is_terminal and sys.stdin.isatty()):
        click.echo(f"{told} Put them back with --restore yes.", err=True)
        return False
    confirm: Callable[..., bool] = click.confirm
    return confirm(f"{told} Put them back now?", default=True)
