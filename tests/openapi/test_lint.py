"""Each mistake planted into a right contract is found where it is, and nothing else is."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from openapi.lint import Finding, lint

SHOP = Path(__file__).parent / "data" / "shop.yaml"

PLANTED = yaml.safe_load((SHOP.parent / "planted.yaml").read_text())


@pytest.mark.parametrize("case", PLANTED, ids=[case["name"] for case in PLANTED])
def test_planted_mistake_is_found_at_its_line(tmp_path: Path, case: dict[str, Any]) -> None:
    """One mistake gives exactly these findings, with file, line and sentence."""
    text = SHOP.read_text()
    assert text.count(case["old"]) == 1
    file = tmp_path / "shop.yaml"
    file.write_text(text.replace(case["old"], case["new"]))
    found = lint(file)
    assert [[finding.line, finding.sentence] for finding in found] == case["findings"]
    assert {finding.file for finding in found} == {str(file)}


def test_a_right_contract_has_no_findings() -> None:
    """The contract into which the mistakes are planted is right."""
    assert lint(SHOP) == []


def test_a_finding_reads_as_one_line() -> None:
    """A finding shows as file, line, sentence and pointer."""
    assert str(Finding("a.yaml", 3, "#/info", "do this")) == "a.yaml:3: do this (#/info)"
    assert str(Finding("a.json", None, "#", "do that")) == "a.json: do that (#)"


def test_every_rule_is_held_by_a_planted_mistake() -> None:
    """No rule of the table is there without a mistake that only it finds."""
    sentences = " ".join(sentence for case in PLANTED for _, sentence in case["findings"])
    for said in (
        *("OpenAPI 3.0 does not allow", "put it in quotes", "beside a $ref is ignored", "has no summary"),
        *("declare it", "not in the vocabulary", "does not fit the vocabulary", "does not answer", "is marked public"),
        *("no state of the enum", "nothing answers BROKEN", "is not in x-errors", "forced-only", "declares no 413"),
        *("there is no operation", "has no parameter", "has a member at", "nothing fills", "as an answer of"),
    ):
        assert said in sentences, said


def test_a_contract_without_extensions_is_held_to_openapi_alone(tmp_path: Path) -> None:
    """Other people's contracts need no marks, and their own extensions are left alone."""
    file = tmp_path / "other.yaml"
    file.write_text(
        "openapi: 3.0.0\ninfo: {title: T, version: '1', x-logo: {url: u}}\n"
        "paths:\n  /a:\n    get:\n      responses:\n        '200': {description: D}\n"
    )
    assert lint(file) == []


def test_a_malformed_document_is_told_without_stumbling(tmp_path: Path) -> None:
    """Rules that need a sound document do not hide what is wrong with this one."""
    file = tmp_path / "other.yaml"
    file.write_text(
        "openapi: 3.0.0\ninfo: {title: T, version: '1'}\npaths:\n  /a:\n    get: {parameters: 7, responses: {}}\n"
    )
    assert any(finding.line == 5 and '7 is not of type "array"' in finding.sentence for finding in lint(file))


def test_json_contracts_have_lines_too(tmp_path: Path) -> None:
    """A finding in a JSON file names its line."""
    file = tmp_path / "other.json"
    file.write_text(
        '{\n "openapi": "3.0.0",\n "info": {"title": "T", "version": "1"},\n "paths": {},\n "surplus": 1\n}'
    )
    assert [(finding.line, finding.pointer) for finding in lint(file)] == [(1, "#")]
