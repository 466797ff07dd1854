"""Every example and default against its schema; requests hold nothing read-only, answers nothing write-only."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any
from xml.etree import ElementTree

from openapi.contract import Operation
from openapi.rules.subject import Place, Problem, Subject, member
from openapi.source import Pointer

_SIDES = {"readOnly": "read-only, and this is a request", "writeOnly": "write-only, and this is an answer"}


def bodies(subject: Subject) -> Iterator[Problem]:
    """Examples of media types, parameters and headers."""
    for place in subject.places:
        if place.kind in ("media", "parameter", "header") and "$ref" not in place.node:
            yield from _examples(subject, place)


def _examples(subject: Subject, place: Place) -> Iterator[Problem]:
    resolved = subject.resolved(place.pointer)
    if not isinstance(resolved, Mapping):
        return
    xml = "xml" in str(place.pointer[-1]) and place.kind == "media"
    for pointer, value in _values(place, resolved):
        if xml and isinstance(value, str):
            yield from _well_formed(pointer, value)
        else:
            yield from _misfits(resolved.get("schema"), value, _is_request(place.pointer), pointer)


def _values(place: Place, resolved: Mapping[str, Any]) -> Iterator[tuple[Pointer, Any]]:
    if "example" in resolved:
        yield (*place.pointer, "example"), resolved["example"]
    for name, example in member(resolved, "examples").items():
        if "value" in example:
            written = "value" in member(place.node, "examples", name)
            yield (*place.pointer, "examples", name, *(("value",) if written else ())), example["value"]


def _is_request(pointer: Pointer) -> bool:
    return not any(step in ("responses", "headers") for step in pointer)


def _well_formed(pointer: Pointer, text: str) -> Iterator[Problem]:
    try:
        ElementTree.fromstring(text)
    except ElementTree.ParseError as error:
        yield Problem(pointer, f"the example is not well-formed XML ({error}): correct it")


def schemas(subject: Subject) -> Iterator[Problem]:
    """Examples, defaults and enums inside schemas."""
    for place in subject.places:
        resolved = subject.resolved(place.pointer)
        if place.kind != "schema" or "$ref" in place.node or not isinstance(resolved, Mapping):
            continue
        for word in ("default", "example"):
            if word in place.node:
                yield from _misfits(resolved, place.node[word], None, (*place.pointer, word))
        kind = {key: resolved[key] for key in ("type", "format", "nullable") if key in resolved}
        for index, value in enumerate(place.node.get("enum", ())):
            yield from _misfits(kind, value, None, (*place.pointer, "enum", index))


def errors(subject: Subject) -> Iterator[Problem]:
    """The bodies of catalogue entries, filled in, against the answers of the operations that may give them."""
    from openapi.rules.answers import answers_of

    if not subject.catalogue:
        return
    found: dict[tuple[str, str], list[str]] = {}
    for operation in subject.contract.operations.values():
        for name in answers_of(operation):
            for sentence in _error(subject, operation, name):
                found.setdefault((name, sentence), []).append(operation.id)
    for (name, sentence), operations in found.items():
        where = operations[0] if len(operations) == 1 else f"{operations[0]} and {len(operations) - 1} more"
        yield Problem(("components", "x-errors", name), f"as an answer of {where}, {sentence}")


def _error(subject: Subject, operation: Operation, name: str) -> Iterator[str]:
    entry = subject.contract.errors.get(name)
    response = operation.response(entry.status) if entry else None
    if entry is None or response is None:
        return
    if entry.body is None:
        if response.content and "body" in member(subject.catalogue, name):
            yield "it has no body where one is declared: give it one, or declare none"
        return
    values = {"code": entry.code, "name": name}
    body = fill(entry.body, {**values, "message": fill(entry.message, values)})
    for media in response.content.values():
        for problem in _misfits(media.schema, body, False, ()):
            yield problem.sentence


_ABSENT = object()


def fill(template: Any, values: Mapping[str, Any]) -> Any:
    """A template with plausible values in its placeholders."""
    if isinstance(template, str):
        return _fill_text(template, values)
    if isinstance(template, Mapping):
        filled = {key: fill(value, values) for key, value in template.items() if not key.startswith("x-")}
        return {key: value for key, value in filled.items() if value is not _ABSENT}
    if isinstance(template, list):
        return [value for value in (fill(item, values) for item in template) if value is not _ABSENT]
    return template


def _fill_text(template: str, values: Mapping[str, Any]) -> Any:
    whole = re.fullmatch(r"\{(\w+)\}", template)
    if whole and whole[1] == "fields":
        return {"name": ["is not valid"]}
    if whole and whole[1] in values and values[whole[1]] is None:
        return _ABSENT
    return re.sub(r"\{(\w+)\}", lambda match: str(values.get(match[1]) or "something"), template)


@cache
def _formats() -> Any:
    from openapi_schema_validator import oas30_format_checker

    return oas30_format_checker


def _misfits(schema: Any, value: Any, request: bool | None, pointer: Pointer) -> Iterator[Problem]:
    """Problems of a value under a schema. `request` None: neither side, both kinds of members may be there."""
    from jsonschema.exceptions import best_match
    from openapi_schema_validator import OAS30ReadValidator, OAS30Validator, OAS30WriteValidator

    if not isinstance(schema, Mapping):
        return
    validator = {None: OAS30Validator, True: OAS30WriteValidator, False: OAS30ReadValidator}[request]
    for error in validator(_plain(schema), format_checker=_formats()).iter_errors(value):
        best = best_match([error])
        where = ".".join(str(step) for step in best.absolute_path)
        reason = _SIDES.get(str(best.validator)) or best.message
        subject = f"its member {where} does not fit the schema" if where else "it does not fit the schema"
        reason = reason if len(reason) <= 200 else f"{reason[:190]} …"
        yield Problem(pointer, f"{subject} ({reason}): correct the one or the other")


def _plain(schema: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in schema.items() if not key.startswith("x-")}
