"""`devicedouble serve`: the double on a port."""

from __future__ import annotations

import contextlib
import os
import sys
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    import datetime
    import socket
    from collections.abc import Iterator

    from mock_server.settings import Settings
    from mock_server.world.worlds import Worlds

_MEANWHILE_S = 60.0
"""A clock that is so far from --at may just have been set to it."""

_EPILOG = """\b
Examples:
  devicedouble serve
  devicedouble serve fleet jasper --port 9000 --seed 7
  devicedouble serve --state sqlite:///double.sqlite
"""


@click.command(epilog=_EPILOG)
@click.argument("apis", nargs=-1, metavar="[API]...")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port",
    default=8080,
    show_default=True,
    type=click.IntRange(0, 65535),
    help="Port to listen on; 0 takes a free one.",
)
@click.option("--state", default="memory", show_default=True, help="memory, sqlite:///FILE or postgresql://…")
@click.option(
    "--devices",
    default=200,
    show_default=True,
    type=click.IntRange(10, 10_000_000),
    help="Devices an API starts with.",
)
@click.option(
    "--seed",
    default=0,
    show_default=True,
    type=click.IntRange(0, 2**63 - 1),
    help="What the default world follows from.",
)
@click.option("--at", default=None, metavar="ISO-DATE-TIME", help="The time it is in the default world at start.")
@click.option(
    "--workers",
    default=1,
    show_default=True,
    type=click.IntRange(1, 64),
    help="Processes; more than one needs postgresql:// or sqlite:///.",
)
@click.option(
    "--control-token",
    default=None,
    help="Guards /_mock when --host is not loopback (or DEVICEDOUBLE_CONTROL_TOKEN).",
)
@click.option("--reload", is_flag=True, help="Start again when a contract or the code changes.")
@click.option(
    "--log",
    type=click.Choice(["json", "text"]),
    default=None,
    help="One line a call of an API on stderr; text on a terminal.",
)
@click.option("--quiet", is_flag=True, help="Print nothing but errors.")
@click.option("--strict", is_flag=True, help="Answer 500, why on stderr, rather than send what breaks the contract.")
def serve(
    apis: tuple[str, ...],
    host: str,
    port: int,
    state: str,
    devices: int,
    seed: int,
    at: str | None,
    workers: int,
    control_token: str | None,
    reload: bool,
    log: str | None,
    quiet: bool,
    strict: bool,
) -> None:
    """Start the double for the given APIs (all five when none is named) and print where they are."""
    from mock_server.settings import Settings, control_token_of_environment
    from mock_server.world.settings import Settings as WorldSettings

    if state == "memory" and workers > 1:
        raise click.UsageError(
            "--workers needs a state that processes can share: give --state sqlite:///FILE or postgresql://…"
        )
    loopback = host in {"localhost", "::1"} or host.startswith("127.")
    token = control_token or control_token_of_environment()
    if token is None and not loopback:
        token = _new_token()
        click.echo(f"Control token (made for this run): {token}", err=True)
    settings = Settings(
        apis=_apis(apis),
        world=WorldSettings(state=state, seed=seed, devices=devices, at=_moment(at)),
        strict=strict,
        log="none" if quiet else log or ("text" if sys.stderr.isatty() else "none"),
        control_token=token,
        loopback=loopback,
    )
    listener = _listen(host, port)
    try:
        if workers > 1 or reload:
            _run_processes(settings, listener, workers=workers, reload=reload, quiet=quiet)
        else:
            _run_here(settings, listener, quiet=quiet)
    finally:
        listener.close()


def _run_here(settings: Settings, listener: socket.socket, *, quiet: bool) -> None:
    """Serve on `listener` until interrupted."""
    import uvicorn

    from mock_server.app import create_app, settle_memory
    from mock_server.serving import server_options
    from mock_server.world.errors import WorldError

    try:
        double = create_app(settings)
    except WorldError as error:
        raise click.ClickException(str(error)) from error
    config = uvicorn.Config(double, **server_options())
    settle_memory()
    if not quiet:
        _greet(settings, listener, double.worlds)
    server = uvicorn.Server(config)
    with contextlib.suppress(KeyboardInterrupt):
        server.run(sockets=[listener])
    if not quiet:
        click.echo("Stopped.")


def _run_processes(settings: Settings, listener: socket.socket, *, workers: int, reload: bool, quiet: bool) -> None:
    """Serve with several processes, or one that starts again; each makes its double from the environment."""
    import json
    from pathlib import Path

    import uvicorn

    from mock_server.serving import server_options
    from mock_server.settings import ENVIRONMENT, to_plain

    with _opened(settings) as worlds:
        if not quiet:
            _greet(settings, listener, worlds)
    os.environ[ENVIRONMENT] = json.dumps(to_plain(settings))
    root = Path(__file__).resolve().parent.parent
    uvicorn.run(
        "mock_server.app:create_from_environment",
        factory=True,
        fd=listener.fileno(),
        workers=None if reload else workers,
        reload=reload,
        reload_dirs=[str(root / "openapi"), str(root / "mock_server")] if reload else None,
        reload_includes=["*.py", "*.yaml"] if reload else None,
        **server_options(),
    )


@contextlib.contextmanager
def _opened(settings: Settings) -> Iterator[Worlds]:
    """The state, once, here: processes that cannot open it would each fail in their own way, and be started again."""
    from mock_server.app import api_table
    from mock_server.world.errors import WorldError
    from mock_server.world.worlds import open_worlds

    try:
        worlds = open_worlds(settings.world, {name: api_table(name).populations for name in settings.apis})
    except WorldError as error:
        raise click.ClickException(str(error)) from error
    try:
        yield worlds
    finally:
        worlds.close()


def _greet(settings: Settings, listener: socket.socket, worlds: Worlds) -> None:
    if (held := _held(settings, worlds)) is not None:
        click.echo(held)
    click.echo(greeting(settings, _address(listener)))


def _held(settings: Settings, worlds: Worlds) -> str | None:
    """That options change nothing, because the state holds a default world already and it has other numbers."""
    from mock_server.world.worlds import DEFAULT

    world, wanted = worlds.get(DEFAULT), settings.world
    if world is None:
        return None
    now = world.clock.now()
    late = wanted.at is not None and abs((now - wanted.at).total_seconds()) > _MEANWHILE_S
    differing = {
        "--seed": f"seed {world.seed}" if world.seed != wanted.seed else None,
        "--devices": f"{world.devices} devices" if world.devices != wanted.devices else None,
        "--at": f"the time {now:%Y-%m-%dT%H:%M:%SZ}" if late else None,
    }
    facts = {option: fact for option, fact in differing.items() if fact is not None and _is_given(option[2:])}
    if not facts:
        return None
    return (
        f"The state holds a default world already, with {', '.join(facts.values())}: {', '.join(facts)} change nothing."
    )


def _is_given(option: str) -> bool:
    return click.get_current_context().get_parameter_source(option) is click.core.ParameterSource.COMMANDLINE


def greeting(settings: Settings, address: str) -> str:
    """What a newcomer reads: base URLs, and one call to paste for each API."""
    from mock_server.app import api_table

    lines = [f"devicedouble answers at {address}", ""]
    for api in (api_table(name) for name in settings.apis):
        base = address + api.base_path
        lines += [
            f"  {api.id:<12} {base}",
            *(f"    curl {item.curl.replace('{base}', base)}" for item in api.examples[:1]),
            "",
        ]
    lines.append(f"All calls, credentials and objects: {address}/   Steering: {address}/_mock/console/   Stop: Ctrl-C")
    return "\n".join(lines)


def _apis(named: tuple[str, ...]) -> tuple[str, ...]:
    from openapi.contract import API_IDS

    for name in named:
        if name not in API_IDS:
            raise click.UsageError(f"There is no API {name!r}; choose from {', '.join(API_IDS)}.")
    return tuple(dict.fromkeys(named)) or tuple(API_IDS)


def _moment(text: str | None) -> datetime.datetime | None:
    import datetime

    if text is None:
        return None
    try:
        moment = datetime.datetime.fromisoformat(text.upper())
    except ValueError:
        raise click.UsageError(f"--at takes an ISO date and time such as 2026-01-31T12:00:00Z, not {text!r}.") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=datetime.UTC)


def _new_token() -> str:
    import secrets

    return secrets.token_urlsafe(24)


def _listen(host: str, port: int) -> socket.socket:
    """A listening socket. Raises ClickException with what to do when the address cannot be had."""
    import errno
    import socket

    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(2048)
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            raise click.ClickException(
                f"Port {port} is taken: stop what uses it, or choose another with --port {port + 1} "
                "(--port 0 finds a free one)."
            ) from None
        raise click.ClickException(
            f"Cannot listen on {host} port {port}: {error.strerror}. Try --host 127.0.0.1 or another --port."
        ) from None
    listener.set_inheritable(True)
    return listener


def _address(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    shown = f"[{host}]" if ":" in host else host
    return f"http://{shown}:{port}"
