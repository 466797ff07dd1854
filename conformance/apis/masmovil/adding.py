"""Adding devices: what is sent is there, everywhere, once. There is no way back, so few are added."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from conformance.answers import shown
from conformance.apis.masmovil import devices
from conformance.apis.masmovil.devices import Document
from conformance.apis.masmovil.sequences import difference
from conformance.context import Context
from conformance.errors import Inconclusive, Skip
from conformance.jsontext import text_of
from conformance.schemas import ABSENT, at, shortened
from conformance.types import Exchange, Requirement


def added(context: Context, **members: Any) -> tuple[Exchange, Document]:
    """Add a device. Inconclusive when it is refused: that is another requirement's matter."""
    exchange = context.call(devices.ADD, body={**devices.least(context), **members})
    context.case()
    made = exchange.json()
    if not exchange.ok or not isinstance(at(made, "/id"), str):
        context.expect_success(exchange, "A valid device is refused.")
        raise Inconclusive(f"{devices.ADD} answered {shown(exchange, 80)}")
    return exchange, made


def every_member(context: Context) -> Document:
    number = context.random.randint(100_000, 999_999)
    return {
        "legacy_id": number,
        "reservation_id": str(number),
        "signature_process_id": f"S{number}",
        "shipping_order_id": f"O{number}",
        "pickup_order_id": f"P{number}",
        "in_store_delivery_date": "2025-01-05T03:30:15Z",
        "in_store_returned_date": "2025-02-05T03:30:15Z",
        "manufacturing_info": {"id_type": "SERIAL_NUMBER", "id": f"DD-{number}"},
        "serial_number": f"DD-{number}",
        "mac_address": f"02-00-5E-{number % 100:02d}-00-03",
        "imei": f"35{number:013d}",
        "acquisition_type": "FINANCED",
        "commitments": [devices.promise(context)],
        "insurable_amount": 120.5,
    }


def _hold(context: Context, wanted: Document, there: Any, exchange: Exchange, where: str) -> None:
    schema = devices.schema(context)
    asked = {**schema, "properties": {name: schema["properties"][name] for name in wanted}}
    pointer = difference(wanted, there, asked)
    if pointer is not None:
        context.fail(
            f"{where} shows {pointer} of the added device wrong.",
            expected=shortened(f"{pointer} = {text_of(at(wanted, pointer))}"),
            actual=shortened(f"{pointer} = {text_of(at(there, pointer))}"),
            exchanges=(exchange,),
            cause=f"added not kept {pointer}",
        )


def add_keeps(context: Context, requirement: Requirement) -> None:
    """A device is added with every member: the answer, and reading it, show each as it was sent."""
    wanted = {**devices.least(context), **every_member(context)}
    exchange, made = added(context, **wanted)
    _hold(context, wanted, made, exchange, "The answer")
    single = context.call(devices.READ, path={"deviceId": made["id"]})
    if context.expect_success(single, "A device that was added cannot be read."):
        _hold(context, wanted, single.json(), single, "Reading")


def add_least(context: Context, requirement: Requirement) -> None:
    """A device is added with the two required members alone: they are kept, and no label is made up."""
    wanted = devices.least(context)
    exchange, made = added(context)
    _hold(context, wanted, made, exchange, "The answer")
    for name in ("serial_number", "mac_address", "imei", "acquisition_type"):
        found = at(made, f"/{name}")
        if found is not ABSENT and found is not None:
            context.fail(
                f"A device that was added without {name} has one.",
                expected=f"no {name}",
                actual=text_of(found),
                exchanges=(exchange,),
                cause=f"made up {name}",
            )


def add_values(context: Context, requirement: Requirement) -> None:
    """Each acquisition type is taken and kept, and so are an amount of null and one of 0."""
    for value in ("BORROWED", "FINANCED", "ONE_TIME_PAYMENT"):
        exchange, made = added(context, acquisition_type=value)
        _hold(context, {"acquisition_type": value}, made, exchange, "The answer")
    for amount in (None, 0):
        exchange, made = added(context, insurable_amount=amount)
        _hold(context, {"insurable_amount": amount}, made, exchange, "The answer")


def add_lists(context: Context, requirement: Requirement) -> None:
    """An added device is in the subscription's list and found by its serial number, once, as it reads alone."""
    number = f"DD-{context.random.randint(100_000, 999_999)}"
    before = _of_number(context, number)
    _, made = added(context, serial_number=number)
    key = made["id"].lower()
    single = context.call(devices.READ, path={"deviceId": key}).json()
    for way, query in ((devices.listed, {}), (devices.found, {"serial_number": number})):
        context.settle(lambda way=way, query=query: key in devices.ids(way(context, **query)[1]))  # type: ignore[misc]
        exchange, items = way(context, **query)
        context.case()
        times = devices.ids(items).count(key)
        if times != 1:
            context.fail(
                f"{exchange.operation} shows an added device {times} times.",
                expected="once",
                actual=f"{times} times",
                exchanges=(exchange,),
                cause=f"added not in {exchange.operation}",
            )
        elif more := _of_number(context, number) - before - {key}:
            context.fail(
                "A device that was added once is there more than once, under other ids.",
                expected="one device more",
                actual=f"{len(more) + 1} more: {', '.join(sorted({key, *more}))}",
                exchanges=(exchange,),
                cause="added more than once",
            )
        elif isinstance(single, dict):
            _hold(
                context,
                _declared(context, single),
                items[devices.ids(items).index(key)],
                exchange,
                str(exchange.operation),
            )


def _of_number(context: Context, number: str) -> set[str]:
    """The ids of the subscription's devices with a serial number: a run before may have left some."""
    _, items = devices.listed(context)
    return set(devices.ids([item for item in items if at(item, "/serial_number") == number]))


def _declared(context: Context, document: Document) -> Document:
    return {name: value for name, value in document.items() if name in devices.schema(context)["properties"]}


def add_ids(context: Context, requirement: Requirement) -> None:
    """The same device added twice is two devices with new ids of their own; all others stay as they are."""
    _, before = devices.listed(context)
    made = [added(context)[1]["id"].lower() for _ in range(2)]
    exchange, after = devices.listed(context)
    known = set(devices.ids(before))
    if len(set(made)) != 2 or known & set(made):
        context.fail(
            "An added device has an id that another has already.",
            expected="an id of its own for each",
            actual=", ".join(made),
            cause="added id taken",
        )
    there = dict(zip(devices.ids(after), after, strict=True))
    for key, item in zip(devices.ids(before), before, strict=True):
        pointer = "the device" if key not in there else difference(item, there[key], devices.schema(context))
        if pointer is not None:
            context.fail(
                f"Adding devices has changed {pointer} of another.",
                expected="all others as they were",
                actual=f"{pointer} of {key} differs",
                exchanges=(exchange,),
                cause="adding changes others",
            )


def refused_adds_nothing(context: Context, requirement: Requirement) -> None:
    """After requests to add a device that were refused, the subscription has the devices that it had."""
    least = devices.least(context)
    _, before = devices.listed(context)
    for body in (
        {**least, "acquisition_type": "STOLEN"},
        {**least, "legacy_account_id": "text"},
        {"legacy_account_id": least["legacy_account_id"]},
        {**least, "commitments": [{"expiration_date": "yesterday"}]},
    ):
        if context.call(devices.ADD, body=body).ok:
            continue
        context.case()
        exchange, after = devices.listed(context)
        if sorted(devices.ids(after)) != sorted(devices.ids(before)):
            context.fail(
                "A request that was refused has added a device.",
                expected=f"{len(before)} devices",
                actual=f"{len(after)} devices",
                exchanges=(exchange,),
                cause="refused but added",
            )
            return


def add_location(context: Context, requirement: Requirement) -> None:
    """Location leads to the added device."""
    exchange, made = added(context)
    location = exchange.headers.get("location")
    if location is None:
        raise Skip("the server sends no Location")
    if urlsplit(location).path.rstrip("/").rpartition("/")[2].lower() != made["id"].lower():
        context.fail(
            "Location does not lead to the added device.",
            expected=f"…/{made['id']}",
            actual=location,
            exchanges=(exchange,),
            cause="location",
        )
