"""`devicedouble serve` as a newcomer meets it: what it prints, how it stops, what it says when it cannot start."""

import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from openapi.contract import API_IDS

COMMAND = [sys.executable, "-m", "devicedouble", "serve"]


@contextmanager
def _served(*options: str) -> Iterator[tuple["subprocess.Popen[str]", str, str]]:
    """A running command, the address that it printed, and all it printed until then."""
    process = subprocess.Popen(
        [*COMMAND, "--port", "0", *options], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    try:
        printed = ""
        while "Stop: Ctrl-C" not in printed:
            line = process.stdout.readline()
            assert line, process.communicate()[1]
            printed += line
        address = re.search(r"http://\S+", printed)
        assert address is not None
        yield process, address[0], printed
    finally:
        process.kill()
        process.communicate()


def _refused(*options: str) -> tuple[int, str]:
    """Exit status and stderr of a command that does not start."""
    finished = subprocess.run([*COMMAND, *options], capture_output=True, text=True, timeout=30, check=False)
    assert finished.stdout == ""
    assert "Traceback" not in finished.stderr
    return finished.returncode, finished.stderr


def test_it_prints_a_base_url_and_a_call_to_paste_for_each_api() -> None:
    with _served() as (_, address, printed):
        for api in API_IDS:
            base = re.search(rf"^  {api} +(\S+)$", printed, re.MULTILINE)
            assert base is not None
            assert base[1].startswith(f"{address}/{api}/")
            assert re.search(rf"^    curl .*{re.escape(base[1])}", printed, re.MULTILINE)
        assert httpx.get(f"{address}/", headers={"Accept": "application/json"}).json()["name"] == "devicedouble"


def test_ctrl_c_stops_it_cleanly() -> None:
    with _served() as (process, address, _):
        assert httpx.get(f"{address}/fleet/platform/v1/devices/42").status_code == 401
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=10)
        assert (process.returncode, out, err) == (0, "Stopped.\n", "")


@pytest.mark.parametrize(
    ("path", "begun"),
    [("/fleet/platform/v1/devices/42", b""), ("/_mock/worlds/default/journal/stream", b"HTTP/1.1 200 ")],
    ids=["a delayed answer", "a stream"],
)
def test_ctrl_c_stops_it_cleanly_while_a_call_is_under_way(path: str, begun: bytes) -> None:
    """Nothing is written to stderr, and the caller's connection is closed without an answer, or in the middle of it."""
    head = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nPrefer: delay=20000\r\n\r\n".encode()
    with _served() as (process, address, _):
        host, port = address.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port)), timeout=15) as connection:
            connection.sendall(head)
            received = connection.recv(65536) if begun else b""
            time.sleep(0.3)  # until a call that answers nothing yet has surely arrived
            process.send_signal(signal.SIGINT)
            while chunk := connection.recv(65536):
                received += chunk
        out, err = process.communicate(timeout=15)
    assert (process.returncode, out, err) == (0, "Stopped.\n", "")
    assert received.startswith(begun)
    assert b" 500 " not in received
    assert begun or not received


def test_the_log_has_one_json_object_a_request_and_no_credential() -> None:
    with _served("--log", "json", "fleet") as (process, address, _):
        httpx.get(f"{address}/fleet/platform/v1/devices/42", headers={"Authorization": "Bearer fleet-read-key"})
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=10)
        assert '"operation": "getDevice"' in err
        assert "fleet-read-key" not in err


def test_a_taken_port_is_one_sentence_that_says_what_to_do() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        status, err = _refused("--port", str(port))
    assert status == 1
    assert err == (
        f"devicedouble: Port {port} is taken: stop what uses it, or choose another with --port {port + 1} "
        "(--port 0 finds a free one).\n"
    )


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["nosuch"], "There is no API 'nosuch'; choose from fleet, masmovil, mobilefirst, jasper, zequenze"),
        (["--workers", "2"], "--workers needs a state that processes can share"),
        (["--at", "yesterday"], "--at takes an ISO date and time such as 2026-01-31T12:00:00Z, not 'yesterday'"),
        (["--at", "2016-12-31T23:59:60Z"], "2026-01-31T12:00:00Z, not '2016-12-31T23:59:60Z'"),
        (["--port", "99999"], "99999 is not in the range 0<=x<=65535"),
    ],
)
def test_wrong_use_is_one_sentence_and_status_2(options: list[str], sentence: str) -> None:
    status, err = _refused(*options)
    assert status == 2
    assert sentence in err


def test_an_unknown_state_is_one_sentence() -> None:
    status, err = _refused("--port", "0", "--state", "mongodb://x")
    assert status == 1
    assert err.startswith("devicedouble: State 'mongodb://x' is unknown")


@pytest.mark.parametrize("more", [[], ["--workers", "2"]], ids=["one process", "two"])
@pytest.mark.parametrize(
    ("state", "begins", "ends"),
    [
        (
            "sqlite:////no/such/folder/x.db",
            "The state cannot be reached: unable to open database file.",
            "Give --state a file in a folder that is there and can be written to.",
        ),
        (
            "postgresql://nobody@127.0.0.1:1/x",
            "The state cannot be reached: connection failed:",
            "Start the PostgreSQL server, or correct the address given with --state.",
        ),
    ],
    ids=["sqlite", "postgresql"],
)
def test_a_state_that_cannot_be_reached_is_one_sentence_and_what_to_do_next(
    state: str, begins: str, ends: str, more: list[str]
) -> None:
    """However many processes there were to be: none of them is started."""
    status, err = _refused("--port", "0", "--state", state, *more)
    assert status == 1
    assert err.startswith(f"devicedouble: {begins}")
    assert err.endswith(f" {ends}\n")
    assert err.count("\n") == 1


def test_beyond_loopback_a_control_token_is_made_and_printed_once() -> None:
    with _served("--host", "0.0.0.0", "fleet") as (process, address, printed):
        local = address.replace("0.0.0.0", "127.0.0.1")
        assert httpx.get(f"{local}/_mock/worlds").status_code == 401
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=10)
        token = re.search(r"Control token \(made for this run\): (\S+)\n", err)
        assert token is not None
        assert printed.count(token[1]) == 0


@pytest.mark.parametrize("workers", [[], ["--workers", "2"]], ids=["one", "two"])
def test_a_state_that_was_there_before_is_said_to_hold(workers: list[str], tmp_path: Path) -> None:
    state = ["--state", f"sqlite:///{tmp_path}/double.sqlite", "fleet", *workers]
    with _served("--seed", "7", "--devices", "20", "--at", "2030-01-31T12:00:00Z", *state) as (_, _address, printed):
        assert "already" not in printed
    with _served(*state) as (_, _address, printed):
        assert "already" not in printed
    with _served("--seed", "8", "--devices", "20", "--at", "2031-01-31T12:00:00Z", *state) as (_, _address, printed):
        first, *rest = printed.splitlines()
    assert re.fullmatch(
        r"The state holds a default world already, with seed 7, the time 2030-01-31T12:0\d:\d\dZ: "
        r"--seed, --at change nothing\.",
        first,
    )
    assert "already" not in "".join(rest)


@pytest.mark.slow
def test_workers_end_with_the_process_that_started_them(tmp_path: Path) -> None:
    """Killed, it has no time to tell them."""
    state = f"sqlite:///{tmp_path}/double.sqlite"
    with _served("--state", state, "--workers", "2", "fleet") as (process, address, _):
        until = time.monotonic() + 30
        while not _answers(address):
            assert time.monotonic() < until
        process.kill()
        while _answers(address):
            assert time.monotonic() < until
        assert process.communicate(timeout=10) == ("", "")  # both ends close with the last of the workers


def _answers(address: str) -> bool:
    time.sleep(0.2)
    try:
        return httpx.get(f"{address}/_mock/health").status_code == 200
    except httpx.TransportError:
        return False


@pytest.mark.parametrize("at", ["2030-01-31T12:00:00Z", "2030-01-31t12:00:00z", "2030-01-31T12:00"])
def test_the_world_begins_at_the_given_time(at: str) -> None:
    with _served("--at", at, "fleet") as (_, address, _printed):
        assert httpx.get(f"{address}/_mock/worlds/default/clock").json()["now"].startswith("2030-01-31T12:00:0")
