"""How fast the suite works, beside Schemathesis' command line on the same contract and server, in the same run.

    python -m benchmarks.check [API ...] [--workers 2]

Both check one running double. Requests are counted from the tools' own reports, seconds are those of the whole
command; memory is the largest resident size of any one process of it.
Exit status 1 when a goal is missed: a default run under 60 s, at least 150 requests a second and 1.5 times
Schemathesis' rate, under 300 MB a process.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks import servers
from openapi.contract import API_IDS
from tests.mock_server.calls import CALLS

LONGEST_S, LEAST_RATE, RATIO, MOST_MB = 60.0, 150.0, 1.5, 300.0


@dataclass(frozen=True, slots=True)
class Run:
    """What one tool did."""

    tool: str
    api: str
    requests: int
    seconds: float
    memory_mb: float

    @property
    def rate(self) -> float:
        return self.requests / self.seconds

    def line(self) -> str:
        return (
            f"{self.tool:<13} {self.api:<12} {self.requests:>6} requests {self.seconds:>6.1f} s"
            f" {self.rate:>7.0f}/s {self.memory_mb:>6.0f} MB"
        )


def _timed(command: list[str], folder: Path) -> tuple[float, float]:
    """Seconds and the peak memory (MB) of any one process of a command; it may exit as it likes."""
    began = time.perf_counter()
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    peak = 0.0
    while process.poll() is None:
        peak = max([peak, *(servers.resident_mb(pid) for pid in [process.pid, *servers.below(process.pid)])])
        time.sleep(0.05)
    return time.perf_counter() - began, peak


def _suite(api: str, origin: str, workers: int, folder: Path) -> Run:
    command = [sys.executable, "-m", "devicedouble", "check", api, "--target", f"{origin}/_mock/targets/{api}.toml"]
    command += ["--workers", str(workers), "--report-dir", str(folder), "--quiet"]
    seconds, peak = _timed(command, Path.cwd())
    report = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    if report["verdict"] != "conformant":
        raise SystemExit(f"{api}: the double is {report['verdict']}")
    return Run("devicedouble", api, report["summary"]["requests"], seconds, peak)


def _schemathesis(api: str, origin: str, workers: int, folder: Path) -> Run:
    command = [str(Path(sys.executable).parent / "schemathesis"), "run", f"{origin}/{api}/openapi.json"]
    command += ["-H", f"Authorization: {CALLS[api].authorization}", "--checks", "all", "--workers", str(workers)]
    command += ["--seed", "1", "--no-color", "-n", "50", "--report", "har", "--report-har-path", str(folder / "st.har")]
    seconds, peak = _timed(command, folder)
    entries = json.loads((folder / "st.har").read_text(encoding="utf-8"))["log"]["entries"]
    return Run("schemathesis", api, len(entries), seconds, peak)


def main() -> int:
    """Run both tools on each API and say which goals were missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("apis", nargs="*")
    parser.add_argument("--workers", type=int, default=2)
    arguments = parser.parse_args()
    missed = False
    for api in arguments.apis or API_IDS:
        port = servers.free_port()
        with (
            servers.running(servers.double(port), port, "/", pinned=False),
            tempfile.TemporaryDirectory() as folder,
        ):
            origin = f"http://127.0.0.1:{port}"
            ours = _suite(api, origin, arguments.workers, Path(folder))  # first: it puts back what it changes
            theirs = _schemathesis(api, origin, arguments.workers, Path(folder))
        print(theirs.line())
        print(ours.line(), f"{ours.rate / theirs.rate:6.1f} times", flush=True)
        slow = ours.seconds > LONGEST_S or ours.rate < max(LEAST_RATE, RATIO * theirs.rate)
        missed = missed or slow or ours.memory_mb > MOST_MB
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
