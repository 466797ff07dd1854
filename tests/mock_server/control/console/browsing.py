"""A person's browser before the console: Debian's Chromium, driven by Playwright."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, sync_playwright

from tests.support import Server

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-sync",
    "--disable-component-update",
    "--no-first-run",
]
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]
DESK = {"width": 1440, "height": 900}
PHONE = {"width": 360, "height": 740}
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


def chromium_path() -> str:
    """The browser's executable; without one the tests are skipped, but not in CI."""
    for name in ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"):
        if found := shutil.which(name):
            return found
    missing = "no Chromium in PATH; on Debian and Ubuntu: apt-get install chromium"
    if os.environ.get("CI") == "true":
        pytest.fail(missing)
    pytest.skip(missing)


@contextmanager
def browsing() -> Iterator[Browser]:
    """A headless Chromium. Playwright keeps an event loop in this thread until it is closed."""
    path = chromium_path()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


class Console:
    """The console of a world, as a person has it before them; `troubles` is what the browser complained about."""

    def __init__(self, browser: Browser, server: Server, world: str, **options: Any) -> None:
        self.origin = server.origin
        self.world = world
        self.open_world: Any = server.double.worlds.get(world)
        context = browser.new_context(**{"viewport": DESK, "color_scheme": "light", **options})
        context.set_default_timeout(10_000)
        self.context = context
        self.page: Page = context.new_page()
        self.troubles: list[str] = []
        self.foreign: list[str] = []
        self.page.on("console", lambda said: self._hear(said.type, said.text))
        self.page.on("pageerror", lambda error: self.troubles.append(str(error)))
        self.page.on("request", lambda sent: self._note(sent.url))

    def _hear(self, kind: str, text: str) -> None:
        """A refusal is no trouble: the console shows it."""
        if kind == "error" and not text.startswith("Failed to load resource: the server responded"):
            self.troubles.append(text)

    def _note(self, url: str) -> None:
        if not url.startswith((self.origin, "blob:" + self.origin)):
            self.foreign.append(url)

    def go(self, *steps: str, query: str = "") -> Page:
        """Open a section, or something in it, as by its address, and wait until it is there."""
        path = "/".join((self.world, *steps))
        self.page.goto("about:blank")
        self.page.goto(f"{self.origin}/_mock/console/#/{path}{query}")
        self.page.locator("main h1").wait_for()
        self.page.locator("#version", has_text="devicedouble").wait_for()
        return self.page

    def call(self, method: str, path: str, **options: Any) -> httpx.Response:
        """Call an API in this world; `path` begins with the API's id."""
        return httpx.request(method, f"{self.origin}/w/{self.world}/{path}", **options)

    def steer(self, method: str, path: str, **options: Any) -> Any:
        """Call the control plane about this world."""
        return httpx.request(method, f"{self.origin}/_mock/worlds/{self.world}{path}", **options).json()

    def said(self, text: str) -> Locator:
        """The message that tells of success."""
        return self.page.get_by_role("status").filter(has_text=text)

    def alert(self) -> Locator:
        """The message that tells what went wrong."""
        return self.page.locator("[role=alert]:visible")

    def close(self) -> None:
        """Close the page."""
        self.context.close()


def barriers(page: Page, within: str | None = None) -> list[str]:
    """What axe finds in the page that WCAG 2.1 A or AA does not allow: the rule and the first element."""
    options = {"runOnly": {"type": "tag", "values": WCAG}}
    found = Axe().run(page, context=within, options=options).response["violations"]
    return [f"{item['id']}: {item['nodes'][0]['html'][:150]} {item['nodes'][0]['failureSummary']}" for item in found]


Opened = Callable[..., Console]
"""Opens the console before a world of the test's own."""


def rows(page: Page) -> Locator:
    """The exchanges in sight."""
    return page.get_by_role("listbox").get_by_role("option")


def rename(console: Console, name: str, **options: Any) -> int:
    return console.call("PATCH", DEVICE, headers=WRITE, json={"name": name}, **options).status_code


def make_busy(console: Console) -> None:
    """A world in which something happened: every kind of row, of mark and of badge."""
    rename(console, "MacBook of Ada")
    console.call("PATCH", DEVICE, headers=WRITE, json={"name": 7})
    console.call("GET", "jasper/rws/api/v1/devices/8988216716970004975", auth=("account", "account-key"))
    console.call("GET", "fleet/platform/v1/nowhere")
    console.steer("POST", "/faults", json={"api": "fleet", "status": 503, "nth": 1})
    rename(console, "MacBook of Ada")
