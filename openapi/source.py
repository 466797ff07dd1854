"""Contract files as plain values, and where in the file each value stands.

YAML is read the way JSON people expect: keys are strings, dates and `yes`/`no` are text, a repeated key is an error.
Nothing here knows OpenAPI.
"""

import json
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import unquote

import yaml

Pointer: TypeAlias = tuple[str | int, ...]
"""The way from the document's root to a value: member names and list positions."""

_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?")
_PLAIN: dict[str, Any] = {"": None, "~": None, "null": None, "true": True, "false": False}
_STRING_TAG = "tag:yaml.org,2002:str"
_PLAIN_TAG = "plain"


class ContractError(Exception):
    """A contract cannot be read. `sentence` says what to do, `file` and `line` where (line None: the whole file)."""

    def __init__(self, sentence: str, file: str, line: int | None = None) -> None:
        super().__init__(f"{file}:{line}: {sentence}" if line else f"{file}: {sentence}")
        self.sentence = sentence
        self.file = file
        self.line = line


class _Resolution:
    """What PyYAML asks about tags: only whether a scalar was written plain (unquoted)."""

    def descend_resolver(self, *_: Any) -> None:
        pass

    def ascend_resolver(self) -> None:
        pass

    def resolve(self, kind: type[yaml.Node], _value: Any, implicit: Any) -> str:
        return _PLAIN_TAG if kind is yaml.ScalarNode and implicit[0] else _STRING_TAG


try:
    from yaml._yaml import CParser

    class _Loader(CParser, _Resolution):
        def __init__(self, text: str) -> None:
            CParser.__init__(self, text)

except ImportError:  # PyYAML without libyaml: slower, otherwise the same
    from yaml.composer import Composer
    from yaml.parser import Parser
    from yaml.reader import Reader
    from yaml.scanner import Scanner

    class _Loader(Reader, Scanner, Parser, Composer, _Resolution):  # type: ignore[no-redef]
        def __init__(self, text: str) -> None:
            Reader.__init__(self, text)
            Scanner.__init__(self)
            Parser.__init__(self)
            Composer.__init__(self)


def read_text(path: Path) -> str:
    """The file's text. Raises ContractError when it cannot be read."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise ContractError("this is not UTF-8 text: give an OpenAPI document in YAML or JSON", str(path)) from None
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise ContractError(f"the contract cannot be opened ({reason}): check the path", str(path)) from None


def read(path: Path) -> Any:
    """The file's value: dicts, lists, str, int, float, bool, None. Raises ContractError with the line."""
    text = read_text(path)
    if path.suffix == ".json":
        return _read_json(text, str(path))
    return _Builder(str(path)).build(compose(text, str(path)))


def compose(text: str, file: str) -> yaml.Node:
    """The text's one YAML document as nodes with marks. Raises ContractError with the line."""
    try:
        node = _Loader(text).get_single_node()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        problem = error.problem or error.context or "a mistake"
        line = mark.line + 1 if mark else None
        raise ContractError(f"this is not YAML ({problem}): mend it here", file, line) from None
    except yaml.YAMLError as error:
        raise ContractError(f"this is not YAML ({error}): mend it", file) from None
    if node is None:
        raise ContractError("the file is empty: give an OpenAPI document", file)
    assert isinstance(node, yaml.Node)
    return node


class _Builder:
    """Nodes to values; aliased nodes become the same value."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._done: dict[int, Any] = {}
        self._open: set[int] = set()

    def build(self, node: yaml.Node) -> Any:
        if isinstance(node, yaml.ScalarNode):
            return scalar(node)
        identity = id(node)
        if identity in self._done:
            return self._done[identity]
        if identity in self._open:
            raise ContractError("an alias contains itself: write the value out", self._file, line_of(node))
        self._open.add(identity)
        value: Any
        if isinstance(node, yaml.MappingNode):
            value = self._mapping(node)
        else:
            value = [self.build(child) for child in node.value]
        self._open.discard(identity)
        self._done[identity] = value
        return value

    def _mapping(self, node: yaml.MappingNode) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = key_node.value
            if not isinstance(key, str):
                raise ContractError("a key must be plain text: write it as a word", self._file, line_of(key_node))
            if key == "<<" and key_node.tag == _PLAIN_TAG:
                raise ContractError("merge keys are not read here: use a $ref", self._file, line_of(key_node))
            if key in result:
                raise ContractError(f"the key {key!r} is given twice: keep one", self._file, line_of(key_node))
            result[key] = self.build(value_node)
        return result


def scalar(node: yaml.ScalarNode) -> Any:
    """A scalar's value: JSON's own words and numbers when plain, text otherwise."""
    text: str = node.value
    if node.tag != _PLAIN_TAG:
        return text
    if text in _PLAIN:
        return _PLAIN[text]
    number = _NUMBER.fullmatch(text)
    if number is None:
        return text
    return float(text) if number[1] or number[2] else int(text)


def is_plain(node: yaml.ScalarNode) -> bool:
    """Whether the scalar was written without quotes."""
    return node.tag == _PLAIN_TAG


def line_of(node: yaml.Node) -> int:
    """The line on which the node begins, from 1."""
    return int(node.start_mark.line) + 1


def _read_json(text: str, file: str) -> Any:
    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        result = dict(pairs)
        if len(result) != len(pairs):
            names = [name for name, _ in pairs]
            double = next(name for name in names if names.count(name) > 1)
            raise ContractError(f"the key {double!r} is given twice: keep one", file, _line_of_double(text, double))
        return result

    try:
        return json.loads(text, object_pairs_hook=unique)
    except json.JSONDecodeError as error:
        raise ContractError(f"this is not JSON ({error.msg}): mend it here", file, error.lineno) from None


def _line_of_double(text: str, key: str) -> int | None:
    matches = list(re.finditer(re.escape(json.dumps(key)) + r"\s*:", text))
    return text.count("\n", 0, matches[1].start()) + 1 if len(matches) > 1 else None


class Lines:
    """Pointers to line numbers of one file."""

    def __init__(self, path: Path) -> None:
        try:
            self.root: yaml.Node | None = compose(read_text(path), str(path))
        except ContractError:
            self.root = None  # JSON that is not YAML (tabs): values without lines

    def line(self, pointer: Pointer) -> int | None:
        """The line of the member or item (of its key, for a member); of the nearest ancestor that is in the file."""
        node, line = self.root, 1
        if node is None:
            return None
        for step in pointer:
            found = _child(node, step)
            if found is None:
                break
            key, node = found
            line = line_of(key)
        return line

    def scalars(self) -> Iterator[tuple[Pointer, yaml.ScalarNode]]:
        """Every scalar value with its pointer, each written place once."""
        if self.root is not None:
            yield from _scalars(self.root, (), set())


def _child(node: yaml.Node, step: str | int) -> tuple[yaml.Node, yaml.Node] | None:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == str(step):
                return key, value
    elif isinstance(node, yaml.SequenceNode) and str(step).isdigit() and int(step) < len(node.value):
        child = node.value[int(step)]
        return child, child
    return None


def _scalars(node: yaml.Node, pointer: Pointer, seen: set[int]) -> Iterator[tuple[Pointer, yaml.ScalarNode]]:
    if isinstance(node, yaml.ScalarNode):
        yield pointer, node
        return
    if id(node) in seen:
        return
    seen.add(id(node))
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield from _scalars(value, (*pointer, key.value), seen)
    else:
        for index, value in enumerate(node.value):
            yield from _scalars(value, (*pointer, index), seen)


@lru_cache(maxsize=16)
def _lines(path: Path, _modified: int) -> Lines:
    return Lines(path)


def lines_of(path: Path) -> Lines:
    """The lines of a file; read again when the file has changed."""
    return _lines(path, path.stat().st_mtime_ns)


def show_pointer(pointer: Pointer) -> str:
    """A pointer as RFC 6901 text with a leading `#`."""
    steps = (str(step).replace("~", "~0").replace("/", "~1") for step in pointer)
    return "#" + "".join(f"/{step}" for step in steps)


def parse_pointer(text: str) -> tuple[str, ...]:
    """RFC 6901 text (with or without `#`) as member names. Raises ValueError when it is no pointer."""
    if text.startswith("#"):
        text = unquote(text[1:])
    if text and not text.startswith("/"):
        raise ValueError(text)
    return tuple(part.replace("~1", "/").replace("~0", "~") for part in text.split("/")[1:])
