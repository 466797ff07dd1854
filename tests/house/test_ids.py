"""One id for an API everywhere: whatever an API needs in one place, it has in all."""

from pathlib import Path

import pytest

from openapi.contract import API_IDS, load

ROOT = Path(__file__).parents[2]
PLACES = {
    "a contract": "openapi/{api}.yaml",
    "a double": "mock_server/apis/{api}/__init__.py",
    "its behaviour": "mock_server/apis/{api}/behaviour.py",
    "its quirks": "mock_server/apis/{api}/README.md",
    "requirements": "conformance/apis/{api}/requirements.yaml",
    "checks of its own": "conformance/apis/{api}/checks.py",
}


def missing(api: str) -> list[str]:
    """What the API lacks, by file."""
    return [path.format(api=api) for path in PLACES.values() if not (ROOT / path.format(api=api)).is_file()]


@pytest.mark.parametrize("api", API_IDS)
def test_every_api_is_everywhere(api: str) -> None:
    """A file that is missing is named."""
    assert missing(api) == []


@pytest.mark.parametrize("folder", ["mock_server/apis", "conformance/apis"])
def test_there_are_no_other_apis(folder: str) -> None:
    """A folder that no contract knows is named."""
    folders = {path.name for path in (ROOT / folder).iterdir() if path.is_dir() and path.name != "__pycache__"}
    assert folders == set(API_IDS)


def test_there_are_no_other_contracts() -> None:
    """A contract that is not in the list is named."""
    assert {path.stem for path in (ROOT / "openapi").glob("*.yaml")} == {*API_IDS, "control"}


@pytest.mark.parametrize("api", API_IDS)
@pytest.mark.parametrize("readme", ["README.md", "openapi/README.md"])
def test_every_api_has_its_section(api: str, readme: str) -> None:
    """Both READMEs speak of each API under its id."""
    headings = [line.lstrip("# ").split()[0].strip("`:").lower() for line in _headings(ROOT / readme)]
    assert api in headings


def _headings(path: Path) -> list[str]:
    return [line for line in path.read_text().splitlines() if line.startswith("#") and line.strip("# ")]


@pytest.mark.parametrize("api", API_IDS)
def test_the_contract_knows_its_id(api: str) -> None:
    """Operations say whose they are."""
    assert {operation.api for operation in load(api).operations.values()} == {api}
