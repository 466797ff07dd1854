"""How the suite behaves towards any server: no trace is left, the same is asked twice, a wrong key is no failure."""

from __future__ import annotations

import json
import urllib.request
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from conformance.apis import MODULES
from conformance.resources import changed_pointers
from conformance.run import Options
from conformance.selftest import session_of
from conformance.target import Target
from conformance.types import Exchange
from mock_server.apis.draw import ANCHOR
from tests.conformance.apis.proof import checked, the_double

BOOKS = ("transactions", "queues", "audit", "calendar", "scheduled", "sequences", "clock", "dateUpdated", "updated_at")
"""What a server writes down by itself about changes."""


def state(found: Target) -> Any:
    """The double's own word for everything that it holds."""
    origin = "/".join(found.base_url.split("/")[:3])
    with urllib.request.urlopen(f"{origin}/_mock/worlds/default/snapshot") as answer:
        return json.load(answer)


@pytest.mark.parametrize("api", MODULES)
def test_a_run_leaves_everything_as_it_was(api: str) -> None:
    """With what a target file allows when it says nothing of it."""
    usual = {known.name: known.default for known in session_of(api).api.capabilities}
    with the_double(api) as found:
        before = state(found)
        results, run = checked(replace(found, capabilities=usual), examples=5)
        after = state(found)
    steps = {pointer: pointer.split("/") for pointer in changed_pointers(before, after)}
    left = [p for p, names in steps.items() if not set(names) & set(BOOKS) and not names[-1].startswith("_")]
    assert (results.verdict, run.warnings, left) == ("conformant", [], [])


@pytest.mark.parametrize("api", MODULES)
def test_a_wrong_key_is_no_failure_of_the_server(api: str) -> None:
    with the_double(api) as found:
        wrong = {
            name: replace(one, **{"token" if one.token else "password": "not-the-secret"})
            for name, one in found.credentials.items()
        }
        results, _ = checked(replace(found, credentials=wrong), examples=5)
    assert [(one.requirement.id, one.failures) for one in results.outcomes if one.status == "failed"] == []
    assert results.exit_status == 3
    assert any("check [credentials." in str(one.reason) for one in results.outcomes)


def test_one_wrong_key_of_two_is_no_failure_of_the_server() -> None:
    with the_double("fleet") as found:
        keys = {**found.credentials, "read": replace(found.credentials["read"], token="not-the-secret")}
        results, _ = checked(replace(found, credentials=keys), examples=5)
    assert [(one.requirement.id, one.failures) for one in results.outcomes if one.status == "failed"] == []
    assert any("check [credentials.read]" in str(one.reason) for one in results.outcomes)


def sent(api: str, seconds: int, *only: str) -> list[tuple[str, str, bytes]]:
    """The requests of a run that begins so many seconds past noon."""
    session = replace(session_of(api), options=Options(examples=10))
    asked: list[tuple[str, str, bytes]] = []

    def note(exchange: Exchange) -> None:
        asked.append((exchange.sent.method, exchange.sent.target, exchange.sent.body))

    with the_double(api, ANCHOR + timedelta(hours=12, seconds=seconds)) as found:
        run = session.open(found, remember=False)
        run.client.observe = note
        session.check(run, session.chosen(only))
    return asked


def test_the_same_requests_go_out_all_day() -> None:
    """Also where a moment is searched for."""
    assert sent("jasper", 0, "jasper.search-devices.*") == sent("jasper", 77, "jasper.search-devices.*")


def test_sequences_on_fleet_write_what_a_strict_server_takes() -> None:
    """A serial number is no other device's, and a year is one."""
    serials: list[str] = []
    for _, _, body in sent("fleet", 0, "fleet.update-device.sequences"):
        value = json.loads(body) if body else {}
        for item in value.get("devices", [value]) if isinstance(value, dict) else []:
            serials += [item["serial_number"]] if item.get("serial_number") else []
            assert item.get("model_year") is None or 2000 < int(item["model_year"]) < 2030
    assert len(serials) > 5
    assert len(serials) == len(set(serials))
