"""Lists, searches and commitments: all of what belongs there, and nothing else."""

from __future__ import annotations

from functools import partial
from typing import Any

from conformance.answers import shown
from conformance.apis.masmovil import devices
from conformance.apis.masmovil.sequences import difference
from conformance.context import Context
from conformance.errors import Inconclusive, Skip
from conformance.jsontext import text_of
from conformance.schemas import ABSENT, at, shortened
from conformance.types import Exchange, Requirement

NOBODYS = {"mac_address": "02-DE-AD-00-00-00", "serial_number": "devicedouble-nobodys-serial"}


def _fits(item: Any, name: str, value: str) -> bool:
    """Letters and separators of a number may be written in another way than they were asked for."""
    has = at(item, f"/{name}")
    return isinstance(has, str) and _plain(has) == _plain(value)


def _plain(text: str) -> str:
    return "".join(char for char in text.upper() if char.isalnum())


def _hold(context: Context, exchange: Exchange, items: list[Any], wanted: dict[str, str], told: str) -> None:
    """Fail for each item that does not have what was asked for."""
    for item in items:
        wrong = [name for name, value in wanted.items() if not _fits(item, name, value)]
        if wrong:
            context.fail(
                f"{told} shows a device with another {wrong[0]}.",
                expected=f"{wrong[0]} = {wanted[wrong[0]]}",
                actual=shortened(f"{wrong[0]} = {text_of(at(item, f'/{wrong[0]}'))}"),
                exchanges=(exchange,),
                cause=f"{exchange.operation} leaks by {wrong[0]}",
            )
            return


def _misses(context: Context, exchange: Exchange, items: list[Any], key: str, told: str) -> bool:
    if key.lower() in devices.ids(items):
        return False
    context.fail(
        f"{told} leaves a device out that is there.",
        expected=f"device {key} among them",
        actual=shortened(", ".join(devices.ids(items)) or "no device"),
        exchanges=(exchange,),
        cause=f"{exchange.operation} misses",
    )
    return True


def list_complete(context: Context, requirement: Requirement) -> None:
    """The list names the target's device and its other device."""
    exchange, items = devices.listed(context)
    for name in ("device_id", "other_device_id"):
        try:
            key = str(context.fixture(name))
        except Skip:
            continue
        context.case()
        _misses(context, exchange, items, key, "The list")


def list_filter_within(context: Context, requirement: Requirement) -> None:
    """Filtered by a MAC address, the list is a part of the whole list: by the addresses of its own devices, by the one
    that the search finds in the organization, and by one that nobody has."""
    _, items = devices.listed(context)
    whole = set(devices.ids(items))
    macs = [at(item, "/mac_address") for item in items[:5]]
    known = [mac for mac in macs if isinstance(mac, str) and mac]
    for mac in dict.fromkeys([*known, _fixture(context, "mac_address"), NOBODYS["mac_address"]]):
        if mac is None:
            continue
        exchange, found = devices.listed(context, mac_address=mac)
        context.case()
        _hold(context, exchange, found, {"mac_address": mac}, f"The list of devices with the MAC address {mac}")
        strangers = [key for key in devices.ids(found) if key not in whole]
        if strangers:
            context.fail(
                f"The list filtered by {mac} shows a device that is none of the subscription's.",
                expected="devices of the subscription only",
                actual=shortened(", ".join(strangers)),
                exchanges=(exchange,),
                cause=f"{devices.LIST} strangers",
            )


def _fixture(context: Context, name: str) -> Any:
    try:
        return context.fixture(name)
    except Skip:
        return None


def not_read_elsewhere(context: Context, requirement: Requirement) -> None:
    """The devices of the list cannot be read by the path of a subscription that does not exist."""
    _, items = devices.listed(context)
    operation = context.contract.operations[devices.READ]
    elsewhere = context.path_of(operation, "unknown-parent")
    for key in devices.ids(items)[:5]:
        exchange = context.call(devices.READ, path={**elsewhere, "deviceId": key})
        context.case()
        if exchange.ok:
            context.fail(
                "A device can be read by the path of a subscription that does not exist.",
                expected="404",
                actual=shown(exchange, 100),
                exchanges=(exchange,),
                cause="subscription of the path ignored",
            )


def search_finds(context: Context, requirement: Requirement) -> None:
    """The search finds the target's device by its MAC address, by its serial number and by both, and shows no other."""
    numbers = {name: str(context.fixture(name)) for name in NOBODYS}
    seen: list[set[str]] = []
    for names in (("mac_address",), ("serial_number",), ("mac_address", "serial_number")):
        query = {name: numbers[name] for name in names}
        exchange, items = devices.found(context, **query)
        context.case()
        _hold(context, exchange, items, query, f"The search by {' and '.join(names)}")
        if not items:
            context.fail(
                f"The search by {' and '.join(names)} does not find the device.",
                expected="at least one device",
                actual="none",
                exchanges=(exchange,),
                cause=f"{devices.SEARCH} misses by {' and '.join(names)}",
            )
        seen.append(set(devices.ids(items)))
    if seen[2] != seen[0] & seen[1]:
        context.fail(
            "The search by both numbers does not find exactly what either finds.",
            expected=", ".join(sorted(seen[0] & seen[1])),
            actual=", ".join(sorted(seen[2])) or "none",
            cause=f"{devices.SEARCH} both",
        )


def search_both(context: Context, requirement: Requirement) -> None:
    """With the MAC address of one device and the serial number of none, or the other way round, nothing is found."""
    for name, stranger in (("mac_address", "serial_number"), ("serial_number", "mac_address")):
        query = {name: str(context.fixture(name)), stranger: NOBODYS[stranger]}
        exchange, items = devices.found(context, **query)
        context.case()
        _hold(context, exchange, items, query, f"The search by a known {name} and an unknown {stranger}")


def search_nobodys(context: Context, requirement: Requirement) -> None:
    """For a number that no device has, no device is shown: an empty list, or a refusal."""
    for name, value in NOBODYS.items():
        exchange = context.call(devices.SEARCH, query={name: value})
        context.case()
        items = exchange.json()
        if exchange.ok and items != []:
            context.fail(
                f"The search by a {name} that nobody has shows something.",
                expected="[]",
                actual=shown(exchange, 120),
                exchanges=(exchange,),
                cause=f"{devices.SEARCH} leaks by {name}",
            )


def search_agrees(context: Context, requirement: Requirement) -> None:
    """Each of the subscription's devices is found by its serial number, and looks there as it does when read alone."""
    _, items = devices.listed(context)
    labelled = [item for item in items if isinstance(at(item, "/serial_number"), str)]
    for item in labelled[:5]:
        serial, key = item["serial_number"], str(at(item, "/id"))
        exchange, found = devices.found(context, serial_number=serial)
        context.case()
        if _misses(context, exchange, found, key, f"The search by the serial number {serial}"):
            continue
        single = context.call(devices.READ, path={"deviceId": key}).json()
        there = found[devices.ids(found).index(key.lower())]
        pointer = difference(single, there, devices.schema(context))
        if pointer is not None:
            context.fail(
                f"The search shows {pointer} of a device with another value.",
                expected=shortened(text_of(at(single, pointer))),
                actual=shortened(text_of(at(there, pointer))),
                exchanges=(exchange,),
                cause=f"{devices.SEARCH} disagrees {pointer}",
            )


def search_without_filter(context: Context, requirement: Requirement) -> None:
    """A search with neither number is refused: with the answer that the requirement names, or else with any."""
    error = requirement.data.get("error")
    for query in ({}, {"devicedouble_unknown": "x"}):
        exchange = context.call(devices.SEARCH, query=query)
        context.case()
        context.expect_error(
            exchange, error, "A search without a filter is not refused as it must be", cause="no filter"
        )


def found_as_changed(context: Context, requirement: Requirement) -> None:
    """After a patch of its MAC address and serial number, a device is found by the new ones, and by the old ones no
    more; after a patch that failed, by the old ones still."""
    new = {
        "mac_address": f"02-00-5E-{context.random.randint(16, 99)}-{context.random.randint(16, 99)}-01",
        "serial_number": f"DD-{context.random.randint(100_000, 999_999)}",
    }
    key = str(context.fixture("device_id"))
    handle = context.resource("device")
    with context.keep(handle) as before:
        old = {name: at(before[""], f"/{name}") for name in new}
        patch = devices.as_patch(context, new, before[""])
        failing = [*patch, {"op": "test", "path": "/serial_number", "value": "devicedouble-other"}]
        if not devices.patched(context, failing).ok:
            _stands(context, key, {name: value for name, value in old.items() if isinstance(value, str)}, new)
        if context.expect_success(devices.patched(context, patch), "A change of both numbers is refused."):
            _stands(context, key, new, old)


def _stands(context: Context, key: str, here: dict[str, str], gone: dict[str, Any]) -> None:
    """The device is found by the numbers `here`, and not by those of `gone`."""
    for way, name in [*((devices.found, name) for name in here), (devices.listed, "mac_address")]:
        if name not in here:
            continue

        def there(value: str, way: Any = way, name: str = name) -> bool:
            return key.lower() in devices.ids(way(context, **{name: value})[1])

        new, old = here[name], gone.get(name)
        context.settle(partial(there, new))
        exchange, items = way(context, **{name: new})
        context.case()
        _misses(context, exchange, items, key, f"{exchange.operation} by the {name} that the device has")
        if not isinstance(old, str) or old == new:
            continue
        context.settle(lambda there=there, old=old: not there(old))  # type: ignore[misc]
        exchange, items = way(context, **{name: old})
        if key.lower() in devices.ids(items):
            context.fail(
                f"The device is found by a {name} that it does not have.",
                expected="not among them",
                actual=shortened(", ".join(devices.ids(items))),
                exchanges=(exchange,),
                cause=f"{exchange.operation} stale {name}",
            )


def twins_found(context: Context, requirement: Requirement) -> None:
    """Two devices with one MAC address are both in the list filtered by it, and both in the search."""
    if "other_device_id" not in context.target.fixtures:
        raise Skip("the target names no other_device_id, and a device that it does not name is not changed")
    first = context.resource("device")
    second = first.other()
    mac = f"02-00-5E-00-{context.random.randint(16, 99)}-02"
    with context.keep(first), context.keep(second):
        for handle in (first, second):
            exchange = handle.write({"mac_address": mac})
            if not exchange.ok:
                raise Inconclusive("the server does not let two devices have one MAC address")
        for way in (devices.listed, devices.found):
            exchange, items = way(context, mac_address=mac)
            context.case()
            for handle in (first, second):
                _misses(
                    context, exchange, items, handle.path["deviceId"], f"{exchange.operation} by a shared MAC address"
                )


COMMITMENT = "getDeviceCommitment"


def commitment_agrees(context: Context, requirement: Requirement) -> None:
    """Each commitment of the device, read alone, is the one that the device shows."""
    items = at(devices.device(context), "/commitments")
    named = [item for item in items if isinstance(at(item, "/id"), str)] if isinstance(items, list) else []
    if not named:
        raise Skip("the device has no commitment")
    for item in named[:5]:
        _compare(context, item)


def _compare(context: Context, item: Any) -> None:
    node = devices.schema(context)["properties"]["commitments"]["items"]
    exchange = context.call(COMMITMENT, path={"commitmentId": item["id"]})
    context.case()
    if not context.expect_success(exchange, "A commitment that the device shows cannot be read alone."):
        return
    pointer = difference(item, exchange.json(), node)
    if pointer is not None:
        context.fail(
            f"A commitment read alone shows another {pointer} than in the device.",
            expected=shortened(text_of(at(item, pointer))),
            actual=shortened(text_of(at(exchange.json(), pointer))),
            exchanges=(exchange,),
            cause=f"{COMMITMENT} disagrees {pointer}",
        )


def commitment_follows(context: Context, requirement: Requirement) -> None:
    """A commitment that a patch has put there and changed is read as the device shows it; once taken away, not."""
    with context.keep(context.resource("device")):
        item = devices.promise(context)
        if not devices.patched(context, [{"op": "add", "path": "/commitments", "value": [item]}]).ok:
            raise Inconclusive("the list of commitments cannot be set")
        changed = {"op": "add", "path": "/commitments/0/cancellation_user", "value": "someone@example.com"}
        for operation in (None, changed):
            if operation is not None:
                devices.patched(context, [operation])
            now = at(devices.device(context), "/commitments/0")
            if now is ABSENT or at(now, "/id") is ABSENT:
                raise Inconclusive("the commitment that was set is not shown")
            _compare(context, now)
        devices.patched(context, [{"op": "remove", "path": "/commitments/0"}])
        exchange = context.call(COMMITMENT, path={"commitmentId": item["id"]})
        if exchange.ok:
            context.fail(
                "A commitment that was removed from the device can still be read.",
                expected="4xx",
                actual=shown(exchange, 100),
                exchanges=(exchange,),
                cause=f"{COMMITMENT} stale",
            )


def commitment_of_device(context: Context, requirement: Requirement) -> None:
    """The commitment of one device cannot be read by the path of another."""
    exchange = context.call(COMMITMENT, path={"deviceId": str(context.fixture("other_device_id"))})
    context.case()
    if not 400 <= exchange.status < 500:
        context.fail(
            "The commitment of a device can be read by the path of another.",
            expected="4xx",
            actual=shown(exchange, 100),
            exchanges=(exchange,),
            cause=f"{COMMITMENT} leaks",
        )
