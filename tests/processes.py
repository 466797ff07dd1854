"""The double as a process of its own, which can be killed."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

ROOT = Path(__file__).resolve().parents[1]


class Served:
    """A running `devicedouble serve` on a free port."""

    def __init__(self, *arguments: str) -> None:
        command = [sys.executable, "-m", "devicedouble", "serve", "--port", "0", *arguments]
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=environment)
        try:
            self.origin = self._origin()
        except RuntimeError:
            self.stop()
            raise

    def _origin(self) -> str:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            found = re.search(r"http://[\d.:]+", line)
            if found is not None:
                self._wait(found[0])
                return found[0]
        raise RuntimeError("the server did not start")

    def _wait(self, origin: str) -> None:
        until = time.monotonic() + 30
        while time.monotonic() < until:
            try:
                httpx.get(origin, headers={"accept": "application/json"}, timeout=5)
            except httpx.TransportError:
                time.sleep(0.05)
            else:
                return
        raise RuntimeError("the server does not answer")

    def kill(self) -> None:
        """End it without a chance to tidy up."""
        self._process.send_signal(signal.SIGKILL)
        self._process.wait(10)

    def stop(self) -> int:
        """Interrupt it like Ctrl-C; its exit status."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
        try:
            return self._process.wait(10)
        except subprocess.TimeoutExpired:
            self.kill()
            raise
        finally:
            if self._process.stdout is not None:
                self._process.stdout.close()


@contextmanager
def served(*arguments: str) -> Iterator[Served]:
    """A `devicedouble serve` with these arguments, for so long."""
    process = Served(*arguments)
    try:
        yield process
    finally:
        process.stop()
