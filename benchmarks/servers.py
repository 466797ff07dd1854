"""Servers to measure: processes pinned to one core, waited for until their first answer, measured in memory."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

SERVER_CORE, LOAD_CORE = 0, 1


@dataclass(slots=True)
class Running:
    """A server process: where it listens and how long it took to its first answer."""

    port: int
    pid: int
    start_s: float

    def cpu_s(self) -> float:
        """Processor seconds that the process and its children have used."""
        ticks = 0
        for pid in [self.pid, *below(self.pid)]:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            ticks += int(fields[11]) + int(fields[12])
        return ticks / os.sysconf("SC_CLK_TCK")

    def memory_mb(self) -> float:
        """Resident memory of the process and its children, in megabytes."""
        return sum(resident_mb(pid) for pid in [self.pid, *below(self.pid)])


def resident_mb(pid: int) -> float:
    """Resident memory of a process in megabytes, 0 when it is gone."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS:")), 0.0)


def machine_s() -> tuple[float, float]:
    """Seconds that all processors of the machine together have been busy and idle (waiting for a disk is idle)."""
    fields = [int(field) for field in Path("/proc/stat").read_text().splitlines()[0].split()[1:9]]
    tick = os.sysconf("SC_CLK_TCK")
    idle = fields[3] + fields[4]
    return (sum(fields) - idle) / tick, idle / tick


def _pin() -> None:
    os.sched_setaffinity(0, {SERVER_CORE})


def below(pid: int) -> list[int]:
    """All processes below this one."""
    found: list[int] = []
    try:
        for task in Path(f"/proc/{pid}/task").glob("*/children"):
            for child in task.read_text().split():
                found += [int(child), *below(int(child))]
    except OSError:
        return found
    return found


def free_port() -> int:
    """A port that is free at the moment."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


@contextmanager
def running(
    command: Sequence[str], port: int, probe: str, patience: float = 60, *, pinned: bool = True
) -> Iterator[Running]:
    """Start `command`, wait until `probe` (a path) answers anything, stop it in the end."""
    began = time.perf_counter()
    process = subprocess.Popen(
        command,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        preexec_fn=_pin if pinned else None,  # noqa: PLW1509 - no threads here
        start_new_session=True,
    )
    try:
        while not _answers(port, probe):
            if process.poll() is not None or time.perf_counter() - began > patience:
                raise RuntimeError(f"did not start: {' '.join(command)}")
            time.sleep(0.005)
        yield Running(port, process.pid, time.perf_counter() - began)
    finally:
        try:
            os.killpg(process.pid, 15)
            process.wait(10)
        except (ProcessLookupError, subprocess.TimeoutExpired):
            os.killpg(process.pid, 9)
            process.wait(10)


def _answers(port: int, probe: str) -> bool:
    try:
        urllib.request.urlopen(f"http://127.0.0.1:{port}{probe}", timeout=5).read()
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
    return True


def hello(port: int) -> list[str]:
    """A bare uvicorn application that answers every request with the same small JSON."""
    options = "log_level='error', access_log=False, loop='uvloop', http='httptools'"
    code = f"import uvicorn; uvicorn.run('benchmarks.hello:app', port={port}, {options})"
    return [sys.executable, "-c", code]


def double(port: int, *options: str) -> list[str]:
    """The double, as a user starts it."""
    return [sys.executable, "-m", "devicedouble", "serve", "--port", str(port), "--quiet", *options]


def unjournalled(port: int) -> list[str]:
    """The double without its journal."""
    return [sys.executable, "-m", "benchmarks.unjournalled", str(port)]


def prism(port: int, document: Path) -> list[str] | None:
    """Prism (`npm install -g @stoplight/prism-cli`), or None when it is not installed."""
    command = shutil.which("prism")
    return [command, "mock", "-p", str(port), "-v", "error", str(document)] if command else None


def wiremock(port: int, folder: Path) -> list[str] | None:
    """WireMock (`npm install -g wiremock`), or None when it is not installed."""
    command = shutil.which("wiremock")
    return [command, "--port", str(port), "--root-dir", str(folder), "--no-request-journal"] if command else None
