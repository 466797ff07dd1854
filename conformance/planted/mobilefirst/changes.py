"""Changes of a device or of an application on it: what is stored, what moves along, and what is taken at all."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import Any

from conformance.planted.faults import Answer, Call, Fault, Forward, Modifier
from conformance.planted.mobilefirst.rows import APPLICATION, DEVICE, DEVICES, fault, plain
from conformance.planted.mobilefirst.strokes import ADMIN, Item, asked, is_later, items, put, refused, says, when
from conformance.planted.tools import edit_answer, for_each, on, setting, with_status

# ---- more, less or other than was asked for


def also(more: Callable[[Call], Call | None]) -> Modifier:
    """After a good request another one is made that nobody asked for."""

    def modifier(call: Call, forward: Forward) -> Answer:
        answer = forward(call)
        extra = more(call) if answer.ok else None
        if extra is not None:
            forward(extra.with_header("Authorization", ADMIN))
        return answer

    return modifier


def other_device(call: Call) -> Call | None:
    return None if is_later(call) else call.with_(target=call.target.replace("12345-6789", "98765-4321"))


def last_is_stolen() -> Modifier:
    """The device that was listed last becomes STOLEN when another does."""
    listed: dict[str, str] = {}

    def modifier(call: Call, forward: Forward) -> Answer:
        answer = forward(call)
        value = answer.json()
        if call.operation == DEVICES and answer.ok and isinstance(value, dict) and value.get("items"):
            listed["last"] = value["items"][-1]["id"]
        if call.operation == DEVICE and answer.ok and asked(call) == "STOLEN" and "last" in listed:
            forward(put(call, f"{call.target.partition('?')[0].rpartition('/')[0]}/{listed['last']}", "STOLEN"))
        return answer

    return modifier


def moves_device(call: Call) -> Call:
    return put(call, call.target.partition("/applications/")[0], "DISABLED" if asked(call) == "DISABLED" else "ACTIVE")


def application(call: Call, status: str) -> Call:
    """A change of an application on the device of this call."""
    return put(call, call.target.partition("?")[0] + "/applications/com.example.app", status)


def disables_application(call: Call) -> Call | None:
    return application(call, "DISABLED") if asked(call) != "ACTIVE" else None


def enables_again(call: Call) -> Call | None:
    return application(call, "ENABLED") if asked(call) == "ACTIVE" else None


def stored_as(other: str) -> Modifier:
    """Another status is stored than the one that was asked for and is described."""

    def modifier(call: Call, forward: Forward) -> Answer:
        described = says("/transaction/description/status", asked(call))
        return described(call.with_json({"status": other}), forward)

    return modifier


def lost_after_two() -> Modifier:
    """EXPIRED that is set for the third time in a run of the server is not stored."""
    times = count(1)
    return on(DEVICE, when(lambda call: asked(call) == "EXPIRED" and next(times) >= 3, stored_as("ACTIVE")))


def stale_copies() -> Modifier:
    """`deviceStatus` stays what it was when the device was first listed."""
    known: dict[str, str] = {}

    def stale(item: Item) -> Item:
        old = known.setdefault(item["id"], item["status"])
        return for_each("/applicationDeviceAssociations", setting("/deviceStatus", old))(item)

    return on(DEVICES, edit_answer(for_each("/items", stale)))


STORED = (
    fault(
        "copies-stale",
        "deviceStatus of an application stays as it was",
        DEVICE,
        "copies-move-along",
        stale_copies,
    ),
    plain(
        "copies-differ",
        "deviceStatus is ACTIVE whatever the device is",
        DEVICES,
        "copies-agree",
        edit_answer(for_each("/items", setting("/applicationDeviceAssociations/0/deviceStatus", "ACTIVE"))),
    ),
    plain(
        "other-device-too",
        "a change of one device changes another",
        DEVICE,
        "others-untouched",
        also(other_device),
    ),
    fault(
        "stolen-together",
        "the device listed last is stolen with any other",
        (DEVICE, DEVICES),
        "set-device-status.strangers-stay",
        last_is_stolen,
    ),
    plain(
        "application-moves-device",
        "disabling an application disables its device",
        APPLICATION,
        "changes-only-that",
        also(moves_device),
    ),
    plain(
        "blocking-disables-applications",
        "blocking a device disables an application on it",
        DEVICE,
        "changes-only-that",
        also(disables_application),
    ),
    plain(
        "activating-enables",
        "a device that is active again has its applications enabled",
        DEVICE,
        "applications-stay",
        also(enables_again),
    ),
    fault(
        "third-expiry-lost",
        "EXPIRED is not stored for the third time",
        DEVICE,
        "sequences",
        lost_after_two,
        examples=50,
    ),
    plain(
        "stolen-is-lost",
        "STOLEN is stored as LOST",
        DEVICE,
        "takes-every-value",
        when(lambda call: asked(call) == "STOLEN", stored_as("LOST")),
    ),
)


# ---- what is taken, and what is not known


def takes(condition: Callable[[Any], bool], instead: str) -> Modifier:
    """A status that is none is taken for another."""

    def modifier(call: Call, forward: Forward) -> Answer:
        value = call.json()
        broken = isinstance(value, dict) and condition(value.get("status"))
        return forward(call.with_json({"status": instead}) if broken else call)

    return modifier


def makes_unknown() -> Modifier:
    """A device that does not exist is refused, and made."""
    made: set[str] = set()

    def change(found: list[Item], call: Call) -> list[Item]:  # noqa: ARG001
        return [*found, *({**found[0], "id": key} for key in sorted(made) if found)]

    def modifier(call: Call, forward: Forward) -> Answer:
        if call.operation == DEVICES:
            return items(change)(call, forward)
        answer = forward(call)
        if call.operation == DEVICE and answer.status == 404 and asked(call):
            made.add(call.path["device-id"])
        return answer

    return modifier


def any_runtime(call: Call, forward: Forward) -> Answer:
    return forward(call.with_(target=call.target.replace("no-such-runtime", "myruntime")))


TAKEN = (
    plain(
        "expired-refused",
        "EXPIRED cannot be set",
        DEVICE,
        "takes-every-value",
        when(lambda call: asked(call) == "EXPIRED", refused(400)),
    ),
    plain(
        "null-is-active",
        "a status of null is ACTIVE",
        DEVICE,
        "refuses-body-null*",
        takes(lambda status: status is None, "ACTIVE"),
    ),
    plain(
        "any-case",
        "lost is LOST",
        DEVICE,
        "refuses-body-enum*",
        takes(lambda status: status in ("active", "ACTIVE_X"), "ACTIVE"),
    ),
    plain(
        "unknown-application-status",
        "an application may have any status",
        APPLICATION,
        "refuses-body-enum*",
        takes(lambda status: isinstance(status, str), "ENABLED"),
    ),
    plain(
        "unknown-is-bad-request",
        "an unknown device is 400",
        DEVICE,
        "refuses-unknown",
        with_status({404: 400}),
    ),
    fault(
        "unknown-is-made",
        "an unknown device is refused and made",
        DEVICE,
        "unknown-stays-unknown",
        makes_unknown,
    ),
    plain(
        "runtime-ignored",
        "an unknown runtime is like the known one",
        DEVICES,
        "refuses-unknown-parent",
        any_runtime,
    ),
)
FAULTS: tuple[Fault, ...] = (*STORED, *TAKEN)
