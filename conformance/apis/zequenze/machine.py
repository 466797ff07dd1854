"""A device that is updated, misused, read and listed beside a model of it, while another is looked after.

The model knows what the page says: updates are partial, what is written is shown by the next, what is refused is not
done.
"""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule

from conformance.answers import shown
from conformance.apis.zequenze.devices import READ, WRITE, by_later_update, device, kept
from conformance.context import Context
from conformance.machines import Machine, Play, play
from conformance.schemas import at, same
from conformance.types import Requirement

WORDS = st.sampled_from(("amber", "North Depot", "relay 7", "Building B - Room 7"))
TEXTS = ("name", "location", "organization_unit", "device_type", "manufacturer", "model")
CHANGES = st.fixed_dictionaries(
    {},
    optional={
        **dict.fromkeys(TEXTS, WORDS),
        "assigned_user": st.sampled_from(("jane.roe@company.com", "amber@example.com")),
    },
).filter(bool)
WRONG: st.SearchStrategy[dict[str, Any]] = st.sampled_from(
    ({"tags": {"a": "b"}}, {"name": {"a": "b"}}, {"configuration": "text"}, {"model": ["a"]})
)


class OneDevice(Machine):
    """`model` is what was last written, over what was there at first."""

    def __init__(self, play: Play) -> None:
        super().__init__(play)
        first = play.watched(lambda: device(self.context))
        self.path = self.context.resource().path
        self.fixed = {name for name in (*TEXTS, "assigned_user") if first.get(name) is None}
        """What is null cannot be made so again, and is not written."""
        self.model = {name: first.get(name) for name in (*TEXTS, "assigned_user", "tags", "id", "created_at")}

    def possible(self, changes: dict[str, Any]) -> dict[str, Any]:
        """The changes that can be put back; a new name, where there is none."""
        return {name: value for name, value in changes.items() if name not in self.fixed} or {"name": "amber"}

    @rule(changes=CHANGES)
    def update(self, changes: dict[str, Any]) -> None:
        """What is written is shown at once."""
        changes = self.possible(changes)
        exchange = self.call(WRITE, path=self.path, body=changes)
        self.hold(exchange.ok, "A valid update is refused.", "2xx", shown(exchange, 100))
        self.model |= changes
        self.compare(exchange.json())

    @rule(changes=CHANGES, wrong=WRONG)
    def misuse(self, changes: dict[str, Any], wrong: dict[str, Any]) -> None:
        """Of what is refused nothing is kept."""
        exchange = self.call(WRITE, path=self.path, body={**self.possible(changes), **wrong})
        self.hold(400 <= exchange.status < 500, "A wrong update is not refused.", "4xx", exchange.status)

    @rule()
    def read(self) -> None:
        """The record has the device's name."""
        exchange = self.call(READ, path=self.path)
        found = at(exchange.json(), "/name")
        self.hold(found == self.model["name"], "The record has another name.", self.model["name"], found)

    @invariant()
    def as_the_model_says(self) -> None:
        """The next update that changes nothing shows all that was written."""
        exchange = self.call(WRITE, path=self.path, body={"name": self.model["name"]})
        self.hold(exchange.ok, "An update that changes nothing is refused.", "2xx", shown(exchange, 100))
        self.compare(exchange.json())

    def compare(self, found: Any) -> None:
        for name, value in self.model.items():
            seen = at(found, f"/{name}")
            self.hold(same(seen, value), f"{name} is not what was last written.", value, seen)


def sequences(context: Context, requirement: Requirement) -> None:
    """Sequences of updates, mistakes and reads leave the device as the model has it, and another as it was."""
    other = context.resource().other()
    before = by_later_update(context, other.path, other.role())
    with kept(context, *TEXTS, "assigned_user", "tags"):
        play(context, OneDevice)
    after = by_later_update(context, other.path, other.role())
    for name in (*TEXTS, "assigned_user", "tags"):
        if not same(at(before, f"/{name}"), at(after, f"/{name}")):
            context.fail(
                f"Updates of one device have changed {name} of another.",
                expected=str(at(before, f"/{name}")),
                actual=str(at(after, f"/{name}")),
                cause=f"another changed {name}",
            )
