"""The built-in mock as a process of its own, for the time of a check. The suite never imports it."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta

from conformance.errors import SuiteError

PATIENCE = 30.0
NOON = timedelta(hours=12)


@contextmanager
def running_mock(seed: int = 0, api: str | None = None) -> Iterator[str]:
    """A mock on a free port of the loopback interface; yields its root URL, and ends it afterwards.

    It is noon there, on the day that its devices' dates are counted from: so a check is the same whenever it is made.

    Raises:
        SuiteError: it did not start.
    """
    from mock_server.apis.draw import ANCHOR

    port = _free_port()
    command = [sys.executable, "-m", "devicedouble", "serve", *([api] if api else [])]
    command += ["--port", str(port), "--seed", str(seed), "--at", (ANCHOR + NOON).isoformat(), "--quiet"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True)
    root = f"http://127.0.0.1:{port}"
    try:
        _await(process, root)
        yield root
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(5)
        process.kill()
        if process.stderr:
            process.stderr.close()
        process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _await(process: subprocess.Popen[bytes], root: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if process.poll() is not None:
            told = (process.stderr.read() if process.stderr else b"").decode("utf-8", "replace").strip()
            raise SuiteError(f"The mock did not start: {told.splitlines()[-1] if told else 'no reason given'}.")
        try:
            with urllib.request.urlopen(f"{root}/_mock/health", timeout=1) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.05)
    raise SuiteError(f"The mock did not answer within {PATIENCE:g} s.")


def new_world(root: str, name: str) -> str:
    """Fork a world off the default one; the root URL under which it answers.

    Raises:
        SuiteError: the mock did not make it.
    """
    request = urllib.request.Request(
        f"{root}/_mock/worlds",
        data=json.dumps({"name": name, "from": "default"}).encode(),
        headers={"Content-Type": "application/json"},
        method="POST",
    )
    try:
        with urllib.request.urlopen(request, timeout=10):
            return f"{root}/w/{name}"
    except (urllib.error.URLError, ConnectionError, TimeoutError) as error:
        raise SuiteError(f"The mock did not make a world: {error}.") from None


def drop_world(root: str, name: str) -> None:
    request = urllib.request.Request(f"{root}/_mock/worlds/{name}", method="DELETE")
    with suppress(urllib.error.URLError, ConnectionError, TimeoutError), urllib.request.urlopen(request, timeout=10):
        pass
