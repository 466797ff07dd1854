"""A resolved document to the records of `openapi.model`."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from openapi.model import (
    Contract,
    ErrorEntry,
    Lifecycle,
    Link,
    MediaType,
    Operation,
    Parameter,
    RefusalRule,
    RequestBody,
    Response,
    Role,
    Schema,
    SecurityScheme,
)
from openapi.resolve import METHODS, resolve
from openapi.source import ContractError, lines_of
from openapi.words import Basis, as_basis

_NOT_WORD = re.compile(r"[^A-Za-z0-9]+")


def build(api: str, path: Path, document: Schema) -> Contract:
    """The contract of a document. Raises ContractError for what cannot be read as one."""
    try:
        return _build(api, path, document)
    except (AttributeError, KeyError, TypeError, ValueError):
        sentence = f"this is no sound OpenAPI document: see what `devicedouble contract lint {path}` says"
        raise ContractError(sentence, str(path)) from None


def _build(api: str, path: Path, document: Schema) -> Contract:
    resolved = resolve(document, path)
    components = _mapping(resolved, "components")
    error_body = components.get("x-error-body")
    schemes = {name: _scheme(name, raw) for name, raw in _mapping(components, "securitySchemes").items()}
    servers = resolved.get("servers") or [{}]
    return Contract(
        api=api,
        file=str(path),
        document=document,
        resolved=resolved,
        title=str(_mapping(resolved, "info").get("title", api)),
        base_url=str(servers[0].get("url", "")).rstrip("/"),
        operations=_operations(api, path, resolved, schemes),
        errors={name: _error(name, raw, error_body) for name, raw in _mapping(components, "x-errors").items()},
        error_body=error_body,
        security_schemes=schemes,
        basis=_basis(resolved),
        source=resolved.get("x-source"),
    )


def lifecycle_of(schema: Mapping[str, Any]) -> Lifecycle | None:
    """The lifecycle written on a resolved status property, or None."""
    raw = schema.get("x-lifecycle")
    if not isinstance(raw, Mapping):
        return None
    return Lifecycle(
        allowed={state: tuple(states) for state, states in raw.get("allowed", {}).items()},
        basis=as_basis(raw.get("x-basis", schema.get("x-basis", "documented"))),
        refused=raw.get("refused", {}),
        bases=raw.get("bases", {}),
    )


def _mapping(node: Mapping[str, Any], key: str) -> dict[str, Any]:
    value = node.get(key)
    return value if isinstance(value, dict) else {}


def _basis(node: Mapping[str, Any]) -> Basis:
    return as_basis(node.get("x-basis", "documented"))


def _error(name: str, raw: Schema, error_body: Any) -> ErrorEntry:
    code = raw.get("code")
    return ErrorEntry(
        name=name,
        status=int(raw.get("status", 500)),
        code=None if code is None else str(code),
        message=str(raw.get("message", "")),
        body=raw.get("body", error_body),
        headers=_mapping(raw, "headers"),
        basis=_basis(raw),
        source=raw.get("x-source"),
        forced_only=raw.get("x-forced-only") is True,
    )


def _refusals(node: Schema) -> tuple[RefusalRule, ...]:
    return tuple(
        RefusalRule(
            when=str(rule.get("when", "")),
            error=rule.get("error"),
            basis=as_basis(rule.get("x-basis", node.get("x-basis", "documented"))),
            source=rule.get("x-source", node.get("x-source")),
            description=str(rule.get("description", "")),
        )
        for rule in node.get("x-refusals", ())
    )


def _scheme(name: str, raw: Schema) -> SecurityScheme:
    kind = str(raw.get("scheme" if raw.get("type") == "http" else "type", ""))
    return SecurityScheme(
        name=name,
        kind=kind.lower() if raw.get("type") == "http" else kind,
        refusals=_refusals(raw),
        roles={role: _role(role, said) for role, said in _mapping(raw, "x-credentials").items()},
        basis=_basis(raw),
        source=raw.get("x-source"),
        raw=raw,
    )


def _role(name: str, raw: Schema) -> Role:
    operations = raw.get("operations", "*")
    return Role(
        name=name,
        description=str(raw.get("description", "")),
        operations=None if operations == "*" else frozenset(operations),
        refuses={error: tuple(names) for error, names in _mapping(raw, "refuses").items()},
    )


def _operations(api: str, file: Path, resolved: Schema, schemes: Mapping[str, SecurityScheme]) -> dict[str, Operation]:
    result: dict[str, Operation] = {}
    for path, item, method, raw in each_operation(resolved):
        operation = _operation(api, resolved, schemes, path, item, method, raw)
        if operation.id in result:
            line = lines_of(file).line(("paths", path, method, "operationId"))
            raise ContractError(f"the operationId {operation.id!r} is given twice: rename one", str(file), line)
        result[operation.id] = operation
    return result


def each_operation(document: Mapping[str, Any]) -> Iterator[tuple[str, Schema, str, Schema]]:
    """Every operation of a document: its path, its path item, its method (lower case) and itself."""
    for path, item in _mapping(document, "paths").items():
        if isinstance(item, dict) and not path.startswith("x-"):
            for method in METHODS:
                if isinstance(item.get(method), dict):
                    yield path, item, method, item[method]


def operation_id(method: str, path: str, raw: Mapping[str, Any]) -> str:
    """The operation's id, or one made of its method and path where the contract gives none."""
    return str(raw.get("operationId") or _NOT_WORD.sub("_", f"{method}_{path}").strip("_"))


def _operation(
    api: str, document: Schema, schemes: Mapping[str, SecurityScheme], path: str, item: Schema, method: str, raw: Schema
) -> Operation:
    security = _security(raw.get("security", document.get("security", [])), schemes)
    body = raw.get("requestBody")
    return Operation(
        api=api,
        id=operation_id(method, path, raw),
        method=method.upper(),
        path=path,
        summary=str(raw.get("summary", "")),
        parameters=_parameters(item, raw),
        request_body=_request_body(body) if isinstance(body, dict) else None,
        responses={
            str(status): _response(str(status), response)
            for status, response in _mapping(raw, "responses").items()
            if isinstance(response, dict)
        },
        security=security,
        refusals=(*(rule for scheme in security for rule in scheme.refusals), *_refusals(raw)),
        own_servers="servers" in item or "servers" in raw,
        basis=_basis(raw),
        source=raw.get("x-source"),
        raw=raw,
        outer=(item, document),
    )


def _security(requirements: Any, schemes: Mapping[str, SecurityScheme]) -> tuple[SecurityScheme, ...]:
    names = dict.fromkeys(name for requirement in requirements for name in requirement)
    return tuple(schemes[name] for name in names if name in schemes)


def _parameters(item: Schema, raw: Schema) -> tuple[Parameter, ...]:
    """The path item's parameters, those of the operation in the place of their namesakes."""
    found: dict[tuple[str, str], Schema] = {}
    for node in (*item.get("parameters", ()), *raw.get("parameters", ())):
        found[node.get("in", "query"), node.get("name", "")] = node
    return tuple(_parameter(node) for node in found.values())


def _parameter(raw: Schema) -> Parameter:
    schema = raw.get("schema")
    if schema is None:
        schema = next((media.get("schema", {}) for media in _mapping(raw, "content").values()), {})
    style = raw.get("style", "simple" if raw.get("in") in ("path", "header") else "form")
    return Parameter(
        name=raw.get("name", ""),
        location=raw.get("in", "query"),
        required=bool(raw.get("required", False)),
        schema=schema,
        explode=bool(raw.get("explode", style == "form")),
        basis=_basis(raw),
        source=raw.get("x-source"),
        raw=raw,
    )


def _content(node: Schema) -> dict[str, MediaType]:
    return {
        name: MediaType(name, media.get("schema", {}), examples_of(media), media)
        for name, media in _mapping(node, "content").items()
    }


def examples_of(node: Mapping[str, Any]) -> dict[str, Any]:
    """The examples of a media type, parameter or header: names to values; `example` goes by that name."""
    named = {name: item["value"] for name, item in (node.get("examples") or {}).items() if "value" in item}
    return {"example": node["example"], **named} if "example" in node else named


def _request_body(raw: Schema) -> RequestBody:
    return RequestBody(bool(raw.get("required", False)), _content(raw), _basis(raw), raw.get("x-source"), raw)


def _response(status: str, raw: Schema) -> Response:
    return Response(
        status=status,
        description=str(raw.get("description", "")),
        headers=_mapping(raw, "headers"),
        content=_content(raw),
        links={name: _link(name, link) for name, link in _mapping(raw, "links").items()},
        basis=_basis(raw),
        source=raw.get("x-source"),
        raw=raw,
    )


def _link(name: str, raw: Schema) -> Link:
    return Link(name, str(raw.get("operationId", "")), _mapping(raw, "parameters"), raw)
