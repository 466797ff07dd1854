"""Serving the console: files of the package, which may load nothing from elsewhere and are always asked for anew."""

import os
from collections.abc import Mapping
from pathlib import Path, PurePath

from starlette.responses import Response

from mock_server.pages import Files
from mock_server.pipeline import Scope

CONSOLE = Path(__file__).parent / "console"

_POLICY = (
    "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'; "
    "require-trusted-types-for 'script'"
)
_HEADERS: Mapping[str, str] = {
    "content-security-policy": _POLICY,
    "cache-control": "no-cache",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
}
_TYPES: Mapping[str, str] = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
}


class ConsoleFiles(Files):
    """The console's files. Their types are told from here: a machine's own table may call JavaScript plain text."""

    def __init__(self) -> None:
        super().__init__(directory=CONSOLE, html=True)

    def file_response(
        self, full_path: str | os.PathLike[str], stat_result: os.stat_result, scope: Scope, status_code: int = 200
    ) -> Response:
        response = super().file_response(full_path, stat_result, scope, status_code)
        response.headers.update(_HEADERS)
        kind = _TYPES.get(PurePath(full_path).suffix)
        if kind is not None and response.status_code == status_code:
            response.headers["content-type"] = kind
        return response
