"""The suite under pytest where its outcomes are not pytest's: deviations, nobody there, late findings, spreading."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, cast

import pytest

from conformance.plugin import Suite, pytest_xdist_make_scheduler
from conformance.types import Failure
from tests.conformance.test_check_command import TARGET
from tests.conformance.test_plugin import run
from tests.conformance.tiny import CONTRACT
from tests.conformance.tiny.server import Notes, serving, start


class Config:
    """As much of pytest's as the plugin asks for."""

    def __init__(self, folder: Path, url: str, **more: Any) -> None:
        file = folder / "tiny.toml"
        file.write_text(TARGET.format(url=url))
        self.stash = pytest.Stash()
        self.options: dict[str, Any] = {
            "--devicedouble-target": str(file),
            "--devicedouble-api": str(CONTRACT),
            "--devicedouble-examples": 5,
            "--devicedouble-seed": 0,
            "--devicedouble-safe": False,
            "--devicedouble-strict": False,
            **more,
        }

    def getoption(self, name: str) -> Any:
        return self.options.get(name)


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


def suite_of(config: Config) -> Suite:
    return Suite(cast("pytest.Config", config))


def test_a_deviation_is_an_expected_failure_unless_strict(tmp_path: Path) -> None:
    """What is only inferred is shown, and counts with --devicedouble-strict alone."""
    with serving(Notes({"lax"})) as url:
        one = "query-minimum-validation-inferred"
        assert " 1 xfailed" in " " + run(tmp_path, url, "-k", one).stdout.splitlines()[-1]
        assert run(tmp_path, url, "-k", one, "--devicedouble-strict").returncode == 1


def test_nobody_there_is_one_usage_error(tmp_path: Path) -> None:
    done = run(tmp_path, "http://127.0.0.1:9/v1", "-k", "get-note")
    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert (done.stdout + done.stderr).count("127.0.0.1:9 cannot be reached: connection refused.") == 1


def test_nobody_there_is_an_error_of_each_test_in_several_processes(tmp_path: Path) -> None:
    done = run(tmp_path, "http://127.0.0.1:9/v1", "-k", "get-note", "-n", "2")
    assert done.returncode == 1
    assert re.search(r"\d+ errors in", done.stdout)
    assert "127.0.0.1:9 cannot be reached: connection refused." in done.stdout


def test_objects_are_left_as_they_were(tmp_path: Path) -> None:
    notes = Notes()
    with serving(notes) as url:
        run(tmp_path, url, "-n", "2", "-k", "patch-note")
    for number, note in start().items():
        assert {**notes.notes[number], "stamp": ""} == {**note, "stamp": ""}


def test_what_is_found_after_a_requirements_own_test_is_told(tmp_path: Path) -> None:
    """Shapes are judged in passing; another process may have passed the verdict already."""
    with serving(Notes()) as url:
        suite = suite_of(Config(tmp_path, url))
        verdict = suite.session.ledger.requirements["tiny.get-note.answers-200"]
        assert suite.evaluate(verdict).status == "passed"
        assert suite.found_in_passing({verdict.id}) == {}
        suite.run.report(verdict.id, Failure("The title is missing.", "a title", "none", cause="title"))
        assert suite.found_in_passing(set()) == {}
        assert suite.found_in_passing({verdict.id}) == {verdict.id: "The title is missing."}
        assert suite.evaluate(verdict).status == "failed"
        assert suite.found_in_passing({verdict.id}) == {}
        suite.close()


class Unborn:
    """The scheduler's base, without the processes that it would need."""

    def __init__(self, config: Any, log: Any) -> None:
        del config, log


def test_all_that_writes_and_judges_the_others_goes_to_one_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("xdist.scheduler.LoadScopeScheduling", Unborn)
    with serving(Notes()) as url:
        scheduler = pytest_xdist_make_scheduler(cast("pytest.Config", Config(tmp_path, url, dist="load")), None)
        assert pytest_xdist_make_scheduler(cast("pytest.Config", Config(tmp_path, url, dist="loadfile")), None) is None
    split = scheduler._split_scope
    reads = "conformance/test_conformance.py::test_requirement[tiny.list-notes.robust-query]"
    assert split(reads) == reads
    for name in ("tiny.patch-note.succeeds", "tiny.patch-note.refuses-malformed", "tiny.get-note.answers-200"):
        assert split(f"conformance/test_conformance.py::test_requirement[{name}]") == "devicedouble"
