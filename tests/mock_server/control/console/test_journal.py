"""The journal in the console: what comes in, what is looked for, what is copied."""

import json
import subprocess

import pytest
from playwright.sync_api import expect

from tests.mock_server.control.console.browsing import (
    PHONE,
    VIEWS,
    Opened,
    make_busy,
    rename,
    rows,
)


def test_the_console_shows_calls_as_they_come(console: Opened) -> None:
    one = console()
    page = one.go("journal")
    assert rename(one, "MacBook of Ada") == 200
    row = rows(page).filter(has_text="/devices/42")
    row.click()
    expect(page.get_by_role("region", name="Request")).to_contain_text("MacBook of Ada")
    expect(page.get_by_role("region", name="Answer")).to_contain_text("MacBook of Ada")
    expect(page.get_by_role("heading", level=2)).to_contain_text("200 PATCH /fleet/platform/v1/devices/42")


@pytest.mark.slow
def test_the_journal_is_filtered_by_api_operation_status_and_text(console: Opened) -> None:
    one = console()
    make_busy(one)
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
    rename(one, "Screen of Bo")
    rename(one, "Tablet of Ada")
    expect(listed).to_have_count(3)
    expect(page.locator(".count")).to_contain_text("3 of 7")
    page.reload()
    expect(listed).to_have_count(3)


@pytest.mark.slow
def test_a_status_that_is_none_is_told_until_there_is_one(console: Opened) -> None:
    """Also when it is the one that the journal is filtered by already."""
    one = console()
    make_busy(one)
    page = one.go("journal", query="?status=4XX")
    expect(rows(page)).to_have_count(2)
    status = page.get_by_label("Status", exact=True)
    for valid in ("4xx", "4XX"):
        status.fill("fourhundred")
        status.press("Enter")
        expect(one.alert()).to_contain_text("A status is a number such as 404")
        status.fill(valid)
        status.press("Enter")
        expect(one.alert()).to_have_count(0)
        expect(status).to_have_value("4XX")
    expect(rows(page)).to_have_count(2)


@pytest.mark.slow
def test_a_held_journal_goes_on_where_it_stopped(console: Opened) -> None:
    one = console()
    page = one.go("journal")
    page.get_by_role("button", name="Hold").click()
    rename(one, "One")
    rename(one, "Two")
    expect(page.get_by_role("button", name="Go on (2)")).to_be_visible()
    expect(rows(page)).to_have_count(0)
    page.keyboard.press("p")
    expect(rows(page)).to_have_count(2)


@pytest.mark.slow
def test_an_exchange_is_copied_as_a_command_that_does_the_same(console: Opened) -> None:
    one = console(permissions=["clipboard-read", "clipboard-write"])
    rename(one, "It's \"Ada's\" $HOME\n€")
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
    rename(one, evil)
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
def test_an_exchange_that_is_gone_leads_back_to_the_list(console: Opened) -> None:
    one = console(viewport=PHONE)
    rename(one, "The first")
    page = one.go("journal", "99")
    expect(one.alert()).to_contain_text("There is no exchange 99")
    page.get_by_role("link", name="Back to the list").click()
    expect(rows(page)).to_have_count(1)


@pytest.mark.slow
def test_a_journal_emptied_elsewhere_is_empty_here(console: Opened) -> None:
    one = console()
    make_busy(one)
    page = one.go("journal")
    expect(rows(page)).to_have_count(5)
    one.steer("POST", "/reset")
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(rows(page)).to_have_count(0)
    rename(one, "After that")
    expect(rows(page)).to_have_count(1)
