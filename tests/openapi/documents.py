"""Small contracts for tests, written to files."""

from pathlib import Path

from openapi.contract import Contract, load

SHOP = Path(__file__).parent / "data" / "shop.yaml"

HEAD = "openapi: 3.0.3\ninfo: {title: T, version: '1'}\n"
EMPTY = HEAD + "paths: {}\n"


def written(folder: Path, text: str, name: str = "contract.yaml") -> Path:
    """A file with this text."""
    file = folder / name
    file.write_text(text)
    return file


def shop(folder: Path, *replacements: tuple[str, str], name: str = "shop.yaml") -> Contract:
    """The shop's contract with some of its text replaced; every text must be there once."""
    text = SHOP.read_text()
    for old, new in replacements:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return load(written(folder, text, name))
