"""Contracts to plans: everything about an operation that can be known before a request comes, once, at start."""

import re
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, TypeAlias

from mock_server.media import JSON, writer
from mock_server.parameters import BadEncoding, ParameterReader, unquote
from mock_server.redaction import Secrecy
from mock_server.refusals import Possible, Refusals
from mock_server.schemas import Fault, Validator
from mock_server.types import Api, Behaviour, Principal
from openapi.contract import Basis, Contract, Operation, Response

_SEGMENT = re.compile(r"\{([^{}/]+)\}")
REMEMBERED = 256
"""A path longer than this is not remembered."""
Headers = tuple[tuple[bytes, bytes], ...]
CORS: Headers = ((b"access-control-allow-origin", b"*"), (b"access-control-expose-headers", b"*"))


@dataclass(frozen=True, slots=True)
class Writer:
    """How an answer of one status in one media type is written, and held to the contract."""

    write: Callable[[Any], bytes]
    headers: Headers
    validator: Validator | None


@dataclass(frozen=True, slots=True)
class Responder:
    """The answers of one declared status: its basis and its writers by media type (none: no body).

    `binary` are the media types that no writer makes: only behaviour can answer in them. `required` are the header
    fields that the contract promises.
    """

    status: str
    basis: Basis
    writers: Mapping[str, Writer]
    binary: frozenset[str]
    empty: Headers
    required: frozenset[bytes]

    def breach(self, body: Any, headers: Headers, media_type: str) -> str | None:
        """How an answer breaks the contract, as a sentence; None when it does not."""
        missing = self.required - {name for name, _ in headers}
        if missing:
            return f"the answer lacks the header {b', '.join(sorted(missing)).decode()}"
        found = self.writers.get(media_type) or self.writers.get(JSON)
        if found is None or found.validator is None or found.validator.is_valid(body):
            return None
        fault = found.validator.faults(body)[0]
        where = "/".join(str(step) for step in fault.instance_path) or "the body"
        return f"the answer breaks its own contract: {where} {fault.reason}"


@dataclass(frozen=True, slots=True)
class Plan:
    """One operation, compiled.

    `principals` are the `Authorization` headers of the default world that may call it, as sent.
    """

    operation: Operation
    behaviour: Behaviour
    path: Mapping[str, ParameterReader]
    query: Mapping[str, ParameterReader]
    header: Mapping[str, ParameterReader]
    bodies: Mapping[str, Validator]
    principals: Mapping[bytes, Principal]
    body_required: bool
    offered: tuple[str, ...]
    responders: Mapping[str, Responder]
    refuses: Mapping[str, tuple[tuple[str, frozenset[str], Basis], ...]]
    secrecy: Secrecy | None
    write: bool

    def responder(self, status: int) -> Responder | None:
        """What writes answers of `status`: the exact one, else of its class, else the default."""
        text = str(status)
        return self.responders.get(text) or self.responders.get(f"{text[0]}XX") or self.responders.get("default")

    def any_error(self, media_type: str) -> Responder | None:
        """What writes some error in this media type, or None."""
        errors = (responder for responder in self.responders.values() if responder.status[0] in "45")
        return next((responder for responder in errors if media_type in responder.writers), None)


@dataclass(frozen=True, slots=True)
class Route:
    """One path template: a pattern over the still encoded path, and its plans by method.

    `key` is the group of the path parameter that names the object.
    """

    pattern: re.Pattern[str]
    plans: Mapping[str, Plan]
    allow: str
    key: str | None

    def allowed_beside(self, method: str) -> str:
        """What would be allowed if `method` were not; GET and HEAD are one."""
        gone = {"GET", "HEAD"} if method in {"GET", "HEAD"} else {method}
        return ", ".join(name for name in self.allow.split(", ") if name not in gone)


@dataclass(slots=True)
class Place:
    """A path as sent, its route and its raw parameters by group name.

    `key` is the key of the object that the path names, decoded; as it was sent where it cannot be. `read` holds, by
    operation, the values and faults that were read from the parameters. A place is shared by all calls of the path as
    long as it is remembered.
    """

    path: str
    route: Route
    raw: Mapping[str, str]
    key: str | None
    read: dict[str, tuple[Mapping[str, Any], list[tuple[str, Fault]]]] = field(default_factory=dict)


Matcher: TypeAlias = Callable[[str], Place | None]


@dataclass(frozen=True, slots=True)
class CompiledApi:
    """One API, ready to answer."""

    api: Api
    contract: Contract
    refusals: Refusals
    routes: tuple[Route, ...]
    match: Matcher
    """The place of a path as sent, starting with `/<api>/`; None where is no route."""
    responders: Mapping[str, Responder]
    """For each declared status the answers of the first operation that declares it: for calls that reach none."""
    errors: dict[str, Mapping[str, Possible]] = field(default_factory=dict)
    """By operation the errors that it may answer, by name: found when one is first asked for."""


def compile_api(api: Api, contract: Contract) -> CompiledApi:
    """Join an API's table with its contract. Raises LookupError when an operation has no behaviour, or the reverse."""
    missing = contract.operations.keys() ^ api.behaviours.keys()
    if missing:
        raise LookupError(f"{api.id}: operations and behaviours differ: {', '.join(sorted(missing))}")
    by_path: dict[str, list[Operation]] = {}
    for operation in contract.operations.values():
        prefix = f"/{api.id}" if operation.own_servers else api.base_path
        by_path.setdefault(prefix + operation.path, []).append(operation)
    routes = tuple(_route(path, operations, api) for path, operations in sorted(by_path.items(), key=_literal_first))
    responders: dict[str, Responder] = {}
    for plan in (plan for route in routes for plan in route.plans.values()):
        responders = {**plan.responders, **responders}
    return CompiledApi(api, contract, Refusals(contract, api.translate), routes, _matcher(routes), responders)


def _matcher(routes: tuple[Route, ...]) -> Matcher:
    """What finds the place of a path; the last ones are remembered, callers use few."""

    @lru_cache(maxsize=1024)
    def remembered(path: str) -> Place | None:
        return match(path)

    def match(path: str) -> Place | None:
        for route in routes:
            found = route.pattern.fullmatch(path)
            if found is not None:
                raw = found.groupdict()
                return Place(path, route, raw, None if route.key is None else _decoded(raw[route.key]))
        return None

    return lambda path: remembered(path) if len(path) < REMEMBERED else match(path)


def _decoded(sent: str) -> str:
    try:
        return unquote(sent)
    except BadEncoding:
        return sent


def _literal_first(item: tuple[str, list[Operation]]) -> tuple[int, str]:
    return item[0].count("{"), item[0]


def _route(path: str, operations: list[Operation], api: Api) -> Route:
    plans = {operation.method: _plan(operation, api) for operation in operations}
    methods = {*plans, "OPTIONS", *(("HEAD",) if "GET" in plans else ())}
    if "GET" in plans:
        plans["HEAD"] = plans["GET"]
    named = _SEGMENT.findall(path)
    key = next((group_name(name) for name in api.subjects if name in named), None)
    return Route(_pattern(path), plans, ", ".join(sorted(methods)), key)


def _pattern(path: str) -> re.Pattern[str]:
    """The template as a pattern; parameter names become group names by position of their letters."""
    parts = _SEGMENT.split(path)
    pattern = "".join(
        f"(?P<{group_name(part)}>[^/]+)" if index % 2 else re.escape(part) for index, part in enumerate(parts)
    )
    return re.compile(pattern)


def group_name(parameter: str) -> str:
    """A parameter's name as a regular-expression group name (`device-id` is no identifier)."""
    return "p_" + parameter.encode().hex()


def _plan(operation: Operation, api: Api) -> Plan:
    body = operation.request_body
    path = _readers(operation, "path", key=group_name)
    return Plan(
        operation=operation,
        behaviour=api.behaviours[operation.id],
        path=path,
        query=_readers(operation, "query"),
        header=_readers(operation, "header", key=str.lower),
        bodies={name: Validator(media.schema) for name, media in body.content.items()} if body else {},
        body_required=bool(body and body.required),
        principals=_principals(operation, api.credentials),
        offered=_offered(operation),
        responders={status: _responder(operation, response) for status, response in operation.responses.items()},
        refuses=_refuses(operation),
        secrecy=_secrecy(operation),
        write=operation.method not in {"GET", "HEAD"},
    )


def _readers(operation: Operation, location: str, key: Callable[[str], str] = str) -> dict[str, ParameterReader]:
    return {
        key(parameter.name): ParameterReader(parameter)
        for parameter in operation.parameters
        if parameter.location == location
    }


def _principals(operation: Operation, credentials: Mapping[str, Principal]) -> dict[bytes, Principal]:
    """The whole `Authorization` headers that may call the operation, with whose they are."""
    if not operation.security:
        return {}
    scheme = operation.security[0]
    allowed: dict[bytes, Principal] = {}
    for credential, principal in credentials.items():
        role = scheme.roles.get(principal.role)
        if role is None or role.operations is None or operation.id in role.operations:
            basic = scheme.kind == "basic"
            sent = b"Basic " + b64encode(credential.encode()) if basic else b"Bearer " + credential.encode()
            allowed[sent] = principal
    return allowed


def _offered(operation: Operation) -> tuple[str, ...]:
    """The media types of the operation's successes, in the contract's order."""
    types: dict[str, None] = {}
    for status, response in operation.responses.items():
        if status.startswith("2"):
            types |= dict.fromkeys(response.content)
    return tuple(types) or (JSON,)


def _responder(operation: Operation, response: Response) -> Responder:
    common: Headers = (
        (b"mock-basis", response.basis.encode()),
        (b"mock-operation", operation.id.encode()),
    )
    negotiated: Headers = ((b"vary", b"accept"),) if len(response.content) > 1 else ()
    writers = {
        name: Writer(
            writer(name, media.schema),
            ((b"content-type", name.encode()), *negotiated, *common),
            Validator(media.schema) if media.schema else None,
        )
        for name, media in response.content.items()
    }
    binary = frozenset(name for name, media in response.content.items() if media.schema.get("format") == "binary")
    required = frozenset(name.lower().encode() for name, header in response.headers.items() if header.get("required"))
    return Responder(response.status, response.basis, writers, binary, common, required)


def _refuses(operation: Operation) -> dict[str, tuple[tuple[str, frozenset[str], Basis], ...]]:
    """By role: the errors with the request members that bring them, and how sure the operation is of the error."""
    doubts = {rule.error: rule.basis for rule in operation.refusals if rule.when == "violation" and rule.error}
    return {
        role.name: tuple(
            (error, frozenset(names), doubts.get(error, "documented")) for error, names in role.refuses.items()
        )
        for scheme in operation.security
        for role in scheme.roles.values()
        if role.refuses
    }


def _secrecy(operation: Operation) -> Secrecy | None:
    """What is secret in requests and answers: members that the contract marks `format: password`; None without any."""
    media = [*(operation.request_body.content.values() if operation.request_body else ())]
    for response in operation.responses.values():
        media += response.content.values()
    members = [member for item in media for member in _members(item.schema)]
    secrets = frozenset(name for name, secret in members if secret)
    return Secrecy(secrets, frozenset(name for name, _ in members) - secrets) if secrets else None


def _members(schema: Any) -> Iterator[tuple[str, bool]]:
    """The names of all members, at any depth, and whether they are passwords."""
    if not isinstance(schema, Mapping):
        return
    for name, child in schema.get("properties", {}).items():
        yield name, child.get("format") == "password"
        yield from _members(child)
    for part in (schema.get("items"), *(one for word in ("allOf", "anyOf", "oneOf") for one in schema.get(word, ()))):
        yield from _members(part)
