"""Faults and the clock in the console."""

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.mock_server.control.console.browsing import (
    Opened,
    rename,
)

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
    assert rename(one, "x") == 503
    page = one.go("faults")
    switch = page.get_by_role("switch", name="Calls of fleet: answer status 503")
    expect(page.locator("#sections")).to_contain_text("Faults 1")
    switch.click()
    expect(switch).to_have_attribute("aria-checked", "false")
    assert rename(one, "x") == 200
    switch.press("Space")
    expect(switch).to_have_attribute("aria-checked", "true")
    assert rename(one, "x") == 503
    page.get_by_role("button", name="Remove: Calls of fleet").click()
    expect(page.get_by_text("Nothing goes wrong in this world.")).to_be_visible()
    assert rename(one, "x") == 200


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
    expect(one.alert()).to_have_text("advance must be an ISO 8601 duration such as P91D, PT30M or -P1Y2M.")
