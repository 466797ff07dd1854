"""Devices that are made in batches and deleted again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from conformance.apis.fleet.asking import KNOWN, all_numbers, changes, page, read
from conformance.apis.fleet.devices import an_item, ids_of, noted, own_devices, remove
from conformance.context import UNSET, Context
from conformance.errors import Inconclusive
from conformance.schemas import at, same
from conformance.types import Exchange, Requirement


def created(context: Context, requirement: Requirement) -> None:
    """A batch with every way of adding and two layouts: each device is answered, read and listed as it was sent."""
    items = [
        an_item(context, f"devicedouble {way}", added_via=way, comment=f"by {way}", connection_type="HDMI", ram="8 GB")
        for way in ("MASS_IMPORT", "SINGLE_IMPORT", "ONBOARDING")
    ]
    items[0] |= {"keyboard_layout": "FRENCH_AZERTY", "has_webcam": True}
    exchange = context.create_silently("createDevices", {"devices": items})
    numbers = noted(context, ids_of(exchange))
    try:
        context.case()
        if not context.expect_success(exchange, "A batch of three is refused."):
            return
        if len(set(numbers)) != len(items):
            context.wrong("The answer names another number of devices than were sent.", 3, numbers, exchange)
        shown_by_name = {at(one, "/name"): one for one in at(exchange.json(), "/data/devices") or []}
        for item in items:
            device = shown_by_name.get(item["name"])
            _as_sent(context, item, device, exchange)
            if isinstance(device, Mapping):
                _as_sent(context, item, read(context, str(device.get("id")))[1], exchange)
        missing = set(numbers) - set(all_numbers(context))
        if missing:
            context.wrong("Devices that were created are not in the list.", sorted(numbers), sorted(missing), exchange)
    finally:
        remove(context, numbers)


def _as_sent(context: Context, item: Mapping[str, Any], device: Any, exchange: Exchange) -> None:
    context.case()
    for name, value in item.items():
        if name == "added_via":
            continue
        found = at(device, f"/{name}") if name in KNOWN else at(device, f"/characteristics/{name}")
        wanted = [value] if name == "connection_type" else value
        if not same(found, wanted):
            context.wrong(f"A new device does not show {name} as it was sent.", wanted, found, exchange, name)


def batch_whole(context: Context, requirement: Requirement) -> None:
    """A batch with a good and a bad item is refused, and the list has as many devices as before."""
    exchange, _ = page(context, limit=1)
    before = at(exchange.json(), "/meta/total")
    good = an_item(context)
    for bad in ({**good, "name": ""}, {"name": "devicedouble"}, {**good, "keyboard_layout": "NO_SUCH_LAYOUT"}):
        answer = context.call("createDevices", body={"devices": [good, bad]})
        context.case()
        if not context.expect_error(answer, None, "A batch with a bad item is accepted"):
            continue
        exchange, _ = page(context, limit=1)
        after = at(exchange.json(), "/meta/total")
        if before != after:
            context.wrong("A refused batch has added devices.", before, after, answer)
            return


def ids_are_new(context: Context, requirement: Requirement) -> None:
    """The number of a device created after another was deleted is that of no device before."""
    known = set(all_numbers(context))
    for _ in range(2):
        with own_devices(context) as (number,):
            context.case()
            if number in known:
                exchange, _ = page(context, limit=1)
                context.wrong("A new device has the number of another.", "a new number", number, exchange)
            known.add(number)


def snapshot(context: Context, requirement: Requirement) -> None:
    """Deleting answers with the device that was deleted, as it was read before but for its state."""
    with own_devices(context, an_item(context, comment="devicedouble", ram="8 GB")) as (number,):
        _, before = read(context, number)
        exchange = context.call("deleteDevice", path={"device_id": number})
        context.case()
        if not context.expect_success(exchange, "Deleting a device that was just created is refused."):
            return
        found = at(exchange.json(), "/data")
        changed = changes(context, before, found, "/client_status")
        if changed:
            context.wrong(
                "The snapshot of the deleted device differs from it.",
                "as it was read before",
                changed,
                exchange,
            )


def created_for_user(context: Context, requirement: Requirement) -> None:
    """A device created with a user is in the list by that user, and one created without is not."""
    user = context.fixture("user_id")
    with own_devices(context, an_item(context, user_id=user), an_item(context)) as (given, free):
        mine = all_numbers(context, user_id=user)
        exchange, _ = page(context, user_id=user)
        for number, wanted in ((given, True), (free, False)):
            context.case()
            if (number in mine) is not wanted:
                told = "A device created with a user" if wanted else "A device created without a user"
                there = ("among those of the user", "not among them")
                context.wrong(f"{told} is listed otherwise.", there[not wanted], there[wanted], exchange)


def deleted(context: Context, requirement: Requirement) -> None:
    """Deleting does something: the device is not found, or not listed, or in another state than it was."""
    with own_devices(context) as (number,):
        _, before = read(context, number)
        deletion = context.call("deleteDevice", path={"device_id": number})
        if not deletion.ok:
            raise Inconclusive(f"deleteDevice answered {deletion.status}")
        context.case()
        after = context.call("getDevice", path={"device_id": number})
        state = at(after.json(), "/data/client_status")
        if after.ok and state == before.get("client_status") and number in all_numbers(context):
            told = "Deleting a device is answered well, and the device is listed and read as before."
            context.wrong(told, "not found, not listed, or in another state", state, deletion)


def gone(context: Context, requirement: Requirement) -> None:
    """A deleted device is not found any more, or is ARCHIVED; and it can neither be changed nor deleted again."""
    with own_devices(context) as (number,):
        path = {"device_id": number}
        deleted = context.call("deleteDevice", path=path)
        if not deleted.ok:
            raise Inconclusive(f"deleteDevice answered {deleted.status}")
        exchange = context.call("getDevice", path=path)
        context.case()
        state = at(exchange.json(), "/data/client_status")
        if exchange.status != 404 and state != "ARCHIVED":
            context.wrong("A deleted device reads as if it were not.", "404 or ARCHIVED", state, exchange)
        for again in ("updateDevice", "deleteDevice"):
            body = {"comment": "devicedouble"} if again == "updateDevice" else UNSET
            answer = context.call(again, path=path, body=body)
            context.case()
            if answer.status not in (403, 404):
                context.wrong(f"{again} is carried out on a deleted device.", "403 or 404", answer.status, answer)


CHECKS = {
    "created": created,
    "batch_whole": batch_whole,
    "ids_are_new": ids_are_new,
    "snapshot": snapshot,
    "gone": gone,
    "deleted": deleted,
    "created_for_user": created_for_user,
}
