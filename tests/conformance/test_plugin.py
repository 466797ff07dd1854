"""The suite as pytest runs it: a test for each requirement, chosen, stopped, spread and reported as people know it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.conformance.test_check_command import TARGET
from tests.conformance.tiny import CONTRACT
from tests.conformance.tiny.server import Notes, serving


def run(tmp_path: Path, url: str | None, *options: str) -> subprocess.CompletedProcess[str]:
    """pytest on the installed suite, in a folder of its own."""
    arguments = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--pyargs", "conformance"]
    if url is not None:
        file = tmp_path / "tiny.toml"
        file.write_text(TARGET.format(url=url))
        arguments += ["--devicedouble-target", str(file), "--devicedouble-api", str(CONTRACT)]
    environment = {**os.environ, "XDG_STATE_HOME": str(tmp_path / "state")}
    return subprocess.run(
        [*arguments, "--devicedouble-examples", "5", *options],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env=environment,
        timeout=120,
        check=False,
    )


@pytest.mark.parametrize("spread", [(), ("-n", "2")])
def test_a_correct_server_passes_alone_and_side_by_side(spread: tuple[str, ...], tmp_path: Path) -> None:
    with serving(Notes()) as url:
        done = run(tmp_path, url, *spread)
    assert done.returncode == 0, done.stdout
    assert " passed" in done.stdout
    assert "failed" not in done.stdout


def test_a_failed_requirement_is_a_failed_test_without_secrets(tmp_path: Path) -> None:
    report = tmp_path / "junit.xml"
    with serving(Notes({"takes-unknown"})) as url:
        done = run(tmp_path, url, "-k", "additional-properties or get-note", f"--junitxml={report}")
    assert done.returncode == 1
    assert "expected  400 with code VALIDATION" in done.stdout
    assert "curl -X PATCH" in done.stdout
    assert "writer-key" not in done.stdout + report.read_text()
    cases = ElementTree.parse(report).getroot().iter("testcase")
    failed = [case.get("name") for case in cases if case.find("failure") is not None]
    assert failed == ["test_requirement[tiny.patch-note.refuses-body-additional-properties-validation]"]


def test_without_a_target_it_says_what_to_give(tmp_path: Path) -> None:
    done = run(tmp_path, None)
    assert done.returncode != 0
    assert "say which server to check: --devicedouble-target FILE" in done.stdout + done.stderr
