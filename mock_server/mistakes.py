"""The mistakes that a call of an operation can make by its contract, each as the fault that it would be found to be.

Nobody has made them: an error that is forced is filled in as if somebody had.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from mock_server.schemas import Fault, explain, to_json_schema
from openapi.contract import Operation

UNREADABLE = "is not percent-encoded UTF-8"
_TELLING = ("required", "enum", "format", "pattern", "minLength", "minimum", "exclusiveMinimum", "type", "anyOf")
"""Keywords whose sentences say most come first, in this order."""

_BODY_WORDS = {
    "malformed": "is not JSON",
    "empty": "is missing",
    "depth": "is nested too deep",
    "size": "is too large",
    "mediaType": "is not in a media type that is accepted here",
}
_PATH_WORDS = {"encoding": UNREADABLE, "method": "is not allowed here"}

Mistake = tuple[str, Fault]
"""Where it is made (`body`, `query:NAME`, `path:NAME`, or empty: the call as such), and the fault."""


def mistakes(operation: Operation) -> Iterator[Mistake]:
    """The mistakes that the contract knows of, the most telling first: of members, of parameters, of HTTP."""
    body = operation.request_body
    if body is not None:
        for media in body.content.values():
            yield from _of_schema("body", media.schema)
    for parameter in operation.parameters:
        where = f"{parameter.location}:{parameter.name}"
        if parameter.required and parameter.location != "path":
            yield where, Fault("required", (), (), "is required")
        yield from (one for one in _of_schema(where, parameter.schema) if not _text_is_text(one, parameter.schema))
    for parameter in operation.parameters:
        if parameter.location == "query" and parameter.schema.get("type") != "array":
            yield f"query:{parameter.name}", Fault("repeated", (), (), "is given more than once")
    if body is not None:
        yield from (("body", Fault(word, (), (), reason)) for word, reason in _BODY_WORDS.items())
    yield "body", Fault("accept", (), (), "is in none of the media types that Accept allows")
    yield from (("", Fault(word, (), ("the path",), reason)) for word, reason in _PATH_WORDS.items())


def _text_is_text(mistake: Mistake, schema: Mapping[str, Any]) -> bool:
    """A parameter is a text as it is sent, so that it cannot fail to be one."""
    return mistake[1].keyword == "type" and schema.get("type", "string") == "string"


def _of_schema(where: str, schema: Mapping[str, Any]) -> list[Mistake]:
    ranks = {word: rank for rank, word in enumerate(_TELLING)}
    found = sorted(_of_node(to_json_schema(schema)), key=lambda fault: ranks.get(fault.keyword, len(ranks)))
    return [(where, fault) for fault in found]


def _of_node(
    node: Mapping[str, Any], path: tuple[str | int, ...] = (), instance: tuple[str | int, ...] = ()
) -> Iterator[Fault]:
    """The constraints of a schema node, and of what is surely below it: of no branch of a choice."""
    for word, constraint in node.items():
        if word == "required":
            yield from (Fault(word, path, instance, "is required", name) for name in constraint)
        elif word not in {"properties", "items", "additionalProperties"}:
            yield Fault(word, path, instance, explain(word, constraint))
    for name, child in node.get("properties", {}).items():
        yield from _of_node(child, (*path, "properties", name), (*instance, name))
    if isinstance(node.get("items"), Mapping):
        yield from _of_node(node["items"], (*path, "items"), (*instance, 0))
