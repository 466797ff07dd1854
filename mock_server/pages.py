"""What a person opens: the index of the APIs, each API's document, and its interactive documentation."""

import asyncio
import html
import json
import os
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

import yaml
from jinja2 import Environment, PackageLoader, select_autoescape
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from swagger_ui_bundle import swagger_ui_path

from mock_server.compiler import CompiledApi
from mock_server.delivery import Send
from mock_server.media import choose
from mock_server.pipeline import App, Receive, Scope
from mock_server.types import Principal
from mock_server.world.errors import StoreUnavailable, UnknownWorld
from mock_server.world.worlds import Worlds

_HTML = "text/html"
_JSON = "application/json"
_CORS = {"access-control-allow-origin": "*"}


def create_pages(apis: Mapping[str, CompiledApi], worlds: Worlds) -> App:
    """The application that answers `/`, `/<api>/openapi.yaml|json` and `/<api>/docs`, in every world that there is."""
    pages = Pages(apis)
    own: list[BaseRoute] = [Route("/", pages.index)]
    for name in apis:
        own += [
            Route(f"/{name}", pages.to_docs),
            Route(f"/{name}/", pages.to_docs),
            Route(f"/{name}/openapi.{{form}}", pages.document),
            Route(f"/{name}/docs", pages.docs),
            Route(f"/{name}/docs/", pages.to_docs),
            Mount(f"/{name}/docs", app=Files(directory=str(swagger_ui_path))),
        ]
    in_worlds = Mount("/w/{world}", routes=own, middleware=[Middleware(InWorld, worlds=worlds)])
    static = Mount("/_static", app=Files(directory=str(Path(__file__).parent / "static")))
    application: App = Starlette(routes=[*own, static, in_worlds], exception_handlers={HTTPException: _refused})
    return application


async def _refused(_request: Request, error: Exception) -> Response:
    """No such page, or one that can only be read."""
    if isinstance(error, HTTPException) and error.status_code == 405:
        return JSONResponse({"error": "This page answers GET and HEAD alone."}, 405, headers={"allow": "GET, HEAD"})
    if isinstance(error, Elsewhere):
        return JSONResponse({"error": error.detail}, error.status_code)
    return JSONResponse({"error": "Nothing answers here. GET / lists the APIs and their base URLs."}, 404)


class Elsewhere(HTTPException):
    """What was asked for is not below `/w/NAME`; the detail says why."""


class InWorld:
    """Lets pass who asks for a page of a world that there is: the base URLs of any other would be wrong."""

    def __init__(self, app: App, worlds: Worlds) -> None:
        self._app = app
        self._worlds = worlds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        name: str = scope["path_params"]["world"]
        if scope["path"].startswith(f"/w/{name}/_mock"):
            raise Elsewhere(404, "The control plane answers under /_mock alone; its own paths name the world.")
        try:
            found = await asyncio.to_thread(self._worlds.get, name) if self._worlds.blocking else self._worlds.get(name)
        except StoreUnavailable as error:
            raise Elsewhere(503, str(error)) from error
        if found is None:
            raise Elsewhere(404, str(UnknownWorld(name)))
        await self._app(scope, receive, send)


class Files(StaticFiles):
    """The files of a folder. A name that no file can have is one that is not there."""

    def lookup_path(self, path: str) -> tuple[str, os.stat_result | None]:
        try:
            return super().lookup_path(path)
        except ValueError:
            return "", None


class Pages:
    """The pages of one server."""

    def __init__(self, apis: Mapping[str, CompiledApi]) -> None:
        self._apis = apis
        self._templates = Environment(
            loader=PackageLoader("mock_server"),
            autoescape=select_autoescape(default=True),
            trim_blocks=True,
            lstrip_blocks=True,
        )

    def index(self, request: Request) -> Response:
        """The APIs with base URLs, credentials, objects and calls to paste: a page, or JSON by `Accept`."""
        content = describe(self._apis, _server(request), request.scope.get("root_path", ""))
        if choose(request.headers.get("accept", "*/*"), (_HTML, _JSON)) == _JSON:
            return JSONResponse(content, headers={**_CORS, "vary": "accept"})
        page = self._templates.get_template("index.html").render(content)
        return HTMLResponse(page, headers={"vary": "accept"})

    def to_docs(self, request: Request) -> Response:
        return RedirectResponse(request.url.path.rstrip("/").removesuffix("/docs") + "/docs")

    def document(self, request: Request) -> Response:
        """The API's contract, its server URL being this double."""
        compiled = self._api(request)
        written = compiled.contract.document
        beside = {"servers": [{"url": f"{_origin(request)}/{compiled.api.id}"}]}
        document = {
            **written,
            "servers": [{"url": _base_url(request, compiled)}],
            "paths": {
                path: {**item, **beside} if "servers" in item else item for path, item in written["paths"].items()
            },
        }
        if request.path_params["form"] == "json":
            return Response(json.dumps(document, ensure_ascii=False), media_type=_JSON, headers=_CORS)
        if request.path_params["form"] == "yaml":
            text = yaml.dump(document, Dumper=yaml.CSafeDumper, sort_keys=False, allow_unicode=True)
            return Response(text, media_type="application/yaml", headers=_CORS)
        return JSONResponse({"error": "The document comes as openapi.yaml and openapi.json."}, 404)

    def docs(self, request: Request) -> Response:
        """Interactive documentation of the API, without anything from the internet."""
        compiled = self._api(request)
        page = self._templates.get_template("docs.html").render(
            title=compiled.contract.title,
            api=compiled.api.id,
            base=f"{request.scope.get('root_path', '')}/{compiled.api.id}",
            credentials=_credentials(compiled),
        )
        return HTMLResponse(page)

    def _api(self, request: Request) -> CompiledApi:
        names = request.url.path.split("/")
        return next(self._apis[name] for name in names if name in self._apis)


def describe(apis: Mapping[str, CompiledApi], server: str, prefix: str = "") -> dict[str, Any]:
    """What the index says: every API's base URL, credentials, fixed objects and example calls.

    `prefix` is `/w/NAME` in a world of its own. The control plane has no such prefix: it is told of the world.
    """
    world = prefix.rpartition("/")[2]
    return {
        "name": "devicedouble",
        "version": version("devicedouble"),
        "apis": [_description(compiled, server, prefix, world) for compiled in apis.values()],
        "control": f"{server}/_mock",
        "console": f"{server}/_mock/console/" + (f"#/{world}/journal" if world else ""),
    }


def _description(compiled: CompiledApi, server: str, prefix: str, world: str) -> dict[str, Any]:
    api, contract = compiled.api, compiled.contract
    origin = server + prefix
    base_url = origin + api.base_path
    return {
        "id": api.id,
        "title": contract.title,
        "base_url": base_url,
        "docs": f"{origin}/{api.id}/docs",
        "openapi": f"{origin}/{api.id}/openapi.yaml",
        "target": f"{server}/_mock/targets/{api.id}.toml" + (f"?world={world}" if world else ""),
        "credentials": _credentials(compiled),
        "objects": dict(api.objects),
        "examples": [
            {"title": example.title, "curl": "curl " + example.curl.replace("{base}", base_url)}
            for example in api.examples
        ],
        "operations": [
            {
                "id": operation.id,
                "method": operation.method,
                "base_url": f"{origin}/{api.id}" if operation.own_servers else base_url,
                "path": operation.path,
                "summary": operation.summary,
                "basis": operation.basis,
            }
            for operation in contract.operations.values()
        ],
    }


def _credentials(compiled: CompiledApi) -> list[dict[str, str]]:
    kinds = [scheme.kind for scheme in compiled.contract.security_schemes.values()]
    kind = kinds[0] if kinds else "bearer"
    return [_credential(kind, text, who) for text, who in compiled.api.credentials.items()]


def _credential(kind: str, text: str, who: Principal) -> dict[str, str]:
    if kind == "basic":
        return {"role": who.role, "scheme": "Basic", "value": text, "curl": f"-u {text}"}
    return {"role": who.role, "scheme": "Bearer", "value": text, "curl": f"-H 'Authorization: Bearer {text}'"}


def _server(request: Request) -> str:
    """Scheme and authority, as the caller sees them; the host is escaped for a page."""
    return f"{request.url.scheme}://{html.escape(request.url.netloc)}"


def _origin(request: Request) -> str:
    """The same, with the prefix of a world."""
    return _server(request) + str(request.scope.get("root_path", ""))


def _base_url(request: Request, compiled: CompiledApi) -> str:
    return _origin(request) + compiled.api.base_path
