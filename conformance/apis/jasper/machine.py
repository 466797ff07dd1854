"""A device that is changed, misused and put out of use and back beside a model of it, while another is looked after.

The model knows what page 003 says: members that a change leaves out stay, what is refused is not done, a user writes
the fields of its own kind alone, and an activated SIM is not activated again.
"""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule

from conformance.answers import shown
from conformance.apis.jasper.asking import read
from conformance.apis.jasper.editing import EDIT
from conformance.context import Context
from conformance.differences import differences, success_schema
from conformance.machines import Machine, Play, play
from conformance.schemas import at, same
from conformance.types import Requirement

WORDS = st.sampled_from(("amber", "Building A", "meter 17", "2221"))
OVERAGES = st.sampled_from(("DEFAULT", "TEMPORARY_OVERRIDE", "PERMANENT_OVERRIDE"))
FIELDS = ("accountCustom1", "accountCustom10")
PLAIN = ("deviceID", "modemID", "ratePlan", "overageLimitOverride")
CHANGES = st.fixed_dictionaries(
    {},
    optional={
        **dict.fromkeys(("deviceID", "modemID", *FIELDS), WORDS),
        "overageLimitOverride": OVERAGES,
        "ratePlan": st.integers(0, 9),
    },
)
WRONG: st.SearchStrategy[dict[str, Any]] = st.sampled_from(
    (
        {"overageLimitOverride": "NEVER"},
        {"ratePlan": "devicedouble no such plan"},
        {"devicedouble_unknown": "x"},
        {"effectiveDate": "yesterday"},
        {"modemID": "1,2"},
    )
)
IN_USE = ("ACTIVATED", "DEACTIVATED")


class OneDevice(Machine):
    """`model` is what was last written, over what was there at first."""

    def __init__(self, play: Play) -> None:
        super().__init__(play)
        self.handle = self.context.resource()
        self.path = self.handle.path
        self.role = self.handle.role()
        reading = play.watched(self.handle.read)
        usable = {member.name: member for member in self.handle.usable()}
        names = (*PLAIN, *FIELDS)
        self.model = {name: usable[name].seen(reading) for name in names if name in usable}
        self.model["status"] = reading[""].get("status")
        self.switched = self.context.capability("status_changes") and self.model["status"] in IN_USE

    def meant(self, changes: dict[str, Any]) -> dict[str, Any]:
        """The changes that this target allows, with the names of its own plans."""
        plans = self.context.target.fixtures.get("rate_plans") or [self.model.get("ratePlan")]
        named = {name: plans[value % len(plans)] if name == "ratePlan" else value for name, value in changes.items()}
        return {name: value for name, value in named.items() if name in self.model}

    @rule(changes=CHANGES)
    def edit(self, changes: dict[str, Any]) -> None:
        """What is written is kept."""
        changes = self.meant(changes)
        if not changes:
            return
        exchange = self.call(EDIT, path=self.path, body=changes, role=self.role)
        self.hold(exchange.status == 200, "A valid change is not answered 200.", 200, shown(exchange, 100))
        self.model |= changes

    @rule(changes=CHANGES, wrong=WRONG)
    def misuse(self, changes: dict[str, Any], wrong: dict[str, Any]) -> None:
        """Of what is refused nothing is kept, now or later."""
        exchange = self.call(EDIT, path=self.path, body={**self.meant(changes), **wrong}, role=self.role)
        self.hold(400 <= exchange.status < 500, "A wrong change is not refused.", "4xx", exchange.status)

    @precondition(lambda self: self.context.capability("custom_fields"))
    @rule(changes=CHANGES, role=st.sampled_from(("account", "customer")))
    def overstep(self, changes: dict[str, Any], role: str) -> None:
        """Who may not write one member writes none."""
        if role not in self.context.target.credentials:
            return
        body = {**self.meant(changes), "operatorCustom1": "x"}
        exchange = self.call(EDIT, path=self.path, body=body, role=role)
        self.hold(exchange.status == 400, f"{role} writes operatorCustom1.", 400, exchange.status)

    @precondition(lambda self: self.switched)
    @rule(status=st.sampled_from((*IN_USE, "INVENTORY")))
    def switch(self, status: str) -> None:
        """The SIM goes out of use and comes back; it never goes back to the stock, and is not activated twice."""
        if status == self.model["status"] == "DEACTIVATED":
            return
        exchange = self.call(EDIT, path=self.path, body={"status": status}, role=self.role)
        if status == "INVENTORY" or status == self.model["status"]:
            code = "10000029" if status == "INVENTORY" else "10030000"
            found = at(exchange.json(), "/errorCode")
            self.hold(found == code, f"{status} is not refused with its code.", code, shown(exchange, 100))
        else:
            self.hold(exchange.ok, f"{status} is refused.", "2xx", shown(exchange, 100))
            self.model["status"] = status

    @invariant()
    def as_the_model_says(self) -> None:
        """Details and usage are as the model has them."""
        details = self.call("getDeviceDetails", path=self.path, role=self.role).json()
        usage = self.call("getDeviceUsage", path=self.path, role=self.role).json()
        for name, value in self.model.items():
            found = at(usage if name == "overageLimitOverride" else details, f"/{name}")
            fits = same(found, value) or not (found or value)
            self.hold(fits, f"{name} is not what was last written.", value, found)
        for name in ("status", "ratePlan"):
            found = at(usage, f"/{name}")
            told = f"The usage shows another {name} than was last written."
            self.hold(same(found, self.model.get(name, found)), told, self.model.get(name), found)


def sequences(context: Context, requirement: Requirement) -> None:
    """Sequences of changes, mistakes and switches leave the device as the model has it, and another one as it was."""
    handle = context.resource()
    other = handle.other().path["iccid"]
    before = read(context, other)[1]
    with context.keep(handle):
        play(context, OneDevice)
    exchange, after = read(context, other)
    changed = differences(before, after, success_schema(context, "getDeviceDetails"))
    if changed:
        context.fail(
            "Changes of one device have changed another.",
            expected="the other device as it was",
            actual=", ".join(changed),
            exchanges=(exchange,),
        )
