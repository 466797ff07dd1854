"""What OpenAPI itself says, and how the file is written."""

import re
from collections.abc import Iterator
from typing import Any

from referencing.exceptions import Unresolvable

from openapi.rules.subject import Problem, Subject, at
from openapi.source import is_plain, parse_pointer

_WORDS = frozenset({"yes", "no", "on", "off", "y", "n"})
_MISREAD = re.compile(
    r"\d{4}-\d\d?-\d\d?([Tt ].*)?"  # a date
    r"|[-+]?0[0-7_]+|[-+]?0[xb][0-9a-fA-F_]+"  # another base
    r"|[-+]?\d[\d_]*(:[0-5]?\d)+(\.\d*)?"  # base sixty
    r"|[-+]?\d[\d_]*_[\d_]*|\+\d+|[-+]?\.\d+|[-+]?\d+\.|[-+]?\.(inf|nan)"
    r"|=|<<",
    re.IGNORECASE,
)


def targets(subject: Subject) -> Iterator[Problem]:
    """Every reference leads to something in the same file."""
    for place in subject.places:
        reference = place.node.get("$ref")
        if not isinstance(reference, str):
            continue
        pointer = (*place.pointer, "$ref")
        if not reference.startswith("#"):
            yield Problem(
                pointer, f"the reference {reference!r} leaves the file: bundle the contract into one file first"
            )
        elif at(subject.document, parse_pointer(reference)) is None:
            yield Problem(pointer, f"the reference {reference!r} leads nowhere: define it or correct the name")


def openapi(subject: Subject) -> Iterator[Problem]:
    """The document against OpenAPI 3.0's own schema and rules."""
    try:
        yield from _openapi(subject.document)
    except Unresolvable as error:
        yield Problem((), f"the reference {error.ref!r} leads nowhere: define it or correct the name")


def _openapi(document: dict[str, Any]) -> Iterator[Problem]:
    from openapi_spec_validator import OpenAPIV30SpecValidator

    found = False
    for error in OpenAPIV30SpecValidator.schema_validator.iter_errors(document):
        found = True
        yield _problem(error)
    if found:  # the rules beyond the schema stumble over a document that breaks it
        return
    for error in OpenAPIV30SpecValidator(document).iter_errors():
        if not _told_elsewhere(error, document):
            yield _problem(error)


def _problem(error: Any) -> Problem:
    deepest = _deepest(error)
    pointer = tuple(getattr(deepest, "absolute_path", ()))
    return Problem(pointer, f"OpenAPI 3.0 does not allow this ({_short(deepest)}): correct it")


def _told_elsewhere(error: Any, document: dict[str, Any]) -> bool:
    """Path parameters and defaults, of which our own rules know the line."""
    if type(error).__name__ == "UnresolvableParameterError":
        return True
    return bool(getattr(error, "schema_path", ())) and not error.absolute_path and error.instance is not document


def _deepest(error: Any) -> Any:
    """Of alternatives that all fail, the mistake furthest in."""
    while getattr(error, "context", None):
        error = max(error.context, key=lambda inner: len(inner.absolute_path))
    return error


def _short(error: Any) -> str:
    text = str(getattr(error, "message", error)).strip().split("\n")[0]
    return text if len(text) <= 160 else f"…{text[-150:]}"


def spelling(subject: Subject) -> Iterator[Problem]:
    """Unquoted text that other YAML readers take for something else."""
    for pointer, node in subject.lines.scalars():
        text = node.value
        if is_plain(node) and (text.lower() in _WORDS or _MISREAD.fullmatch(text)):
            yield Problem(pointer, f"other YAML readers do not read {text} as text: put it in quotes")


def references(subject: Subject) -> Iterator[Problem]:
    """Members beside a `$ref`, which OpenAPI 3.0 passes over, and schemas that contain themselves."""
    for place in subject.places:
        if "$ref" not in place.node:
            continue
        for key in place.node:
            if key != "$ref" and not key.startswith("x-"):
                yield Problem(
                    (*place.pointer, key), f"{key!r} beside a $ref is ignored: write it in what is referred to"
                )
        target = parse_pointer(place.node["$ref"])
        if subject.speaks and place.pointer[: len(target)] == target:
            yield Problem(place.pointer, "this schema contains itself: write arbitrary JSON as {} instead")


def operations(subject: Subject) -> Iterator[Problem]:
    """What every operation of our own contracts has."""
    if not subject.speaks:
        return
    for operation in subject.contract.operations.values():
        pointer = subject.written(operation)
        for key in ("operationId", "summary", "tags"):
            if not operation.raw.get(key):
                yield Problem(pointer, f"the operation has no {key}: write one")


def parameters(subject: Subject) -> Iterator[Problem]:
    """Path templates and path parameters, each declared by the other."""
    for operation in subject.contract.operations.values():
        pointer = subject.written(operation)
        in_template = set(re.findall(r"\{([^{}]+)\}", operation.path))
        declared = {parameter.name for parameter in operation.parameters if parameter.location == "path"}
        for name in sorted(in_template - declared):
            yield Problem(pointer, f"the path names {{{name}}}, which is no path parameter: declare it")
        for name in sorted(declared - in_template):
            yield Problem(pointer, f"the path parameter {name!r} is not in the path: put it there or drop it")
        for parameter in operation.parameters:
            if parameter.location == "path" and not parameter.required:
                yield Problem(pointer, f"the path parameter {parameter.name!r} must say `required: true`")
