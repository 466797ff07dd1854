"""Judging one answer by the contract: is its status declared, its media type, its header fields, its body?"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from conformance.schemas import ABSENT, Validator, at, pointer_of, shortened, standing
from conformance.types import BASES, Exchange, weakest
from conformance.xmlvalues import NotXml, read_xml
from openapi.contract import Contract, ErrorEntry, MediaType, Operation, Response

EMPTY_STATUSES = frozenset((204, 205, 304))


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong with an answer's shape. `about` is `shape` or `status`; `cause` names the defect."""

    about: str
    basis: str
    message: str
    expected: str
    actual: str
    cause: str


class Judge:
    """Judges answers by one contract; validators are made once each."""

    def __init__(self, contract: Contract) -> None:
        self.contract = contract
        self._validators: dict[int, Validator] = {}

    def validator(self, schema: Mapping[str, Any]) -> Validator:
        found = self._validators.get(id(schema))
        if found is None:
            found = self._validators[id(schema)] = Validator(schema, "response")
        return found

    def findings(self, exchange: Exchange, operation: Operation) -> Iterator[Finding]:
        """What is wrong with the shape of `exchange`'s answer, apart from a 500."""
        response = declared_for(operation, exchange.status)
        if response is None:
            yield self._undeclared(exchange, operation)
            return
        yield from self._headers(exchange, response)
        if exchange.sent.method == "HEAD":
            return
        if response.content and exchange.status not in EMPTY_STATUSES:
            yield from self._body(exchange, response)
        elif exchange.body and exchange.status in EMPTY_STATUSES:
            yield Finding("shape", "public", "The answer has a body.", "no body", shown(exchange), "body-of-204")

    def _undeclared(self, exchange: Exchange, operation: Operation) -> Finding:
        status = exchange.status
        basis = operation.basis if status < 400 else "inferred"
        declared = ", ".join(operation.responses)
        return Finding(
            "status", basis, f"Status {status} is not declared.", f"one of {declared}", str(status), f"status {status}"
        )

    def _headers(self, exchange: Exchange, response: Response) -> Iterator[Finding]:
        for name, raw in response.headers.items():
            basis = weakest(response.basis, raw.get("x-basis", response.basis))
            value = exchange.headers.get(name)
            if value is None:
                if raw.get("required"):
                    yield Finding(
                        "shape", basis, f"The header {name} is missing.", name, "no such header", f"header {name}"
                    )
                continue
            schema = raw.get("schema") or {}
            if not self.validator(schema).valid(_header_value(value, schema)):
                yield Finding(
                    "shape", basis, f"The header {name} is wrong.", _says(schema), value, f"header {name} value"
                )

    def _body(self, exchange: Exchange, response: Response) -> Iterator[Finding]:
        media = _media(response, exchange.media_type)
        if media is None:
            offered = " or ".join(response.content)
            actual = exchange.headers.get("content-type") or "no Content-Type"
            basis = body_basis(response)
            yield Finding("shape", basis, "The media type is not declared.", offered, actual, f"media {actual}")
            return
        try:
            value = self.value(exchange, media)
        except NotXml as error:
            yield Finding("shape", body_basis(response), f"{error}.", media.name, shown(exchange), "not xml")
            return
        except ValueError as error:
            told = f"The body is not JSON: {error}."
            yield Finding("shape", body_basis(response), told, "JSON", shown(exchange), "not json")
            return
        for problem in self.validator(media.schema).problems(value):
            basis = weakest(response.basis, problem.basis)
            place = problem.pointer or "the body"
            cause = f"{problem.keyword} at {re.sub(r'/[0-9]+', '/*', problem.pointer)}"
            expected = _expected(media.schema, problem.path, problem.keyword)
            yield Finding("shape", basis, f"{place}: {problem.message}", expected, shown(exchange), cause)

    def value(self, exchange: Exchange, media: MediaType) -> Any:
        """The body decoded under its media type.

        Raises:
            ValueError: it cannot be (NotXml is one).
        """
        if media.schema.get("format") == "binary":
            return exchange.body.decode("latin-1")
        if "xml" in media.name:
            return read_xml(exchange.body, media.schema)
        return json.loads(exchange.body.decode("utf-8"), parse_constant=_no_constant)


def declared_for(operation: Operation, status: int) -> Response | None:
    """What the contract declares for a status. `default` stands for refusals only, where successes are listed."""
    response = operation.response(status)
    exact = str(status) in operation.responses or f"{str(status)[0]}XX" in operation.responses
    listed = any(one.startswith("2") for one in operation.responses)
    return None if status < 400 and not exact and listed else response


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON value")


def _media(response: Response, name: str) -> MediaType | None:
    """What is declared for a media type; a suffix form (`application/problem+json`) is not the plain one."""
    if name in response.content:
        return response.content[name]
    for pattern, media in response.content.items():
        main, _, sub = pattern.partition("/")
        if sub == "*" and (main == "*" or name.startswith(f"{main}/")):
            return media
    return None


def _header_value(text: str, schema: Mapping[str, Any]) -> Any:
    if schema.get("type") == "integer" and re.fullmatch(r"[+-]?\d+", text):
        return int(text)
    return text


def _says(schema: Mapping[str, Any]) -> str:
    known = {key: value for key, value in schema.items() if key in ("type", "format", "pattern", "enum")}
    return shortened(json.dumps(known))


def _expected(schema: Mapping[str, Any], path: tuple[str | int, ...], keyword: str) -> str:
    node: Any = schema
    for step in path:
        try:
            node = node[step]
        except (KeyError, IndexError, TypeError):
            return keyword
    return shortened(f"{keyword}: {json.dumps(node, default=str)}")


def shown(exchange: Exchange, most: int = 500) -> str:
    """Status and the beginning of the body, for people."""
    body = exchange.body.decode("utf-8", "replace").strip()
    return shortened(f"{exchange.status} {body}".strip(), most)


def repeated(exchange: Exchange) -> str:
    """That an answer came only when its request was sent again, for people."""
    before = ", ".join(exchange.repeated)
    about = f"{exchange.sent.method} {exchange.sent.target}"
    return f"the server is not steady: {about} was answered {exchange.status} only when sent again ({before} before)"


def error_matches(entry: ErrorEntry, exchange: Exchange, contract: Contract) -> str | None:
    """None when the answer is the catalogue's entry; otherwise what differs. Wording and headers are never compared."""
    if exchange.status != entry.status:
        return f"status {exchange.status} instead of {entry.status}"
    if entry.code is not None:
        pointer = code_pointer(entry.body if entry.body is not None else contract.error_body)
        if pointer is not None and exchange.media_type.endswith("json"):
            found = at(exchange.json(), pointer)
            if found != entry.code:
                told = "no code" if found is ABSENT else f"code {json.dumps(found)}"
                return f"{told} instead of {json.dumps(entry.code)} at {pointer}"
    return None


def code_pointer(template: Any, path: tuple[str | int, ...] = ()) -> str | None:
    """Where in an error body the vendor's code stands."""
    if template == "{code}":
        return pointer_of(path)
    children: Any = ()
    if isinstance(template, Mapping):
        children = template.items()
    elif isinstance(template, list):
        children = enumerate(template)
    for key, child in children:
        found = code_pointer(child, (*path, key))
        if found is not None:
            return found
    return None


def described(entry: ErrorEntry, contract: Contract) -> str:
    """An entry of the catalogue, as it is expected, for people."""
    code = code_of(entry, contract)
    return f"{entry.status} with code {code}" if code is not None else str(entry.status)


def answer_to(contract: Contract, error: str | None) -> str:
    """Status and code of what an error of the catalogue is answered with, for people; any 4xx where none is named."""
    entry = contract.errors.get(error or "")
    if entry is None:
        return "4xx"
    return f"{entry.status} {code_of(entry, contract) or ''}".strip()


def code_of(entry: ErrorEntry, contract: Contract) -> str | None:
    """The code of an entry, where an error body has a place for it: elsewhere it is part of a free text."""
    pointer = code_pointer(entry.body if entry.body is not None else contract.error_body)
    return entry.code if pointer is not None else None


def body_basis(response: Response) -> str:
    """How sure it is that the body has one of the declared media types: as sure as the surest of their schemas."""
    surest = min(
        (standing(media.schema, ())[0] for media in response.content.values()), key=BASES.index, default="documented"
    )
    return weakest(response.basis, surest)


def shape_bases(response: Response) -> tuple[str, ...]:
    """The bases that something wrong with this response's shape can have, the surest first."""
    found = {body_basis(response)}
    for media in response.content.values():
        found |= {weakest(response.basis, basis) for basis in _bases(media.schema)}
    found |= {weakest(response.basis, raw.get("x-basis", response.basis)) for raw in response.headers.values()}
    return tuple(basis for basis in BASES if basis in found)


def _bases(schema: Mapping[str, Any]) -> set[str]:
    from conformance.schemas import bases_within

    return bases_within(schema) | {standing(schema, ())[0]}
