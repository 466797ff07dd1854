"""That everyone can use the console: by keyboard alone, enlarged, in the dark, on a phone."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.mock_server.control.console.browsing import (
    DESK,
    PHONE,
    VIEWS,
    Opened,
    barriers,
    make_busy,
    rows,
)


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_nothing_stands_in_anyones_way(scheme: str, size: dict[str, int], console: Opened) -> None:
    one = console(viewport=size, color_scheme=scheme)
    make_busy(one)
    for name, steps in VIEWS.items():
        page = one.go(*steps)
        page.wait_for_timeout(300)
        assert barriers(page) == [], name
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= size["width"], name
    page.get_by_role("button", name="Keyboard shortcuts").click()
    assert barriers(page) == [], "shortcuts"
    assert {key.evaluate("element => element.getClientRects().length") for key in page.locator("kbd").all()} == {1}


@pytest.mark.slow
def test_enlarged_to_four_times_nothing_is_cut_off(console: Opened) -> None:
    one = console(viewport={"width": 320, "height": 256})
    make_busy(one)
    for name, steps in VIEWS.items():
        page = one.go(*steps)
        page.wait_for_timeout(200)
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, name


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_index_and_the_frame_of_the_docs_are_as_accessible(scheme: str, console: Opened) -> None:
    one = console(color_scheme=scheme)
    one.page.goto(one.origin)
    for details in one.page.locator("summary").all():
        details.click()
    assert barriers(one.page) == []
    one.page.goto(f"{one.origin}/fleet/docs")
    one.page.locator(".swagger-ui .opblock").first.wait_for()
    assert barriers(one.page, "header") == []
    assert barriers(one.page, ".hint") == []


FOCUSED = """() => {
    const element = document.activeElement;
    if (element === document.body) return null;
    const style = getComputedStyle(element);
    const box = element.getBoundingClientRect();
    const visible = box.width > 0 && box.bottom > 0 && box.top < innerHeight;
    const all = [...document.querySelectorAll('*')];
    return {name: element.id || element.textContent.trim().slice(0, 40) || element.type, place: all.indexOf(element),
        ring: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2, visible};
}"""


@pytest.mark.slow
@pytest.mark.parametrize("view", VIEWS)
def test_tab_goes_through_everything_in_order_and_out_again(view: str, console: Opened) -> None:
    one = console()
    make_busy(one)
    page = one.go(*VIEWS[view])
    page.wait_for_timeout(300)
    stops = list(_tabbed(page))
    assert stops[0]["name"] == "Skip to the content"
    assert [stop["name"] for stop in stops if not stop["ring"] or not stop["visible"]] == []
    places = [stop["place"] for stop in stops]
    assert places == sorted(places)
    reached = page.locator("a[href]:visible, button:visible:enabled, select:visible, input:visible, textarea:visible")
    assert len(set(places)) >= reached.count()


def _tabbed(page: Page) -> Iterator[dict[str, Any]]:
    """What has the focus, from the first to the last: behind that the browser's own controls follow."""
    page.evaluate("document.activeElement.blur(); getSelection().removeAllRanges(); scrollTo(0, 0)")
    for number in range(300):
        page.keyboard.press("Tab")
        page.wait_for_timeout(15)
        stop = page.evaluate(FOCUSED)
        if stop is None or (number > 0 and stop["name"] == "Skip to the content"):
            return
        yield stop
    raise AssertionError("the focus never came out")


@pytest.mark.slow
def test_the_console_is_used_by_keyboard_alone(console: Opened) -> None:
    one = console()
    make_busy(one)
    page = one.go("clock")
    page.keyboard.press("1")
    expect(page.get_by_role("heading", level=1)).to_have_text("Journal")
    expect(rows(page)).to_have_count(5)
    page.get_by_role("listbox").focus()
    page.keyboard.press("End")
    expect(page.locator("[role=option][aria-selected=true]")).to_contain_text("200")
    page.keyboard.press("ArrowUp")
    expect(page.get_by_role("heading", level=2)).to_contain_text("400")
    page.keyboard.press("Enter")
    expect(page.locator("#exchange-title")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("listbox")).to_be_focused()
    page.keyboard.press("/")
    expect(page.get_by_label("Text in path")).to_be_focused()
    page.keyboard.type("123?wp")
    expect(rows(page)).to_have_count(0)
    page.keyboard.press("Tab")
    page.keyboard.press("w")
    expect(page.locator("#world")).to_be_focused()


@pytest.mark.slow
def test_single_keys_can_be_turned_off(console: Opened) -> None:
    one = console()
    page = one.go("journal")
    page.keyboard.press("?")
    page.get_by_label("Single keys are shortcuts").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("4")
    page.wait_for_timeout(200)
    expect(page.get_by_role("heading", level=1)).to_have_text("Journal")
    page.reload()
    page.locator("main h1").wait_for()
    page.keyboard.press("4")
    page.wait_for_timeout(200)
    expect(page.get_by_role("heading", level=1)).to_have_text("Journal")
    page.get_by_role("button", name="Keyboard shortcuts").click()
    expect(page.get_by_label("Single keys are shortcuts")).not_to_be_checked()
