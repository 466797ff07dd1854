"""The command's face: help with examples, errors of one sentence, exit statuses, nothing loaded for nothing."""

import importlib.util
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from devicedouble.cli import SUBCOMMANDS, Subcommand, devicedouble, main, version

HEAVY = ("connexion", "hypothesis", "schemathesis", "sqlalchemy", "yaml", "uvicorn", "httpx", "rich", "jsonschema")


def run(*arguments: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """The command as a process."""
    return subprocess.run(
        [sys.executable, "-m", "devicedouble", *arguments], capture_output=True, text=True, cwd=cwd, check=False
    )


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int | str | None, str]:
    """The exit status of `main` and what it wrote on stderr."""
    with pytest.raises(SystemExit) as left:
        main(list(arguments))
    return left.value.code, capsys.readouterr().err


def commands(group: click.Group, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """Every command that is there, by its words."""
    found: list[tuple[str, ...]] = [path]
    context = click.Context(group)
    for name in group.list_commands(context):
        try:
            command = group.get_command(context, name)
        except click.UsageError:
            continue  # a half that is not installed
        if isinstance(command, click.Group):
            found += commands(command, (*path, name))
        else:
            found.append((*path, name))
    return found


@pytest.mark.parametrize("words", commands(devicedouble), ids=" ".join)
def test_every_help_has_an_example(words: tuple[str, ...]) -> None:
    """`--help` of each command ends with one that can be pasted."""
    result = CliRunner().invoke(devicedouble, [*words, "--help"])
    assert result.exit_code == 0
    _, found, example = result.output.partition("Example")
    assert found, result.output
    assert " ".join(("devicedouble", *words)) in example


def test_version_is_that_of_the_package() -> None:
    """`--version` names what is installed."""
    result = run("--version")
    assert (result.returncode, result.stdout, result.stderr) == (0, f"devicedouble {version()}\n", "")


@pytest.mark.parametrize("option", ["--help", "--version"])
def test_nothing_heavy_is_loaded_to_say_what_there_is(option: str) -> None:
    """Help and version answer at once."""
    script = (
        "import sys\nfrom devicedouble.cli import main\n"
        f"try:\n    main([{option!r}])\nexcept SystemExit:\n    pass\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert result.stdout.splitlines()[-1] == "[]"


def test_the_table_names_all_subcommands() -> None:
    """The five promised ones, in the order of the README."""
    assert list(SUBCOMMANDS) == ["serve", "check", "target", "contract", "selftest"]
    for entry in SUBCOMMANDS.values():
        assert entry.module.startswith("devicedouble.")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["nonsense"], "No such command 'nonsense' (see `devicedouble --help`)"),
        (["--nonsense"], "No such option '--nonsense' (see `devicedouble --help`)"),
        (["contract", "show"], "Missing argument 'API' (see `devicedouble contract show --help`)"),
        (
            ["contract", "show", "nothing"],
            (
                "'nothing' is neither a file nor one of fleet, masmovil, mobilefirst, jasper, zequenze, control"
                " (see `devicedouble contract show --help`)"
            ),
        ),
    ],
)
def test_wrong_use_is_told_in_one_sentence(
    capsys: pytest.CaptureFixture[str], arguments: list[str], sentence: str
) -> None:
    """Exit status 2, and one line on stderr that says what to do."""
    assert told(capsys, *arguments) == (2, f"devicedouble: {sentence}\n")


def test_no_argument_is_a_call_for_help(capsys: pytest.CaptureFixture[str]) -> None:
    """The bare command shows its help, on stderr, as wrong use."""
    code, text = told(capsys)
    assert code == 2
    assert text.startswith("Usage: devicedouble")


def test_a_missing_half_is_told(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """A subcommand that is not installed says how to get it."""
    monkeypatch.setitem(SUBCOMMANDS, "check", Subcommand("devicedouble.nowhere", "check", "None."))
    code, text = told(capsys, "check")
    assert code == 2
    assert text.startswith("devicedouble: `check` is not part of this installation: run `pip install devicedouble`")


def test_a_missing_package_is_named(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """An import that fails further in names the package."""
    (tmp_path / "needy_for_test.py").write_text("import no_such_package\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    assert importlib.util.find_spec("no_such_package") is None
    monkeypatch.setitem(SUBCOMMANDS, "check", Subcommand("needy_for_test", "check", "None."))
    code, text = told(capsys, "check")
    assert code == 2
    assert text.startswith("devicedouble: `check` needs the package no_such_package: run `pip install devicedouble`")


class Broken(click.Command):
    """A subcommand with a fault of ours."""

    def invoke(self, ctx: click.Context) -> None:
        del ctx
        raise ZeroDivisionError("division by zero")


def test_our_own_fault_is_told_without_a_traceback(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What we did not foresee is exit status 3 and one sentence; the traceback comes on demand."""
    monkeypatch.setattr(devicedouble, "get_command", lambda *_: Broken("check"))
    assert told(capsys, "check") == (
        3,
        (
            "devicedouble: this is our fault (ZeroDivisionError: division by zero):"
            " set DEVICEDOUBLE_TRACEBACK=1 to see where, and report it\n"
        ),
    )
    monkeypatch.setenv("DEVICEDOUBLE_TRACEBACK", "1")
    with pytest.raises(ZeroDivisionError):
        main(["check"])


def test_an_interrupt_is_no_error(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C leaves with 130, as shells expect."""

    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(devicedouble, "main", interrupted)
    assert told(capsys, "serve") == (130, "")
