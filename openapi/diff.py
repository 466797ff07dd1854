"""What changed between two contracts, and whether it breaks clients.

A change breaks clients when a request that was right may now be refused, or an answer may now hold what no client had
to expect. Schemas are compared in `openapi.diff_schema`; examples and descriptions are not compared at all.
"""

import re
from collections.abc import Iterator, Mapping

from openapi.contract import Contract, Operation, Parameter, RequestBody, Response
from openapi.diff_schema import Change, both, one_side, schemas
from openapi.source import Pointer

__all__ = ["Change", "diff"]


def diff(old: Contract, new: Contract) -> list[Change]:
    """The changes from `old` to `new`, operation by operation, then the error catalogue."""
    return [*_document(old, new), *_operations(old, new), *_errors(old, new)]


def _document(old: Contract, new: Contract) -> Iterator[Change]:
    if old.base_url != new.base_url:
        yield Change.at(("servers",), f"the base URL changed from {old.base_url} to {new.base_url}", breaking=True)


def _operations(old: Contract, new: Contract) -> Iterator[Change]:
    before, after = _by_route(old), _by_route(new)
    for route, operation in one_side(before, after):
        yield Change.at(_at(operation), f"{operation.method} {route[1]} was removed", breaking=True)
    for route, operation in one_side(after, before):
        yield Change.at(_at(operation), f"{operation.method} {route[1]} was added", breaking=False)
    for _, was, now in both(before, after):
        yield from _operation(was, now)


def _by_route(contract: Contract) -> dict[tuple[str, str], Operation]:
    """Operations by method and path; what a path's parameters are called is nothing that a client sends."""
    return {
        (operation.method, re.sub(r"\{[^{}]*\}", "{}", operation.path)): operation
        for operation in contract.operations.values()
    }


def _at(operation: Operation) -> Pointer:
    return ("paths", operation.path, operation.method.lower())


def _operation(old: Operation, new: Operation) -> Iterator[Change]:
    pointer = _at(new)
    if old.id != new.id:
        yield Change.at((*pointer, "operationId"), f"the operationId {old.id} became {new.id}", breaking=True)
    yield from _parameters(old, new)
    yield from _request_body(old.request_body, new.request_body, (*pointer, "requestBody"))
    yield from _responses(old.responses, new.responses, (*pointer, "responses"))
    yield from _security(old, new)


def _parameters(old: Operation, new: Operation) -> Iterator[Change]:
    pointer = (*_at(new), "parameters")
    before, after = _by_place(old), _by_place(new)
    for (location, name), _ in one_side(before, after):
        yield Change.at(pointer, f"the {location} parameter {name!r} was removed", breaking=True)
    for (location, name), parameter in one_side(after, before):
        kind = "required" if parameter.required else "optional"
        yield Change.at(pointer, f"the {kind} {location} parameter {name!r} was added", breaking=parameter.required)
    for (_, name), was, now in both(before, after):
        place = (*pointer, name)
        if was.required != now.required:
            yield Change.at(place, f"{name!r} became {_need(now.required)}", breaking=now.required)
        if was.explode != now.explode:
            yield Change.at(place, f"lists in {name!r} are now written {_style(now.explode)}", breaking=True)
        yield from schemas(was.schema, now.schema, (*place, "schema"), "request")


def _by_place(operation: Operation) -> dict[tuple[str, str], Parameter]:
    """Parameters by place and name, those of the path by their position in it."""
    in_path = re.findall(r"\{([^{}]*)\}", operation.path)
    return {
        (p.location, str(in_path.index(p.name)) if p.location == "path" and p.name in in_path else p.name): p
        for p in operation.parameters
    }


def _need(required: bool) -> str:
    return "required" if required else "optional"


def _style(explode: bool) -> str:
    return "as repeated parameters" if explode else "with commas"


def _request_body(old: RequestBody | None, new: RequestBody | None, pointer: Pointer) -> Iterator[Change]:
    if old is None or new is None:
        if old is not None:
            yield Change.at(pointer, "the request body was removed", breaking=True)
        if new is not None:
            yield Change.at(pointer, f"a request body ({_need(new.required)}) was added", breaking=new.required)
        return
    if old.required != new.required:
        yield Change.at(pointer, f"the request body became {_need(new.required)}", breaking=new.required)
    pointer = (*pointer, "content")
    for name, _ in one_side(old.content, new.content):
        yield Change.at(pointer, f"{name} is no longer accepted", breaking=True)
    for name, _ in one_side(new.content, old.content):
        yield Change.at(pointer, f"{name} is accepted too", breaking=False)
    for name, was, now in both(old.content, new.content):
        yield from schemas(was.schema, now.schema, (*pointer, name, "schema"), "request")


def _responses(old: Mapping[str, Response], new: Mapping[str, Response], pointer: Pointer) -> Iterator[Change]:
    for status, _ in one_side(old, new):
        yield Change.at(pointer, f"the status {status} was removed", breaking=status.startswith("2"))
    for status, _ in one_side(new, old):
        yield Change.at(pointer, f"the status {status} was added", breaking=False)
    for status, was, now in both(old, new):
        yield from _response(was, now, (*pointer, status))


def _response(old: Response, new: Response, pointer: Pointer) -> Iterator[Change]:
    for name, _ in one_side(old.headers, new.headers):
        yield Change.at((*pointer, "headers"), f"the header {name} was removed", breaking=True)
    for name, _ in one_side(new.headers, old.headers):
        yield Change.at((*pointer, "headers"), f"the header {name} was added", breaking=False)
    pointer = (*pointer, "content")
    for name, _ in one_side(old.content, new.content):
        yield Change.at(pointer, f"{name} is no longer offered", breaking=True)
    for name, _ in one_side(new.content, old.content):
        yield Change.at(pointer, f"{name} is offered too", breaking=False)
    for name, was, now in both(old.content, new.content):
        yield from schemas(was.schema, now.schema, (*pointer, name, "schema"), "response")


def _security(old: Operation, new: Operation) -> Iterator[Change]:
    pointer = (*_at(new), "security")
    before = {scheme.name: scheme for scheme in old.security}
    after = {scheme.name: scheme for scheme in new.security}
    for name, _ in one_side(before, after):
        yield Change.at(pointer, f"the credential {name} is no longer taken", breaking=bool(after))
    for name, _ in one_side(after, before):
        yield Change.at(pointer, f"the credential {name} is taken now", breaking=not before)
    for _, was, now in both(before, after):
        if was.kind != now.kind:
            yield Change.at(pointer, f"the credential {now.name} is {now.kind} instead of {was.kind}", breaking=True)
        for name, role_was, role_now in both(was.roles, now.roles):
            may = role_now.may_call(new.id)
            if role_was.may_call(old.id) != may:
                word = "may now" if may else "may no longer"
                yield Change.at(pointer, f"the role {name} {word} call {new.id}", breaking=not may)


def _errors(old: Contract, new: Contract) -> Iterator[Change]:
    pointer: Pointer = ("components", "x-errors")
    for name, _ in one_side(old.errors, new.errors):
        yield Change.at(pointer, f"the error {name} was removed", breaking=False)
    for name, _ in one_side(new.errors, old.errors):
        yield Change.at((*pointer, name), f"the error {name} was added", breaking=False)
    for name, was, now in both(old.errors, new.errors):
        for key, value_was, value_now in (("status", was.status, now.status), ("code", was.code, now.code)):
            if value_was != value_now:
                sentence = f"the {key} of the error {name} changed from {value_was} to {value_now}"
                yield Change.at((*pointer, name, key), sentence, breaking=True)
