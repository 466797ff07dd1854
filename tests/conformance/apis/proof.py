"""Fresh servers to run the suite against: the double, and the second server of an API, each as its target file says."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from importlib import import_module
from typing import Any

import pytest
from starlette.applications import Starlette

from conformance.planted.faults import Fault
from conformance.results import Results
from conformance.run import Options, Run
from conformance.selftest import plant, session_of
from conformance.target import Credential, Target
from conformance.wire import Wire
from mock_server.apis.draw import ANCHOR
from mock_server.app import create_app
from mock_server.serving import running
from mock_server.settings import Settings
from mock_server.world.settings import Settings as WorldSettings

SEEDS = (0, pytest.param(1, marks=pytest.mark.slow), pytest.param(2, marks=pytest.mark.slow))


def target(api: str, base_url: str) -> Target:
    """The target of the default world, at another address."""
    table: Mapping[str, Any] = import_module(f"mock_server.apis.{api}").API.target
    credentials = {name: Credential(name, **values) for name, values in table["credentials"].items()}
    settle = float(table.get("limits", {}).get("settle_seconds", 1.0))
    return Target(api, base_url, credentials, table["fixtures"], None, settle, table["capabilities"])


@contextmanager
def the_double(api: str, at: datetime = ANCHOR + timedelta(hours=12)) -> Iterator[Target]:
    """A double of its own, in which it is `at`."""
    base = import_module(f"mock_server.apis.{api}").API.base_path
    with running(create_app(Settings(apis=(api,), world=WorldSettings(at=at)))) as origin:
        yield target(api, origin + base)


@contextmanager
def second_server(api: str, app: Starlette | None = None) -> Iterator[Target]:
    """The independent server."""
    module = import_module(f"tests.conformance.servers.{api}")
    with running(app or module.create_app()) as origin:
        yield target(api, origin + module.BASE)


def checked(found: Target, *, seed: int = 0, examples: int = 50, safe: bool = False) -> tuple[Results, Run]:
    """The whole suite on a target, or what of it only reads."""
    session = session_of(found.api)
    session.options = Options(examples=examples, seed=seed, safe=safe)
    run = session.open(found, transport=Wire, remember=False)
    return session.check(run, list(session.ledger)), run


@dataclass(frozen=True)
class Checked:
    """What came of the suite on an independent server, and that server's devices before and after."""

    results: Results
    run: Run
    before: dict[Any, Any]
    after: dict[Any, Any]


def second_checked(api: str, *, seed: int = 0, **changes: Any) -> Checked:
    """The whole suite on an independent server, with a target that differs in `changes`: it is accused of nothing."""
    app = import_module(f"tests.conformance.servers.{api}").create_app()
    before = deepcopy(app.state.devices)
    with second_server(api, app) as found:
        results, run = checked(replace(found, **changes), seed=seed)
    assert alarms(results) == []
    return Checked(results, run, before, app.state.devices)


def alarms(results: Results) -> list[str]:
    """What a conformant server is wrongly accused of."""
    return [
        f"{one.requirement.id}: {one.reason or one.failures[0]}"
        for one in results.outcomes
        if one.status == "error" or (one.status == "failed" and results.rules.binds(one.requirement))
    ]


def unanswered(results: Results) -> list[str]:
    """What came to no verdict although a check exists."""
    return [
        f"{one.requirement.id}: {one.reason}"
        for one in results.outcomes
        if one.status in ("skipped", "inconclusive") and one.requirement.unchecked is None
    ]


def survives(fault: Fault) -> str | None:
    """None when the fault is killed; otherwise what came instead."""
    kill = plant(fault, the_double)
    return None if kill.killed else f"{kill.trouble or 'nothing failed'}: {', '.join(kill.caught_by)}"
