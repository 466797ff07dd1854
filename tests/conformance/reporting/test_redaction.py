"""No secret leaves the suite, and nothing else is lost on the way."""

from __future__ import annotations

import json
import shlex
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from rich.console import Console

from conformance.reporting import About, Redactor, write_reports
from conformance.reporting.terminal import print_results
from conformance.results import Results, Rules
from conformance.run import Run
from conformance.target import Credential
from conformance.types import Exchange, Failure, Headers, Outcome, Requirement, Sent
from tests.conformance import tiny

ABOUT = About("1", 0, datetime(2026, 1, 1, tzinfo=UTC), 1.0, "devicedouble check tiny --target t.toml")
BASE = "http://127.0.0.1:9/tinyadmin/api"
COMMON = Credential("admin", username="admin", password="admin")
DISTINCT = Credential("writer", username="writer", password='k"3y/of <writer>')
PUBLIC = (f"{BASE}/notes", "admin", "monitor", "12345-6789")


def made(secrets: tuple[str, ...]) -> Redactor:
    return Redactor(secrets, PUBLIC, ("admin", "monitor"))


@pytest.mark.parametrize(
    "text",
    [
        f"{BASE}/notes/1",
        "A change to STOLEN by admin is told as by monitor",
        "The role admin is not refused as it must be",
        '{"user": "admin", "id": "12345-6789"}',
        "tokens: 12345-67890",
    ],
)
def test_what_is_public_survives_a_password_that_equals_it(text: str) -> None:
    """A password `admin` takes nothing out of addresses, names and explanations."""
    assert made(("admin", "12345-6789")).text(text) == text


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("admin:admin", "admin:[redacted]"),
        ('{"password": "admin"}', '{"password": "[redacted]"}'),
        ('"{\\"apiKey\\":\\"admin\\"}"', '"{\\"apiKey\\":\\"[redacted]\\"}"'),
        ("?user=admin&token=admin&x=1", "?user=admin&token=[redacted]&x=1"),
        ("Bearer admin is unknown", "Bearer [redacted] is unknown"),
        ("Basic YWRtaW46YWRtaW4=", "Basic [redacted]"),
    ],
)
def test_a_common_secret_is_taken_out_where_it_is_unmistakable(text: str, kept: str) -> None:
    """Behind its name, a scheme or the user's name, and in what is made of it, even `admin` is a secret."""
    assert made(("admin", "YWRtaW46YWRtaW4=")).text(text) == kept


@pytest.mark.parametrize(
    ("name", "value", "kept"),
    [
        ("Authorization", "Basic YWRtaW46YWRtaW4=", "Basic [redacted]"),
        ("X-Api-Key", "admin", "[redacted]"),
        ("Set-Cookie", "user=admin", "[redacted]"),
        ("X-User", "admin", "admin"),
        ("Location", f"{BASE}/notes/1", f"{BASE}/notes/1"),
    ],
)
def test_headers(name: str, value: str, kept: str) -> None:
    """A header that carries a credential loses it; others keep what only looks like one."""
    assert made(("admin",)).header(name, value) == kept


@pytest.mark.parametrize(
    "form",
    [
        'k"3y/of <é>',
        "k%223y/of%20%3C%C3%A9%3E",
        "k%223y%2Fof+%3C%C3%A9%3E",
        'k\\"3y/of <\\u00e9>',
        'k\\"3y/of <é>',
        "k&quot;3y/of &lt;é&gt;",
        "ayIzeS9vZiA8w6k+",
        "ayIzeS9vZiA8w6k-",
    ],
)
def test_a_distinct_secret_is_nowhere(form: str) -> None:
    """Whatever the text, however the secret is written in it."""
    assert made(('k"3y/of <é>',)).text(f"/x?{form}&y") == "/x?[redacted]&y"


def test_a_secret_that_was_cut_is_not_shown_by_its_beginning() -> None:
    """What was shortened before it was redacted shows no half of a secret."""
    assert made(("a-long-secret",)).text('500 {"echo": "a-long-se…') == '500 {"echo": "[redacted]…'


@pytest.fixture
def run() -> Iterator[Run]:
    """A run against a target with a common and a distinctive password; nothing is sent."""
    target = replace(tiny.target(BASE), credentials={one.role: one for one in (COMMON, DISTINCT)})
    run = tiny.session().open(target, remember=False)
    run.client.requests = 1
    yield run
    run.client.close()


def failing(credential: Credential, told: str) -> Outcome:
    fields = (("Authorization", credential.authorization), ("Accept", "application/json"))
    sent = Sent("PUT", f"{BASE}/notes/1?by=admin", "/notes/1?by=admin", fields, json.dumps({"by": told}).encode())
    exchange = Exchange(sent, 200, Headers([("X-Echo", told)]), json.dumps({"said": told}).encode(), 0.1)
    failure = Failure(f"A change by {told} is not told.", told, told, (exchange,), "told")
    return Outcome(Requirement(f"tiny.note.by-{credential.role}", "Names admin."), "failed", None, 1, [failure])


def outputs(run: Run, folder: Path, *outcomes: Outcome) -> dict[str, str]:
    """Everything that a run leaves: five files and the terminal."""
    results = Results(list(outcomes), Rules())
    exchanges = [exchange for one in outcomes for failure in one.failures for exchange in failure.exchanges]
    write_reports(folder, results, run, ABOUT, exchanges)
    console = Console(record=True, width=400, file=(folder / "terminal.txt").open("w", encoding="utf-8"))
    print_results(console, results, run, ABOUT)
    console.file.close()
    return {file.name: file.read_text(encoding="utf-8") for file in folder.iterdir()}


def test_reports_of_a_common_password_are_whole(run: Run, tmp_path: Path) -> None:
    """With admin:admin, addresses, names and explanations are as they were, and curl can be run."""
    found = outputs(run, tmp_path, failing(COMMON, "admin"))
    report = json.loads(found["report.json"])
    assert report["target"]["base_url"] == BASE
    failure = report["requirements"][0]["failures"][0]
    assert (failure["message"], failure["expected"]) == ("A change by admin is not told.", "admin")
    assert failure["requests"][0]["url"] == f"{BASE}/notes/1?by=admin"
    words = shlex.split(failure["requests"][0]["curl"])
    assert words[-1] == f"{BASE}/notes/1?by=admin"
    assert words[words.index("--data-raw") + 1] == '{"by": "admin"}'
    assert json.loads(found["requests.har"])["log"]["entries"][0]["request"]["url"] == f"{BASE}/notes/1?by=admin"
    assert "A change by admin is not told." in found["terminal.txt"]
    for text in found.values():
        assert COMMON.authorization.removeprefix("Basic ") not in text


def test_a_distinctive_password_is_in_no_output(run: Run, tmp_path: Path) -> None:
    """Not in any of the files, nor on the terminal, in no form."""
    password = str(DISTINCT.password)
    for name, text in outputs(run, tmp_path, failing(DISTINCT, password)).items():
        for form in (password, json.dumps(password)[1:-1], json.dumps(json.dumps(password)[1:-1])[1:-1], "of <writer>"):
            assert form not in text, name
        assert "of &lt;writer" not in text, name
        assert DISTINCT.authorization.removeprefix("Basic ") not in text, name


def test_curl_of_a_report_parses_in_a_shell(run: Run, tmp_path: Path) -> None:
    """The command line of a report is one that a shell takes."""
    report = json.loads(outputs(run, tmp_path, failing(COMMON, "admin"))["report.json"])
    line = report["requirements"][0]["failures"][0]["requests"][0]["curl"]
    subprocess.run(["sh", "-n", "-c", line], check=True)
