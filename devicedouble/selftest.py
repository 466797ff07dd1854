"""`devicedouble selftest`: the suite against its planted faults, with the built-in mock as the correct server."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from rich.console import Console

    from conformance.planted.faults import Fault
    from conformance.selftest import Honest, Kill, Task

EPILOG = """\b
Examples:
  devicedouble selftest
  devicedouble selftest fleet --fast
  devicedouble selftest jasper --only '*-role-*'
"""


@click.command(epilog=EPILOG)
@click.argument("apis", nargs=-1, metavar="[API ...]")
@click.option(
    "--profile",
    type=click.Choice(["whole", "fast"]),
    default="whole",
    help="whole: every fault; fast: a fault for each check, and a few by lot.",
)
@click.option("--fast", is_flag=True, help="The same as --profile fast.")
@click.option("--only", multiple=True, metavar="GLOB", help="Faults to plant, by id.")
@click.option("--seed", type=int, default=0, show_default=True, help="What is drawn by lot follows from it.")
@click.option(
    "--workers", type=click.IntRange(1, 64), default=4, show_default=True, help="Processes; they mostly wait."
)
@click.option("--quiet", is_flag=True, help="Print survivors, false alarms and the sum only.")
def selftest(
    apis: tuple[str, ...], profile: str, fast: bool, only: tuple[str, ...], seed: int, workers: int, quiet: bool
) -> None:
    """Plant every known fault in a correct server, and print which requirement killed it.

    Exit status: 0 when every fault is killed and the correct server is not accused, 1 otherwise, 2 on wrong
    use, 3 when the mock does not start.
    """
    from rich.console import Console

    from conformance.apis import MODULES
    from conformance.errors import SuiteError
    from devicedouble.check import leave_no_trace

    leave_no_trace()
    for api in apis:
        if api not in MODULES:
            raise click.UsageError(f"{api!r} is none of {', '.join(MODULES)}")
    chosen = tuple(dict.fromkeys(apis)) or tuple(MODULES)
    quick = fast or profile == "fast"
    tasks = _tasks(chosen, quick, only, seed)
    if not any(task.kind == "fault" for task in tasks):
        raise click.UsageError(f"no planted fault matches {', '.join(only)}")
    console = Console(highlight=False, soft_wrap=True)
    try:
        sys.exit(_run(tasks, chosen, workers, console, complete=not (quick or only), quiet=quiet))
    except SuiteError as error:
        click.echo(f"devicedouble: {error}", err=True)
        sys.exit(3)


def _tasks(apis: tuple[str, ...], quick: bool, only: tuple[str, ...], seed: int) -> list[Task]:
    """What is to be run: the correct server, the hopeless ones, and the faults, an API after the other."""
    from conformance.planted import faults_for
    from conformance.planted.hopeless import hopeless
    from conformance.selftest import Task

    faults: list[Fault] = [fault for api in apis for fault in faults_for(api)]
    if only:
        faults = [fault for fault in faults if any(fnmatchcase(fault.id, glob) for glob in only)]
    elif quick:
        faults = _quick(faults, apis, seed)
    tasks = []
    for api in apis:
        if not only:
            tasks.append(Task("honest", api, seed=seed))
            tasks += [Task("hopeless", api, fault.id) for fault in hopeless(api)]
        tasks += [Task("fault", api, fault.id, seed) for fault in faults if fault.api == api]
    return tasks


def _quick(faults: list[Fault], apis: tuple[str, ...], seed: int) -> list[Fault]:
    from conformance.planted.selection import quick
    from conformance.selftest import aimed_at, session_of

    claims = {fault.id: {str(one.check) for one in aimed_at(fault, session_of(fault.api))} for fault in faults}
    own = {(api, name) for api in apis for name in session_of(api).api.checks}
    return quick(faults, lambda fault: claims[fault.id], own, seed)


def _run(
    tasks: list[Task], apis: tuple[str, ...], workers: int, console: Console, *, complete: bool, quiet: bool
) -> int:
    from conformance.selftest import Honest, Kill, idle
    from devicedouble.mocking import running_mock
    from devicedouble.planting import performed

    with running_mock() as root:
        found = list(_told(performed(tasks, root, workers), console, quiet=quiet))
    kills = [one for one in found if isinstance(one, Kill)]
    alarms = [alarm for one in found if isinstance(one, Honest) for alarm in one.alarms]
    survivors = [kill for kill in kills if not kill.killed]
    unused = idle(kills, apis) if complete else []
    for name in unused:
        console.print(f"[red]unused[/]   no planted fault is killed by the check {name}")
    console.print(
        f"\n{len(kills)} planted faults, {len(kills) - len(survivors)} killed, {len(survivors)} survived, "
        f"{len(alarms)} false alarms" + (f", {len(unused)} checks without a fault" if complete else "")
    )
    return 1 if survivors or alarms or unused else 0


def _told(found: Iterator[Kill | Honest], console: Console, *, quiet: bool) -> Iterator[Kill | Honest]:
    """Print each result as it comes, and hand it on."""
    from conformance.selftest import Kill

    for one in found:
        if isinstance(one, Kill):
            _tell_kill(one, console, quiet=quiet)
        else:
            _tell_honest(one, console, quiet=quiet)
        yield one


def _tell_kill(kill: Kill, console: Console, *, quiet: bool) -> None:
    if not kill.killed:
        told = kill.trouble or f"{kill.ran} requirements ran: {', '.join(kill.caught_by)}"
        console.print(f"[red]SURVIVED[/] {kill.id}: {kill.breaks}", f"[dim]({told})[/]")
    elif not quiet:
        more = f" and {len(kill.by) - 1} more" if len(kill.by) > 1 else ""
        console.print(f"[green]killed[/]   {kill.id}: {kill.breaks}", f"[dim]→ {kill.by[0]}{more}[/]")


def _tell_honest(one: Honest, console: Console, *, quiet: bool) -> None:
    for name, reason in one.alarms:
        console.print(f"[red]ACCUSED[/]  {name} fails on the correct server: {reason}", markup=True)
    if not quiet:
        rate = one.requests / max(one.seconds, 0.001)
        console.print(
            f"\n[bold]{one.api}[/]: the correct server is {one.verdict} "
            f"({one.ran} requirements, {one.requests} requests, {rate:.0f}/s)"
        )
