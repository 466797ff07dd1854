"""The interactive documentation as a person has it before them: in Chromium, for every API."""

import json
from collections.abc import Callable, Iterator

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page

from mock_server.apis.draw import ANCHOR
from openapi.build import examples_of
from openapi.contract import API_IDS, Operation, load
from tests.mock_server.control.console.browsing import DESK, browsing
from tests.support import Server

CREDENTIALS = {
    "fleet": ("fleet-write-key",),
    "masmovil": ("masmovil-token",),
    "mobilefirst": ("demouser", "demouser"),
    "jasper": ("account", "account-key"),
    "zequenze": ("zequenze-token",),
}
WORLD = "docs"
Docs = Callable[..., Page]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browsing() as browser:
        yield browser


@pytest.fixture
def docs(chromium: Browser, server: Server) -> Iterator[Docs]:
    """`docs(api)` opens its documentation in a world that begins five months after its documents were changed."""
    at = "2026-12-01T00:00:00Z"
    httpx.post(f"{server.origin}/_mock/worlds", json={"name": WORLD, "at": at}).raise_for_status()
    pages: list[Page] = []

    def make(api: str, scheme: str = "light", size: dict[str, int] = DESK) -> Page:
        page = chromium.new_page(viewport=size, color_scheme=scheme)  # type: ignore[arg-type]
        pages.append(page)
        page.set_default_timeout(10_000)
        page.goto(f"{server.origin}/w/{WORLD}/{api}/docs")
        page.locator(".opblock").first.wait_for()
        return page

    yield make
    for page in pages:
        page.close()
    server.double.worlds.delete(WORLD)


def authorize(page: Page, api: str) -> None:
    page.locator(".auth-wrapper > .btn.authorize").first.click()
    scheme = page.locator(".modal-ux .auth-container").first
    for place, text in enumerate(CREDENTIALS[api]):
        scheme.locator("input").nth(place).fill(text)
    scheme.get_by_role("button", name="Authorize").click()
    page.locator(".modal-ux .btn-done").first.click()


def opened(page: Page, operation: str) -> Locator:
    """An operation with its form to send a request."""
    block = page.locator(f".opblock[id$='-{operation}']")
    block.locator(".opblock-summary-control").click()
    block.get_by_role("button", name="Try it out").click()
    block.locator(".btn.execute").wait_for()
    return block


def execute(block: Locator) -> tuple[int, str]:
    """The status and the body that came, as they are shown."""
    block.locator(".btn.execute").click()
    answer = block.locator(".live-responses-table")
    status = answer.locator(".response-col_status").last.inner_text().split()[0]
    return int(status), answer.locator("pre").first.inner_text()


def first_examples(operation: Operation) -> list[object]:
    """What the body begins as: the first example of its first media type."""
    media = list(operation.request_body.content.values())[:1] if operation.request_body else []
    return [example for one in media for example in list(one.examples.values())[:1]]


@pytest.mark.slow
@pytest.mark.parametrize("api", API_IDS)
def test_what_is_filled_in_is_the_contracts_first_example_and_works(api: str, docs: Docs, server: Server) -> None:
    page = docs(api)
    authorize(page, api)
    for operation in load(api).operations.values():
        httpx.post(f"{server.origin}/_mock/worlds/{WORLD}/reset").raise_for_status()
        block = opened(page, operation.id)
        shown = [json.loads(body.input_value()) for body in block.locator(".body-param textarea").all()]
        if operation.id != "createToken":
            assert shown == first_examples(operation), operation.id
        declared = min(int(status) for status in operation.responses if status.startswith("2"))
        assert execute(block)[0] == declared, operation.id


@pytest.mark.slow
def test_a_form_is_filled_in_with_the_contracts_first_example(docs: Docs) -> None:
    block = opened(docs("masmovil"), "createToken")
    filled = {
        row.get_attribute("data-property-name"): row.locator("select, input").first.input_value()
        for row in block.locator(".parameters[data-property-name]").all()
    }
    assert [filled] == first_examples(load("masmovil").operations["createToken"])


@pytest.mark.slow
def test_control_centers_search_finds_the_default_devices_as_it_is_filled_in(docs: Docs) -> None:
    page = docs("jasper")
    authorize(page, "jasper")
    _status, body = execute(opened(page, "searchDevices"))
    assert len(json.loads(body)["devices"]) == 18


def test_control_centers_search_is_filled_in_with_the_month_before_the_default_documents() -> None:
    """They move together: a year after `modifiedSince` the documented example is refused."""
    parameters = {one.name: one.raw for one in load("jasper").operations["searchDevices"].parameters}
    first = {name: next(iter(examples_of(raw).values()), None) for name, raw in parameters.items()}
    assert first["modifiedSince"] == ANCHOR.replace(month=ANCHOR.month - 1).isoformat()
    assert first["modifiedTill"] == ANCHOR.isoformat()


def open_all(page: Page) -> None:
    for block in page.locator(".opblock").all():
        block.locator(".opblock-summary-control").click()
        block.get_by_role("button", name="Try it out").click()
    page.wait_for_timeout(500)


def pale(page: Page) -> list[str]:
    """The texts whose contrast is less than WCAG AA asks for."""
    found = Axe().run(page, options={"runOnly": {"type": "rule", "values": ["color-contrast"]}}).response["violations"]
    return [node["html"][:100] + node["failureSummary"] for item in found for node in item["nodes"]]


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("api", ["fleet", "jasper"])
def test_all_of_it_can_be_read_in_light_and_in_the_dark(api: str, scheme: str, docs: Docs) -> None:
    """These two have every method between them."""
    page = docs(api, scheme)
    open_all(page)
    assert pale(page) == []
    page.locator(".auth-wrapper > .btn.authorize").first.click()
    assert pale(page) == []


@pytest.mark.slow
@pytest.mark.parametrize(
    ("scheme", "paper", "ink"),
    [("light", "rgb(255, 255, 255)", "rgb(28, 36, 48)"), ("dark", "rgb(18, 22, 28)", "rgb(231, 235, 241)")],
)
def test_its_dialog_stands_before_the_whole_page_in_the_colours_of_the_page(
    scheme: str, paper: str, ink: str, docs: Docs
) -> None:
    page = docs("jasper", scheme)
    open_all(page)
    page.evaluate("scrollTo(0, 0)")
    page.locator(".auth-wrapper > .btn.authorize").first.click()
    backdrop, dialog = page.locator(".backdrop-ux"), page.locator(".modal-ux")
    assert backdrop.bounding_box() == {"x": 0, "y": 0, **DESK}
    assert backdrop.evaluate("element => getComputedStyle(element).backgroundColor") == "rgba(0, 0, 0, 0.6)"
    style = "element => [getComputedStyle(element).backgroundColor, getComputedStyle(element).color]"
    assert dialog.evaluate(style) == [paper, ink]
    assert page.locator("#swagger-ui").evaluate("element => getComputedStyle(element).filter") == "none"
    code = page.locator(".microlight").first.evaluate("element => getComputedStyle(element).backgroundColor")
    assert code == "rgb(20, 24, 29)"


@pytest.mark.slow
@pytest.mark.parametrize("api", API_IDS)
def test_on_a_phone_nothing_lies_beside_the_page(api: str, docs: Docs) -> None:
    page = docs(api, size={"width": 375, "height": 740})
    authorize(page, api)
    assert page.evaluate("document.documentElement.scrollWidth") == 375
    open_all(page)
    first = next(iter(load(api).operations))
    execute(page.locator(f".opblock[id$='-{first}']"))
    assert page.evaluate("document.documentElement.scrollWidth") == 375
