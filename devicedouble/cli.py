"""The command `devicedouble`: its table of subcommands, and how errors are told.

A subcommand's module is imported when it is called, so that `--help` and `--version` answer at once.
"""

from __future__ import annotations

import importlib
import os
import sys
from typing import NamedTuple, NoReturn

import click


class Subcommand(NamedTuple):
    """Where a subcommand lives (module and name in it), and its line in the help."""

    module: str
    name: str
    help: str


SUBCOMMANDS = {
    "serve": Subcommand("devicedouble.serve", "serve", "Start the double: all five APIs on one port."),
    "check": Subcommand("devicedouble.check", "check", "Hold a server to a contract."),
    "target": Subcommand("devicedouble.target", "target", "Print a target file for check, to fill in."),
    "contract": Subcommand(
        "devicedouble.contract_commands", "contract", "List, show, lint, compare, export contracts."
    ),
    "selftest": Subcommand("devicedouble.selftest", "selftest", "Hold the checks to their planted faults."),
}

_EPILOG = """\b
Examples:
  devicedouble serve
  devicedouble check jasper --mock
  devicedouble contract lint
"""


class _LazyGroup(click.Group):
    """A group whose commands are those of the table."""

    def list_commands(self, _ctx: click.Context) -> list[str]:
        return list(SUBCOMMANDS)

    def get_command(self, _ctx: click.Context, cmd_name: str) -> click.Command | None:
        entry = SUBCOMMANDS.get(cmd_name)
        return None if entry is None else _imported(cmd_name, entry)

    def format_commands(self, _ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, entry.help) for name, entry in SUBCOMMANDS.items()])


def _imported(command: str, entry: Subcommand) -> click.Command:
    try:
        found = getattr(importlib.import_module(entry.module), entry.name)
    except ImportError as error:
        missing = error.name or str(error)
        ours = missing.split(".")[0] in {"openapi", "mock_server", "conformance", "devicedouble"}
        reason = "is not part of this installation" if ours else f"needs the package {missing}"
        raise click.UsageError(f"`{command}` {reason}: run `pip install devicedouble`") from None
    assert isinstance(found, click.Command)
    return found


def _print_version(ctx: click.Context, _parameter: click.Parameter, wanted: bool) -> None:
    if wanted and not ctx.resilient_parsing:
        click.echo(f"devicedouble {version()}")
        ctx.exit()


def version() -> str:
    """The version installed."""
    from importlib import metadata

    try:
        return metadata.version("devicedouble")
    except metadata.PackageNotFoundError:
        return "0 (not installed)"


@click.group(cls=_LazyGroup, epilog=_EPILOG, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--version", is_flag=True, is_eager=True, expose_value=False, callback=_print_version, help="Print it.")
def devicedouble() -> None:
    """Stateful doubles of five device-management APIs, and the suite that holds any server to their contracts."""


def main(arguments: list[str] | None = None) -> NoReturn:
    """Run the command and leave: 2 on wrong use, 130 when interrupted, otherwise what the subcommand says."""
    try:
        code = devicedouble.main(arguments, prog_name="devicedouble", standalone_mode=False)
    except click.UsageError as error:
        code = _usage(error)
    except click.ClickException as error:
        code = _fail(error.format_message(), error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        code = 130
    except Exception as error:
        code = _own_fault(error)
    sys.exit(code if isinstance(code, int) else 0)


def _usage(error: click.UsageError) -> int:
    command = error.ctx.command_path if error.ctx else "devicedouble"
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        click.echo(error.format_message(), err=True)
        return 2
    message = error.format_message().strip().rstrip(".")
    return _fail(f"{message} (see `{command} --help`)", 2)


def _fail(sentence: str, code: int) -> int:
    click.echo(f"devicedouble: {sentence}", err=True)
    return code


def _own_fault(error: Exception) -> int:
    """Something that we did not foresee: the traceback on demand only."""
    if os.environ.get("DEVICEDOUBLE_TRACEBACK"):
        raise error
    kind = type(error).__name__
    return _fail(f"this is our fault ({kind}: {error}): set DEVICEDOUBLE_TRACEBACK=1 to see where, and report it", 3)
