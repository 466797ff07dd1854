"""`devicedouble contract`: list, show, lint, diff and export the contracts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Sequence

    from openapi.contract import Contract, Operation

_EPILOG = """\b
Examples:
  devicedouble contract list
  devicedouble contract lint openapi.yaml
  devicedouble contract export jasper --format json > jasper.json
"""


class _Unusable(click.ClickException):
    """A contract that cannot be read: wrong use."""

    exit_code = 2


@click.group(epilog=_EPILOG)
def contract() -> None:
    """The contracts of the five APIs, and yours.

    API is one of the ids that `contract list` prints; wherever it stands, a file will do: an OpenAPI 3.0 document.
    """


@contract.command("list", epilog="Example: devicedouble contract list")
def list_() -> None:
    """List the contracts that come with devicedouble."""
    rows = [
        (one.api, f"{len(one.operations)} operations", one.base_url, one.title)
        for one in (_loaded(name) for name in _own_ids())
    ]
    for row in _aligned(rows):
        click.echo(row)


@contract.command(epilog="Example: devicedouble contract show fleet")
@click.argument("api")
def show(api: str) -> None:
    """Show what a contract says: its operations, their statuses, its errors and roles."""
    one = _loaded(api)
    click.echo(f"{one.title}\n{one.base_url}")
    for operation in one.operations.values():
        click.echo(f"\n{operation.method} {operation.path}")
        for row in _aligned(_facts(operation)):
            click.echo(f"  {row}")
    if one.errors:
        click.echo("\nErrors")
        rows = [(entry.name, str(entry.status), entry.code or "", entry.basis) for entry in one.errors.values()]
        for row in _aligned(rows):
            click.echo(f"  {row}")
    for scheme in one.security_schemes.values():
        click.echo(f"\nCredentials: {scheme.name} ({scheme.kind})")
        for role in scheme.roles.values():
            click.echo(f"  {role.name}: {role.description}")


def _facts(operation: Operation) -> list[tuple[str, str]]:
    source = f" ({operation.source})" if operation.source else ""
    names = [f"{parameter.name}{'' if parameter.required else '?'}" for parameter in operation.parameters]
    body = ", ".join(operation.request_body.content) if operation.request_body else ""
    facts = [
        ("operation", f"{operation.id}: {operation.summary}"),
        ("basis", f"{operation.basis}{source}"),
        ("parameters", ", ".join(names)),
        ("body", body),
        ("answers", ", ".join(operation.responses)),
        ("refuses when", ", ".join(dict.fromkeys(rule.when for rule in operation.refusals))),
    ]
    return [(name, value) for name, value in facts if value]


@contract.command(
    epilog="\b\nExamples:\n  devicedouble contract lint\n  devicedouble contract lint fleet my-openapi.yaml"
)
@click.argument("contracts", nargs=-1, metavar="[API|FILE]...")
def lint(contracts: tuple[str, ...]) -> None:
    """Lint contracts, all of ours when none is named; exit status 1 when there is a finding.

    Ours are held to OpenAPI 3.0, to the vocabulary of x- extensions, to every reference and to every example;
    others to what of that they use.
    """
    from openapi.lint import lint as find

    names = contracts or _own_ids()
    findings = [finding for name in names for finding in find(_id_or_file(name))]
    for finding in findings:
        place = f"{_relative(finding.file)}:{finding.line}" if finding.line else _relative(finding.file)
        click.echo(f"{place}: {finding.sentence} ({finding.pointer})")
    if findings:
        click.echo(f"{_count(len(findings), 'finding')} in {_count(len(names), 'contract')}", err=True)
        click.get_current_context().exit(1)
    click.echo(f"{_count(len(names), 'contract')}, nothing to mend", err=True)


@contract.command(epilog="Example: devicedouble contract diff fleet.old.yaml fleet")
@click.argument("old")
@click.argument("new")
def diff(old: str, new: str) -> None:
    """Tell what changed from OLD to NEW (API or file); exit status 1 when it breaks clients."""
    from openapi.diff import diff as compare

    changes = compare(_loaded(old), _loaded(new))
    for change in sorted(changes, key=lambda change: not change.breaking):
        click.echo(f"{'breaking' if change.breaking else 'harmless'}  {change.sentence} ({change.pointer})")
    breaking = sum(change.breaking for change in changes)
    click.echo(f"{_count(len(changes), 'change')}, {breaking or 'none'} breaking", err=True)
    if breaking:
        click.get_current_context().exit(1)


@contract.command(epilog="Example: devicedouble contract export jasper --format json")
@click.argument("api")
@click.option("--format", "format_", type=click.Choice(["yaml", "json"]), default="yaml", show_default=True)
def export(api: str, format_: str) -> None:
    """Print a contract whole, as it is written."""
    from openapi.source import read_text

    one = _loaded(api)
    path = Path(one.file)
    if format_ == "json":
        click.echo(json.dumps(one.document, indent=2, ensure_ascii=False))
    elif path.suffix == ".json":
        import yaml

        click.echo(yaml.safe_dump(one.document, sort_keys=False, allow_unicode=True), nl=False)
    else:
        click.echo(read_text(path), nl=False)


def _own_ids() -> tuple[str, ...]:
    from openapi.contract import CONTRACT_IDS, contract_file

    return tuple(name for name in CONTRACT_IDS if contract_file(name).exists())


def _id_or_file(name: str) -> str:
    """The name itself when it is an id or a file. Raises UsageError otherwise."""
    from openapi.contract import CONTRACT_IDS

    if name not in CONTRACT_IDS and not Path(name).is_file():
        raise click.UsageError(f"{name!r} is neither a file nor one of {', '.join(CONTRACT_IDS)}")
    return name


def _loaded(name: str) -> Contract:
    from openapi.contract import ContractError, load

    try:
        return load(_id_or_file(name))
    except ContractError as error:
        raise _Unusable(str(error)) from None


def _relative(file: str) -> str:
    path = Path(file).absolute()
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else file


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _aligned(rows: Sequence[tuple[str, ...]]) -> list[str]:
    """Rows as text with columns under each other."""
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
