"""What worlds cost: forks in memory, a thousand worlds in one process, writes that last.

    python -m benchmarks.worlds [--seconds 4]

Exit status 1 when a goal is missed. PostgreSQL is started from the installed programs, and left out without them.
"""

import argparse
import json
import sys
import tempfile
import time
import tracemalloc
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from benchmarks import servers
from benchmarks.load import Load, load, request
from mock_server.types import World
from mock_server.world import Outcome, Settings, Worlds, open_worlds
from tests.postgres import Postgres, programs

FORK_MS, FORK_KB, WORLDS_MB = 5.0, 100.0, 500.0
WRITES = {"sqlite": 1500.0, "postgresql": 800.0}
HEADERS = {"Authorization": "Bearer fleet-write-key", "Content-Type": "application/json"}
DEVICES = "/fleet/platform/v1/devices"


def main() -> int:
    """Measure, print, and say whether every goal was reached."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=4.0)
    seconds = parser.parse_args().seconds
    reached = [forks(0), forks(100_000), thousand_worlds()]
    with tempfile.TemporaryDirectory() as home:
        reached.append(lasting("sqlite", f"sqlite:///{home}/worlds.sqlite", 1, seconds))
    with postgres() as address:
        if address is not None:
            reached.append(lasting("postgresql", address(), 1, seconds))
            lasting("postgresql", address(), 4, seconds)
    return 0 if all(reached) else 1


def forks(changed: int, number: int = 200) -> bool:
    """What a fork of a world with so many changed documents takes in time and memory."""
    worlds = open_worlds(Settings(), {})
    _change(worlds, changed)
    tracemalloc.start()
    began = time.perf_counter()
    for index in range(number):
        worlds.create(f"w{index}")
    took = (time.perf_counter() - began) / number * 1000
    size = tracemalloc.get_traced_memory()[0] / number / 1000
    tracemalloc.stop()
    print(f"fork of {changed:>7} changed: {took:.3f} ms, {size:.1f} KB")
    return took < FORK_MS and size < FORK_KB


def _change(worlds: Worlds, number: int) -> None:
    def work(view: World) -> Outcome:
        for index in range(number):
            view.put("things", str(index), {"n": index})
        return Outcome(True, None, None)

    world = worlds.get("default")
    assert world is not None
    world.run("a", True, work)


def thousand_worlds(number: int = 1000, requests: int = 10) -> bool:
    """The memory of one process with so many worlds, after requests to all of them."""
    port = servers.free_port()
    with servers.running(servers.double(port), port, "/_mock/health") as server:
        for index in range(number):
            _call(port, "POST", "/_mock/worlds", {"name": f"w{index}"})
            for turn in range(requests):
                _call(port, "PATCH", f"/w/w{index}{DEVICES}/42", {"name": f"n{turn}"})
        memory = server.memory_mb()
    print(f"{number} worlds, {requests} writes to each: {memory:.0f} MB")
    return memory < WORLDS_MB


def lasting(kind: str, state: str, workers: int, seconds: float) -> bool:
    """Writes a second through HTTP, to many devices."""
    port = servers.free_port()
    command = servers.double(port, "fleet", "--state", state, "--workers", str(workers))
    with servers.running(command, port, DEVICES, pinned=workers == 1):
        devices = _call(port, "GET", DEVICES + "?limit=40&client_status=IN_SERVICE", None)["data"]
        messages = [_write(str(device["id"])) for device in devices]
        load(port, messages, 1.0, 16)
        before = servers.machine_s()
        found = load(port, messages, seconds, 16)
        busy, idle = (after - was for after, was in zip(servers.machine_s(), before, strict=True))
    share = busy / (busy + idle)
    print(f"{kind}, {workers} worker{'s'[: workers - 1]}: {_said(found)}, the machine {share:.0%} busy")
    return found.rate >= WRITES[kind] and set(found.statuses) == {200}


def _write(device: str) -> bytes:
    body = json.dumps({"name": "MacBook Pro 14", "comment": "benchmark"}).encode()
    return request("PATCH", f"{DEVICES}/{device}", HEADERS, body)


def _said(found: Load) -> str:
    return f"{found.rate:.0f} writes/s, p50 {found.p50_ms:.1f} ms, p99 {found.p99_ms:.1f} ms, {found.statuses}"


def _call(port: int, method: str, path: str, body: Any) -> Any:
    data = None if body is None else json.dumps(body).encode()
    call = urllib.request.Request(f"http://127.0.0.1:{port}{path}", data, HEADERS, method=method)
    with urllib.request.urlopen(call, timeout=30) as answer:
        return json.loads(answer.read())


@contextmanager
def postgres() -> Iterator[Callable[[], str] | None]:
    """A function that gives the address of a new database on a durable server; None without PostgreSQL."""
    found = programs()
    if found is None:
        print("postgresql: not installed")
        yield None
        return
    server = Postgres(found, durable=True)
    try:
        server.start()
        yield server.database
    finally:
        server.remove()


if __name__ == "__main__":
    sys.exit(main())
