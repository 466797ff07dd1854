"""Killed twenty times in the middle of load, a double whose state lasts has every answered write, none half done."""

import itertools
import threading
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.mock_server.conftest import Address
from tests.processes import served

pytestmark = pytest.mark.slow
KILLS = 20
SUBSCRIPTION = "/masmovil/v2/orgs/yoigo/subscriptions/5b0a3a52-5d5b-4b3e-9c7f-6d3c0c1f0a11/devices"
MASMOVIL = {"Authorization": "Bearer masmovil-token"}
FLEET = {"Authorization": "Bearer fleet-write-key"}
RUNTIME = "/mobilefirst/mfpadmin/management-apis/2.0/runtimes/myruntime"
ADMIN = ("admin", "admin")
ICCID = "/jasper/rws/api/v1/devices/8988216716970004975"
ACCOUNT = ("account", "account-key")
JOURNAL = "/_mock/worlds/default/journal"
STATUSES = ("LOST", "STOLEN", "ACTIVE", "DISABLED")


class Load:
    """Writers that note what they were answered; each write is told apart by a number."""

    def __init__(self) -> None:
        self.answered: dict[str, int] = {}
        self.transactions: list[int] = []
        self.scheduled = 0
        self.writes = 0
        self._numbers = itertools.count(1)

    def run(self, origin: str, *, kill: Callable[[], None], after: int) -> None:
        """Write on all sides until the server is killed, which is when `after` more writes have been answered."""
        enough, begun = threading.Event(), self.writes

        def writer(write: Callable[[httpx.Client], None]) -> None:
            with httpx.Client(base_url=origin, timeout=20) as client:
                while True:
                    try:
                        write(client)
                    except httpx.TransportError:
                        return
                    self.writes += 1
                    if self.writes - begun >= after:
                        enough.set()

        kinds = (self._patch, self._rename, self._transact, self._schedule)
        threads = [threading.Thread(target=writer, args=(write,)) for write in kinds]
        for thread in threads:
            thread.start()
        assert enough.wait(60)
        kill()
        for thread in threads:
            thread.join()

    def _patch(self, client: httpx.Client) -> None:
        number = next(self._numbers)
        names = ("shipping_order_id", "serial_number")
        patch = [{"op": "replace", "path": f"/{name}", "value": str(number)} for name in names]
        device = "ce2f20cb-8c2a-4f1b-9d38-0c4c3f0b7a21"
        answer = client.patch(f"{SUBSCRIPTION}/{device}", json=patch, headers=MASMOVIL)
        assert answer.status_code == 200, answer.text
        self.answered["patch"] = number

    def _rename(self, client: httpx.Client) -> None:
        number = next(self._numbers)
        body = {"name": str(number), "comment": str(number)}
        answer = client.patch("/fleet/platform/v1/devices/42", json=body, headers=FLEET)
        assert answer.status_code == 200, answer.text
        self.answered["rename"] = number

    def _transact(self, client: httpx.Client) -> None:
        number = next(self._numbers)
        body = {"status": STATUSES[number % len(STATUSES)]}
        answer = client.put(f"{RUNTIME}/devices/12345-6789", json=body, auth=ADMIN)
        assert answer.status_code == 200, answer.text
        self.transactions.append(answer.json()["transaction"]["id"])

    def _schedule(self, client: httpx.Client) -> None:
        body = {"deviceID": f"d{next(self._numbers)}", "effectiveDate": self.later}
        answer = client.put(ICCID, json=body, auth=ACCOUNT)
        assert answer.status_code == 202, answer.text
        self.scheduled += 1

    later = "2030-01-20Z"


def test_twenty_kills_lose_nothing(address: Address) -> None:
    state = address()
    load = Load()
    arguments = ("fleet", "masmovil", "mobilefirst", "jasper", "--state", state, "--at", "2030-01-01T12:00:00Z")
    for _ in range(KILLS):
        with served(*arguments) as server:
            with httpx.Client(base_url=server.origin, timeout=20) as client:
                check(client, load)
            load.run(server.origin, kill=server.kill, after=40)
    with served(*arguments) as server, httpx.Client(base_url=server.origin, timeout=30) as client:
        check(client, load)
        check_schedule(client, load)


def check(client: httpx.Client, load: Load) -> None:
    """Everything that was answered is there; what was not answered is there whole or not at all."""
    device = client.get(f"{SUBSCRIPTION}/ce2f20cb-8c2a-4f1b-9d38-0c4c3f0b7a21", headers=MASMOVIL).json()
    if "patch" in load.answered:
        assert device["shipping_order_id"] == device["serial_number"]
        assert int(device["serial_number"]) >= load.answered["patch"]
    renamed = client.get("/fleet/platform/v1/devices/42", headers=FLEET).json()["data"]
    if "rename" in load.answered:
        assert renamed["name"] == renamed["comment"]
        assert int(renamed["name"]) >= load.answered["rename"]
    for number in load.transactions[-5:]:
        transaction: Any = client.get(f"{RUNTIME}/transactions/{number}", auth=ADMIN).json()
        assert transaction["status"] == "SUCCESS", transaction
    assert len(set(load.transactions)) == len(load.transactions)
    assert client.get(JOURNAL, params={"bodies": "false"}).json()["total"] >= min(load.writes, 10_000)


def check_schedule(client: httpx.Client, load: Load) -> None:
    """Every scheduled change is waiting, and all of them are made when their date has come."""
    state = "/_mock/worlds/default/state"
    assert client.get(state).json()["jasper"]["scheduled"] >= load.scheduled
    client.patch("/_mock/worlds/default/clock", json={"now": "2030-02-01T00:00:00Z"})
    assert client.get(ICCID, auth=ACCOUNT).json()["deviceID"].startswith("d")
    assert client.get(state).json()["jasper"].get("scheduled", 0) == 0
