"""Target files for the conformance suite."""

import tomllib
from typing import Any

import pytest

from mock_server.control.targets import toml
from tests.mock_server.control.conftest import Caller


def test_a_target_file_is_ready_to_use(call: Caller) -> None:
    answer = call("GET", "/_mock/targets/fleet.toml")
    assert answer.status_code == 200
    content = tomllib.loads(answer.text)
    assert content["api"] == "fleet"
    assert content["base_url"] == "http://127.0.0.1:8080/fleet/platform/v1"
    assert content["credentials"]["write"]["token"] == "fleet-write-key"
    assert content["fixtures"]["device_id"] == "42"
    assert all(content["capabilities"].values())


def test_a_target_file_for_another_world(call: Caller) -> None:
    call("POST", "/_mock/worlds", json={"name": "w"})
    content = tomllib.loads(call("GET", "/_mock/targets/masmovil.toml?world=w").text)
    assert content["base_url"] == "http://127.0.0.1:8080/w/w/masmovil/v2"


@pytest.mark.parametrize("path", ["nokia.toml", "fleet.toml?world=nowhere"])
def test_a_target_of_nothing_is_404(call: Caller, path: str) -> None:
    assert call("GET", "/_mock/targets/" + path).status_code == 404


@pytest.mark.parametrize(
    "tables",
    [
        {},
        {"a": 1, "b": {"c": 'x"\\\n\x7fü', "d": {"e": [1, 2.5, True, "x"]}}, "f": {}},
        {"with space": {"a.b": "c", "-": 1}, "x-y_z": False},
    ],
)
def test_tables_are_written_as_toml(tables: dict[str, Any]) -> None:
    assert tomllib.loads(toml(tables)) == tables
