"""Who may use the control plane."""

from collections.abc import Iterator
from typing import Any

import pytest

from mock_server.app import create_app
from mock_server.settings import Settings
from mock_server.world.settings import Settings as WorldSettings
from tests.mock_server.control.conftest import Caller

TOKEN = "t0ken-ü"
HEALTH = "/_mock/health"


@pytest.fixture
def guarded() -> Iterator[Caller]:
    """A double that other machines can reach."""
    settings = Settings(apis=("fleet",), world=WorldSettings(devices=10), control_token=TOKEN, loopback=False)
    caller = Caller(create_app(settings), "http://double.example:8080")
    yield caller
    caller.close()


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.0.0.1:80",
        "127.9.9.9:1",
        "localhost",
        "LOCALHOST:8080",
        "[::1]:8080",
        "a.localhost",
        "localhost.",
    ],
)
def test_this_machine_is_let_in_by_its_names(call: Caller, host: str) -> None:
    assert call("GET", HEALTH, headers={"host": host}).status_code == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example:80", "10.0.0.1", ""]
)
def test_a_name_that_somebody_pointed_here_is_refused(call: Caller, host: str) -> None:
    """DNS rebinding: a page of evil.example, whose name now leads to this machine, is of the same origin."""
    answer = call("GET", HEALTH, headers={"host": host})
    assert answer.status_code == 403
    assert "127.0.0.1" in answer.json()["error"]


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "http://127.0.0.1:9999"},
        {"sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors"},
        {"sec-fetch-site": "same-site", "sec-fetch-mode": "cors"},
    ],
)
def test_pages_of_other_origins_are_refused(call: Caller, headers: dict[str, str]) -> None:
    for method, path in (("GET", HEALTH), ("POST", "/_mock/worlds/default/reset"), ("OPTIONS", "/_mock/worlds")):
        answer = call(method, path, headers=headers)
        assert answer.status_code == 403
        assert not any(name.startswith("access-control") for name in answer.headers)


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://127.0.0.1:8080", "sec-fetch-site": "same-origin", "sec-fetch-mode": "cors"},
        {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"},
        {"sec-fetch-site": "none", "sec-fetch-mode": "navigate"},
    ],
)
def test_the_doubles_own_pages_and_links_to_it_are_let_in(call: Caller, headers: dict[str, str]) -> None:
    assert call("GET", HEALTH, headers=headers).status_code == 200


@pytest.mark.parametrize("given", [None, "Bearer wrong", "Bearer ", f"Basic {TOKEN}", TOKEN, f"Bearer {TOKEN}x"])
def test_elsewhere_the_token_is_needed(guarded: Caller, given: str | None) -> None:
    headers: Any = {} if given is None else {"authorization": given.encode()}
    answer = guarded("GET", HEALTH, headers=headers)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"


def test_the_token_opens(guarded: Caller) -> None:
    headers: Any = {"authorization": f"Bearer {TOKEN}".encode()}
    assert guarded("GET", HEALTH, headers=headers).status_code == 200
    foreign: Any = {**headers, "origin": "https://evil.example"}
    assert guarded("GET", HEALTH, headers=foreign).status_code == 403


def test_without_a_token_at_start_nobody_from_elsewhere_comes_in() -> None:
    caller = Caller(create_app(Settings(apis=("fleet",), world=WorldSettings(devices=10), loopback=False)))
    for headers in ({}, {"authorization": "Bearer "}, {"authorization": "Bearer None"}):
        assert caller("GET", HEALTH, headers=headers).status_code == 401
    caller.close()


def test_pages_without_data_open_without_a_token(guarded: Caller) -> None:
    assert guarded("GET", "/_mock/openapi.json").status_code == 200
    assert guarded("GET", "/_mock/docs").status_code == 200
    assert guarded("GET", "/_mock/console/../health").status_code in {401, 404}
    assert guarded("GET", "/_mock/console/%2e%2e/health").status_code in {401, 404}


def test_a_body_beyond_bearing_is_refused(call: Caller) -> None:
    answer = call("PUT", "/_mock/worlds/default/snapshot", content=b" " * (64 * 1024 * 1024 + 1))
    assert answer.status_code == 413
