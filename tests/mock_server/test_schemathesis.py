"""Schemathesis' own command, with all its phases and checks, against every API of a running double.

It knows the contract and nothing beside it, so some of what is right looks wrong to it. Each of these is explained in
docs/schemathesis.md and listed here; anything else fails, and so does an explanation that is no longer needed there.
"""

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.mock_server.calls import CALLS
from tests.support import Client

DOCUMENT = Path(__file__).parents[2] / "docs" / "schemathesis.md"
_HEADING = re.compile(r"^_{3,} (.+?) _{3,}$")
_FAILURE = re.compile(r"^- (ST\d+) (.+)$")
STATEFUL = "Stateful tests"

EXPLAINED: dict[str, set[tuple[str, str]]] = {
    "fleet": {
        ("PATCH /devices/{device_id}", "ST202"),
        ("POST /devices", "ST202"),
        (STATEFUL, "ST202"),
        (STATEFUL, "ST301"),
    },
    "masmovil": {
        ("GET /orgs/{org}/devices", "ST202"),
        ("PATCH /orgs/{org}/subscriptions/{subscriptionId}/devices/{deviceId}", "ST202"),
        ("POST /token", "ST202"),
        (STATEFUL, "ST202"),
    },
    "mobilefirst": set(),
    "jasper": {
        ("PUT /v{apiVersion}/devices/{iccid}", "ST202"),
        ("GET /v{apiVersion}/devices", "ST202"),
        (STATEFUL, "ST202"),
    },
    "zequenze": {("GET /inventory_device_serial/", "ST202"), (STATEFUL, "ST202")},
}


def _failures(output: str) -> set[tuple[str, str]]:
    found, heading = set(), ""
    for line in output.partition("= FAILURES =")[2].splitlines():
        if match := _HEADING.match(line):
            heading = match[1]
        elif match := _FAILURE.match(line):
            found.add((heading, match[1]))
    return found


@pytest.mark.slow
@pytest.mark.parametrize("api", CALLS)
def test_schemathesis_finds_nothing_that_is_not_explained_and_no_500(
    api: str, double: Callable[..., Client], tmp_path: Path
) -> None:
    """In a world of its own: it changes and removes what it finds."""
    client = double(api)
    command = [
        str(Path(sys.executable).parent / "schemathesis"),
        "run",
        f"{client.origin}/w/{client.world.name}/{api}/openapi.json",
        *("-H", f"Authorization: {CALLS[api].authorization}"),
        *("--checks", "all", "--phases", "examples,coverage,fuzzing,stateful"),
        *("--seed", "1", "-n", "50", "--no-color"),
    ]
    finished = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=600, check=False)
    output = finished.stdout
    assert "Test cases:" in output, output + finished.stderr
    assert "[500]" not in output, output
    assert _failures(output) <= EXPLAINED[api], output


def test_every_explained_failure_is_in_the_document() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    for api, explained in EXPLAINED.items():
        for _, code in explained:
            assert f"`{api}`" in text, api
            assert code in text, code
