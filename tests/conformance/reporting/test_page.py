"""The page of a report before a person: on a phone and at a desk, in light and dark."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from conformance.reporting.page import matrix_of, page
from tests.mock_server.control.console.browsing import browsing

PHONE: ViewportSize = {"width": 360, "height": 740}
DESK: ViewportSize = {"width": 1280, "height": 900}
LONG = "http://127.0.0.1/" + "x" * 300
ROWS = [("failed", 3), ("skipped", 2), ("passed", 60)]


def requirement(status: str, number: int) -> dict[str, object]:
    failure = {
        "message": f"Thing {number} is not told.",
        "expected": "a",
        "actual": "b" * 500,
        "requests": [{"curl": f"curl {LONG}", "method": "GET", "url": LONG, "status": 200, "body": "{}" * 2000}],
        "replay": f"devicedouble check tiny --base-url {LONG}",
    }
    return {
        "id": f"tiny.note.{status}-{number}",
        "level": "MUST",
        "basis": "documented" if number % 2 else "inferred",
        "source": LONG,
        "text": f"It is {status}.",
        "status": status,
        "reason": None,
        "cases": 1,
        "failures": [failure] if status == "failed" else [],
    }


def report() -> dict[str, object]:
    names = ("listVeryManySubscriptionDevices", "getNote")
    return {
        "api": "tiny",
        "verdict": "nonconformant",
        "suite": {"version": "1"},
        "started": "2026-01-01T00:00:00Z",
        "seed": 0,
        "duration_s": 1.0,
        "target": {"base_url": LONG},
        "summary": dict(ROWS),
        "requirements": [requirement(status, number) for status, count in ROWS for number in range(count)],
        "coverage": [
            {"operation": name, "statuses": {"200": 1234, "404": 17}, "undeclared": {"418": 1}} for name in names
        ],
    }


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browsing() as browser:
        yield browser


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    made = report()
    rows = made["requirements"]
    assert isinstance(rows, list)
    ids = [row["id"] for row in rows[:3]]
    defects = [{"failure": rows[0]["failures"][0], "ids": ids * 3, "counts": True, "also": ["It is not told."]}]
    file: Path = tmp_path_factory.mktemp("page") / "report.html"
    file.write_text(page(made, defects, matrix_of(made, {})), encoding="utf-8")
    return file.as_uri()


@pytest.fixture(params=["phone light", "phone dark", "desk light", "desk dark"])
def opened(request: pytest.FixtureRequest, chromium: Browser, address: str) -> Iterator[Page]:
    """The report, just opened."""
    place, _, scheme = request.param.partition(" ")
    tab = chromium.new_page(viewport=PHONE if place == "phone" else DESK, color_scheme=scheme)
    tab.goto(address)
    yield tab
    tab.close()


def test_the_filter_shows_what_it_says(opened: Page) -> None:
    """Rows that do not fit are not there, whatever the width; the number told is the number seen."""
    rows = opened.locator(".ledger tbody tr:visible")
    opened.get_by_label("Text").fill("passed-1")
    expect(opened.get_by_role("status")).to_have_text("11 of 65 match")
    expect(rows).to_have_count(11)
    opened.get_by_label("Basis").select_option("documented")
    expect(rows).to_have_count(6)
    opened.get_by_label("Status").select_option("failed")
    expect(rows).to_have_count(0)
    opened.get_by_label("Text").fill("")
    expect(rows).to_have_count(1)


def test_nothing_is_wider_than_the_screen(opened: Page) -> None:
    """Long words are broken, and the table of answers scrolls in its own place."""
    assert opened.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_names_and_statuses_stay_on_one_line(opened: Page) -> None:
    """The coverage table breaks no name letter by letter."""
    heights = opened.locator(".matrix :is(th, td)").evaluate_all("cells => cells.map(cell => cell.offsetHeight)")
    assert max(heights) < 60


def test_the_page_is_short_until_it_is_unfolded(opened: Page) -> None:
    """Bodies and what has passed are folded, and open when asked for."""
    assert opened.evaluate("document.documentElement.scrollHeight") < 5000
    answer = opened.get_by_label("Answer", exact=True)
    expect(answer).to_be_hidden()
    opened.locator("details.exchange summary").click()
    expect(answer).to_be_visible()


def test_a_link_to_a_requirement_opens_its_place(opened: Page, address: str) -> None:
    """Also one of those that are folded."""
    row = opened.locator("[id='tiny.note.passed-7']")
    expect(row).to_be_hidden()
    opened.goto(f"{address}#tiny.note.passed-7")
    expect(row).to_be_visible()
