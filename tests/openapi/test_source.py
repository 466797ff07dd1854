"""Files become plain values without YAML 1.1's surprises; what cannot be read is told with its line."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openapi.source import ContractError, Lines, parse_pointer, read, show_pointer
from tests.openapi.documents import written


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2024-01-15", "2024-01-15"),
        ("2024-01-15T10:30:00Z", "2024-01-15T10:30:00Z"),
        ("yes", "yes"),
        ("NO", "NO"),
        ("on", "on"),
        ("010", "010"),
        ("0x1F", "0x1F"),
        ("12:30", "12:30"),
        ("1_000", "1_000"),
        (".5", ".5"),
        ("=", "="),
        ("True", "True"),
        ("true", True),
        ("'true'", "true"),
        ("null", None),
        ("~", None),
        ("", None),
        ("''", ""),
        ("7", 7),
        ("-7", -7),
        ("'7'", "7"),
        ("1.5", 1.5),
        ("1e3", 1000.0),
        ("123456789012345678901234567890", 123456789012345678901234567890),
        ("[a, 1]", ["a", 1]),
        ("|\n  two\n  lines\n", "two\nlines\n"),
    ],
)
def test_plain_text_means_what_json_people_expect(tmp_path: Path, text: str, value: Any) -> None:
    """Only JSON's own words and numbers are anything but text."""
    assert read(written(tmp_path, f"a: {text}")) == {"a": value}


def test_keys_are_text(tmp_path: Path) -> None:
    """A status is a key like any other."""
    assert read(written(tmp_path, "200: a\n4XX: b\nyes: c\nnull: d\n")) == {
        "200": "a",
        "4XX": "b",
        "yes": "c",
        "null": "d",
    }


def test_an_alias_is_the_value_that_it_names(tmp_path: Path) -> None:
    """Anchors and aliases may be used."""
    assert read(written(tmp_path, "a: &x {b: 1}\nc: *x\n")) == {"a": {"b": 1}, "c": {"b": 1}}


@pytest.mark.parametrize(
    ("name", "text", "line", "sentence"),
    [
        ("c.yaml", "a: 1\nb: 2\na: 3\n", 3, "the key 'a' is given twice: keep one"),
        ("c.yaml", "a: {b: 1,\n c: 2, b: 3}\n", 2, "the key 'b' is given twice: keep one"),
        ("c.json", '{"a": 1,\n"b": {"a": 1},\n"a": 2}', 2, "the key 'a' is given twice: keep one"),
        ("c.yaml", "a: b: c\n", 1, "this is not YAML (mapping values are not allowed in this context): mend it here"),
        ("c.yaml", "a:\n\t- b\n", 2, "this is not YAML (found character that cannot start any token): mend it here"),
        (
            "c.json",
            '{"a": 1,\n}',
            2,
            "this is not JSON (Expecting property name enclosed in double quotes): mend it here",
        ),
        ("c.yaml", "", None, "the file is empty: give an OpenAPI document"),
        ("c.yaml", "a: &x [*x]\n", 1, "an alias contains itself: write the value out"),
        ("c.yaml", "a: &x {b: 1}\nc:\n  <<: *x\n", 3, "merge keys are not read here: use a $ref"),
        ("c.yaml", "[a]: b\n", 1, "a key must be plain text: write it as a word"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_line(
    tmp_path: Path, name: str, text: str, line: int | None, sentence: str
) -> None:
    """The error names file and line, and says what to do."""
    file = written(tmp_path, text, name)
    with pytest.raises(ContractError) as caught:
        read(file)
    assert (caught.value.file, caught.value.line, caught.value.sentence) == (str(file), line, sentence)


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    """A path that leads nowhere gives a sentence."""
    with pytest.raises(ContractError, match="cannot be opened \\(no such file or directory\\): check the path"):
        read(tmp_path / "none.yaml")


def test_what_is_not_text_is_told(tmp_path: Path) -> None:
    """A picture is no contract."""
    file = tmp_path / "c.yaml"
    file.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ContractError, match="not UTF-8 text"):
        read(file)


def test_lines_are_those_of_the_file(tmp_path: Path) -> None:
    """A pointer has the line of its key, or of the nearest thing around it that is there."""
    lines = Lines(written(tmp_path, "a:\n  b:\n    - c\n    - d: e\n"))
    assert lines.line(("a", "b")) == 2
    assert lines.line(("a", "b", 1)) == 4
    assert lines.line(("a", "b", 1, "none", "deeper")) == 4
    assert lines.line(()) == 1


@given(st.lists(st.text()))
def test_pointers_are_shown_and_read_back(steps: list[str]) -> None:
    """Any member name survives, `/` and `~` included."""
    assert parse_pointer(show_pointer(tuple(steps)).removeprefix("#")) == tuple(steps)


def test_a_pointer_begins_with_a_slash() -> None:
    """Anything else is no pointer."""
    with pytest.raises(ValueError, match="a/b"):
        parse_pointer("a/b")
