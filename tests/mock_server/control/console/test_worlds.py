"""Worlds in the console, and how one comes to it."""

from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, expect

from mock_server.settings import Settings
from mock_server.world.settings import Settings as WorldSettings
from tests.mock_server.control.console.browsing import (
    DEVICE,
    WRITE,
    Console,
    Opened,
    rename,
    rows,
)
from tests.support import Server, serving


@pytest.mark.slow
def test_worlds_are_made_chosen_reset_and_deleted(console: Opened, server: Server) -> None:
    one = console()
    rename(one, "Only here")
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
    expect(one.said("1 difference.")).to_be_visible()
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
    rename(one, "Changed since")
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
    chosen = one.page.locator("#world option:checked")
    expect(chosen).to_have_text("nowhere does not exist")
    expect(chosen).to_be_disabled()
    expect(one.page.locator("#now")).to_have_text("no such world")
    one.page.get_by_role("link", name="To the worlds that there are").click()
    expect(one.page.get_by_role("heading", level=1)).to_have_text("Worlds")
    expect(chosen).to_have_text("default")
    expect(one.page.locator("#world option", has_text="nowhere")).to_have_count(0)


@pytest.mark.slow
def test_a_world_that_goes_while_it_is_open_is_told_in_the_choice(console: Opened, server: Server) -> None:
    one = console()
    page = one.go("journal")
    chosen = page.locator("#world option:checked")
    expect(chosen).to_have_text(one.world)
    server.double.worlds.delete(one.world)
    expect(chosen).to_have_text(f"{one.world} does not exist", timeout=10_000)
    page.locator("#world").select_option("default")
    expect(page).to_have_url(f"{one.origin}/_mock/console/#/default/journal")
    expect(chosen).to_have_text("default")
