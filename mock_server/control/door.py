"""What stands before the control plane: who comes in, and how much they may bring."""

from typing import Any

from starlette.exceptions import HTTPException
from starlette.responses import Response

from mock_server.control import access
from mock_server.control.context import Problem, answer
from mock_server.delivery import Message, Send
from mock_server.media import essence
from mock_server.mistakes import UNREADABLE
from mock_server.parameters import BadEncoding, unquote
from mock_server.pipeline import App, Receive, Scope
from mock_server.settings import Settings

BODY_LIMIT = 64 * 1024 * 1024
"""A snapshot of a large world may be planted; nothing larger."""

_WITH_BODY = frozenset({"POST", "PUT", "PATCH"})
_OF_BODIES = frozenset({b"content-length", b"transfer-encoding", b"content-type"})


class Door:
    """Lets in who may use the control plane, and bodies of bearable size."""

    def __init__(self, app: App, settings: Settings) -> None:
        self._app = app
        self._settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        try:
            access.check(scope["path"], headers, self._settings.control_token, self._settings.loopback)
            _check_path(scope)
            body = await _body(receive)
        except Problem as problem:
            await _refused(problem)(scope, receive, send)
            return
        if scope["method"] not in _WITH_BODY:
            body = b""
        try:
            inside = {**scope, "app": self._app, "headers": _headers(scope, body)}  # Starlette then raises its refusals
            await self._app(inside, _replayed(body, receive), send)
        except HTTPException as error:  # of a page
            await _no_file(error)(scope, receive, send)


def _check_path(scope: Scope) -> None:
    """Raise Problem for a path that the server in front has decoded by guessing."""
    try:
        unquote(scope["raw_path"].decode("latin-1"))
    except BadEncoding:
        raise Problem(400, f"The path {UNREADABLE}.") from None


def _headers(scope: Scope, body: bytes) -> list[tuple[bytes, bytes]]:
    """The call's headers with what is true of the body: the type of one that is not there is nobody's business.

    Any other type goes on in lower case and without parameters and blanks: Connexion compares the text.
    """
    kept = [item for item in scope["headers"] if item[0] not in _OF_BODIES]
    types = [essence(value)[0] for name, value in scope["headers"] if name == b"content-type"] if body else []
    return [
        *kept,
        *((b"content-type", kind.encode()) for kind in types if kind),
        (b"content-length", b"%d" % len(body)),
    ]


def _no_file(error: HTTPException) -> Response:
    if error.status_code == 405:
        return answer({"error": "This page answers GET and HEAD alone."}, 405, allow="GET, HEAD")
    return answer({"error": "Nothing is here."}, 404)


async def _body(receive: Receive) -> bytes:
    parts, size = [], 0
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return b""
        part = message.get("body", b"")
        size += len(part)
        if size > BODY_LIMIT:
            raise Problem(413, f"The body is larger than {BODY_LIMIT} bytes.")
        parts.append(part)
        if not message.get("more_body", False):
            return b"".join(parts)


def _replayed(body: bytes, receive: Receive) -> Receive:
    given = False

    async def replay() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replay


def _refused(problem: Problem) -> Response:
    content: dict[str, Any] = {"error": problem.sentence}
    if problem.choices is not None:
        content["choices"] = problem.choices
    headers = {"www-authenticate": "Bearer"} if problem.status == 401 else {}
    return answer(content, problem.status, **headers)
