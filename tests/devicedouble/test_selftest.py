"""`devicedouble selftest`: the kill table, and what the exit status says."""

from __future__ import annotations

import subprocess
import sys

import pytest


def selftest(*arguments: str, timeout: float = 120) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "devicedouble", "selftest", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=timeout, check=False)


def test_a_table_tells_which_requirement_killed_each_fault() -> None:
    done = selftest("fleet", "--only", "fleet-null-ignored", "--only", "fleet-drafts", "--workers", "1")
    lines = done.stdout.splitlines()
    assert lines[0] == "killed   fleet-null-ignored: null leaves a member as it was → fleet.update-device.null-clears"
    assert lines[-1] == "2 planted faults, 2 killed, 0 survived, 0 false alarms"
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("pixel",), "'pixel' is none of fleet, masmovil, mobilefirst, jasper, zequenze"),
        (("fleet", "--only", "nothing-*"), "no planted fault matches nothing-*"),
    ],
)
def test_wrong_use_is_one_sentence(arguments: tuple[str, ...], told: str) -> None:
    done = selftest(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"devicedouble: {told} (see `devicedouble selftest --help`)\n"


@pytest.mark.parametrize("api", ["jasper", "zequenze"])
def test_the_fast_profile_finds_nothing_wrong(api: str) -> None:
    """What CI runs of it each time; the whole table is for the long tests."""
    done = selftest(api, "--fast")
    assert done.returncode == 0, done.stdout
    assert "is conformant" in done.stdout


@pytest.mark.slow
def test_every_planted_fault_is_killed_and_every_check_kills() -> None:
    """The whole kill table."""
    done = selftest("--quiet", timeout=900)
    assert done.returncode == 0, done.stdout
