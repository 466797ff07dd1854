"""What went wrong, as the control plane answers it: a status and one sentence, worded by the contract's catalogue."""

import re
import sys
import traceback
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from connexion.exceptions import ProblemException
from connexion.lifecycle import ConnexionRequest, ConnexionResponse
from starlette.exceptions import HTTPException

from mock_server.control.context import CONTRACT, Problem
from mock_server.media import write_json
from mock_server.world.errors import BadWorld, StoreUnavailable, Undeletable, UnknownWorld, WorldError, WorldExists
from openapi.contract import Operation, load

_STATUS: Mapping[type[WorldError], int] = {
    BadWorld: 400,
    UnknownWorld: 404,
    WorldExists: 409,
    Undeletable: 409,
    StoreUnavailable: 503,
}

_WHOLE = "[+-]?[0-9]+"
"""What the framework takes for a number in a path."""


async def _problem(_request: ConnexionRequest, error: Problem) -> ConnexionResponse:
    return _error(error.status, error.sentence, choices=error.choices)


async def _world_error(_request: ConnexionRequest, error: WorldError) -> ConnexionResponse:
    status = next((status for kind, status in _STATUS.items() if isinstance(error, kind)), 400)
    return _error(status, str(error))


async def _http_error(request: ConnexionRequest, error: HTTPException) -> ConnexionResponse:
    headers = dict(error.headers or {})
    path: str = request.scope["path"]
    if error.status_code == 404:
        number = _misspelt(path.removeprefix("/_mock"), request.method)
        if number is not None:
            return _error(400, f"{number} must be a whole number.")
        sentence = f"Nothing answers at {path}; /_mock/docs shows what does."
    elif error.status_code == 405:
        methods = _allowed(path.removeprefix("/_mock"))
        headers = {"allow": ", ".join(["HEAD", *methods] if "GET" in methods else methods)}
        reason = f"{' and '.join(methods)} {'is' if len(methods) == 1 else 'are'}"
        sentence = catalogued("WRONG_METHOD").format(reason=reason)
    elif error.status_code == 415:
        sentence = catalogued("WRONG_MEDIA_TYPE")
    else:
        sentence = error.detail or "The call could not be understood."
    return _error(error.status_code, sentence, headers=headers)


async def _defect(_request: ConnexionRequest, error: Exception) -> ConnexionResponse:
    traceback.print_exception(error, file=sys.stderr)
    return _error(500, "The control plane failed to answer; its log says why.")


HANDLERS: Mapping[type[Exception], Callable[..., Any]] = {
    Problem: _problem,
    WorldError: _world_error,
    ProblemException: _http_error,
    HTTPException: _http_error,
    Exception: _defect,
}


def catalogued(name: str) -> str:
    """The contract's sentence for an entry of its catalogue."""
    return load(str(CONTRACT)).errors[name].message


def _allowed(path: str) -> list[str]:
    """The methods that are answered at a path: the framework knows only that of the first operation."""
    return sorted(method for pattern, method in _operations() if pattern.fullmatch(path))


def _misspelt(path: str, method: str) -> str | None:
    """The parameter that should have been a number for an operation to answer: the framework knows no such path."""
    for operation in load(str(CONTRACT)).operations.values():
        found = _pattern(operation, number="[^/]+").fullmatch(path) if operation.method == method else None
        if found is not None:
            return next((name for name in _numbers(operation) if not re.fullmatch(_WHOLE, found[name])), None)
    return None


@lru_cache(maxsize=1)
def _operations() -> list[tuple["re.Pattern[str]", str]]:
    """What the path of each operation looks like, and its method."""
    return [(_pattern(operation), operation.method) for operation in load(str(CONTRACT)).operations.values()]


def _pattern(operation: Operation, number: str = _WHOLE) -> "re.Pattern[str]":
    long = [parameter.name for parameter in operation.parameters if parameter.schema.get("format") == "path"]
    shapes = {**dict.fromkeys(long, ".+"), **dict.fromkeys(_numbers(operation), number)}
    texts = re.split(r"\{(.+?)\}", operation.path)
    texts[1::2] = (f"(?P<{name}>{shapes.get(name, '[^/]+')})" for name in texts[1::2])
    texts[::2] = map(re.escape, texts[::2])
    return re.compile("".join(texts))


def _numbers(operation: Operation) -> list[str]:
    return [
        parameter.name
        for parameter in operation.parameters
        if parameter.location == "path" and parameter.schema.get("type") == "integer"
    ]


def _error(
    status: int, sentence: str, *, choices: list[str] | None = None, headers: dict[str, str] | None = None
) -> ConnexionResponse:
    content: dict[str, Any] = {"error": sentence}
    if choices is not None:
        content["choices"] = choices
    return ConnexionResponse(
        status_code=status,
        mimetype="application/json",
        content_type="application/json",
        body=write_json(content).decode(),
        headers={**(headers or {}), "cache-control": "no-store"},
    )
