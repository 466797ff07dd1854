"""The contracts that come with the project are right, and complete."""

from pathlib import Path

import pytest

from openapi.contract import API_IDS, CONTRACT_IDS, load
from openapi.lint import lint
from openapi.rules.subject import EXTENSIONS
from openapi.rules.vocabulary import schema
from openapi.words import BODY_WORDS, DOCUMENT_ANSWERS, PARAMETER_WORDS, PROTOCOL_WORDS, SCHEMA_WORDS

BASE_URLS = {
    "fleet": "https://api.fleet.co/platform/v1",
    "masmovil": "https://subscriptions.masstack.com/v2",
    "mobilefirst": "https://{host}/mfpadmin",
    "jasper": "https://restapi1.jasper.com/rws/api",
    "zequenze": "https://control.zequenze.com/api/v1",
    "control": "/_mock",
}


@pytest.mark.parametrize("api", CONTRACT_IDS)
def test_the_lint_finds_nothing(api: str) -> None:
    """Every contract passes the whole lint."""
    assert [str(finding) for finding in lint(api)] == []


@pytest.mark.parametrize("api", CONTRACT_IDS)
def test_base_urls_are_as_promised(api: str) -> None:
    """Clients append the paths to these."""
    assert load(api).base_url == BASE_URLS[api]


@pytest.mark.parametrize("api", API_IDS)
def test_every_operation_is_described(api: str) -> None:
    """Operations have a description beside their summary; what is answered has one too."""
    for operation in load(api).operations.values():
        assert operation.raw.get("description"), operation.id
        for status, response in operation.responses.items():
            assert response.description, (operation.id, status)


def test_the_vocabulary_schema_knows_every_word() -> None:
    """The words of programs and those of the schema are the same."""
    definitions = schema()["$defs"]
    known = set(definitions["keyword"]["enum"])
    assert known == {"default", *SCHEMA_WORDS, *BODY_WORDS, *PROTOCOL_WORDS, *PARAMETER_WORDS}
    assert set(DOCUMENT_ANSWERS) <= known
    written = {key for place in definitions.values() for key in place.get("properties", {}) if key.startswith("x-")}
    assert written == EXTENSIONS


def test_the_readme_explains_every_extension() -> None:
    """No word of the vocabulary is without its paragraph."""
    text = (Path(__file__).parents[2] / "openapi" / "README.md").read_text()
    assert sorted(word for word in EXTENSIONS if f"`{word}" not in text and f"components.{word}" not in text) == []


def test_nothing_is_called_documented_that_its_page_does_not_have() -> None:
    """Page 004 shows no error body, so its texts are guesses; page 002 has none of the numbered messages."""
    assert {entry.basis for entry in load("zequenze").errors.values()} == {"inferred"}
    numbered = [entry for entry in load("mobilefirst").errors.values() if entry.code]
    assert {entry.code for entry in numbered} >= {"FWLSE3051E", "FWLSE3002E", "FWLSE3030E"}
    assert {entry.basis for entry in numbered} == {"public"}
    assert all("DevCenter" in str(entry.source) for entry in numbered)
