"""Error names: those that are used exist, those that exist are used, and their statuses are declared."""

from collections.abc import Iterator, Mapping
from typing import Any

from openapi.contract import Operation, Parameter, lifecycle_of
from openapi.rules.subject import Place, Problem, Subject, member
from openapi.source import Pointer
from openapi.words import SCHEMA_WORDS

Step = str | int


def names(subject: Subject) -> Iterator[Problem]:
    """Every error that is named is in the catalogue."""
    for pointer, name in named(subject):
        if name not in subject.catalogue:
            yield Problem(pointer, f"the error {name} is not in x-errors: add it there or correct the name")


def used(subject: Subject) -> Iterator[Problem]:
    """Every error of the catalogue answers something, or says that it is only forced."""
    mentioned = {name for _, name in named(subject)}
    for name, entry in subject.catalogue.items():
        pointer: Pointer = ("components", "x-errors", name)
        forced = isinstance(entry, Mapping) and entry.get("x-forced-only") is True
        if name not in mentioned and not forced:
            yield Problem(pointer, f"nothing answers {name}: name it where it does, or mark it `x-forced-only: true`")
        if name in mentioned and forced:
            yield Problem((*pointer, "x-forced-only"), f"{name} is named elsewhere: drop its x-forced-only")


def statuses(subject: Subject) -> Iterator[Problem]:
    """The status of every error that an operation may answer is declared in its responses."""
    if not subject.catalogue:
        return
    for operation in subject.contract.operations.values():
        missing: dict[int, str] = {}
        for name in answers_of(operation):
            entry = subject.contract.errors.get(name)
            if entry is not None and operation.response(entry.status) is None:
                missing.setdefault(entry.status, name)
        for status, name in sorted(missing.items()):
            pointer = (*subject.written(operation), "responses")
            yield Problem(pointer, f"{operation.id} may answer {name}, but declares no {status}: declare it")


def named(subject: Subject) -> Iterator[tuple[Pointer, str]]:
    """Every error name that the contract mentions, with where it does."""
    for place in subject.places:
        for pointer, name in _named_in(place):
            if isinstance(name, str):
                yield pointer, name


def _named_in(place: Place) -> Iterator[tuple[Pointer, Any]]:
    node, pointer = place.node, place.pointer
    if "x-violation" in node:
        yield from _in_violation(node["x-violation"], (*pointer, "x-violation"))
    for index, rule in enumerate(node.get("x-refusals") or ()):
        if isinstance(rule, Mapping):
            yield (*pointer, "x-refusals", index, "error"), rule.get("error")
    for role, said in member(node, "x-credentials").items():
        for name in member(said, "refuses"):
            yield (*pointer, "x-credentials", role, "refuses", name), name
    for state, said in member(node, "x-lifecycle", "refused").items():
        inner = said.items() if isinstance(said, Mapping) else [("default", said)]
        for target, name in inner:
            yield (*pointer, "x-lifecycle", "refused", state, target), name


def _in_violation(said: Any, pointer: Pointer) -> Iterator[tuple[Pointer, Any]]:
    if not isinstance(said, Mapping):
        yield pointer, said
    elif "error" in said:
        yield (*pointer, "error"), said["error"]
    else:
        for keyword, answer in said.items():
            name = answer.get("error") if isinstance(answer, Mapping) else answer
            yield (*pointer, keyword), name


def answers_of(operation: Operation) -> dict[str, None]:
    """The errors that an operation may answer, by what its parameters, body, roles and conditions allow to go wrong."""
    found: dict[str | None, None] = {rule.error: None for rule in operation.refusals}
    for scheme in operation.security:
        for role in scheme.roles.values():
            if role.may_call(operation.id):
                found |= dict.fromkeys(role.refuses)
    for where, path, keyword in violations_of(operation):
        rule = operation.violation(where, path, keyword)
        found[rule.error if rule else None] = None
    if operation.request_body is not None:
        for media in operation.request_body.content.values():
            for _, node in schema_nodes(media.schema):
                lifecycle = lifecycle_of(node)
                found |= dict.fromkeys(_refused(lifecycle.refused)) if lifecycle else {}
    return {name: None for name in found if name is not None}


def _refused(refused: Mapping[str, Any]) -> Iterator[str]:
    for said in refused.values():
        yield from said.values() if isinstance(said, Mapping) else (said,)


def violations_of(operation: Operation) -> Iterator[tuple[str, tuple[Step, ...], str]]:
    """Everything that can be wrong with a request of the operation, as the arguments of its `violation`."""
    yield from (("", (), word) for word in ("encoding", "accept"))
    for parameter in operation.parameters:
        where = f"{parameter.location}:{parameter.name}"
        yield from ((where, path, word) for path, word in _of_parameter(parameter))
    body = operation.request_body
    if body is not None:
        words = ("malformed", "depth", "size", "mediaType", *(("empty",) if body.required else ()))
        yield from (("body", (), word) for word in words)
        for media in body.content.values():
            yield from (("body", path, word) for path, word in _of_schema(media.schema))


def _of_parameter(parameter: Parameter) -> Iterator[tuple[tuple[Step, ...], str]]:
    if parameter.required and parameter.location != "path":
        yield (), "required"
    if parameter.location == "query" and parameter.schema.get("type") != "array":
        yield (), "repeated"
    text = parameter.schema.get("type", "string") == "string"
    for path, word in _of_schema(parameter.schema):
        if path or not (text and word == "type"):
            yield path, word


def _of_schema(schema: Mapping[str, Any]) -> Iterator[tuple[tuple[Step, ...], str]]:
    for path, node in schema_nodes(schema):
        for word in SCHEMA_WORDS & node.keys():
            if word == "required":
                yield from (((*path, "properties", name), word) for name in node["required"])
            elif word != "additionalProperties" or node[word] is not True:
                yield path, word


def schema_nodes(schema: Any, path: tuple[Step, ...] = ()) -> Iterator[tuple[tuple[Step, ...], Mapping[str, Any]]]:
    """Every node of a resolved schema with the way to it."""
    if not isinstance(schema, Mapping):
        return
    yield path, schema
    for name, child in member(schema, "properties").items():
        yield from schema_nodes(child, (*path, "properties", name))
    for word in ("items", "additionalProperties", "not"):
        yield from schema_nodes(schema.get(word), (*path, word))
    for word in ("allOf", "anyOf", "oneOf"):
        for index, child in enumerate(schema.get(word, ())):
            yield from schema_nodes(child, (*path, word, index))
