"""Finding devices of an organization by what is on their labels, without looking through all of them."""

from collections.abc import Iterator, Mapping

from mock_server.apis.masmovil.fleet import (
    DEVICE_ID,
    DEVICES,
    MAC_ADDRESS,
    OTHER_DEVICE_ID,
    SERIAL_NUMBER,
    SUBSCRIPTIONS,
)
from mock_server.apis.masmovil.numbers import MAC_PERIOD, numbers
from mock_server.types import Document, World


def find(world: World, org: str, wanted: Mapping[str, str]) -> dict[str, Document]:
    """The devices of `org` whose `mac_address` and `serial_number` are the wanted ones (either may be absent), by key.

    Untouched devices are found by the inverse of how their numbers are made; to these come the written ones.
    """
    found: dict[str, Document] = {}
    for key in _untouched(world, wanted):
        device = world.get(DEVICES, key)
        if device is not None:
            found[key] = device
    found |= world.written(DEVICES)
    return {key: device for key, device in found.items() if _matches(device, wanted) and _in_org(world, device, org)}


def _untouched(world: World, wanted: Mapping[str, str]) -> Iterator[str]:
    """Keys of the few devices of the population that can be the wanted ones."""
    if MAC_ADDRESS in wanted.values() or SERIAL_NUMBER in wanted.values():
        yield DEVICE_ID
    known = numbers(world.seed)
    if "serial_number" in wanted:
        candidates: Iterator[int] = _once(known.serial_index(wanted["serial_number"]))
    else:
        candidates = _every(MAC_PERIOD, known.mac_index(wanted["mac_address"]))
    for index in candidates:
        key = OTHER_DEVICE_ID if index == 1 else known.devices.of(index)
        if world.get(DEVICES, key) is None:
            return
        yield key


def _once(index: int | None) -> Iterator[int]:
    if index is not None:
        yield index


def _every(period: int, index: int | None) -> Iterator[int]:
    while index is not None:
        yield index
        index += period


def _matches(device: Document, wanted: Mapping[str, str]) -> bool:
    return all(device.get(name) == value for name, value in wanted.items())


def _in_org(world: World, device: Document, org: str) -> bool:
    subscription = world.get(SUBSCRIPTIONS, str(device.get("_subscription")))
    return subscription is not None and subscription.get("org") == org
