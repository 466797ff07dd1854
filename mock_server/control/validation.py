"""Connexion's validation with the double's own readers and validators: strict JSON, sentences that name the member."""

import json
import re
from collections.abc import AsyncGenerator, Generator, Mapping
from functools import cache
from operator import is_
from typing import Any

from connexion.datastructures import MediaTypeDict
from connexion.exceptions import BadRequestProblem, NonConformingResponseBody
from connexion.middleware.abstract import ROUTING_CONTEXT
from connexion.validators import AbstractRequestBodyValidator, AbstractResponseBodyValidator, ParameterValidator

from mock_server.bodies import Unreadable, read_json
from mock_server.control.context import CONTRACT, Problem
from mock_server.control.refusing import catalogued
from mock_server.control.sentences import sentence
from mock_server.media import choose
from mock_server.mistakes import UNREADABLE
from mock_server.parameters import BadEncoding, parse_query
from openapi.contract import load

ABSENT: Any = object()
_WHOLE = re.compile(r"[+-]?[0-9]+")


class RequestBody(AbstractRequestBodyValidator):  # type: ignore[misc]
    """A JSON request body; the operation is given it as it was read here."""

    MUTABLE_VALIDATION = True

    def __init__(self, *, required: bool = False, **options: Any) -> None:
        super().__init__(required=False, **options)  # Connexion's own sentence is not for people
        self._needed = required
        self._content = b""

    async def _parse(self, stream: AsyncGenerator[bytes, None], scope: Any) -> Any:  # noqa: ARG002
        self._content = b"".join([part async for part in stream])
        if not self._content:
            if self._needed:
                raise BadRequestProblem("The body is missing; send a JSON object.")
            return ABSENT
        try:
            return read_json(self._content)
        except Unreadable as error:
            raise BadRequestProblem(f"The body {error.reason}.") from None

    def _validate(self, body: Any) -> None:
        if body is not ABSENT and (said := sentence(body, self._schema)) is not None:
            raise BadRequestProblem(said)

    def _insert_body(self, receive: Any, *, body: Any, scope: Any) -> tuple[Any, Any]:
        """Hand the body on as JSON, whatever it was called; a missing one is not made up."""
        if body is None:
            return receive, scope
        read = body if body is ABSENT else whole(body, self._schema)
        content = self._content if read is body else json.dumps(read).encode()
        kept = [item for item in scope["headers"] if item[0] not in (b"content-type", b"content-length")]
        headers = [*kept, (b"content-type", b"application/json"), (b"content-length", b"%d" % len(content))]
        messages = [{"type": "http.request", "body": content, "more_body": False}]
        return self._insert_messages(receive, messages=messages), {**scope, "headers": headers}


class ResponseBody(AbstractResponseBodyValidator):  # type: ignore[misc]
    """A JSON answer: checked in strict servers."""

    def _parse(self, stream: Generator[bytes, None, None]) -> Any:
        body = b"".join(stream)
        return json.loads(body) if body else ABSENT  # what is told of a body is nested deeper than the body was

    def _validate(self, body: Any) -> None:
        if body is not ABSENT and (said := sentence(body, self._schema)) is not None:
            raise NonConformingResponseBody(said)


class Parameters(ParameterValidator):  # type: ignore[misc]
    """Parameters of path, query and header. What Connexion would guess at is refused before it can."""

    def validate_request(self, request: Any) -> None:
        """Raise Problem for an unknown parameter of the query, a value that cannot be, or an answer nobody accepts."""
        given = _query(request.scope)
        _check_accept(request)
        known = {parameter["name"]: parameter for parameter in self.parameters["query"]}
        for name, texts in given.items():
            if name not in known:
                there = f"there are {', '.join(known)}" if known else "there are none"
                raise Problem(400, f"There is no query parameter {name!r} here; {there}.", list(known))
            if len(texts) > 1:
                raise BadRequestProblem(f"{name} is given more than once.")
            if known[name]["schema"].get("type") == "integer" and not _WHOLE.fullmatch(texts[0]):
                raise BadRequestProblem(self.validate_parameter("query", texts[0], known[name]))
        super().validate_request(request)

    @staticmethod
    def validate_parameter(
        parameter_type: str, value: Any, param: Mapping[str, Any], param_name: str | None = None
    ) -> str | None:
        """What is wrong with a parameter's value, as a sentence."""
        if value is None:
            return f"The {parameter_type} parameter {param['name']} is missing." if param.get("required") else None
        return sentence(value, param["schema"], param_name or param["name"])


def _query(scope: Mapping[str, Any]) -> dict[str, list[str]]:
    try:
        return parse_query(scope["query_string"].decode("latin-1"))
    except BadEncoding:
        raise BadRequestProblem(f"The query {UNREADABLE}.") from None


def _check_accept(request: Any) -> None:
    """Raise Problem where the operation's successes have media types, and Accept allows none of them."""
    offered = _offered(request.scope["extensions"][ROUTING_CONTEXT]["operation_id"])
    if offered and choose(", ".join(request.headers.getlist("accept")), offered) is None:
        raise Problem(406, catalogued("NOT_ACCEPTABLE"), list(offered))


@cache
def _offered(operation: str) -> tuple[str, ...]:
    responses = load(str(CONTRACT)).operations[operation].responses
    return tuple(kind for status, response in responses.items() if status.startswith("2") for kind in response.content)


def whole(value: Any, schema: Mapping[str, Any]) -> Any:
    """The value with whole numbers where the schema wants them: to JSON Schema 1.0 is an integer, to a program not.

    It is the value itself where nothing is to be changed.
    """
    for keyword in ("oneOf", "anyOf", "allOf"):
        for branch in schema.get(keyword, ()):
            value = whole(value, branch)
    if isinstance(value, float):
        return int(value) if schema.get("type") == "integer" and value.is_integer() else value
    if isinstance(value, dict):
        members, others = schema.get("properties", {}), schema.get("additionalProperties")
        read = {name: whole(member, _schema(members.get(name, others))) for name, member in value.items()}
        return value if all(map(is_, read.values(), value.values())) else read
    if isinstance(value, list):
        items = [whole(item, _schema(schema.get("items"))) for item in value]
        return value if all(map(is_, items, value)) else items
    return value


def _schema(schema: Any) -> Mapping[str, Any]:
    """A schema where one is given: nothing, true and false say nothing of numbers."""
    return schema if isinstance(schema, Mapping) else {}


VALIDATORS = {
    "body": MediaTypeDict({"*/*json": RequestBody}),
    "response": MediaTypeDict({"*/*json": ResponseBody}),
    "parameter": Parameters,
}
