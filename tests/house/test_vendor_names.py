"""A vendor's name never appears in a shared module: what one API needs stands in its own folder and contract."""

import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

from openapi.contract import API_IDS

ROOT = Path(__file__).parents[2]
PACKAGES = ("openapi", "mock_server", "conformance", "devicedouble")
NAMES = re.compile(
    rf"({'|'.join(API_IDS)}|masstack|massubscriptions|mfpadmin|worklight|fwlse|cisco|control center)", re.IGNORECASE
)
TABLES = ("openapi/words.py",)
"""Where the ids themselves stand."""


def shared_modules() -> list[Path]:
    """Every module that belongs to no single API."""
    return [
        path
        for package in PACKAGES
        for path in sorted((ROOT / package).rglob("*.py"))
        if "apis" not in path.relative_to(ROOT).parts and "planted" not in path.relative_to(ROOT).parts
    ]


def names_in(path: Path) -> Iterator[tuple[int, str]]:
    """Vendor names in the code of a module: in its identifiers and texts, not in examples that help texts paste."""
    with tokenize.open(path) as stream:
        for token in tokenize.generate_tokens(stream.readline):
            if token.type in (tokenize.NAME, tokenize.STRING, tokenize.COMMENT):
                yield from ((token.start[0], found) for found in _found(token))


def _found(token: tokenize.TokenInfo) -> list[str]:
    text = "\n".join(line for line in token.string.splitlines() if "devicedouble " not in line)
    names = [match[0] for match in NAMES.finditer(text)]
    quoted = re.fullmatch(r"[bfr]*(['\"])fleet\1", text) is not None
    return [name for name in names if name.lower() != "fleet" or quoted]


def test_names_are_found_where_they_are(tmp_path: Path) -> None:
    """In identifiers, texts and comments; `fleet` is also a common word, and counts only where it is an id."""
    module = tmp_path / "module.py"
    module.write_text('jasper_status = 1  # as Masmovil has it\nAPI = "fleet"\nFLEET = "a fleet of devices"\n')
    assert list(names_in(module)) == [(1, "jasper"), (1, "Masmovil"), (2, "fleet")]


@pytest.mark.parametrize("path", shared_modules(), ids=lambda path: str(path.relative_to(ROOT)))
def test_shared_modules_name_no_vendor(path: Path) -> None:
    """Each name that is found is told with its line."""
    if str(path.relative_to(ROOT)) in TABLES:
        return
    assert [f"{path.relative_to(ROOT)}:{line}: {name}" for line, name in names_in(path)] == []
