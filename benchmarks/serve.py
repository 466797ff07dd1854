"""How fast the double answers, beside a bare uvicorn and, where installed, Prism and WireMock, in the same run.

    python -m benchmarks.serve [--seconds 2] [--rounds 3] [API ...]

The server has one core, the load another. Rates are given as a share of the bare server's, measured in turn with
each round, because a machine's speed drifts; what the journal costs, as a share of the double without one. Exit
status 1 when a goal is missed.
"""

import argparse
import json
import os
import statistics
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks import servers
from benchmarks.load import Load, load, request
from benchmarks.servers import Running

GOALS = {"read": 0.55, "write": 0.38, "refused": 0.35}
JOURNALLED = 0.9
P99_MS, START_S, MEMORY_MB = 5.0, 1.0, 100.0
JSON = {"Content-Type": "application/json"}


@dataclass(frozen=True, slots=True)
class Scenario:
    """One request, sent over and over."""

    api: str
    kind: str
    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    status: int

    def message(self, base: str = "") -> bytes:
        return request(self.method, base + self.path, self.headers, self.body)


def _scenario(api: str, kind: str, method: str, path: str, auth: str, body: object, status: int) -> Scenario:
    headers = {"Authorization": auth, **(JSON if body is not None else {})}
    return Scenario(api, kind, method, path, headers, b"" if body is None else json.dumps(body).encode(), status)


_SUBSCRIPTION = "/masmovil/v2/orgs/yoigo/subscriptions/5b0a3a52-5d5b-4b3e-9c7f-6d3c0c1f0a11"
_MASMOVIL = _SUBSCRIPTION + "/devices/ce2f20cb-8c2a-4f1b-9d38-0c4c3f0b7a21"
_MFP = "/mobilefirst/mfpadmin/management-apis/2.0/runtimes/myruntime"
_JASPER = "/jasper/rws/api/v1/devices/8988216716970004975"
_FLEET, _ZEQUENZE = "/fleet/platform/v1/devices/42", "/zequenze/api/v1"
_F, _M, _I = "Bearer fleet-write-key", "Bearer masmovil-token", "Basic ZGVtb3VzZXI6ZGVtb3VzZXI="
_J, _Z = "Basic b3BlcmF0b3I6b3BlcmF0b3Ita2V5", "Bearer zequenze-token"

SCENARIOS = (
    _scenario("fleet", "read", "GET", _FLEET, _F, None, 200),
    _scenario("fleet", "write", "PATCH", _FLEET, _F, {"name": "MacBook Pro 14", "ram": "16 GB"}, 200),
    _scenario("fleet", "refused", "PATCH", _FLEET, _F, {"name": ""}, 400),
    _scenario("masmovil", "read", "GET", _MASMOVIL, _M, None, 200),
    _scenario(
        "masmovil",
        "write",
        "PATCH",
        _MASMOVIL,
        _M,
        [{"op": "replace", "path": "/serial_number", "value": "9876543-AB-345"}],
        200,
    ),
    _scenario("masmovil", "refused", "PATCH", _MASMOVIL, _M, [{"op": "replace", "path": "/absent", "value": 1}], 400),
    _scenario("mobilefirst", "read", "GET", _MFP + "/transactions/1", _I, None, 200),
    _scenario("mobilefirst", "write", "PUT", _MFP + "/devices/12345-6789", _I, {"status": "LOST"}, 200),
    _scenario("mobilefirst", "refused", "PUT", _MFP + "/devices/12345-6789", _I, {"status": "GONE"}, 400),
    _scenario("jasper", "read", "GET", _JASPER, _J, None, 200),
    _scenario("jasper", "write", "PUT", _JASPER, _J, {"deviceID": "dev-1"}, 200),
    _scenario("jasper", "refused", "PUT", _JASPER, _J, {"deviceID": "a,b"}, 400),
    _scenario("zequenze", "read", "GET", _ZEQUENZE + "/inventory_device_serial/ABC123456789/", _Z, None, 200),
    _scenario(
        "zequenze",
        "write",
        "PUT",
        _ZEQUENZE + "/inventory_device_serial_operation/ABC123456789/",
        _Z,
        {"location": "Room 101"},
        200,
    ),
    _scenario(
        "zequenze",
        "refused",
        "PUT",
        _ZEQUENZE + "/inventory_device_serial_operation/ABC123456789/",
        _Z,
        {"status": 7},
        422,
    ),
)


@dataclass(frozen=True, slots=True)
class Row:
    """A measured scenario of one server."""

    server: str
    scenario: Scenario
    rate: float
    share: float
    cpu_share: float
    p50_ms: float
    p99_ms: float

    def line(self, reference: str = "bare") -> str:
        s = self.scenario
        return (
            f"{self.server:<10} {s.api:<12} {s.kind:<8} {self.rate:>9.0f}/s {self.share:>6.2f} of {reference}"
            f" ({self.cpu_share:.2f} by processor time)   p50 {self.p50_ms:6.2f} ms  p99 {self.p99_ms:6.2f} ms"
        )


def measure(
    name: str, server: Running, bare: Running, scenario: Scenario, seconds: float, rounds: int, base: str = ""
) -> Row:
    """Medians over rounds in which the bare server and this one take turns."""
    message = scenario.message(base)
    load(server.port, message, min(1.0, seconds))
    results: list[tuple[Load, float, float]] = []
    for _ in range(rounds):
        reference, reference_cpu = _timed(bare, message, seconds)
        found, cpu = _timed(server, message, seconds)
        if name == "double" and set(found.statuses) != {scenario.status}:
            raise SystemExit(f"{scenario.api} {scenario.kind}: expected {scenario.status}, got {found.statuses}")
        results.append((found, found.rate / reference.rate, reference_cpu / cpu))
    middle = statistics.median
    return Row(
        name,
        scenario,
        middle(found.rate for found, _, _ in results),
        middle(share for _, share, _ in results),
        middle(share for _, _, share in results),
        middle(found.p50_ms for found, _, _ in results),
        middle(found.p99_ms for found, _, _ in results),
    )


def _timed(server: Running, message: bytes, seconds: float) -> tuple[Load, float]:
    """A round, and the processor seconds that the server spent on each answer."""
    before = server.cpu_s()
    found = load(server.port, message, seconds)
    return found, (server.cpu_s() - before) / sum(found.statuses.values())


def _double(bare: Running, scenarios: list[Scenario], seconds: float, rounds: int) -> Iterator[Row]:
    port = servers.free_port()
    with servers.running(servers.double(port), port, "/fleet/platform/v1/devices/42") as server:
        for scenario in scenarios:
            row = measure("double", server, bare, scenario, seconds, rounds)
            print(row.line(), flush=True)
            yield row
        print(f"double     start to first answer {server.start_s:.2f} s, memory after load {server.memory_mb():.0f} MB")
        if server.start_s > START_S or server.memory_mb() > MEMORY_MB:
            print("MISSED     start-up or memory")


def _journal(scenarios: list[Scenario], seconds: float, pairs: int) -> Iterator[Row]:
    """The double beside itself without a journal, in turn: of each scenario the pair in the middle.

    Two processes of one program differ by some per cent, by where their memory happens to lie: hence several pairs.
    """
    found = [list(_pair(scenarios, seconds)) for _ in range(pairs)]
    for rows in zip(*found, strict=True):
        row = sorted(rows, key=lambda row: row.cpu_share)[pairs // 2]
        print(row.line("journal off"), flush=True)
        yield row


def _pair(scenarios: list[Scenario], seconds: float) -> Iterator[Row]:
    port, other = servers.free_port(), servers.free_port()
    probe = "/fleet/platform/v1/devices/42"
    with (
        servers.running(servers.double(port), port, probe) as server,
        servers.running(servers.unjournalled(other), other, probe) as without,
    ):
        for scenario in scenarios:
            load(without.port, scenario.message(), 0.2)
            yield measure("journal on", server, without, scenario, seconds, 1)


def _peers(bare: Running, scenarios: list[Scenario], seconds: float) -> None:
    for scenario in (s for s in scenarios if s.api == "fleet"):
        port = servers.free_port()
        document = Path(__file__).resolve().parent.parent / "openapi" / "fleet.yaml"
        command = servers.prism(port, document)
        if command is None:
            print("prism      not installed (npm install -g @stoplight/prism-cli)")
            break
        path = scenario.path.removeprefix("/fleet/platform/v1")
        with servers.running(command, port, path) as server:
            moved = Scenario(scenario.api, scenario.kind, scenario.method, path, scenario.headers, scenario.body, 0)
            print(measure("prism", server, bare, moved, seconds, 1).line(), flush=True)
    with tempfile.TemporaryDirectory() as folder:
        _wiremock(bare, scenarios, seconds, Path(folder))


def _wiremock(bare: Running, scenarios: list[Scenario], seconds: float, folder: Path) -> None:
    port = servers.free_port()
    command = servers.wiremock(port, folder)
    if command is None:
        print("wiremock   not installed (npm install -g wiremock)")
        return
    (folder / "mappings").mkdir()
    for scenario in (s for s in scenarios if s.api == "fleet" and s.kind != "refused"):
        stub = {
            "request": {"method": scenario.method, "urlPath": scenario.path},
            "response": {"status": 200, "jsonBody": {"data": {"id": 42}}, "headers": JSON},
        }
        (folder / "mappings" / f"{scenario.kind}.json").write_text(json.dumps(stub))
    with servers.running(command, port, "/") as server:
        for scenario in (s for s in scenarios if s.api == "fleet" and s.kind != "refused"):
            load(server.port, scenario.message(), 10)
            print(measure("wiremock", server, bare, scenario, seconds, 1).line(), flush=True)


def main() -> int:
    """Run the benchmark and say which goals were missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("apis", nargs="*")
    parser.add_argument("--seconds", type=float, default=2.0)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--pairs", type=int, default=5, help="so many times the double starts with and without journal")
    arguments = parser.parse_args()
    os.sched_setaffinity(0, {servers.LOAD_CORE})
    scenarios = [s for s in SCENARIOS if not arguments.apis or s.api in arguments.apis]
    port = servers.free_port()
    with servers.running(servers.hello(port), port, "/") as bare:
        rows = list(_double(bare, scenarios, arguments.seconds, arguments.rounds))
        _peers(bare, scenarios, arguments.seconds)
    journalled = list(_journal(scenarios, arguments.seconds, arguments.pairs))
    missed = [row for row in rows if row.share < GOALS[row.scenario.kind] or row.p99_ms > P99_MS]
    for row in missed:
        print("MISSED     " + row.line())
    dear = [row for row in journalled if row.cpu_share < JOURNALLED]
    for row in dear:
        print("MISSED     " + row.line("journal off"))
    return 1 if missed or dear else 0


if __name__ == "__main__":
    sys.exit(main())
