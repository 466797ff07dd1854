"""Documents in the console: found, read, changed, planted."""

import json
import re

import pytest
from playwright.sync_api import expect

from tests.mock_server.control.console.browsing import (
    WRITE,
    Opened,
    rename,
)


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
    rename(one, "Written")
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
    expect(one.alert()).to_contain_text(" Tick the box below to store it regardless.")
    expect(one.alert()).not_to_contain_text("validate=false")
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
    rename(one, "Renamed meanwhile")
    one.call("GET", "fleet/platform/v1/devices/1", headers=WRITE)
    history = page.get_by_role("region", name="History").get_by_role("listitem")
    expect(history).to_have_count(1)
    expect(history).to_contain_text("200 PATCH updateDevice")
    expect(page.get_by_label("Document")).to_have_value(json_with("Renamed meanwhile"))


def json_with(text: str) -> re.Pattern[str]:
    """A pattern for a value of an editor."""
    return re.compile(re.escape(json.dumps(text)))


@pytest.mark.slow
def test_a_key_that_is_none_of_a_document_leads_to_the_search(console: Opened) -> None:
    one = console()
    page = one.go("devices", "mobilefirst", "devices", "Jeremy")
    expect(one.alert()).to_contain_text("There is no document 'Jeremy'")
    page.get_by_role("link", name="Look for Jeremy").click()
    expect(page.get_by_role("rowheader").first).to_have_text("12345-6789")
