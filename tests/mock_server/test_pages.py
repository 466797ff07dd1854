"""The double's own pages: what is no page is refused as plainly as everything else that the double itself says."""

import re
from html import unescape
from pathlib import Path

import httpx
import pytest

from mock_server.settings import Settings
from mock_server.world.errors import StoreUnavailable
from mock_server.world.settings import Settings as WorldSettings
from openapi.contract import API_IDS, load
from tests.support import Server, serving

READ_ONLY = {"error": "This page answers GET and HEAD alone."}


@pytest.mark.parametrize("prefix", ["", "/w/default"])
@pytest.mark.parametrize("api", API_IDS)
def test_the_documentation_is_found_with_a_final_slash_too(api: str, prefix: str, server: Server) -> None:
    page = httpx.get(f"{server.origin}{prefix}/{api}/docs/", follow_redirects=True)
    assert (page.status_code, page.url.path) == (200, f"{prefix}/{api}/docs")
    assert page.headers["content-type"].startswith("text/html")


def test_the_control_planes_documentation_is_found_with_a_final_slash_too(server: Server) -> None:
    page = httpx.get(f"{server.origin}/_mock/docs/", follow_redirects=True)
    assert (page.status_code, page.url.path) == (200, "/_mock/docs")


@pytest.mark.parametrize(
    "path",
    ["/fleet/docs/nope.css", "/_static/nope", "/_static/", "/_static/%00", f"/_static/{'a' * 300}", "/w/default/nope"],
)
def test_a_page_that_is_not_there_is_404_in_the_doubles_own_words(path: str, server: Server) -> None:
    answer = httpx.get(server.origin + path)
    assert (answer.status_code, answer.json()) == (
        404,
        {"error": "Nothing answers here. GET / lists the APIs and their base URLs."},
    )


@pytest.mark.parametrize("path", ["/", "", "/fleet", "/fleet/docs", "/fleet/openapi.json", "/nope"])
def test_a_world_that_is_not_there_has_no_pages(path: str, server: Server) -> None:
    answer = httpx.get(f"{server.origin}/w/nope{path}", follow_redirects=True)
    assert (answer.status_code, answer.json()) == (
        404,
        {"error": "There is no world 'nope'; create it with POST /_mock/worlds."},
    )


def test_pages_of_a_world_whose_state_is_away_say_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(_name: str) -> None:
        raise StoreUnavailable("The state cannot be reached: it has gone.")

    world = WorldSettings(state=f"sqlite:///{tmp_path}/double.sqlite", devices=10)
    with serving(Settings(apis=("fleet",), world=world)) as away_server:
        assert httpx.get(f"{away_server.origin}/w/default/fleet/docs").status_code == 200
        monkeypatch.setattr(away_server.double.worlds, "get", away)
        answer = httpx.get(f"{away_server.origin}/w/default/fleet/docs")
        assert (answer.status_code, answer.json()) == (503, {"error": "The state cannot be reached: it has gone."})


@pytest.mark.parametrize("world", ["default", "nope"])
def test_the_control_plane_is_below_no_world(world: str, server: Server) -> None:
    answer = httpx.get(f"{server.origin}/w/{world}/_mock/worlds")
    said = "The control plane answers under /_mock alone; its own paths name the world."
    assert (answer.status_code, answer.json()) == (404, {"error": said})


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
@pytest.mark.parametrize(
    "path",
    [
        "/_static/devicedouble.css",
        "/fleet/docs/swagger-ui.css",
        "/fleet/docs",
        "/",
        "/_mock",
        "/_mock/",
        "/_mock/docs",
        "/_mock/docs/index.css",
        "/_mock/openapi.json",
        "/_mock/console/",
    ],
)
def test_a_page_can_only_be_read(path: str, method: str, server: Server) -> None:
    answer = httpx.request(method, server.origin + path)
    assert (answer.status_code, answer.headers["allow"], answer.json()) == (405, "GET, HEAD", READ_ONLY)


def test_the_control_planes_missing_files_are_404(server: Server) -> None:
    for path in ("/_mock/docs/nope.css", "/_mock/console/nope.js"):
        answer = httpx.get(server.origin + path)
        assert (answer.status_code, answer.json()) == (404, {"error": "Nothing is here."})


@pytest.mark.parametrize("prefix", ["", "/w/default"])
def test_every_listed_operation_is_where_the_index_says(prefix: str, server: Server) -> None:
    """An operation is at its `base_url` and `path`; the page shows in full what is not below the API's base URL."""
    listed = httpx.get(f"{server.origin}{prefix}/", headers={"Accept": "application/json"}).json()["apis"]
    page = unescape(httpx.get(f"{server.origin}{prefix}/", headers={"Accept": "text/html"}).text)
    assert [api["id"] for api in listed] == list(API_IDS)
    for api in listed:
        for operation in api["operations"]:
            allowed = httpx.options(operation["base_url"] + re.sub(r"\{\w[^}]*\}", "1", operation["path"]))
            assert operation["method"] in allowed.headers.get("allow", "").split(", "), operation
            beside = operation["base_url"] != api["base_url"]
            assert f"<code>{operation['base_url'] * beside}{operation['path']}</code>" in page


def test_the_document_names_the_double_as_every_server(server: Server) -> None:
    """The contract itself keeps the vendor's addresses, also after its document was asked for."""
    before = str(load("masmovil").document["paths"]["/token"]["servers"])
    document = httpx.get(f"{server.origin}/w/default/masmovil/openapi.json").json()
    assert document["servers"] == [{"url": f"{server.origin}/w/default/masmovil/v2"}]
    assert document["paths"]["/token"]["servers"] == [{"url": f"{server.origin}/w/default/masmovil"}]
    assert str(load("masmovil").document["paths"]["/token"]["servers"]) == before
    assert "{tokenHost}" in before
