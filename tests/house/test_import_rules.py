"""Who may import whom: the contracts nobody, the two programs not each other, nobody the face."""

from pathlib import Path
from subprocess import run

ROOT = Path(__file__).parents[2]


def test_make_check_runs_the_import_rules() -> None:
    """The rules stand in pyproject.toml and are part of `make check`, with styles, types and contracts."""
    makefile = (ROOT / "Makefile").read_text()
    check = makefile[makefile.index("check:") :].split("\n\n")[0]
    for command in ("ruff check", "ruff format --check", "mypy", "lint-imports", "devicedouble contract lint"):
        assert command in check
    project = (ROOT / "pyproject.toml").read_text()
    assert project.count("[[tool.importlinter.contracts]]") >= 3


def test_ci_runs_check_and_test() -> None:
    """What CI runs is what everybody runs."""
    lines = (ROOT / ".ci" / "run").read_text().splitlines()
    assert lines[-2:] == ["make check", "make test"]
    assert run(["test", "-x", ROOT / ".ci" / "run"], check=False).returncode == 0
