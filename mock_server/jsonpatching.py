"""JSON Patch (RFC 6902) on documents that are never changed in place: a whole new document, or none.

The rules are those of `jsonpatch` and `jsonpointer`, in versions that keep to the RFCs to the letter (the lower bounds
in pyproject.toml: older ones take `01` for an index, and 1 for true). What this adds: which operation failed and a
sentence why, and a bound on copying, because thirty copies of a document into itself are a billion.
"""

import marshal
import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from jsonpatch import JsonPatch, JsonPatchException
from jsonpointer import JsonPointer, JsonPointerException

COPY_LIMIT = 100_000
"""So many values, counted on all levels, may the copy operations of one patch add."""

_INDEX = re.compile("0|[1-9][0-9]{0,9}")


class Inapplicable(Exception):
    """The patch cannot be applied. `index` is the operation's, from 0; `reason` says what is wrong with it."""

    def __init__(self, index: int, reason: str) -> None:
        super().__init__(f"operation {index}: {reason}")
        self.index = index
        self.reason = reason


def apply_patch(document: Any, operations: Sequence[dict[str, Any]]) -> Any:
    """The document after all operations in their order; neither it nor they are changed.

    `operations` are well formed: each has its `op`, its `path` and what its `op` needs. Raises Inapplicable.
    """
    result = _own(document, operations)
    budget = COPY_LIMIT
    for index, operation in enumerate(operations):
        try:
            if operation["op"] == "copy":
                budget -= _size(_at(result, operation["from"]), budget)
            result = _apply(result, operation)
        except (_Impossible, JsonPointerException) as error:
            raise Inapplicable(index, str(error)) from None
        except RecursionError:
            raise Inapplicable(index, "the document would be nested too deeply") from None
    return result


def clone(value: Any) -> Any:
    """A JSON value with objects and arrays of its own; `marshal` keeps every number and text exactly."""
    return marshal.loads(marshal.dumps(value))


def _own(document: Any, operations: Sequence[dict[str, Any]]) -> Any:
    """A copy of as much of the document as the operations may change: often nothing below its own members."""
    if type(document) is dict and all(map(_on_top, operations)):
        return dict(document)
    return clone(document)


def _on_top(operation: dict[str, Any]) -> bool:
    """Whether an operation changes nothing but members of the document itself."""
    touched = (operation["path"], operation["from"]) if operation["op"] == "move" else (operation["path"],)
    return all(pointer.count("/") == 1 for pointer in touched)


class _Impossible(Exception):
    """An operation cannot be carried out; its text says why."""


def _apply(document: Any, operation: dict[str, Any]) -> Any:
    op, path = operation["op"], operation["path"]
    source = operation["from"] if op in {"move", "copy"} else path
    if op != "add":
        _at(document, source)
    try:
        return JsonPatch.operations[op]({**operation, "path": _pointer(path)}).apply(document)
    except (JsonPatchException, JsonPointerException):
        raise _Impossible(_sentence(op, source, path)) from None


@lru_cache(maxsize=512)
def _pointer(text: str) -> JsonPointer:
    """A pointer, remembered: the same few are used again and again. Raises JsonPointerException."""
    return JsonPointer(text)


def _sentence(op: str, source: str, path: str) -> str:
    """What went wrong with an operation whose source exists."""
    if op == "test":
        return f"{path} does not hold the value that is tested for"
    if op == "remove":
        return "the whole document cannot be removed"
    if op == "move" and path.startswith(source + "/"):
        return f"{source!r} cannot be moved into itself"
    return f"nothing can be placed at {path!r}"


def _at(document: Any, pointer: str) -> Any:
    """The value at a JSON Pointer. Raises _Impossible when there is none."""
    value = document
    for part in _pointer(pointer).parts:
        if type(value) is dict and part in value:
            value = value[part]
        elif type(value) is list and _INDEX.fullmatch(part) and int(part) < len(value):
            value = value[int(part)]
        else:
            raise _Impossible(f"there is nothing at {pointer!r}")
    return value


def _size(value: Any, limit: int) -> int:
    """How many values `value` is made of. Raises _Impossible beyond `limit`."""
    count = 0
    waiting = [value]
    while waiting:
        count += 1
        if count > limit:
            raise _Impossible(f"a patch may copy {COPY_LIMIT} values and no more")
        found = waiting.pop()
        if isinstance(found, dict):
            waiting.extend(found.values())
        elif isinstance(found, list):
            waiting.extend(found)
    return count
