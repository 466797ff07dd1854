"""Contracts as both programs read them: `load` gives a typed, resolved, read-only view of a document."""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

from openapi.model import (
    Basis,
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
    Rule,
    SecurityScheme,
    weakest,
)

__all__ = [
    "API_IDS",
    "Basis",
    "Contract",
    "ContractError",
    "ErrorEntry",
    "Lifecycle",
    "Link",
    "MediaType",
    "Operation",
    "Parameter",
    "RefusalRule",
    "RequestBody",
    "Response",
    "Role",
    "Rule",
    "SecurityScheme",
    "lifecycle_of",
    "load",
    "weakest",
]

API_IDS = ("fleet", "masmovil", "mobilefirst", "jasper", "zequenze")
_METHODS = ("get", "put", "post", "delete", "patch", "options", "head", "trace")


class ContractError(Exception):
    """A document that cannot be read as a contract."""

    def __init__(self, sentence: str, file: str = "", line: int = 0) -> None:
        super().__init__(f"{file}:{line}: {sentence}" if file else sentence)
        self.sentence = sentence
        self.file = file
        self.line = line


class _Loader(yaml.CSafeLoader):
    """YAML without dates and without the yes/no booleans of YAML 1.1."""


_Loader.yaml_implicit_resolvers = {
    first: [
        (tag, pattern)
        for tag, pattern in rules
        if tag != "tag:yaml.org,2002:timestamp" and not (tag.endswith(":bool") and first not in "tTfF")
    ]
    for first, rules in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}


@lru_cache(maxsize=16)
def load(api_or_path: str | Path) -> Contract:
    """The contract of an API by its id, or of a YAML or JSON file. Raises ContractError."""
    api = str(api_or_path)
    path = Path(__file__).parent / f"{api}.yaml" if api in (*API_IDS, "control") else Path(api_or_path)
    try:
        document = yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)
    except OSError as error:
        raise ContractError(f"cannot read it: {error.strerror}", str(path)) from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise ContractError(f"is not YAML: {error}", str(path), mark.line + 1 if mark else 0) from None
    return _Builder(api if api in (*API_IDS, "control") else path.stem, document).contract()


class _Builder:
    def __init__(self, api: str, document: dict[str, Any]) -> None:
        self.api = api
        self.document = document

    def contract(self) -> Contract:
        document = self.document
        basis, source = document.get("x-basis", "inferred"), document.get("x-source")
        resolved = self._resolve(document, basis, source)
        components = resolved.get("components", {})
        error_body = components.get("x-error-body", {"error": "{message}"})
        errors = {
            name: _error(name, raw, error_body, basis, source)
            for name, raw in components.get("x-errors", {}).items()
            if not name.startswith("x-")
        }
        schemes = {name: _scheme(name, raw) for name, raw in components.get("securitySchemes", {}).items()}
        operations = {}
        for path, item in resolved.get("paths", {}).items():
            for method in _METHODS:
                if method in item:
                    operation = _operation(self.api, path, method, item, resolved, schemes)
                    operations[operation.id] = operation
        servers = resolved.get("servers") or [{"url": "/"}]
        return Contract(
            self.api,
            document,
            resolved,
            document.get("info", {}).get("title", self.api),
            servers[0]["url"].rstrip("/"),
            operations,
            errors,
            error_body,
            schemes,
            basis,
            source,
        )

    def _resolve(self, node: Any, basis: Any, source: Any) -> Any:
        if isinstance(node, list):
            return [self._resolve(item, basis, source) for item in node]
        if not isinstance(node, dict):
            return node
        reference = node.get("$ref")
        if isinstance(reference, str) and reference.startswith("#/"):
            target: Any = self.document
            for step in reference[2:].split("/"):
                target = target[step.replace("~1", "/").replace("~0", "~")]
            extra = {key: value for key, value in node.items() if key != "$ref"}
            return self._resolve({**target, **extra}, basis, source)
        basis, source = node.get("x-basis", basis), node.get("x-source", source)
        result = {str(key): self._member(key, value, basis, source) for key, value in node.items()}
        if basis is not None:
            result.setdefault("x-basis", basis)
        if source is not None:
            result.setdefault("x-source", source)
        return result

    def _member(self, key: str, value: Any, basis: Any, source: Any) -> Any:
        if key in _VALUES:
            return value
        if key in _MAPS and isinstance(value, dict):
            return {str(name): self._resolve(child, basis, source) for name, child in value.items()}
        return self._resolve(value, basis, source)


_MAPS = frozenset(
    {
        "properties",
        "schemas",
        "responses",
        "headers",
        "examples",
        "links",
        "securitySchemes",
        "content",
        "paths",
        "parameters",
        "requestBodies",
    }
)
_VALUES = frozenset(
    {
        "example",
        "default",
        "enum",
        "value",
        "x-lifecycle",
        "x-reads-as",
        "x-error-body",
        "x-errors",
        "x-credentials",
        "security",
        "x-violation",
        "required",
        "body",
        "mapping",
        "parameters_",
    }
)


def _error(name: str, raw: Mapping[str, Any], body: Any, basis: Basis, source: str | None) -> ErrorEntry:
    code = raw.get("code")
    return ErrorEntry(
        name,
        int(raw["status"]),
        None if code is None else str(code),
        str(raw.get("message", "")),
        raw.get("body", body),
        dict(raw.get("headers", {})),
        raw.get("x-basis", basis),
        raw.get("x-source", source),
    )


def _refusals(raw: Any) -> tuple[RefusalRule, ...]:
    return tuple(
        RefusalRule(
            rule["when"],
            rule.get("error"),
            rule.get("x-basis", "inferred"),
            rule.get("x-source"),
            rule.get("description", ""),
        )
        for rule in raw or ()
    )


def _scheme(name: str, raw: Mapping[str, Any]) -> SecurityScheme:
    roles = {}
    for role, said in raw.get("x-credentials", {}).items():
        operations = said.get("operations", "*")
        refuses = {error: tuple(names) for error, names in said.get("refuses", {}).items()}
        roles[role] = Role(
            role, said.get("description", ""), None if operations == "*" else frozenset(operations), refuses
        )
    return SecurityScheme(
        name,
        str(raw.get("scheme", raw.get("type"))).lower(),
        _refusals(raw.get("x-refusals")),
        roles,
        raw.get("x-basis", "inferred"),
        raw.get("x-source"),
        dict(raw),
    )


def _examples(media: Mapping[str, Any]) -> dict[str, Any]:
    named = {
        name: item.get("value")
        for name, item in media.get("examples", {}).items()
        if isinstance(item, Mapping)
    }
    if "example" in media:
        named.setdefault("default", media["example"])
    return named


def _content(raw: Mapping[str, Any]) -> dict[str, MediaType]:
    return {
        name: MediaType(name, media.get("schema", {}), _examples(media), dict(media))
        for name, media in raw.get("content", {}).items()
        if not name.startswith("x-")
    }


def _operation(
    api: str, path: str, method: str, item: Any, document: Any, schemes: dict[str, SecurityScheme]
) -> Operation:
    raw = item[method]
    merged = {(p["in"], p["name"]): p for p in [*item.get("parameters", []), *raw.get("parameters", [])]}
    body = raw.get("requestBody")
    security = tuple(
        schemes[name]
        for need in raw.get("security", document.get("security", []))
        for name in need
        if name in schemes
    )
    return Operation(
        api=api,
        id=raw.get("operationId", f"{method} {path}"),
        method=method.upper(),
        path=path,
        summary=raw.get("summary", ""),
        parameters=tuple(_parameter(p) for p in merged.values()),
        request_body=RequestBody(
            bool(body.get("required")), _content(body), body["x-basis"], body.get("x-source"), body
        )
        if body
        else None,
        responses={
            str(status): _response(str(status), r)
            for status, r in raw.get("responses", {}).items()
            if not str(status).startswith("x-")
        },
        security=security,
        refusals=(
            *(rule for scheme in security for rule in scheme.refusals),
            *_refusals(raw.get("x-refusals")),
        ),
        own_servers="servers" in item,
        basis=raw.get("x-basis", "inferred"),
        source=raw.get("x-source"),
        raw=raw,
        _outer=(document, item),
    )


def _parameter(raw: dict[str, Any]) -> Parameter:
    return Parameter(
        raw["name"],
        raw["in"],
        bool(raw.get("required")),
        raw.get("schema", {}),
        bool(raw.get("explode", raw["in"] == "query")),
        raw.get("x-basis", "inferred"),
        raw.get("x-source"),
        raw,
    )


def _response(status: str, raw: dict[str, Any]) -> Response:
    links = {
        name: Link(
            name,
            link.get("operationId", ""),
            {k: v for k, v in link.get("parameters", {}).items() if not k.startswith("x-")},
            link,
        )
        for name, link in raw.get("links", {}).items()
        if not name.startswith("x-")
    }
    headers = {name: header for name, header in raw.get("headers", {}).items() if not name.startswith("x-")}
    return Response(
        status,
        raw.get("description", ""),
        headers,
        _content(raw),
        links,
        raw.get("x-basis", "inferred"),
        raw.get("x-source"),
        raw,
    )


def lifecycle_of(node: Mapping[str, Any]) -> Lifecycle | None:
    """The lifecycle that a status property's schema carries."""
    raw = node.get("x-lifecycle")
    if raw is None:
        return None
    allowed = {state: tuple(targets) for state, targets in raw.get("allowed", {}).items()}
    return Lifecycle(
        allowed,
        raw.get("refused", {}),
        raw.get("x-basis", node.get("x-basis", "inferred")),
        raw.get("bases", {}),
    )


def origin_path(contract: Contract) -> str:
    """The path of the contract's server URL."""
    return urlsplit(contract.base_url).path
