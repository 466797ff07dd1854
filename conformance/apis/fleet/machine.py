"""A workspace in which devices of the suite's own are made, changed, given to a user and deleted, beside a model of it.

The model knows what the vendor's pages say: what is written is read, null clears, what is left out stays, one label
is a list of one, what is refused is not done, and one device is no other.
"""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import Bundle, consumes, invariant, multiple, precondition, rule

from conformance.answers import shown
from conformance.apis.fleet.asking import page
from conformance.apis.fleet.devices import an_item, ids_of, noted, remove
from conformance.context import Context
from conformance.machines import Machine, Play, play
from conformance.schemas import at, same
from conformance.types import Requirement

OUTER = ("name", "serial_number", "comment")
WORDS = st.sampled_from(("amber", "North Depot", "relay 7", "16 GB", "2024"))
PORTS = st.sampled_from(("HDMI", "USB-C", "Jack"))
LABELS = st.one_of(PORTS, st.lists(PORTS, min_size=1, max_size=3, unique=True))
A_NEW_ONE = "a serial number that no device has"
"""Put in a serial number's place when a sequence is made, and replaced when it is played."""
FLAGS = st.booleans()
LAYOUTS = st.sampled_from(("FRENCH_AZERTY", "DUTCH_QWERTY", "GERMAN_QWERTZ"))
MEMBERS: dict[str, st.SearchStrategy[Any]] = {
    "serial_number": st.just(A_NEW_ONE),
    "comment": WORDS,
    "ram": st.sampled_from(("8 GB", "16 GB", "32 GB")),
    "model_year": st.sampled_from(("2019", "2022", "2024")),
    "keyboard_layout": LAYOUTS,
    "has_webcam": FLAGS,
    "connection_type": LABELS,
}
NEW = st.fixed_dictionaries({"name": WORDS}, optional=MEMBERS)
CHANGES = st.fixed_dictionaries(
    {}, optional={"name": WORDS, **{name: st.one_of(st.none(), values) for name, values in MEMBERS.items()}}
).filter(bool)
WRONG: st.SearchStrategy[dict[str, Any]] = st.sampled_from(
    ({"name": ""}, {"name": None}, {"has_webcam": "yes"}, {"keyboard_layout": "QWERTY"}, {"ram": 16})
)
MOST = 3


class Workspace(Machine):
    """`model` has what is known of each device, `users` who has it."""

    devices = Bundle("devices")

    def __init__(self, play: Play) -> None:
        super().__init__(play)
        self.model: dict[str, dict[str, Any]] = {}
        self.users: dict[str, int | None] = {}

    def fresh(self, members: dict[str, Any]) -> dict[str, Any]:
        """The members with a serial number that neither a device nor an earlier sequence has."""
        if members.get("serial_number") != A_NEW_ONE:
            return members
        latest = self.play.watched(lambda: self.context.once("fleet latest", lambda: latest_number(self.context)))
        return {**members, "serial_number": f"DD-{latest}-{next(self.play.numbers)}"}

    def learn(self, number: str, written: dict[str, Any]) -> None:
        for name, value in written.items():
            listed = name == "connection_type" and isinstance(value, str)
            self.model.setdefault(number, {})[name] = [value] if listed else value

    @precondition(lambda self: len(self.model) < MOST)
    @rule(target=devices, members=NEW)
    def create(self, members: dict[str, Any]) -> Any:
        """A new device has what it was sent with."""
        members = self.fresh(members)
        item = self.play.watched(lambda: self.context.once("fleet item", lambda: an_item(self.context)))
        body = {"devices": [{**item, **members}]}
        exchange = self.play.watched(lambda: self.context.create_silently("createDevices", body))
        self.done.append(exchange)
        numbers = noted(self.context, ids_of(exchange))
        for number in numbers:
            self.model[number], self.users[number] = {}, None
            self.learn(number, members)
        self.hold(len(numbers) == 1, "A new device is refused.", 201, shown(exchange, 100))
        return multiple(*numbers)

    @rule(number=devices, changes=CHANGES)
    def update(self, number: str, changes: dict[str, Any]) -> None:
        """What is written is kept."""
        changes = self.fresh(changes)
        exchange = self.call("updateDevice", path={"device_id": number}, body=changes)
        self.hold(exchange.ok, "A valid change is refused.", "2xx", shown(exchange, 100))
        self.learn(number, changes)

    @rule(number=devices, changes=CHANGES, wrong=WRONG)
    def misuse(self, number: str, changes: dict[str, Any], wrong: dict[str, Any]) -> None:
        """Of what is refused nothing is kept."""
        exchange = self.call("updateDevice", path={"device_id": number}, body={**self.fresh(changes), **wrong})
        self.hold(400 <= exchange.status < 500, "A wrong change is not refused.", "4xx", exchange.status)

    @rule(number=devices, changes=CHANGES, wrong=WRONG)
    def correct(self, number: str, changes: dict[str, Any], wrong: dict[str, Any]) -> None:
        """A change that was refused for a mistake is kept when it is sent again without."""
        self.misuse(number, changes, wrong)
        self.update(number, changes)

    @rule(number=devices, given=st.booleans())
    def assign(self, number: str, given: bool) -> None:
        """A user gets or loses a device, and nothing else about it changes."""
        user = self.play.watched(lambda: self.context.fixture("user_id")) if given else None
        exchange = self.call("updateDevice", path={"device_id": number}, body={"user_id": user})
        self.hold(exchange.ok, "Giving a device to a user is refused.", "2xx", shown(exchange, 100))
        self.users[number] = user

    @precondition(lambda self: self.model)
    @rule()
    def list_of_user(self) -> None:
        """The list by user has those of our devices that were given to the user, and no other of ours."""
        user = self.play.watched(lambda: self.context.fixture("user_id"))
        found: set[str] = set()
        for offset in range(0, 1000, 100):
            exchange = self.call("listDevices", query={"user_id": user, "limit": 100, "offset": offset})
            page = at(exchange.json(), "/data")
            found |= {str(at(one, "/id")) for one in page} if isinstance(page, list) else set()
            if not isinstance(page, list) or len(page) < 100:
                break
        wanted = {number for number, owner in self.users.items() if owner == user}
        ours = found & set(self.users)
        self.hold(ours == wanted, "The list by user has other devices than the user.", sorted(wanted), sorted(ours))

    @rule(number=consumes(devices))
    def delete(self, number: str) -> None:
        """A device goes, the others stay."""
        exchange = self.call("deleteDevice", path={"device_id": number})
        self.hold(exchange.ok, "A device cannot be deleted.", "2xx", shown(exchange, 100))
        del self.model[number], self.users[number]

    @invariant()
    def as_the_model_says(self) -> None:
        """Every device reads as the model has it."""
        for number, known in self.model.items():
            exchange = self.call("getDevice", path={"device_id": number})
            for name, value in known.items():
                pointer = f"/data/{name}" if name in OUTER else f"/data/characteristics/{name}"
                found = at(exchange.json(), pointer)
                self.hold(same(found, value), f"{name} is not what was last written.", value, found)

    def undo(self) -> None:
        remove(self.context, list(self.model))


def latest_number(context: Context) -> int:
    """The greatest number on the first page of the list: what is named after it was named by no run before."""
    _, devices = page(context, limit=100)
    return max((one["id"] for one in devices if isinstance(one.get("id"), int)), default=0)


def sequences(context: Context, requirement: Requirement) -> None:
    """Sequences of creations, changes, mistakes, assignments and deletions leave each device as the model has it."""
    play(context, Workspace)
