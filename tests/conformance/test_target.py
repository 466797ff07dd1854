"""Target files: every mistake is one sentence that names the place, and what is right is read right."""

from __future__ import annotations

from pathlib import Path

import pytest

from conformance.api import Api
from conformance.apis import MODULES, api_of
from conformance.errors import Unavailable, WrongUse
from conformance.target import Target, api_named, bare_target, checked_url, load_target
from conformance.template import render
from openapi.contract import load
from tests.conformance.tiny import API

GOOD = """
api = "tiny"
base_url = "http://127.0.0.1:9/v1/"
[credentials.writer]
token = "env:TINY_TOKEN"
[fixtures]
note = 1
other_note = "2"
titles = ["a", "b"]
[limits]
requests_per_second = 5
[capabilities]
danger = true
"""


def read(tmp_path: Path, text: str, base_url: str | None = None, api: Api = API) -> Target:
    file = tmp_path / "tiny.toml"
    file.write_text(text, encoding="utf-8")
    return load_target(str(file), api, base_url)


def test_a_target_is_read_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The final slash of the base URL goes, the environment is read, defaults are filled in."""
    monkeypatch.setenv("TINY_TOKEN", "s3cret")
    target = read(tmp_path, GOOD)
    assert target.base_url == "http://127.0.0.1:9/v1"
    assert target.credentials["writer"].authorization == "Bearer s3cret"
    assert dict(target.fixtures) == {"note": 1, "other_note": "2", "titles": ["a", "b"]}
    assert (target.requests_per_second, target.settle_seconds) == (5, 5)
    assert dict(target.capabilities) == {"robustness": True, "danger": True}
    assert target.secrets == ("s3cret",)


def test_the_base_url_of_the_command_line_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TINY_TOKEN", "x")
    assert read(tmp_path, GOOD, "http://other.example/x/").base_url == "http://other.example/x"


BASE = 'api = "tiny"\nbase_url = "http://127.0.0.1:9"\n'
MISTAKES = {
    "": "base_url is missing",
    'api = "jasper"\nbase_url = "http://x"': "api is 'jasper', but tiny is to be checked",
    'api = "tiny"\nbase_url = 5': "base_url must be text, not 5",
    'api = "tiny"\nbase_url = "ftp://x"': "base_url must be a URL such as",
    'api = "tiny"\nbase_url = "localhost:8080"': "base_url must be a URL such as",
    'api = "tiny"\nbase_url = "http://u:p@x"': "must have no user, query or fragment",
    'api = "tiny"\nbase_url = "http://x:99999"': "base_url must be a URL such as",
    BASE + "fixture = 1": "fixture is not known; did you mean fixtures?",
    BASE + "fixtures = 1": "fixtures must be a table, written [fixtures]",
    BASE + "[fixtures]\nnote = 'one'": "fixtures.note must be a whole number, not 'one'",
    BASE + "[fixtures]\nnote = true": "fixtures.note must be a whole number, not True",
    BASE + "[fixtures]\nother_note = 2": "fixtures.other_note must be text, not 2",
    BASE + "[fixtures]\nother_note = ''": "fixtures.other_note is empty",
    BASE + "[fixtures]\ntitles = []": "fixtures.titles must be a list of at least one text",
    BASE + "[fixtures]\ntitles = [1]": "fixtures.titles must be a list of at least one text",
    BASE + "[fixtures]\nnotes = 1": "fixtures.notes is not known; did you mean note?",
    BASE + "[credentials.boss]\ntoken = 'x'": "credentials.boss is not known; known: writer, reader",
    BASE + "[credentials]\nwriter = 'x'": "credentials.writer must be a table",
    BASE + "[credentials.writer]": "credentials.writer.token is missing",
    BASE + "[credentials.writer]\ntoken = ''": "credentials.writer.token is empty",
    BASE + '[credentials.writer]\ntoken = "a\\nb"': "control characters",
    BASE + "[credentials.writer]\nusername = 'x'\npassword = 'y'": "credentials.writer.username is not known",
    BASE
    + "[credentials.writer]\ntoken = 'env:NOT_SET_AT_ALL'": "environment variable NOT_SET_AT_ALL, which is not set",
    BASE + "[limits]\nrequests_per_second = 0": "limits.requests_per_second must be a positive number",
    BASE + "[limits]\nrequests_per_second = '5'": "limits.requests_per_second must be a positive number",
    BASE + "[limits]\nsettle_seconds = -1": "limits.settle_seconds must be a positive number",
    BASE + "[limits]\nsettle = 1": "limits.settle is not known",
    BASE + "[capabilities]\ndanger = 1": "capabilities.danger must be true or false, not 1",
    BASE + "[capabilities]\ndangers = true": "capabilities.dangers is not known; did you mean danger?",
    "api = ": "is not valid TOML",
}


@pytest.mark.parametrize(("text", "sentence"), MISTAKES.items(), ids=range(len(MISTAKES)))
def test_a_mistake_is_one_sentence(text: str, sentence: str, tmp_path: Path) -> None:
    with pytest.raises(WrongUse) as caught:
        read(tmp_path, text)
    told = str(caught.value)
    assert sentence in told
    assert "\n" not in told


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    binary = tmp_path / "binary.toml"
    binary.write_bytes(b"\xff\xfe\x00")
    for place, sentence in (
        (str(tmp_path / "none.toml"), "There is no target file"),
        (str(tmp_path), "cannot be read"),
        (str(binary), "is not UTF-8 text"),
        ("http://127.0.0.1:9/x.toml", "cannot be reached"),
    ):
        with pytest.raises((WrongUse, Unavailable), match=sentence):
            load_target(place, API)


def test_a_base_url_alone_is_a_target_without_credentials() -> None:
    target = bare_target(API, "http://127.0.0.1:9/")
    assert (target.base_url, dict(target.credentials)) == ("http://127.0.0.1:9", {})
    assert dict(target.capabilities) == {"robustness": True, "danger": False}


def test_a_target_names_its_api(tmp_path: Path) -> None:
    file = tmp_path / "x.toml"
    file.write_text('api = "fleet"')
    assert api_named(str(file)) == "fleet"
    file.write_text("x = 1")
    with pytest.raises(WrongUse, match="does not say which API"):
        api_named(str(file))


@pytest.mark.parametrize("name", MODULES)
def test_the_printed_template_is_a_target_file(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With its comments taken away where a value follows, `devicedouble target` prints what `check` reads."""
    api = api_of(name)
    for role in api.roles:
        for kind in ("TOKEN", "PASSWORD"):
            monkeypatch.setenv(f"{name}_{role.name}_{kind}".upper(), "x")
    base = load(name).base_url
    text = render(api, base if "{" not in base else "http://127.0.0.1/mfpadmin")
    target = read(tmp_path, text, api=api)
    assert set(target.credentials) == {role.name for role in api.roles}
    assert target.capabilities == {one.name: one.default for one in api.capabilities}


@pytest.mark.parametrize(
    "url", ["http://admin:sesame@127.0.0.1:1", "http://admin:se/same@127.0.0.1", "ftp://u:sesame@x"]
)
def test_a_password_in_an_address_is_refused_and_not_printed(url: str) -> None:
    with pytest.raises(WrongUse) as caught:
        checked_url(url, "--base-url")
    assert "same" not in str(caught.value)
    assert "--base-url must" in str(caught.value)
