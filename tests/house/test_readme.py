"""The README is true: every call in it works against a fresh double, and answers what its comment says."""

import re
import shlex
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

README = Path(__file__).parents[2] / "README.md"
PRINTED = "http://127.0.0.1:8080"
_DATE = re.compile(r"\$\(date -u -d \+(\d+)days \+%FZ 2>&- \|\| date -u -v\+\1d \+%FZ\)")
"""A later day, as the date of GNU says it, or else that of BSD."""


def _blocks() -> Iterator[tuple[str, list[str]]]:
    """Each API's commands, continued lines joined."""
    text = README.read_text(encoding="utf-8").partition("## The five APIs")[2].partition("\n## ")[0]
    for section in text.split("\n### ")[1:]:
        name, _, body = section.partition("\n")
        lines = [line[4:] for line in body.splitlines() if line.startswith("    ")]
        yield name.strip(), "\n".join(lines).replace("\\\n", " ").splitlines()


def _commands() -> Iterator[tuple[str, str, dict[str, str]]]:
    """API, command, and the variables that stand above it; a command goes on while a quote is open."""
    for api, lines in _blocks():
        variables: dict[str, str] = {}
        pending = ""
        for line in lines:
            pending = f"{pending} {line}" if pending else line
            if pending.count("'") % 2:
                continue
            if match := re.match(r"([A-Z])=(\S+)$", pending):
                variables[match[1]] = _filled(match[2], variables)
            else:
                yield api, pending, dict(variables)
            pending = ""


def _filled(text: str, variables: dict[str, str]) -> str:
    for name, value in variables.items():
        text = re.sub(rf"\${name}\b", value, text)
    return _DATE.sub(lambda match: f"{datetime.now(UTC) + timedelta(days=int(match[1])):%Y-%m-%dZ}", text)


def _send(command: str, origin: str) -> httpx.Response:
    """Send a curl command line (the options that the README uses)."""
    words = shlex.split(command, comments=False)
    assert words[0] == "curl"
    method, headers, data, auth, url = "GET", {}, None, None, ""
    rest = iter(words[1:])
    for word in rest:
        if word == "-X":
            method = next(rest)
        elif word == "-H":
            name, _, value = next(rest).partition(": ")
            headers[name] = value
        elif word == "-d":
            data = next(rest)
        elif word == "-u":
            user, _, password = next(rest).partition(":")
            auth = (user, password)
        else:
            assert word.startswith(PRINTED), word
            url = word.replace(PRINTED, origin)
    return httpx.request(method, url, headers=headers, content=data, auth=auth)


@pytest.mark.parametrize(("api", "command", "variables"), list(_commands()))
def test_every_call_of_the_readme_answers_what_it_says(
    api: str, command: str, variables: dict[str, str], server: Any
) -> None:
    call, _, comment = command.partition("  #")
    name = f"readme-{api}-{abs(hash(command))}"
    server.double.worlds.create(name)
    response = _send(_filled(call, variables).strip().replace(PRINTED, f"{PRINTED}/w/{name}"), server.origin)
    status = re.search(r"\d{3}", comment)
    assert response.status_code == (int(status[0]) if status else 200), response.text
    if body := re.search(r"\{.*\}", comment):
        assert _matches(body[0], response.text)


def _matches(pattern: str, text: str) -> bool:
    return re.fullmatch(".*".join(re.escape(part) for part in pattern.split("…")), text) is not None


def test_the_readme_shows_each_api() -> None:
    from openapi.contract import API_IDS

    assert [api for api, _ in _blocks()] == list(API_IDS)
