"""What an answer that is forced is filled with: such as a real one would have, from the contract alone.

An error is filled in as a mistake of the operation would be, else as an example in the contract is; an answer's body
is an example of its schema, else a value that the schema allows.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from mock_server.compiler import CompiledApi
from mock_server.mistakes import mistakes
from mock_server.refusals import details_of, told_of
from mock_server.samples import sample
from mock_server.schemas import to_json_schema
from openapi.build import examples_of
from openapi.contract import Contract, ErrorEntry, Operation, Response

Details = dict[str, Any]
_ANYTHING = told_of("the request", "is not valid")
_PLACEHOLDER = re.compile(r"\{(\w+)\}")


def by_mistake(api: CompiledApi, operation: Operation) -> dict[str, Details]:
    """For each catalogue entry that answers a mistake of the operation what the most telling one fills it with."""
    found: dict[str, Details] = {}
    for where, fault in mistakes(operation):
        violation = api.refusals.violation(operation, where, fault)
        if violation.error is not None and violation.error not in found:
            found[violation.error] = details_of(violation, [violation])
    return found


def details(contract: Contract, operation: Operation, entry: ErrorEntry, mistaken: Mapping[str, Details]) -> Details:
    """What fills the entry as an answer of the operation: `mistaken` by name, else as in an example, else anything."""
    told = mistaken.get(entry.name) or _by_example(contract, operation, entry) or {}
    return {**_ANYTHING, **_parameters(contract), **told}


def _parameters(contract: Contract) -> Details:
    """The contract's examples of path parameters, as placeholders: `device-id` is `device_id`."""
    return {
        parameter.name.replace("-", "_"): str(value)
        for operation in contract.operations.values()
        for parameter in operation.parameters
        for value in list(examples_of(parameter.raw).values())[:1]
        if parameter.location == "path"
    }


def _by_example(contract: Contract, operation: Operation, entry: ErrorEntry) -> Details | None:
    """What an example of the entry has in place of its placeholders: one of the operation, else of another."""
    for other in (operation, *contract.operations.values()):
        response = other.response(entry.status)
        for example in _examples(response) if response else ():
            found = shown_by(entry, example)
            if found is not None:
                return found
    return None


def _examples(response: Response) -> Iterator[Any]:
    return (example for media in response.content.values() for example in media.examples.values())


def shown_by(entry: ErrorEntry, example: Any) -> Details | None:
    """What stands for the placeholders of the entry's body in an example of it; None for one of another error."""
    known = {"message": entry.message, "name": entry.name, "code": entry.code}
    found: Details = {}
    for template, value in _leaves(entry.body, example, known):
        match = re.fullmatch(_pattern(template, known), value) if isinstance(value, str) else None
        if match is None:
            return None
        found |= match.groupdict()
    return found


def _leaves(template: Any, value: Any, known: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """The texts of a template with what is in their places; None is in the place of what is built otherwise."""
    if isinstance(template, Mapping):
        members = {name: part for name, part in template.items() if part != "{code}" or known["code"] is not None}
        alike = isinstance(value, Mapping) and value.keys() == members.keys()
        for name, part in members.items():
            yield from _leaves(part, value[name] if alike else None, known)
    elif isinstance(template, list):
        alike = isinstance(value, list) and len(value) == len(template)
        for index, part in enumerate(template):
            yield from _leaves(part, value[index] if alike else None, known)
    else:
        yield str(template), value


def _pattern(template: str, known: Mapping[str, Any]) -> str:
    """A text with placeholders as a pattern; the message, which has some itself, and the code are written out."""
    parts = _PLACEHOLDER.split(template.replace("{message}", known["message"]))
    parts[1::2] = [re.escape(str(known[name])) if name in known else f"(?P<{name}>.+)" for name in parts[1::2]]
    parts[::2] = map(re.escape, parts[::2])
    return "".join(parts)


def body_of(contract: Contract, response: Response) -> Any:
    """A body of the response: its own example, else one of another response with the same schema, else a sample."""
    for example in _examples(response):
        return example
    for media in response.content.values():
        schema = to_json_schema(media.schema)
        for operation in contract.operations.values():
            for other in operation.responses.values():
                for found in other.content.values():
                    if found.examples and to_json_schema(found.schema) == schema:
                        return next(iter(found.examples.values()))
        return sample(media.schema)
    return None


def headers_of(response: Response) -> dict[str, str]:
    """The header fields that the response promises, with values as the contract's examples."""
    return {
        name: str(next(iter(examples_of(header).values()), None) or sample(header.get("schema", {})))
        for name, header in response.headers.items()
        if header.get("required")
    }
