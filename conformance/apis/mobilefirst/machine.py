"""A device and its application that are changed, misused and read beside a model of them, by all roles in turn.

The model knows what the documents say: a device has one status, which every application on it repeats; an application
has its own; a change is a transaction with an id of its own; what is refused is not done.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule

from conformance.answers import shown
from conformance.apis.mobilefirst.reading import APPLICATION, ask, find
from conformance.apis.mobilefirst.telling import writers
from conformance.context import Context
from conformance.machines import Machine, Play, play
from conformance.schemas import at
from conformance.types import Exchange, Requirement

DEVICE_STATUSES = st.sampled_from(("ACTIVE", "LOST", "STOLEN", "EXPIRED", "DISABLED"))
APPLICATION_STATUSES = st.sampled_from(("ENABLED", "DISABLED"))
WRONG: st.SearchStrategy[Any] = st.sampled_from(
    ({}, {"status": None}, {"status": "lost"}, {"status": 1}, ["LOST"], "LOST")
)
TURNS = st.integers(0, 3)


class Administration(Machine):
    """`status` is the device's, `applications` those of its applications by `appId`, `ids` the transactions'."""

    def __init__(self, play: Play) -> None:
        super().__init__(play)
        self.path = self.context.resource("device").path
        first = self.seen()
        self.status: Any = first.get("status")
        self.applications = own_statuses(first)
        self.ids: set[Any] = set()
        self.roles = writers(self.context, "setDeviceStatus")
        self.readers = [name for name in self.context.roles() if name not in self.roles]
        self.name: str | None = None
        if self.context.unmet("capability:application_status") is None:
            self.name = play.watched(lambda: str(self.context.fixture("application")))

    def seen(self) -> Mapping[str, Any]:
        """The device as the list shows it."""
        item = self.play.watched(lambda: find(self.context, self.path))
        self.hold(item is not None, "The list does not show the device.", self.path, None)
        found: Mapping[str, Any] = item
        return found

    def change(self, operation: str, path: Mapping[str, str], status: str, turn: int) -> None:
        role = self.roles[turn % len(self.roles)]
        query = {"async": "false"} if turn % 2 else {}
        exchange = self.call(operation, path=path, body={"status": status}, role=role, query=query)
        told = at(exchange.json(), "/transaction/status")
        self.hold(told == "SUCCESS", "A valid change is no SUCCESS.", "SUCCESS", shown(exchange, 100))
        number = at(exchange.json(), "/transaction/id")
        self.hold(number not in self.ids, "A transaction has the id of another.", "another id", number)
        self.ids.add(number)

    @rule(status=DEVICE_STATUSES, turn=TURNS)
    def change_device(self, status: str, turn: int) -> None:
        self.change("setDeviceStatus", self.path, status, turn)
        self.status = status

    @precondition(lambda self: self.name is not None)
    @rule(status=APPLICATION_STATUSES, turn=TURNS)
    def change_application(self, status: str, turn: int) -> None:
        self.change("setDeviceApplicationStatus", {**self.path, APPLICATION: str(self.name)}, status, turn)
        for key, (name, _) in self.applications.items():
            if name == self.name:
                self.applications[key] = (name, status)

    @rule(wrong=WRONG, status=DEVICE_STATUSES)
    def misuse(self, wrong: Any, status: str) -> None:
        """Of what is refused nothing is done: neither an invalid change, nor one by who may only read."""
        self.refused(self.call("setDeviceStatus", path=self.path, body=wrong), 400)
        if self.readers:
            body = {"status": status}
            self.refused(self.call("setDeviceStatus", path=self.path, body=body, role=self.readers[0]), 403)

    def refused(self, exchange: Exchange, status: int) -> None:
        self.hold(exchange.status == status, "A request is not refused as it must be.", status, shown(exchange, 100))

    @precondition(lambda self: self.ids)
    @rule()
    def look_back(self) -> None:
        """The transactions of the sequence are among the latest."""
        query = {"orderBy": "-created", "pageSize": 100}
        _, page = self.play.watched(lambda: ask(self.context, "listTransactions", query))
        listed = {item.get("id") for item in page["items"]}
        self.hold(self.ids <= listed, "A transaction is not listed.", sorted(self.ids, key=str), "some are missing")

    @invariant()
    def as_the_model_says(self) -> None:
        """The list shows the device's status, the same on each application, and each application's own."""
        item = self.seen()
        self.hold(item.get("status") == self.status, "The device has another status.", self.status, item.get("status"))
        copies = {part.get("deviceStatus") for part in item.get("applicationDeviceAssociations", ())}
        self.hold(
            copies <= {self.status}, "An application shows another status of its device.", self.status, list(copies)
        )
        now = own_statuses(item)
        self.hold(now == self.applications, "The applications are in other states.", self.applications, now)


def own_statuses(item: Mapping[str, Any]) -> dict[Any, tuple[Any, Any]]:
    """Name and status of each application by its id."""
    parts = item.get("applicationDeviceAssociations", ())
    return {part.get("appId"): (part.get("appName"), part.get("status")) for part in parts}


def sequences(context: Context, requirement: Requirement) -> None:
    """Sequences of changes by all roles, mistakes and readings leave device and application as the model has them."""
    with ExitStack() as kept:
        kept.enter_context(context.keep(context.resource("device")))
        if context.unmet("capability:application_status") is None:
            kept.enter_context(context.keep(context.resource("application")))
        play(context, Administration)
