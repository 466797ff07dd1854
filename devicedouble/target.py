"""`devicedouble target`: print a target file, to be filled in."""

from __future__ import annotations

import click

EPILOG = """\b
Example:
  devicedouble target jasper > jasper.toml
"""


@click.command(epilog=EPILOG)
@click.argument("api")
def target(api: str) -> None:
    """Print a commented target file for `devicedouble check API`."""
    from conformance.apis import MODULES, api_of
    from conformance.template import render
    from openapi.contract import load

    if api not in MODULES:
        raise click.UsageError(f"{api!r} is none of {', '.join(MODULES)}")
    click.echo(render(api_of(api), load(api).base_url), nl=False)
