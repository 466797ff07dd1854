"""The console in a real browser: what it does, and that everyone can use it."""

import json
import re
import subprocess
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from mock_server.settings import Settings
from mock_server.world.journal import Entry
from mock_server.world.settings import Settings as WorldSettings
from tests.mock_server.control.browsing import DESK, PHONE, Console, barriers, browsing
from tests.support import Server, serving

WRITE = {"Authorization": "Bearer fleet-write-key"}
DEVICE = "fleet/platform/v1/devices/42"
VIEWS = {
    "journal": ("journal",),
    "exchange": ("journal", "2"),
    "devices": ("devices", "fleet", "devices"),
    "device": ("devices", "fleet", "devices", "42"),
    "faults": ("faults",),
    "clock": ("clock",),
    "worlds": ("worlds",),
}
Opened = Callable[..., Console]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One browser for all of these tests."""
    with browsing() as browser:
        yield browser


@pytest.fixture
def console(chromium: Browser, server: Server, request: pytest.FixtureRequest) -> Iterator[Opened]:
    """`console()` is a person before a world of their own; nothing may trouble the browser, or come from elsewhere."""
    world = "c" + format(abs(hash(request.node.nodeid)) % 10**9)
    server.double.worlds.create(world)
    opened: list[Console] = []

    def make(**options: Any) -> Console:
        opened.append(Console(chromium, server, world, **options))
        return opened[-1]

    yield make
    for one in opened:
        one.close()
        assert one.troubles == []
        assert one.foreign == []
    if server.double.worlds.get(world):
        server.double.worlds.delete(world)


def rows(page: Page) -> Locator:
    """The exchanges in sight."""
    return page.get_by_role("listbox").get_by_role("option")


def _rename(console: Console, name: str, **options: Any) -> int:
    return console.call("PATCH", DEVICE, headers=WRITE, json={"name": name}, **options).status_code


def _busy(console: Console) -> None:
    """A world in which something happened: every kind of row, of mark and of badge."""
    _rename(console, "MacBook of Ada")
    console.call("PATCH", DEVICE, headers=WRITE, json={"name": 7})
    console.call("GET", "jasper/rws/api/v1/devices/8988216716970004975", auth=("account", "account-key"))
    console.call("GET", "fleet/platform/v1/nowhere")
    console.steer("POST", "/faults", json={"api": "fleet", "status": 503, "nth": 1})
    _rename(console, "MacBook of Ada")


# What it does


def test_the_console_shows_calls_as_they_come(console: Opened) -> None:
    one = console()
    page = one.go("journal")
    assert _rename(one, "MacBook of Ada") == 200
    row = rows(page).filter(has_text="/devices/42")
    row.click()
    expect(page.get_by_role("region", name="Request")).to_contain_text("MacBook of Ada")
    expect(page.get_by_role("region", name="Answer")).to_contain_text("MacBook of Ada")
    expect(page.get_by_role("heading", level=2)).to_contain_text("200 PATCH /fleet/platform/v1/devices/42")


@pytest.mark.slow
def test_the_journal_is_filtered_by_api_operation_status_and_text(console: Opened) -> None:
    one = console()
    _busy(one)
    page = one.go("journal")
    listed = rows(page)
    expect(listed).to_have_count(5)
    page.get_by_label("API", exact=True).select_option("fleet")
    expect(listed).to_have_count(4)
    page.get_by_label("API", exact=True).select_option("")
    page.get_by_label("Operation", exact=True).select_option("updateDevice")
    expect(listed).to_have_count(3)
    expect(page.get_by_label("API", exact=True)).to_have_value("fleet")
    page.get_by_label("Status", exact=True).fill("4XX")
    page.keyboard.press("Enter")
    expect(listed).to_have_count(1)
    expect(listed).to_contain_text("400")
    page.get_by_label("Status", exact=True).fill("")
    page.get_by_label("Text in path").fill("of ada")
    expect(listed).to_have_count(2)
    _rename(one, "Screen of Bo")
    _rename(one, "Tablet of Ada")
    expect(listed).to_have_count(3)
    expect(page.locator(".count")).to_contain_text("3 of 7")
    page.reload()
    expect(listed).to_have_count(3)


@pytest.mark.slow
def test_a_held_journal_goes_on_where_it_stopped(console: Opened) -> None:
    one = console()
    page = one.go("journal")
    page.get_by_role("button", name="Hold").click()
    _rename(one, "One")
    _rename(one, "Two")
    expect(page.get_by_role("button", name="Go on (2)")).to_be_visible()
    expect(rows(page)).to_have_count(0)
    page.keyboard.press("p")
    expect(rows(page)).to_have_count(2)


@pytest.mark.slow
def test_an_exchange_is_copied_as_a_command_that_does_the_same(console: Opened) -> None:
    one = console(permissions=["clipboard-read", "clipboard-write"])
    _rename(one, "It's \"Ada's\" $HOME\n€")
    page = one.go("journal", "1")
    page.get_by_role("button", name="Copy as curl").click()
    expect(one.said("Command copied.")).to_be_visible()
    command = page.evaluate("navigator.clipboard.readText()")
    assert f"/w/{one.world}/fleet/" in command
    answer = subprocess.run(["bash", "-c", f"{command} --silent"], capture_output=True, check=True).stdout
    assert json.loads(answer)["data"]["name"] == "It's \"Ada's\" $HOME\n€"
    first, second = (one.steer("GET", f"/journal/{number}") for number in (1, 2))
    for member in ("method", "path", "status", "operation", "role"):
        assert second[member] == first[member]
    assert second["request"]["body"] == first["request"]["body"]


@pytest.mark.slow
def test_what_came_over_the_wire_stays_text(console: Opened) -> None:
    one = console()
    evil = "<img src=x onerror=\"document.body.dataset.hacked='yes'\"><b>bold</b>"
    _rename(one, evil)
    one.call("GET", "fleet/platform/v1/<b>evil</b>", headers={"x-evil": evil})
    one.steer("PUT", "/state/fleet/devices/%3Cb%3Ex?validate=false", json={"name": evil, "<i>n": 1})
    one.steer("POST", "/faults", json={"key": evil, "drop": True})
    for steps in (*VIEWS.values(), ("journal", "1"), ("devices", "fleet", "devices", "%3Cb%3Ex")):
        page = one.go(*steps)
        page.wait_for_timeout(150)
        assert page.locator("main b, main i, main img").count() == 0
        assert page.locator("body").get_attribute("data-hacked") is None
    assert evil in page.locator("textarea").input_value().replace('\\"', '"')


@pytest.mark.slow
def test_devices_are_searched_and_paged(console: Opened) -> None:
    one = console()
    page = one.go("devices", "fleet", "devices")
    expect(page.get_by_role("rowheader")).to_have_count(50)
    page.get_by_role("button", name="Next").click()
    expect(page.get_by_text("51 to 100 of 200")).to_be_visible()
    page.get_by_label("Text in key").fill("archived")
    expect(page.get_by_role("rowheader").filter(has_text=re.compile("^13$"))).to_be_visible()
    expect(page.get_by_role("row").filter(has_not_text="ARCHIVED")).to_have_count(1)  # the heading
    page.get_by_label("Text in key").fill("")
    _rename(one, "Written")
    page.get_by_label("Written to only").check()
    expect(page.get_by_role("rowheader")).to_have_text(["42"])
    page.get_by_label("Collection").select_option("jasper/ratePlans")
    expect(page.get_by_role("rowheader")).to_have_text(["Default Rate Plan", "IoT 10MB"])
    page.get_by_role("link", name="IoT 10MB").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("IoT 10MB")


@pytest.mark.slow
def test_a_document_is_changed_and_what_the_contract_does_not_allow_is_told(console: Opened) -> None:
    one = console()
    page = one.go("devices", "fleet", "devices", "42")
    editor = page.get_by_label("Document")
    text = editor.input_value()
    editor.fill(text.replace('"name"', "name"))
    page.keyboard.press("Control+Enter")
    expect(one.alert()).to_contain_text("This is no JSON")
    expect(one.alert()).to_contain_text("Line 3")
    document = json.loads(text)
    editor.fill(json.dumps({**document, "client_status": "NONSENSE"}))
    page.get_by_role("button", name="Store").click()
    expect(one.alert()).to_contain_text("client_status")
    assert one.steer("GET", "/state/fleet/devices/42") == document
    page.get_by_label("Store it even if").check()
    page.get_by_role("button", name="Store").click()
    expect(one.said("42 is stored.")).to_be_visible()
    assert one.steer("GET", "/state/fleet/devices/42")["client_status"] == "NONSENSE"


@pytest.mark.slow
def test_numbers_of_a_document_stay_as_they_were_written(console: Opened) -> None:
    one = console()
    page = one.go("devices", "fleet", "devices", query="?new=true")
    page.get_by_label("Key").fill("a/b c")
    page.get_by_label("Document").fill('{"large": 12345678901234567890, "one": 1.0}')
    page.get_by_label("Store it even if").check()
    page.get_by_role("button", name="Plant").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("a/b c")
    assert page.get_by_label("Document").input_value() == '{\n  "large": 12345678901234567890,\n  "one": 1.0\n}'
    page.get_by_role("button", name="Remove").click()
    page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    expect(one.said("a/b c is removed.")).to_be_visible()


@pytest.mark.slow
def test_a_device_shows_its_history_while_it_is_made(console: Opened) -> None:
    one = console()
    page = one.go("devices", "fleet", "devices", "42")
    expect(page.get_by_text("No call was about it yet.")).to_be_visible()
    _rename(one, "Renamed meanwhile")
    one.call("GET", "fleet/platform/v1/devices/1", headers=WRITE)
    history = page.get_by_role("region", name="History").get_by_role("listitem")
    expect(history).to_have_count(1)
    expect(history).to_contain_text("200 PATCH updateDevice")
    expect(page.get_by_label("Document")).to_have_value(json_with("Renamed meanwhile"))


def json_with(text: str) -> re.Pattern[str]:
    """A pattern for a value of an editor."""
    return re.compile(re.escape(json.dumps(text)))


FAULTS: list[tuple[str, dict[str, str], dict[str, Any]]] = [
    ("status", {"Status": "429"}, {"status": 429}),
    ("error", {"Error": "DEVICE_NOT_FOUND"}, {"error": "DEVICE_NOT_FOUND"}),
    ("drop", {}, {"drop": True}),
    ("truncate", {"Behind so many bytes": "7"}, {"truncate": 7}),
    ("malformed", {}, {"malformed": True}),
    ("delay", {"Milliseconds": "5"}, {"delay": 5}),
]


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "filled", "meant"), FAULTS, ids=[kind for kind, _, _ in FAULTS])
def test_each_kind_of_fault_is_added_by_the_form(
    kind: str, filled: dict[str, str], meant: dict[str, Any], console: Opened
) -> None:
    one = console()
    page = one.go("faults")
    page.get_by_label("API").select_option("fleet")
    page.get_by_label("Kind").select_option(kind)
    for label, value in filled.items():
        page.get_by_label(label).fill(value)
    page.get_by_label("Only number").fill("1, 3")
    page.get_by_label("With probability").fill("0.5")
    page.get_by_role("button", name="Add the rule").click()
    expect(page.get_by_role("switch")).to_have_count(1)
    assert [fault["rule"] for fault in one.steer("GET", "/faults")["faults"]] == [
        {"api": "fleet", "nth": [1, 3], "probability": 0.5, **meant}
    ]


@pytest.mark.slow
def test_delays_are_drawn_as_the_form_says(console: Opened) -> None:
    one = console()
    page = one.go("faults")
    page.get_by_label("Kind").select_option("delay")
    page.get_by_label("Delay").select_option("uniform")
    page.get_by_label("Shortest").fill("900")
    page.get_by_label("Longest").fill("10")
    page.get_by_role("button", name="Add the rule").click()
    expect(one.alert()).to_contain_text("shortest")
    page.get_by_label("Shortest").fill("1")
    page.get_by_role("button", name="Add the rule").click()
    expect(page.get_by_role("switch")).to_have_count(1)
    page.get_by_label("Delay").select_option("lognormal")
    page.get_by_role("button", name="Add the rule").click()
    expect(page.get_by_role("switch")).to_have_count(2)
    assert [fault["rule"] for fault in one.steer("GET", "/faults")["faults"]] == [
        {"delay": {"uniform": [1, 10]}},
        {"delay": {"lognormal": {"median": 120, "sigma": 0.6}}},
    ]


@pytest.mark.slow
def test_a_fault_is_switched_off_and_on_and_removed(console: Opened) -> None:
    one = console()
    one.steer("POST", "/faults", json={"api": "fleet", "status": 503})
    assert _rename(one, "x") == 503
    page = one.go("faults")
    switch = page.get_by_role("switch", name="Calls of fleet: answer status 503")
    expect(page.locator("#sections")).to_contain_text("Faults 1")
    switch.click()
    expect(switch).to_have_attribute("aria-checked", "false")
    assert _rename(one, "x") == 200
    switch.press("Space")
    expect(switch).to_have_attribute("aria-checked", "true")
    assert _rename(one, "x") == 503
    page.get_by_role("button", name="Remove: Calls of fleet").click()
    expect(page.get_by_text("Nothing goes wrong in this world.")).to_be_visible()
    assert _rename(one, "x") == 200


@pytest.mark.slow
def test_the_clock_is_frozen_set_and_advanced(console: Opened) -> None:
    one = console()
    page = one.go("clock")
    page.get_by_role("button", name="Freeze").click()
    expect(page.locator("#now")).to_contain_text("frozen")
    page.get_by_label("Date and time").fill("2030-01-31T12:00:00")
    page.get_by_role("button", name="Set").click()
    expect(page.locator(".face")).to_have_text("2030-01-31 12:00:00 UTC, frozen")
    page.get_by_role("button", name="91 days").click()
    expect(page.locator(".face")).to_have_text("2030-05-02 12:00:00 UTC, frozen")
    page.get_by_label("Or by").fill("-P1DT30M")
    page.get_by_role("button", name="Advance", exact=True).click()
    expect(page.locator(".face")).to_have_text("2030-05-01 11:30:00 UTC, frozen")
    assert one.steer("GET", "/clock") == {"now": "2030-05-01T11:30:00Z", "running": False}
    page.get_by_label("Or by").fill("a while")
    page.get_by_role("button", name="Advance", exact=True).click()
    expect(one.alert()).to_be_visible()


@pytest.mark.slow
def test_worlds_are_made_chosen_reset_and_deleted(console: Opened, server: Server) -> None:
    one = console()
    _rename(one, "Only here")
    page = one.go("worlds")
    name = one.world + "-fork"
    page.get_by_label("Name").fill(name)
    page.get_by_label("Its time").fill("2031-02-03T04:05:06")
    page.get_by_role("button", name="Create and open").click()
    expect(page.locator("#world")).to_have_value(name)
    expect(page.locator("#now")).to_contain_text("2031-02-03 04:05")
    page.locator("#sections").get_by_role("link", name="Worlds").click()
    page.get_by_label("From").select_option("default")
    page.get_by_role("button", name="Compare").click()
    expect(page.get_by_role("table", name="Differences")).to_contain_text("fleet/devices/42")
    page.get_by_role("button", name=f"Reset {one.world}", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="Reset").click()
    expect(one.said(f"{one.world} is as new.")).to_be_visible()
    assert one.steer("GET", "/journal")["total"] == 0
    page.get_by_role("button", name=f"Delete {name}").click()
    page.keyboard.press("Escape")
    assert server.double.worlds.get(name) is not None
    page.get_by_role("button", name=f"Delete {name}").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(page.locator("#world")).to_have_value("default")
    assert server.double.worlds.get(name) is None


@pytest.mark.slow
def test_a_snapshot_goes_out_and_comes_back(console: Opened, tmp_path: Any) -> None:
    one = console()
    page = one.go("worlds")
    with page.expect_download() as download:
        page.get_by_role("button", name=f"Download {one.world}").click()
    file = tmp_path / download.value.suggested_filename
    download.value.save_as(file)
    before = one.steer("GET", "/state/fleet/devices/42")
    _rename(one, "Changed since")
    page.get_by_label("Snapshot file").set_input_files(file)
    page.get_by_role("button", name=f"Upload into {one.world}").click()
    page.get_by_role("dialog").get_by_role("button", name="Replace").click()
    expect(one.said("is what the snapshot says")).to_be_visible()
    assert one.steer("GET", "/state/fleet/devices/42") == before


@pytest.mark.slow
def test_the_console_asks_for_the_token_where_there_is_one(chromium: Browser) -> None:
    settings = Settings(apis=("fleet",), world=WorldSettings(devices=10), control_token="s3cret", loopback=False)
    with serving(settings) as guarded:
        one = Console(chromium, guarded, "default")
        one.page.goto(f"{one.origin}/_mock/console/")
        field = one.page.get_by_role("textbox", name="Control token")
        field.fill("wrong")
        one.page.keyboard.press("Enter")
        expect(one.page.get_by_text("This token is not the right one.")).to_be_visible()
        field.fill("s3cret")
        one.page.keyboard.press("Enter")
        expect(one.page.get_by_role("heading", name="Journal")).to_be_visible()
        one.call("PATCH", DEVICE.replace("42", "1"), headers=WRITE, json={"name": "x"})
        expect(rows(one.page)).to_have_count(1)
        assert one.troubles == []
        one.close()


@pytest.mark.slow
def test_a_key_that_is_none_of_a_document_leads_to_the_search(console: Opened) -> None:
    one = console()
    page = one.go("devices", "mobilefirst", "devices", "Jeremy")
    expect(one.alert()).to_contain_text("There is no document 'Jeremy'")
    page.get_by_role("link", name="Look for Jeremy").click()
    expect(page.get_by_role("rowheader").first).to_have_text("12345-6789")


@pytest.mark.slow
def test_an_exchange_that_is_gone_leads_back_to_the_list(console: Opened) -> None:
    one = console(viewport=PHONE)
    _rename(one, "The first")
    page = one.go("journal", "99")
    expect(one.alert()).to_contain_text("There is no exchange 99")
    page.get_by_role("link", name="Back to the list").click()
    expect(rows(page)).to_have_count(1)


@pytest.mark.slow
def test_the_index_of_a_world_leads_to_that_world(console: Opened) -> None:
    one = console()
    one.page.goto(f"{one.origin}/w/{one.world}/")
    target = one.page.get_by_role("link", name="Target file").first.get_attribute("href") or ""
    assert f"/w/{one.world}/fleet/" in httpx.get(target).text
    one.page.get_by_role("link", name="Console").click()
    expect(one.page.locator("#world")).to_have_value(one.world)


@pytest.mark.slow
def test_a_world_that_is_not_there_is_told(console: Opened) -> None:
    one = console()
    one.world = "nowhere"
    one.page.goto(f"{one.origin}/_mock/console/#/nowhere/devices")
    expect(one.alert()).to_contain_text("nowhere")
    one.page.get_by_role("link", name="To the worlds that there are").click()
    expect(one.page.get_by_role("heading", level=1)).to_have_text("Worlds")


# With a full journal


@pytest.fixture
def full(console: Opened) -> Console:
    """A console before a journal of 10,000 exchanges, the first of them another than the rest."""
    one = console()
    _rename(one, "The first")
    _repeat(one, 9_999)
    return one


def _repeat(console: Console, times: int) -> None:
    """Exchanges like the first of the journal, each about another device."""
    journal = console.open_world.journal
    first = next(iter(journal))
    for number in range(times):
        copied = [getattr(first, name) for name in Entry.__init__.__code__.co_varnames[1:17]]
        copied[6] = f"/fleet/platform/v1/devices/{number}"
        journal.append(Entry(*copied))


@pytest.mark.slow
def test_a_journal_that_fills_fast_is_followed_without_a_gap(console: Opened) -> None:
    one = console()
    _rename(one, "The first")
    page = one.go("journal")
    expect(rows(page)).to_have_count(1)
    for _ in range(40):
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
        _repeat(one, 50)
    expect(page.locator(".count")).to_have_text("2001 exchanges")
    expect(rows(page).first).to_have_attribute("aria-setsize", "2001")


@pytest.mark.slow
def test_a_journal_emptied_elsewhere_is_empty_here(console: Opened) -> None:
    one = console()
    _busy(one)
    page = one.go("journal")
    expect(rows(page)).to_have_count(5)
    one.steer("POST", "/reset")
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(rows(page)).to_have_count(0)
    _rename(one, "After that")
    expect(rows(page)).to_have_count(1)


@pytest.mark.slow
def test_ten_thousand_exchanges_are_shown_through_a_window(full: Console) -> None:
    page = full.go("journal")
    expect(page.locator(".count")).to_have_text("10000 exchanges")
    page.get_by_role("listbox").focus()
    for _ in range(40):
        page.keyboard.press("End")
        page.wait_for_timeout(60)
    expect(page.locator("[role=option][aria-selected=true]")).to_have_attribute("aria-posinset", "10000")
    assert rows(page).count() < 80
    expect(page.get_by_role("region", name="Request")).to_contain_text("The first")
    slowest = page.evaluate(
        """async () => {
            const box = document.querySelector('[role=listbox]');
            const times = [];
            for (let step = 0; step < 60; step += 1) {
                const began = performance.now();
                box.scrollTop = (step * 7919) % box.scrollHeight;
                box.dispatchEvent(new Event('scroll'));
                box.offsetHeight;
                times.push(performance.now() - began);
            }
            return times.sort((one, other) => one - other)[54];
        }"""
    )
    assert slowest < 50


@pytest.mark.slow
def test_new_calls_do_not_move_what_is_being_looked_at(full: Console) -> None:
    page = full.go("journal")
    expect(rows(page).first).to_be_visible()
    page.locator(".windowed").evaluate("box => { box.scrollTop = 4000; }")
    page.wait_for_timeout(200)
    row = rows(page).nth(20)
    number = row.get_attribute("data-id")
    seen = page.locator(f"[data-id='{number}']")
    top = seen.evaluate("row => row.getBoundingClientRect().top")
    for _ in range(5):
        _rename(full, "Meanwhile")
    page.wait_for_timeout(600)
    assert abs(seen.evaluate("row => row.getBoundingClientRect().top") - top) < 2


# For everyone


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_nothing_stands_in_anyones_way(scheme: str, size: dict[str, int], console: Opened) -> None:
    one = console(viewport=size, color_scheme=scheme)
    _busy(one)
    for name, steps in VIEWS.items():
        page = one.go(*steps)
        page.wait_for_timeout(300)
        assert barriers(page) == [], name
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= size["width"], name
    page.get_by_role("button", name="Keyboard shortcuts").click()
    assert barriers(page) == [], "shortcuts"


@pytest.mark.slow
def test_enlarged_to_four_times_nothing_is_cut_off(console: Opened) -> None:
    one = console(viewport={"width": 320, "height": 256})
    _busy(one)
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
    _busy(one)
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
    _busy(one)
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
