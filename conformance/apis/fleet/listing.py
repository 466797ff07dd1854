"""The list: pages, filters, search, and what it must not show."""

from __future__ import annotations

import re
from collections.abc import Mapping

from conformance.apis.fleet.asking import all_numbers, page, read
from conformance.context import Context
from conformance.errors import Inconclusive, Skip
from conformance.schemas import at, same
from conformance.types import Requirement


def drafts_hidden(context: Context, requirement: Requirement) -> None:
    """No device of the list shows an enrollment with the status DRAFT."""
    for offset in range(0, 1000, 100):
        exchange, devices = page(context, limit=100, offset=offset)
        for device in devices:
            context.case()
            if at(device, "/mdm/status") == "DRAFT":
                told = "An enrollment that is a draft is shown."
                context.wrong(told, {"mdm": None}, {"id": device.get("id"), "mdm": {"status": "DRAFT"}}, exchange)
        if len(devices) < 100:
            return


def page_meta(context: Context, requirement: Requirement) -> None:
    """`meta` repeats limit and offset, 50 and 0 where none are given, and no page is longer than its limit."""
    for query in ({}, {"limit": 1}, {"limit": 100}, {"limit": 7, "offset": 3}, {"offset": 0}):
        exchange, devices = page(context, **query)
        context.case()
        wanted = {"limit": 50, "offset": 0, **query}
        meta = at(exchange.json(), "/meta")
        found = {name: meta.get(name) for name in wanted} if isinstance(meta, Mapping) else meta
        if not same(found, wanted):
            context.wrong("meta says another page than was asked for.", wanted, found, exchange)
        total = meta.get("total") if isinstance(meta, Mapping) else None
        least = min(wanted["limit"], max(total - wanted["offset"], 0)) if isinstance(total, int) else 0
        if len(devices) != least:
            context.wrong(
                "The page has another length than limit, offset and total say.", least, len(devices), exchange
            )


def beyond_the_end(context: Context, requirement: Requirement) -> None:
    """An offset at or beyond the total gives an empty page with the same total."""
    exchange, _ = page(context, limit=1)
    total = at(exchange.json(), "/meta/total")
    if not isinstance(total, int):
        raise Inconclusive("meta.total is no number")
    for offset in (total, total + 1000):
        exchange = context.call("listDevices", query={"offset": offset})
        context.case()
        if not context.expect_success(exchange, "An offset beyond the end is refused."):
            continue
        devices = at(exchange.json(), "/data")
        found = {
            "data": len(devices) if isinstance(devices, list) else devices,
            "total": at(exchange.json(), "/meta/total"),
        }
        if not same(found, {"data": 0, "total": total}):
            context.wrong("A page beyond the end is not empty.", {"data": 0, "total": total}, found, exchange)


def search_finds(context: Context, requirement: Requirement) -> None:
    """Searching by a word of a device's name, or by its serial number, finds that device."""
    _, device = read(context)
    text = device.get(requirement.data["member"])
    words = re.findall(r"[^\W_]{4,}", text) if isinstance(text, str) else []
    if not words:
        raise Skip(f"the {requirement.data['member']} of the device has no word to search by")
    for word in words[:2]:
        context.case()
        exchange, _ = page(context, search=word, limit=1)
        if str(device["id"]) not in all_numbers(context, search=word):
            context.wrong(
                f"search={word} does not find the device.", f"{device['id']} among them", "it is not", exchange
            )


def search_narrows(context: Context, requirement: Requirement) -> None:
    """A word that stands nowhere finds nothing, alone and beside a word that does stand somewhere."""
    _, device = read(context)
    word = next(iter(re.findall(r"[^\W_]{3,}", str(device.get("name")))), "laptop")
    for search in ("qxzjvkwqpy", f"{word} qxzjvkwqpy"):
        exchange, devices = page(context, search=search)
        context.case()
        found = (len(devices), at(exchange.json(), "/meta/total"))
        if found != (0, 0):
            context.wrong(
                f"search={search} finds devices although a word of it stands nowhere.", [0, 0], found, exchange
            )


def filters_combine(context: Context, requirement: Requirement) -> None:
    """Two filters together let pass what both let pass, no more and no less."""
    user = context.fixture("user_id")
    mine = set(all_numbers(context, user_id=user))
    statuses = {str(at(item, "/client_status")) for item in page(context, user_id=user)[1]} or {"AVAILABLE"}
    for status in (*sorted(statuses), "ARCHIVED"):
        wanted = mine & set(all_numbers(context, client_status=status))
        found = set(all_numbers(context, user_id=user, client_status=status))
        context.case()
        if found != wanted:
            exchange, _ = page(context, user_id=user, client_status=status)
            context.wrong(
                "Two filters together let pass another set than each alone.",
                sorted(wanted),
                sorted(found),
                exchange,
            )
    _search_combines(context)


def _search_combines(context: Context) -> None:
    """Beside a word that finds the fixture device, another state than its own lets it not pass."""
    _, device = read(context)
    word = next(iter(re.findall(r"[^\W_]{4,}", str(device.get("name")))), None)
    state, number = str(device.get("client_status")), str(device.get("id"))
    if word is None or number not in all_numbers(context, search=word):
        return  # Whether it is found at all is another requirement's matter.
    other = "ARCHIVED" if state != "ARCHIVED" else "AVAILABLE"
    for status, wanted in ((other, False), (state, True)):
        found = number in all_numbers(context, search=word, client_status=status)
        context.case()
        if found is not wanted and str(read(context)[1].get("client_status")) == state:
            exchange, _ = page(context, search=word, client_status=status)
            told = f"search={word} and client_status={status} together do not what each does alone."
            context.wrong(told, f"device {number} {'among them' if wanted else 'not among them'}", found, exchange)


def every_status(context: Context, requirement: Requirement) -> None:
    """The list can be filtered by each state that a device can be in, and shows devices in that state only."""
    operation = context.contract.operations["listDevices"]
    parameter = operation.parameter("query", "client_status")
    assert parameter is not None
    for status in parameter.schema["enum"]:
        exchange = context.call("listDevices", query={"client_status": status, "limit": 100})
        context.case()
        if not context.expect_success(exchange, f"A list of the devices in state {status}, 100 a page, is refused."):
            continue
        others = {one.get("client_status") for one in at(exchange.json(), "/data") or []} - {status}
        if others:
            context.wrong("The filter by state lets others pass.", status, sorted(map(str, others)), exchange)


CHECKS = {
    "drafts_hidden": drafts_hidden,
    "page_meta": page_meta,
    "beyond_the_end": beyond_the_end,
    "search_finds": search_finds,
    "search_narrows": search_narrows,
    "filters_combine": filters_combine,
    "every_status": every_status,
}
