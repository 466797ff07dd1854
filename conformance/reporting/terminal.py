"""What a person at a terminal sees: progress, each defect once, and the verdict."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from conformance.reporting.grouping import Defect, defects
from conformance.reporting.redaction import Redactor
from conformance.reporting.report import ALONE, About, curl, replay_of
from conformance.results import STATUSES, Results
from conformance.run import Run
from conformance.schemas import shortened
from conformance.types import Outcome, Requirement

MARKS = {"passed": "green", "failed": "red", "skipped": "yellow", "inconclusive": "yellow", "error": "magenta"}
MOST_IDS = 4
MOST_SENTENCES = 3


def progress_on(console: Console, total: int) -> tuple[Progress, object]:
    """A progress bar (none in a pipe) and its task."""
    bar = Progress(
        TextColumn("checking"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.description}"),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )
    return bar, bar.add_task("", total=total)


def print_list(console: Console, requirements: Iterable[Requirement]) -> None:
    """`--list`: a requirement a line, as plain text with tabs in a pipe."""
    for one in requirements:
        checked = "" if one.unchecked is None else f" (not checked: {one.unchecked})"
        fields = (one.id, one.level, one.basis, one.source, one.text + checked)
        console.file.write("\t".join(" ".join(field.split()) for field in fields) + "\n")


def print_results(console: Console, results: Results, run: Run, about: About, *, quiet: bool = False) -> None:
    """Defects, what came to no verdict and why, warnings, and at the end the verdict, with its reason if need be."""
    redactor = Redactor.of(run)
    failed = [one for one in results.outcomes if one.status == "failed"]
    found = defects(failed, run.contract, results.rules.binds)
    fatal = [one for one in found if _fatal(one, results)]
    deviations = [one for one in found if one not in fatal]
    for title, some in (("Failed", fatal), ("Deviations (shown, not counted)", deviations)):
        _defects(console, title, some, results, redactor, about)
    if found:
        console.print(f"\n[dim]{ALONE}[/]", soft_wrap=True)
    _without_verdict(console, _deciding(results) if quiet else results.outcomes, redactor)
    for known in results.stale():
        console.print(
            f"[yellow]Stale:[/] {escape(known.id)} is a known deviation ({escape(known.reason)}), and passes."
        )
    for sentence in run.warnings:
        console.print(f"[yellow]{escape(redactor.text(sentence))}[/]", soft_wrap=True)
    console.print(_verdict(results, run, about), soft_wrap=True)
    for sentence in _reasons(results, redactor.text(run.target.base_url)):
        console.print(escape(sentence), soft_wrap=True)


def _fatal(defect: Defect, results: Results) -> bool:
    return any(results.rules.binds(outcome.requirement) for outcome in defect.outcomes)


def _defects(
    console: Console, title: str, found: list[Defect], results: Results, redactor: Redactor, about: About
) -> None:
    if not found:
        return
    console.print(f"\n[bold]{title}[/]")
    for defect in found:
        failure = defect.failure
        lines = (
            f"\n[red]✗[/] [bold]{escape(redactor.text(failure.message))}[/]",
            f"  {escape(defect.teller.requirement.id)}",
            *_more(defect, redactor),
            f"  expected  {escape(shortened(redactor.text(failure.expected)))}",
            f"  came      {escape(shortened(redactor.text(failure.actual)))}",
        )
        for line in lines:
            console.print(line, soft_wrap=True)
        for exchange in failure.exchanges[-1:]:
            console.print(f"  [dim]{escape(curl(exchange, redactor))}[/]", soft_wrap=True)
        replay = replay_of(defect.teller, results.outcomes, about.command)
        console.print(f"  [dim]replay    {escape(replay)}[/]", soft_wrap=True)


def _more(defect: Defect, redactor: Redactor) -> Iterator[str]:
    """Where else the same defect was met, and in which words."""
    names = [outcome.requirement.id for outcome in defect.outcomes[1:]]
    if names:
        more = f" and {len(names) - MOST_IDS} more" if len(names) > MOST_IDS else ""
        yield f"  also in: {escape(', '.join(names[:MOST_IDS]))}{more}"
    for sentence in defect.also[:MOST_SENTENCES]:
        yield f"  [dim]likewise  {escape(shortened(redactor.text(sentence), 120))}[/]"
    if len(defect.also) > MOST_SENTENCES:
        yield f"  [dim]          and {len(defect.also) - MOST_SENTENCES} more[/]"


def _deciding(results: Results) -> list[Outcome]:
    """What came to no verdict and yet decides that of the run: told with `--quiet`, too."""
    return results.outcomes if results.shows_nothing else [one for one in results.outcomes if one.status == "error"]


def _without_verdict(console: Console, outcomes: list[Outcome], redactor: Redactor) -> None:
    """Skipped, inconclusive and error, gathered by their reason."""
    for status in ("error", "inconclusive", "skipped"):
        reasons: dict[str, list[Outcome]] = {}
        for one in outcomes:
            if one.status == status:
                reasons.setdefault(one.reason or "", []).append(one)
        if reasons:
            console.print(f"\n[bold]{status.capitalize()}[/]")
        for reason, some in reasons.items():
            names = ", ".join(one.requirement.id for one in some[:2])
            more = f" and {len(some) - 2} more" if len(some) > 2 else ""
            told = f"  [{MARKS[status]}]{escape(redactor.text(reason))}[/]: {escape(names)}{more}"
            console.print(told, soft_wrap=True)


def _verdict(results: Results, run: Run, about: About) -> str:
    counts = ", ".join(f"{results.number(status)} {status}" for status in STATUSES if results.number(status))
    deviations = len(results.deviations())
    counts += f" ({deviations} of them deviations)" if deviations else ""
    colour = {"conformant": "green", "nonconformant": "red", "error": "magenta"}[results.verdict]
    rate = run.client.requests / about.duration_s if about.duration_s else 0
    return (
        f"\n[{colour} bold]{results.verdict}[/]: {counts}; "
        f"{run.client.requests} requests in {about.duration_s:.1f} s ({rate:.0f} a second), seed {about.seed}"
    )


def _reasons(results: Results, base_url: str) -> Iterator[str]:
    """Why the verdict is what it is, where neither a failure nor an error says so."""
    if results.shows_nothing and not results.interrupted and not results.number("error"):
        yield (
            f"No requirement passed, so this run shows nothing: is {base_url} the base URL of the API, "
            "and does the target name its credentials and fixtures?"
        )
