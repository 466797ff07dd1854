"""A journal of thousands in the console."""

import pytest
from playwright.sync_api import expect

from tests.mock_server.control.console.browsing import (
    Console,
    Opened,
    rename,
    rows,
)


@pytest.fixture
def full(console: Opened) -> Console:
    """A console before a journal of 10,000 exchanges, the first of them another than the rest."""
    one = console()
    rename(one, "The first")
    _repeat(one, 9_999)
    return one


def _repeat(console: Console, times: int) -> None:
    """Exchanges like the first of the journal, each about another device."""
    journal = console.open_world.journal
    first = next(iter(journal))
    for number in range(times):
        _, *copied = first._replace(target=f"/fleet/platform/v1/devices/{number}")
        journal.append((*copied,))


@pytest.mark.slow
def test_a_journal_that_fills_fast_is_followed_without_a_gap(console: Opened) -> None:
    one = console()
    rename(one, "The first")
    page = one.go("journal")
    expect(rows(page)).to_have_count(1)
    for _ in range(40):
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
        _repeat(one, 50)
    expect(page.locator(".count")).to_have_text("2001 exchanges")
    expect(rows(page).first).to_have_attribute("aria-setsize", "2001")


@pytest.mark.slow
def test_ten_thousand_exchanges_are_shown_through_a_window(full: Console) -> None:
    page = full.go("journal")
    expect(page.locator(".count")).to_have_text("10000 exchanges")
    page.get_by_role("listbox").focus()
    page.keyboard.press("End")
    expect(page.locator("[role=option][aria-selected=true]")).to_have_attribute("aria-posinset", "10000")
    page.keyboard.press("Home")
    expect(page.locator("[role=option][aria-selected=true]")).to_have_attribute("aria-posinset", "1")
    page.keyboard.press("End")
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
        rename(full, "Meanwhile")
    page.wait_for_timeout(600)
    assert abs(seen.evaluate("row => row.getBoundingClientRect().top") - top) < 2
