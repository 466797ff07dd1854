"""What a lint rule sees: a contract as written, place by place, and the same contract resolved."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from openapi.build import build
from openapi.contract import Contract, Operation, read_document
from openapi.resolve import KINDS
from openapi.source import Lines, Pointer, lines_of, parse_pointer

_ALSO: dict[str, dict[str, tuple[str, str]]] = {
    "document": {"info": ("one", "info"), "servers": ("list", "server"), "tags": ("list", "tag")},
    "path": {"servers": ("list", "server")},
    "operation": {"servers": ("list", "server")},
}
EXTENSIONS = frozenset(
    {
        *("x-basis", "x-source", "x-errors", "x-error-body", "x-violation", "x-refusals", "x-lifecycle"),
        *("x-reads-as", "x-normalizes", "x-credentials", "x-forced-only"),
    }
)


class Problem(NamedTuple):
    """What a rule found: where in the document, and one sentence that says what to do."""

    pointer: Pointer
    sentence: str


@dataclass(frozen=True, slots=True)
class Place:
    """A node of the document that may carry extensions. `kind` is a key of `openapi.resolve.KINDS`, or a few more."""

    kind: str
    pointer: Pointer
    node: Mapping[str, Any]


class Subject:
    """One contract under lint. Raises ContractError when the file is no OpenAPI 3.0 document."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.document = read_document(path)

    @cached_property
    def contract(self) -> Contract:
        """The contract, loaded. Raises ContractError when that cannot be done."""
        return build(self.path.stem, self.path, self.document)

    @cached_property
    def lines(self) -> Lines:
        return lines_of(self.path)

    @cached_property
    def places(self) -> list[Place]:
        """Every place of the document, each once, where it is written."""
        return list(_walk("document", (), self.document))

    @cached_property
    def speaks(self) -> bool:
        """Whether the contract uses the vocabulary at all; others are held only to what OpenAPI says."""
        return any(EXTENSIONS & place.node.keys() for place in self.places)

    @property
    def catalogue(self) -> dict[str, Any]:
        """The error catalogue as written."""
        return member(self.document, "components", "x-errors")

    def resolved(self, pointer: Pointer) -> Any:
        """The resolved value at a written place."""
        return at(self.contract.resolved, pointer)

    def written(self, operation: Operation) -> Pointer:
        """Where the operation is written."""
        return ("paths", operation.path, operation.method.lower())

    def reached(self, kind: str, pointer: Pointer) -> Iterator[Place]:
        """The places of a part of the document, references followed, each once."""
        seen: set[Pointer] = set()
        open_ = [(kind, pointer)]
        while open_:
            kind, pointer = open_.pop()
            node = at(self.document, pointer)
            for place in _walk(kind, pointer, node):
                reference = place.node.get("$ref")
                if isinstance(reference, str):
                    target = parse_pointer(reference)
                    if target not in seen:
                        seen.add(target)
                        open_.append((place.kind, target))
                yield place


def at(node: Any, pointer: Pointer) -> Any:
    """The value under a pointer, None where there is none."""
    for step in pointer:
        if isinstance(node, Mapping):
            node = node.get(str(step))
        elif isinstance(node, list) and str(step).isdigit() and int(step) < len(node):
            node = node[int(step)]
        else:
            return None
    return node


def member(node: Any, *steps: str) -> dict[str, Any]:
    """The object under the steps; an empty one where there is none."""
    found = at(node, steps)
    return found if isinstance(found, dict) else {}


def _walk(kind: str, pointer: Pointer, node: Any) -> Iterator[Place]:
    if not isinstance(node, Mapping):
        return
    yield Place(kind, pointer, node)
    members = {**KINDS.get(kind, {}), **_ALSO.get(kind, {})}
    for key, value in node.items():
        if key in members and "$ref" not in node:
            yield from _children(*members[key], (*pointer, key), value)


def _children(shape: str, kind: str, pointer: Pointer, value: Any) -> Iterator[Place]:
    if shape == "one":
        yield from _walk(kind, pointer, value)
    elif shape == "map" and isinstance(value, Mapping):
        for name, child in value.items():
            yield from _walk(kind, (*pointer, name), child)
    elif shape == "list" and isinstance(value, list):
        for index, child in enumerate(value):
            yield from _walk(kind, (*pointer, index), child)
