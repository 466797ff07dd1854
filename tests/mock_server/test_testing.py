"""The fixtures and context managers for other people's tests, and the examples that show them."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from mock_server.testing import DoubleError, DoubleServer, DoubleWorld, serve

EXAMPLES = Path(__file__).parents[2] / "examples"


def _pytest(folder: Path, *options: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *options, "."]
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300, check=False, env=clean)


def test_the_pytest_example_passes_also_side_by_side() -> None:
    """Also where a client that is left open, or any other warning, is an error."""
    for options in (("-W", "error"), ("-n", "2")):
        finished = _pytest(EXAMPLES / "pytest", "-c", os.devnull, *options)
        assert finished.returncode == 0, finished.stdout + finished.stderr
        assert "3 passed" in finished.stdout


@pytest.mark.slow
def test_the_playwright_example_passes() -> None:
    if not any(map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))):
        pytest.skip("no Chromium is installed")
    finished = _pytest(EXAMPLES / "playwright", "-c", os.devnull)
    assert finished.returncode == 0, finished.stdout + finished.stderr
    assert "2 passed" in finished.stdout


@pytest.mark.slow
def test_the_vitest_example_passes(tmp_path: Path, devicedouble_server: DoubleServer) -> None:
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("npm is not installed")
    folder = tmp_path / "vitest"
    shutil.copytree(EXAMPLES / "vitest", folder)
    subprocess.run(
        [npm, "install", "--no-audit", "--no-fund"], cwd=folder, check=True, capture_output=True, timeout=300
    )
    finished = subprocess.run(
        [npm, "test"],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
        env={**os.environ, "DEVICEDOUBLE": devicedouble_server.origin, "NO_COLOR": "1"},
    )
    assert finished.returncode == 0, finished.stdout + finished.stderr
    assert "2 passed" in finished.stdout


def test_each_test_has_a_world_of_its_own(devicedouble_server: DoubleServer) -> None:
    headers = {"Authorization": "Bearer fleet-write-key"}
    with devicedouble_server.world() as first, devicedouble_server.world() as second:
        httpx.patch(first.url("fleet") + "/devices/42", json={"name": "First"}, headers=headers).raise_for_status()
        assert first.document("fleet", "devices", "42")["name"] == "First"
        assert second.document("fleet", "devices", "42")["name"] != "First"
    assert httpx.get(first.url("fleet") + "/devices/42", headers=headers).status_code == 404


def test_time_moves_and_stands_as_told(devicedouble_world: DoubleWorld) -> None:
    devicedouble_world.set_time("2030-01-01T00:00:00Z", running=False)
    devicedouble_world.advance("P1DT1H")
    assert devicedouble_world.now == "2030-01-02T01:00:00Z"
    devicedouble_world.set_time("2031-01-01T00:00:00Z")
    assert devicedouble_world.now == "2031-01-01T00:00:00Z"
    devicedouble_world.set_time("2031-01-01T00:00:00Z", running=True)
    assert devicedouble_world.now != "2031-01-01T00:00:00Z"


def test_verify_says_what_came_nearest(devicedouble_world: DoubleWorld) -> None:
    httpx.get(devicedouble_world.url("fleet") + "/devices/42", headers={"Authorization": "Bearer fleet-read-key"})
    devicedouble_world.verify({"operation": "getDevice", "key": "42"}, count=1)
    with pytest.raises(AssertionError, match="key"):
        devicedouble_world.verify({"operation": "getDevice", "key": "43"})


def test_a_planted_document_is_held_to_the_contract_unless_told_not_to(devicedouble_world: DoubleWorld) -> None:
    before = devicedouble_world.document("fleet", "devices", "42")
    with pytest.raises(DoubleError, match="client_status"):
        devicedouble_world.plant("fleet", "devices", "42", {**before, "client_status": "LOST"})
    devicedouble_world.plant("fleet", "devices", "42", {**before, "client_status": "SHIPPED"})
    assert devicedouble_world.document("fleet", "devices", "42")["client_status"] == "SHIPPED"
    devicedouble_world.plant("fleet", "devices", "42", {**before, "client_status": "LOST"}, validate=False)
    assert devicedouble_world.document("fleet", "devices", "42")["client_status"] == "LOST"


def test_reset_takes_everything_back(devicedouble_world: DoubleWorld) -> None:
    before = devicedouble_world.document("fleet", "devices", "42")
    devicedouble_world.plant("fleet", "devices", "42", {**before, "name": "Other"})
    devicedouble_world.reset()
    assert devicedouble_world.document("fleet", "devices", "42") == before


def test_an_unknown_api_is_a_sentence(devicedouble_world: DoubleWorld) -> None:
    with pytest.raises(DoubleError, match="There is no API 'acme'; there are fleet, "):
        devicedouble_world.url("acme")


def test_a_server_may_have_one_api_alone() -> None:
    with serve("zequenze") as server:
        assert list(server.base_paths) == ["zequenze"]


def test_the_journal_comes_in_the_order_of_the_calls(devicedouble_world: DoubleWorld) -> None:
    for key in ("42", "13"):
        httpx.get(f"{devicedouble_world.url('fleet')}/devices/{key}")
    assert [exchange["key"] for exchange in devicedouble_world.journal()] == ["42", "13"]
    assert [exchange["key"] for exchange in devicedouble_world.journal(key="13")] == ["13"]


def test_keys_may_be_any_text(devicedouble_world: DoubleWorld) -> None:
    devicedouble_world.plant("fleet", "notes", "a/b?c#d e", {"n": 1})
    assert devicedouble_world.document("fleet", "notes", "a/b?c#d e") == {"n": 1}
