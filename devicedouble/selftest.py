"""`devicedouble selftest`: the suite against its planted faults, with the built-in mock as the correct server."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from rich.console import Console

    from conformance.selftest import FreshTarget, Kill
    from conformance.target import Target

EPILOG = """\b
Examples:
  devicedouble selftest
  devicedouble selftest fleet --fast
"""


@click.command(epilog=EPILOG)
@click.argument("apis", nargs=-1, metavar="[API ...]")
@click.option("--fast", is_flag=True, help="One generic fault of each kind, and all faults of data and state.")
@click.option("--quiet", is_flag=True, help="Print survivors, false alarms and the sum only.")
def selftest(apis: tuple[str, ...], fast: bool, quiet: bool) -> None:
    """Plant every known fault in a correct server, and print which requirement killed it.

    Exit status: 0 when every fault is killed and the correct server is not accused, 1 otherwise.
    """
    from rich.console import Console

    from conformance.apis import MODULES
    from conformance.errors import SuiteError
    from devicedouble.mocking import running_mock

    for api in apis:
        if api not in MODULES:
            raise click.UsageError(f"{api!r} is none of {', '.join(MODULES)}")
    console = Console(highlight=False)
    try:
        with running_mock() as root:
            sys.exit(_selftest(apis or tuple(MODULES), worlds_of(root), console, fast=fast, quiet=quiet))
    except SuiteError as error:
        click.echo(f"devicedouble: {error}", err=True)
        sys.exit(3)


def worlds_of(root: str) -> FreshTarget:
    """Targets of the mock, each in a world of its own."""
    from conformance.apis import api_of
    from conformance.target import load_target
    from devicedouble.mocking import drop_world, new_world
    from openapi.contract import load

    counter = itertools.count(1)

    @contextmanager
    def fresh(api: str) -> Iterator[Target]:
        name = f"selftest-{next(counter)}"
        world = new_world(root, name)
        path = load(api).base_url.partition("://")[2].partition("/")[2]
        try:
            yield load_target(f"{root}/_mock/targets/{api}.toml", api_of(api), f"{world}/{api}/{path}".rstrip("/"))
        finally:
            drop_world(root, name)

    return fresh


def _selftest(apis: tuple[str, ...], fresh: FreshTarget, console: Console, *, fast: bool, quiet: bool) -> int:
    from conformance.selftest import honest, plant_all

    alarms = 0
    for api in apis:
        found = honest(api, fresh)
        alarms += len(found.alarms)
        for name in found.alarms:
            console.print(f"[red]false alarm[/] {name}")
        if not quiet:
            rate = found.requests / found.seconds
            console.print(
                f"{api}: {len(found.results.outcomes)} requirements, {found.requests} requests ({rate:.0f}/s)"
            )
    kills = list(_told(plant_all(apis, fresh, fast=fast), console, quiet=quiet))
    survivors = [kill for kill in kills if not kill.killed]
    console.print(
        f"\n{len(kills)} planted faults, {len(kills) - len(survivors)} killed, "
        f"{len(survivors)} survived, {alarms} false alarms"
    )
    return 1 if survivors or alarms else 0


def _told(kills: Iterator[Kill], console: Console, *, quiet: bool) -> Iterator[Kill]:
    for kill in kills:
        if not kill.killed:
            console.print(f"[red]survived[/] {kill.fault.id}: {kill.fault.breaks}" + _why(kill), soft_wrap=True)
        elif not quiet:
            more = f" and {len(kill.by) - 1} more" if len(kill.by) > 1 else ""
            console.print(f"[green]killed[/]   {kill.fault.id}  by {kill.by[0]}{more}", soft_wrap=True)
        yield kill


def _why(kill: Kill) -> str:
    told = kill.trouble or f"{kill.ran} requirements ran: {', '.join(kill.fault.caught_by)}"
    return f" ({told})"
