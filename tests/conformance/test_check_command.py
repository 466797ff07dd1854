"""`devicedouble check` from outside: exit statuses to the letter, one sentence an error, secrets in no output."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import jsonschema_rs
import pytest

from tests.conformance.tiny import CONTRACT
from tests.conformance.tiny.server import Notes, serving, start

TARGET = """
api = "tiny"
base_url = "{url}"
[credentials.writer]
token = "writer-key"
[credentials.reader]
token = "reader-key"
[fixtures]
id = "1"
"""


def check(tmp_path: Path, url: str, *options: str, text: str = TARGET) -> subprocess.CompletedProcess[str]:
    """Run the command on the tiny contract."""
    file = tmp_path / "tiny.toml"
    file.write_text(text.format(url=url))
    return command("check", str(CONTRACT), "--target", str(file), "--examples", "5", *options, home=tmp_path)


def command(*arguments: str, home: Path, folder: Path | None = None) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "XDG_STATE_HOME": str(home / "state"), "COLUMNS": "200"}
    return subprocess.run(
        [sys.executable, "-m", "devicedouble", *arguments],
        capture_output=True,
        text=True,
        env=environment,
        cwd=folder,
        timeout=120,
        check=False,
    )


def one_sentence(done: subprocess.CompletedProcess[str]) -> str:
    """What was said on stderr, which is one line and no traceback."""
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 1, done.stderr
    assert "Traceback" not in done.stderr
    return lines[0]


def test_conformant_is_0(tmp_path: Path) -> None:
    with serving(Notes()) as url:
        done = check(tmp_path, url)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "conformant" in done.stdout


def test_a_failed_must_is_1_and_told_with_what_replays_it(tmp_path: Path) -> None:
    with serving(Notes({"takes-unknown"})) as url:
        done = check(tmp_path, url)
    assert done.returncode == 1
    assert "nonconformant" in done.stdout
    assert "curl -X PATCH" in done.stdout
    assert "replay" in done.stdout
    assert "expected  400 with code VALIDATION" in done.stdout


def test_an_inferred_failure_counts_with_strict_only(tmp_path: Path) -> None:
    """That `offset` is not negative is marked inferred in the tiny contract."""
    glob = ("--only", "tiny.list-notes.refuses-query-minimum-validation-inferred", "tiny.get-note.succeeds")
    with serving(Notes({"lax"})) as url:
        lax = check(tmp_path, url, *glob)
        strict = check(tmp_path, url, *glob, "--strict")
    assert (lax.returncode, strict.returncode) == (0, 1)
    assert "1 of them deviations" in lax.stdout


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("--only", "nothing.*"), "No requirement of tiny matches 'nothing.*'"),
        (("--skip", "*"), "--skip leaves nothing of what is to be checked"),
        (("--known", "/no/such/file"), "cannot be read"),
        (("--examples", "0"), "0 is not in the range"),
        (("--report-dir", "/proc/nowhere/x"), "cannot be made"),
    ],
)
def test_wrong_use_is_2(options: tuple[str, ...], sentence: str, tmp_path: Path) -> None:
    done = check(tmp_path, "http://127.0.0.1:9", *options)
    assert done.returncode == 2
    assert sentence in one_sentence(done)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("check", "fleet"), "Say which server to check"),
        (("check", "nosuchapi", "--mock"), "is neither one of fleet"),
        (("check", "fleet", "--target", "none.toml"), "There is no target file none.toml"),
        (("check", "fleet", "--base-url", "nonsense"), "--base-url must be a URL"),
        (("check", "fleet", "--mock", "--base-url", "http://x"), "leave --base-url out"),
        (
            ("check", str(CONTRACT), "--mock"),
            "--mock starts a server for fleet, masmovil, mobilefirst, jasper or zequenze",
        ),
        (("target", "nosuchapi"), "is none of fleet"),
    ],
)
def test_wrong_commands_are_2(arguments: tuple[str, ...], sentence: str, tmp_path: Path) -> None:
    done = command(*arguments, home=tmp_path)
    assert done.returncode == 2
    assert sentence in one_sentence(done)


def test_a_bad_target_file_is_2(tmp_path: Path) -> None:
    done = check(tmp_path, "http://127.0.0.1:9", text="api = 'tiny'\nbase_url = '{url}'\n[limit]")
    assert done.returncode == 2
    assert "limit is not known; did you mean limits?" in one_sentence(done)


def test_where_nothing_can_be_noted_nothing_is_changed(tmp_path: Path) -> None:
    """Exit status 2 before the first request, and the folder; `--safe` needs none."""
    (tmp_path / "state").write_text("a file where the folder should be")
    with serving(Notes()) as url:
        done = check(tmp_path, url)
        assert done.returncode == 2
        assert f"{tmp_path}/state/devicedouble/restore, where nothing can be written (not a dir" in one_sentence(done)
        assert check(tmp_path, url, "--safe", "--only", "tiny.get-note.succeeds").returncode == 0


def test_a_run_leaves_nothing_in_the_folder_it_is_started_in(tmp_path: Path) -> None:
    here = tmp_path / "here"
    here.mkdir()
    done = command("check", "zequenze", "--mock", "--only", "*.sequences", home=tmp_path, folder=here)
    assert done.returncode == 0
    assert not [*here.iterdir()]


def test_when_everything_is_skipped_that_is_2(tmp_path: Path) -> None:
    with serving(Notes()) as url:
        done = check(tmp_path, url, "--safe", "--only", "tiny.patch-note.refuses-body-type*")
    assert done.returncode == 2


@pytest.mark.parametrize(
    ("api", "reason"),
    [("zequenze", "the target has no fixture serial_number"), ("fleet", "every answer was 404, as where no API is")],
)
def test_a_wrong_address_is_3_and_says_where_to_look(api: str, reason: str, tmp_path: Path) -> None:
    """Every answer is 404: nothing passes, and the failures that there are do not count."""
    missing = b"HTTP/1.1 404 Not Found\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"
    with listening(missing) as port:
        done = command("check", api, "--base-url", f"http://127.0.0.1:{port}/nowhere", "--quiet", home=tmp_path)
    assert done.returncode == 3
    assert "No requirement passed" in done.stdout
    assert f"is http://127.0.0.1:{port}/nowhere the base URL of the API" in done.stdout
    assert reason in done.stdout


@contextmanager
def listening(answer: bytes | None) -> Iterator[int]:
    """A port that answers every connection with these bytes, and closes it; None: never answers."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        kept: list[socket.socket] = []

        def serve() -> None:
            while True:
                try:
                    peer, _ = listener.accept()
                except OSError:
                    return
                kept.append(peer)
                if answer is not None:
                    peer.recv(65536)
                    peer.sendall(answer)
                    peer.close()

        threading.Thread(target=serve, daemon=True).start()
        yield listener.getsockname()[1]
        for peer in kept:
            peer.close()


def test_nobody_there_is_3(tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    done = check(tmp_path, f"http://127.0.0.1:{port}")
    assert done.returncode == 3
    assert f"127.0.0.1:{port} cannot be reached: connection refused" in one_sentence(done)


def test_an_unknown_host_is_3(tmp_path: Path) -> None:
    done = check(tmp_path, "http://no-such-host.invalid")
    assert done.returncode == 3
    assert "no host named no-such-host.invalid" in one_sentence(done)


def test_silence_is_3(tmp_path: Path) -> None:
    with listening(None) as port:
        done = check(tmp_path, f"http://127.0.0.1:{port}", "--timeout", "0.3")
    assert done.returncode == 3
    assert "did not answer in 0.3 s" in one_sentence(done)


def test_no_http_and_no_tls_are_3(tmp_path: Path) -> None:
    with listening(b"SSH-2.0-OpenSSH_9.2\r\n\r\n") as port:
        plain = check(tmp_path, f"http://127.0.0.1:{port}")
        secure = check(tmp_path, f"https://127.0.0.1:{port}")
    assert (plain.returncode, secure.returncode) == (3, 3)
    assert "does not speak HTTP/1.1" in one_sentence(plain)
    assert "does not speak TLS as expected" in one_sentence(secure)


def test_a_web_page_instead_of_an_api_is_3(tmp_path: Path) -> None:
    with serving(Notes({"html"})) as url:
        done = check(tmp_path, url, "--report-dir", str(tmp_path / "report"))
    assert done.returncode == 3
    assert "with an HTML page, not with the API; check base_url" in one_sentence(done)
    report = json.loads((tmp_path / "report" / "report.json").read_text())
    assert (report["verdict"], report["summary"]["requests"]) == ("error", 1)


def test_wrong_credentials_are_3_and_say_so(tmp_path: Path) -> None:
    with serving(Notes()) as url:
        done = check(tmp_path, url, "--only", "tiny.get-note.*", text=TARGET.replace("writer-key", "wrong-key"))
    assert done.returncode == 3
    assert "The server refuses the credentials of role writer (401); check [credentials.writer]" in done.stdout


def test_a_fixture_that_does_not_exist_is_3_and_says_so(tmp_path: Path) -> None:
    with serving(Notes()) as url:
        done = check(tmp_path, url, "--only", "tiny.get-note.*", text=TARGET.replace('id = "1"', 'id = "777"'))
    assert done.returncode == 3
    assert "/notes/777 does not exist on the server (404); check [fixtures]" in done.stdout


REPORT = {
    "type": "object",
    "required": [
        *("version", "suite", "api", "target", "seed", "started", "duration_s", "verdict"),
        *("summary", "requirements", "coverage"),
    ],
    "properties": {
        "version": {"const": 1},
        "suite": {"type": "object", "required": ["name", "version"], "properties": {"name": {"const": "devicedouble"}}},
        "seed": {"type": "integer"},
        "started": {"type": "string", "format": "date-time", "pattern": "Z$"},
        "verdict": {"enum": ["conformant", "nonconformant", "error"]},
        "summary": {
            "type": "object",
            "required": ["passed", "failed", "skipped", "inconclusive", "error", "deviations", "requests"],
            "additionalProperties": {"type": "integer"},
        },
        "requirements": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["id", "level", "basis", "source", "text", "status", "reason", "cases", "failures"],
                "additionalProperties": False,
                "properties": {
                    "id": {"type": "string", "pattern": "^[a-z]+\\.[a-z0-9-]+\\.[a-z0-9-]+$"},
                    "level": {"enum": ["MUST", "SHOULD", "MAY"]},
                    "basis": {"enum": ["documented", "public", "inferred"]},
                    "source": {"type": "string"},
                    "text": {"type": "string", "minLength": 1},
                    "status": {"enum": ["passed", "failed", "skipped", "inconclusive", "error"]},
                    "reason": {"type": ["string", "null"]},
                    "cases": {"type": "integer"},
                    "failures": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "required": ["message", "expected", "actual", "requests", "replay"],
                            "properties": {
                                "requests": {
                                    "type": "array",
                                    "items": {"required": ["curl", "method", "url", "status", "body"]},
                                },
                                "replay": {"type": "string", "pattern": "^devicedouble check "},
                            },
                        },
                    },
                },
            },
        },
        "coverage": {
            "type": "array",
            "items": {
                "required": ["operation", "statuses", "undeclared"],
                "properties": {"statuses": {"additionalProperties": {"type": "integer"}}},
            },
        },
    },
}


def test_the_reports_are_written_and_hold_no_secret(tmp_path: Path) -> None:
    folder = tmp_path / "report"
    with serving(Notes({"takes-unknown"})) as url:
        done = check(tmp_path, url, "--report-dir", str(folder))
    names = {"report.json", "report.html", "junit.xml", "conformance.svg", "requests.har"}
    assert {file.name for file in folder.iterdir()} == names
    report = json.loads((folder / "report.json").read_text())
    jsonschema_rs.validator_for(REPORT, validate_formats=True).validate(report)
    assert report["verdict"] == "nonconformant"
    assert report["summary"]["failed"] >= 1
    for text in (done.stdout, done.stderr, *(file.read_text() for file in folder.iterdir())):
        assert "writer-key" not in text
        assert "reader-key" not in text


def test_known_deviations_do_not_count_and_stale_ones_are_told(tmp_path: Path) -> None:
    known = tmp_path / "known.toml"
    name = "tiny.patch-note.refuses-body-additional-properties-validation"
    known.write_text(f"[[known]]\nid = '{name}'\nreason = 'on its way'\nsince = 2024-05-01\n")
    only = ("--only", name, "tiny.get-note.succeeds", "--known", str(known))
    with serving(Notes({"takes-unknown"})) as url:
        assert check(tmp_path, url, *only).returncode == 0
    with serving(Notes()) as url:
        done = check(tmp_path, url, *only)
    assert done.returncode == 0
    assert "Stale" in done.stdout


def test_list_prints_a_requirement_a_line(tmp_path: Path) -> None:
    done = command("check", str(CONTRACT), "--list", home=tmp_path)
    assert done.returncode == 0
    rows = [line.split("\t") for line in done.stdout.splitlines()]
    assert {len(row) for row in rows} == {5}
    assert ["tiny.get-note.succeeds", "MUST", "documented"] in [row[:3] for row in rows]


def test_safe_is_honoured(tmp_path: Path) -> None:
    notes = Notes()
    with serving(notes) as url:
        assert check(tmp_path, url, "--safe").returncode == 0
    assert {method for method, _, _ in notes.calls} <= {"GET", "HEAD", "OPTIONS"}


def test_complete_does_not_forgive_what_was_skipped(tmp_path: Path) -> None:
    with serving(Notes()) as url:
        done = check(tmp_path, url, "--safe", "--complete")
    assert done.returncode == 1


def test_a_killed_run_is_finished_by_the_next(tmp_path: Path) -> None:
    """kill -9 in the middle of a change: what was there is on disk, and the next run puts it back when told to."""
    notes = Notes(stuck_after=3)
    only = ("--only", "tiny.patch-note.reads-back", "--examples", "5")
    with serving(notes) as url:
        file = tmp_path / "tiny.toml"
        file.write_text(TARGET.format(url=url))
        arguments = [sys.executable, "-m", "devicedouble", "check", str(CONTRACT), "--target", str(file), *only]
        environment = {**os.environ, "XDG_STATE_HOME": str(tmp_path / "state")}
        with subprocess.Popen(arguments, env=environment, stdout=subprocess.DEVNULL) as process:
            deadline = time.monotonic() + 30
            while not notes.is_stuck and time.monotonic() < deadline:
                time.sleep(0.01)
            process.send_signal(signal.SIGKILL)
        assert {**notes.notes[1], "stamp": ""} != {**start()[1], "stamp": ""}
        notes.stuck_after, notes.is_stuck = None, False
        told = check(tmp_path, url, "--only", "tiny.get-note.succeeds")
        assert "A run that was cut off has left 1 change(s) on this server." in told.stderr
        assert check(tmp_path, url, "--only", "tiny.get-note.succeeds", "--restore", "yes").returncode == 0
        assert {**notes.notes[1], "stamp": ""} == {**start()[1], "stamp": ""}
        assert check(tmp_path, url, "--only", "tiny.get-note.succeeds").stderr == ""


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Ctrl-C reaches the processes started here, though a script's background ignores it, with all that it starts."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("interruptible")
def test_ctrl_c_puts_back_and_is_130(tmp_path: Path) -> None:
    """The report is written all the same."""
    notes = Notes(stuck_after=3)
    folder = tmp_path / "report"
    with serving(notes) as url:
        file = tmp_path / "tiny.toml"
        file.write_text(TARGET.format(url=url))
        arguments = [sys.executable, "-m", "devicedouble", "check", str(CONTRACT), "--target", str(file)]
        arguments += ["--only", "tiny.patch-note.reads-back", "--report-dir", str(folder)]
        environment = {**os.environ, "XDG_STATE_HOME": str(tmp_path / "state")}
        with subprocess.Popen(arguments, env=environment, stdout=subprocess.DEVNULL) as process:
            deadline = time.monotonic() + 30
            while not notes.is_stuck and time.monotonic() < deadline:
                time.sleep(0.01)
            process.send_signal(signal.SIGINT)
            notes.stuck_after, notes.is_stuck = None, False
            assert process.wait(30) == 130
    assert {**notes.notes[1], "stamp": ""} == {**start()[1], "stamp": ""}
    assert json.loads((folder / "report.json").read_text())["verdict"] == "error"


def test_a_redirection_is_3(tmp_path: Path) -> None:
    moved = b"HTTP/1.1 301 Moved\r\nLocation: https://elsewhere.example/\r\nContent-Length: 0\r\n\r\n"
    with listening(moved) as port:
        done = check(tmp_path, f"http://127.0.0.1:{port}")
    assert done.returncode == 3
    assert "redirects to https://elsewhere.example/ (301); check base_url" in one_sentence(done)
