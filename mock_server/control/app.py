"""The control plane's wiring: which function is which operation, and what stands before and beside them."""

from collections.abc import Callable, Mapping
from typing import Any

import yaml
from connexion import AsyncApp
from connexion.options import SwaggerUIOptions
from connexion.resolver import Resolver
from jinja2 import Environment, PackageLoader, select_autoescape
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Mount, Route, Router
from swagger_ui_bundle import swagger_ui_path

from mock_server.compiler import CompiledApi
from mock_server.control.context import CONTRACT, Context, answer
from mock_server.control.door import Door
from mock_server.control.faults import FaultOperations
from mock_server.control.journal import JournalOperations
from mock_server.control.pages import ConsoleFiles
from mock_server.control.refusing import HANDLERS
from mock_server.control.state import StateOperations
from mock_server.control.targets import TargetOperations
from mock_server.control.validation import VALIDATORS
from mock_server.control.worlds import WorldOperations
from mock_server.pages import Files
from mock_server.pipeline import App
from mock_server.settings import Settings
from mock_server.world.worlds import Worlds
from openapi.contract import load


def create_control(worlds: Worlds, apis: Mapping[str, CompiledApi], settings: Settings) -> App:
    """The application that answers everything under `/_mock`."""
    context = Context(worlds, apis, settings)
    pages = Router(
        routes=[
            Route("/_mock", _to_console),
            Route("/_mock/", _to_console),
            Mount("/_mock/console", ConsoleFiles()),
            Route("/_mock/openapi.{form}", _document),
            Route("/_mock/docs", _docs),
            Route("/_mock/docs/", _to_docs),
            Mount("/_mock/docs", Files(directory=str(swagger_ui_path))),
        ],
        default=_connexion(context),
    )
    return Door(pages, settings)


def operations(context: Context) -> dict[str, Callable[..., Any]]:
    """The function of each operation of the contract."""
    worlds, faults = WorldOperations(context), FaultOperations(context)
    journal, state, targets = JournalOperations(context), StateOperations(context), TargetOperations(context)
    return {
        "getHealth": worlds.get_health,
        "listWorlds": worlds.list_worlds,
        "createWorld": worlds.create_world,
        "getWorld": worlds.get_world,
        "deleteWorld": worlds.delete_world,
        "resetWorld": worlds.reset_world,
        "getClock": worlds.get_clock,
        "changeClock": worlds.change_clock,
        "listFaults": faults.list_faults,
        "addFault": faults.add_fault,
        "clearFaults": faults.clear_faults,
        "removeFault": faults.remove_fault,
        "listJournal": journal.list_journal,
        "clearJournal": journal.clear_journal,
        "getExchange": journal.get_exchange,
        "streamJournal": journal.stream_journal,
        "verifyJournal": journal.verify_journal,
        "describeState": state.describe_state,
        "listDocuments": state.list_documents,
        "getDocument": state.get_document,
        "putDocument": state.put_document,
        "deleteDocument": state.delete_document,
        "getSnapshot": state.get_snapshot,
        "putSnapshot": state.put_snapshot,
        "diffWorlds": state.diff_worlds,
        "getTarget": targets.get_target,
    }


def _connexion(context: Context) -> App:
    app = AsyncApp(__name__, swagger_ui_options=SwaggerUIOptions(swagger_ui=False, serve_spec=False))
    document = {name: part for name, part in load(str(CONTRACT)).resolved.items() if name != "security"}
    app.add_api(
        document,
        resolver=Resolver(operations(context).__getitem__),
        strict_validation=True,
        validate_responses=context.settings.strict,
        validator_map=VALIDATORS,
    )
    for error, handler in HANDLERS.items():
        app.add_error_handler(error, handler)
    application: App = app
    return application


async def _to_console(_request: Request) -> Response:
    return RedirectResponse("/_mock/console/")


async def _to_docs(_request: Request) -> Response:
    return RedirectResponse("/_mock/docs")


async def _document(request: Request) -> Response:
    document = load(str(CONTRACT)).document
    if request.path_params["form"] == "json":
        return answer(document)
    if request.path_params["form"] == "yaml":
        text = yaml.dump(document, Dumper=yaml.CSafeDumper, sort_keys=False, allow_unicode=True)
        return Response(text, media_type="application/yaml")
    return answer({"error": "The document comes as openapi.yaml and openapi.json."}, 404)


async def _docs(_request: Request) -> Response:
    templates = Environment(loader=PackageLoader("mock_server"), autoescape=select_autoescape(default=True))
    token = {"value": "the token given at start", "role": "not needed on this machine"}
    page = templates.get_template("docs.html").render(
        title=load(str(CONTRACT)).title, api="control", base="/_mock", credentials=[token]
    )
    return HTMLResponse(page)
