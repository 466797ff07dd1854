"""A browser, and a console in it before a world of the test's own."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.mock_server.control.console.browsing import Console, Opened, browsing
from tests.support import Server


@pytest.fixture(scope="package")
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
