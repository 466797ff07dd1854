"""`devicedouble contract`: list, show, lint, diff, export."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from devicedouble.contract_commands import contract
from openapi.contract import API_IDS, CONTRACT_IDS, load
from tests.openapi.documents import EMPTY, SHOP, written


def invoke(*arguments: str) -> Result:
    return CliRunner().invoke(contract, arguments)


def test_list_names_every_contract() -> None:
    """One line a contract: id, operations, base URL, title."""
    result = invoke("list")
    assert result.exit_code == 0
    lines = result.output.splitlines()
    assert [line.split()[0] for line in lines] == list(CONTRACT_IDS)
    assert "https://api.fleet.co/platform/v1" in lines[0]


def test_show_tells_what_a_contract_says() -> None:
    """Operations with their facts, errors, roles."""
    result = invoke("show", str(SHOP))
    assert result.exit_code == 0
    for line in (
        "PUT /lamps/{id}",
        "  operation     putLamp: Change a lamp",
        "  basis         documented (000 The shop)",
        "  parameters    id",
        "  body          application/json",
        "  refuses when  unauthenticated, forbidden, unknown, violation, conflict",
        "Credentials: key (bearer)",
        "  guest: May only look.",
    ):
        assert line in result.output.splitlines()


def test_show_does_without_errors_and_roles(tmp_path: Path) -> None:
    """Other people's contracts have neither."""
    assert invoke("show", str(written(tmp_path, EMPTY))).output == "T\n\n"


@pytest.mark.parametrize("api", API_IDS)
def test_export_is_the_contract(api: str) -> None:
    """YAML is the file itself, JSON the same as JSON."""
    assert invoke("export", api).output == Path(load(api).file).read_text()
    assert json.loads(invoke("export", api, "--format", "json").output) == load(api).document


def test_export_of_json_is_yaml_on_demand(tmp_path: Path) -> None:
    """A JSON contract comes out as YAML that reads the same."""
    file = written(
        tmp_path, json.dumps({"openapi": "3.0.3", "info": {"title": "T", "version": "1"}, "paths": {}}), "c.json"
    )
    assert invoke("export", str(file)).output == "openapi: 3.0.3\ninfo:\n  title: T\n  version: '1'\npaths: {}\n"


def test_lint_of_all_is_silent_on_stdout() -> None:
    """Nothing to mend: exit status 0, the count on stderr."""
    result = invoke("lint")
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "6 contracts, nothing to mend\n")


def test_lint_tells_file_line_and_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A broken contract: exit status 1, one line a finding, the path as short as it can be."""
    written(tmp_path, SHOP.read_text().replace("x-violation: {minProperties", "x-violations: {minProperties"))
    monkeypatch.chdir(tmp_path)
    result = invoke("lint", "contract.yaml", "fleet")
    assert (result.exit_code, result.stderr) == (1, "2 findings in 2 contracts\n")
    assert result.stdout.splitlines()[0] == (
        "contract.yaml:127: x-violations is not in the vocabulary: did you mean x-violation?"
        " (#/components/schemas/LampChange/x-violations)"
    )


def test_lint_tells_what_cannot_be_read(tmp_path: Path) -> None:
    """A file that is no contract is a finding, not a crash."""
    file = written(tmp_path, "a: b: c\n")
    result = invoke("lint", str(file))
    assert result.exit_code == 1
    assert result.stdout == (
        f"{file}:1: this is not YAML (mapping values are not allowed in this context): mend it here (#)\n"
    )


def test_lint_of_nothing_is_wrong_use() -> None:
    """A name that is neither a file nor an id."""
    assert invoke("lint", "nothing").exit_code == 2


def test_diff_tells_breaking_changes_first(tmp_path: Path) -> None:
    """Exit status 1 when clients break, 0 when they do not."""
    changed = (
        SHOP.read_text()
        .replace("minLength: 1", "minLength: 2")
        .replace("    ASLEEP:", "    AWAKE: {status: 503}\n    ASLEEP:")
    )
    file = written(tmp_path, changed)
    result = invoke("diff", str(SHOP), str(file))
    assert (result.exit_code, result.stderr) == (1, "2 changes, 1 breaking\n")
    assert [line.split()[0] for line in result.stdout.splitlines()] == ["breaking", "harmless"]
    harmless = written(
        tmp_path, SHOP.read_text().replace("    ASLEEP:", "    AWAKE: {status: 503}\n    ASLEEP:"), "h.yaml"
    )
    result = invoke("diff", str(SHOP), str(harmless))
    assert (result.exit_code, result.stderr) == (0, "1 change, none breaking\n")


def test_a_contract_of_another_version_is_told(tmp_path: Path) -> None:
    """Exit status 2 and one sentence with file and line, in a real process."""
    file = written(tmp_path, "openapi: 3.1.0\n")
    result = subprocess.run(
        [sys.executable, "-m", "devicedouble", "contract", "show", str(file)],
        capture_output=True,
        text=True,
        check=False,
    )
    sentence = f"devicedouble: {file}:1: this is OpenAPI 3.1.0: only 3.0 is read, convert it first\n"
    assert (result.returncode, result.stdout, result.stderr) == (2, "", sentence)


def test_a_reader_that_leaves_is_no_fault() -> None:
    """`| head` ends the command quietly."""
    result = subprocess.run(
        ["bash", "-c", f"{sys.executable} -m devicedouble contract export jasper | head -1"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (result.stdout, result.stderr) == ("openapi: 3.0.3\n", "")
