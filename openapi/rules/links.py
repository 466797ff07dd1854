"""What points from one operation to another: links, read-backs, roles."""

from collections.abc import Iterator, Mapping
from typing import Any

from openapi.contract import Link, Operation, Response
from openapi.rules.subject import Problem, Subject, at, member
from openapi.source import Pointer, parse_pointer


def operation_ids(subject: Subject) -> Iterator[Problem]:
    """Every operationId that links, roles and read-backs name is one of the contract's."""
    for place in subject.places:
        node, pointer = place.node, place.pointer
        if place.kind == "link" and "$ref" not in node and "operationRef" not in node:
            yield from _known(subject, node.get("operationId"), (*pointer, "operationId"))
        for role, said in member(node, "x-credentials").items():
            operations = said.get("operations", ()) if isinstance(said, Mapping) else ()
            for index, name in enumerate(operations if isinstance(operations, list) else ()):
                yield from _known(subject, name, (*pointer, "x-credentials", role, "operations", index))
        read = node.get("x-reads-as")
        if isinstance(read, Mapping):
            yield from _known(subject, read.get("operation"), (*pointer, "x-reads-as", "operation"))


def _known(subject: Subject, name: Any, pointer: Pointer) -> Iterator[Problem]:
    if name not in subject.contract.operations:
        yield Problem(pointer, f"there is no operation {name!r}: correct the operationId")


def parameters(subject: Subject) -> Iterator[Problem]:
    """A link gives parameters that its target has, all that the target demands, from values that are there."""
    for operation in subject.contract.operations.values():
        for status, response in operation.responses.items():
            for link in response.links.values():
                target = subject.contract.operations.get(link.operation_id)
                if target is not None:
                    pointer = _written(subject, operation, status, link.name)
                    yield from _link(operation, response, link, target, pointer)


def _written(subject: Subject, operation: Operation, status: str, link: str) -> Pointer:
    """Where the link is written: in the operation, or in the component that it refers to."""
    pointer: Pointer = (*subject.written(operation), "responses", status)
    for step in ("links", link):
        reference = member(at(subject.document, pointer)).get("$ref")
        pointer = (*(parse_pointer(reference) if reference else pointer), step)
    return pointer


def _link(
    operation: Operation, response: Response, link: Link, target: Operation, pointer: Pointer
) -> Iterator[Problem]:
    given: set[str] = set()
    for written, expression in link.parameters.items():
        location, name = _location(written)
        given.add(name)
        at_parameter = (*pointer, "parameters", written)
        if not any(p.name == name and location in (None, p.location) for p in target.parameters):
            yield Problem(at_parameter, f"{target.id} has no parameter {written!r}: correct its name")
        elif not _leads(operation, response, expression):
            yield Problem(at_parameter, f"{expression} leads to nothing that is declared: correct the expression")
    for parameter in target.parameters:
        if parameter.required and parameter.name not in given:
            yield Problem(pointer, f"the link does not give {parameter.name!r}, which {target.id} demands: add it")


def _location(name: str) -> tuple[str | None, str]:
    first, dot, rest = name.partition(".")
    return (first, rest) if dot and first in ("path", "query", "header", "cookie") else (None, name)


def _leads(operation: Operation, response: Response, expression: Any) -> bool:
    """Whether a runtime expression finds something in what the operation declares; a constant always does."""
    if not isinstance(expression, str) or not expression.startswith("$"):
        return True
    side, _, rest = expression.partition(".")
    kind, _, name = rest.partition(".")
    if side == "$request" and kind in ("path", "query", "header"):
        return operation.parameter(kind, name) is not None
    if side == "$response" and kind == "header":
        return name.lower() in (header.lower() for header in response.headers)
    if kind.startswith("body"):
        body = operation.request_body if side == "$request" else response
        pointer = parse_pointer(rest.removeprefix("body"))
        return body is not None and any(shows(media.schema, pointer) for media in body.content.values())
    return expression in ("$url", "$method", "$statusCode")


def read_backs(subject: Subject) -> Iterator[Problem]:
    """Every x-reads-as leads to a member of an answer: of the named operation, or of one that reads back."""
    for operation in subject.contract.operations.values():
        if operation.request_body is None:
            continue
        for place in subject.reached("body", (*subject.written(operation), "requestBody")):
            said = place.node.get("x-reads-as")
            if place.kind == "schema" and said is not None:
                yield from _read_back(subject, operation, said, (*place.pointer, "x-reads-as"))


def _read_back(subject: Subject, operation: Operation, said: Any, pointer: Pointer) -> Iterator[Problem]:
    named = isinstance(said, Mapping)
    text = str(said["pointer"] if named else said)
    readers = [said.get("operation")] if named else [operation.id, *_linked(operation)]
    known = [subject.contract.operations[name] for name in readers if name in subject.contract.operations]
    if known and not any(_shown(reader, parse_pointer(text)) for reader in known):
        where = " or ".join(dict.fromkeys(reader.id for reader in known))
        yield Problem(pointer, f"no answer of {where} has a member at {text}: correct the pointer")


def _linked(operation: Operation) -> list[str]:
    return [link.operation_id for response in operation.responses.values() for link in response.links.values()]


def _shown(operation: Operation, pointer: tuple[str, ...]) -> bool:
    return any(
        shows(media.schema, pointer)
        for status, response in operation.responses.items()
        if status.startswith("2")
        for media in response.content.values()
    )


def shows(schema: Any, pointer: tuple[str, ...]) -> bool:
    """Whether a value of a resolved schema may have something under the pointer."""
    if not isinstance(schema, Mapping):
        return schema is True
    if not pointer:
        return True
    if any(shows(child, pointer) for word in ("allOf", "anyOf", "oneOf") for child in schema.get(word, ())):
        return True
    step, rest = pointer[0], pointer[1:]
    if step in member(schema, "properties"):
        return shows(schema["properties"][step], rest)
    if "items" in schema:
        return step.isdigit() and shows(schema["items"], rest)
    if isinstance(schema.get("additionalProperties"), Mapping):
        return shows(schema["additionalProperties"], rest)
    return not schema.keys() & {"type", "properties", "enum", "allOf", "anyOf", "oneOf", "not"} or (
        schema.get("type") == "object" and "properties" not in schema
    )
