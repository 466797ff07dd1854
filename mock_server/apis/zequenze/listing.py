"""The list of the inventory: filters, and pages with links to their neighbours."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import islice
from typing import Any
from urllib.parse import urlencode

from mock_server.apis.zequenze import views
from mock_server.apis.zequenze.fleet import DEVICES
from mock_server.types import Document, Refused, Reply, Request, World

PATH = "/inventory_device_serial/"
Test = Callable[[Document], bool]


def list_devices(world: World, request: Request) -> Reply:
    """GET /inventory_device_serial/: `count`, `next`, `previous` and one page of `results`."""
    limit, offset = request.query["limit"], request.query["offset"]
    tests = list(filters(request))
    if tests:
        count, page = _filtered(world, tests, offset, limit)
    else:
        count, page = world.count(DEVICES), _page(world, offset, limit)
    return Reply(
        200,
        {
            "count": count,
            "next": _link(request, offset + limit) if offset + limit < count else None,
            "previous": _link(request, offset - limit) if offset > 0 else None,
            "results": [views.item(device) for device in page],
        },
    )


def filters(request: Request) -> Iterator[Test]:
    """A test for each filter given. Raises Refused("impossible-date")."""
    query = request.query
    members = {
        "type": query.get("type"),
        "organization": query.get("organization"),
        "pending_settings": query.get("pending"),
        "_up": query["status"] in {"1", "true", "True"} if "status" in query else None,
    }
    for member, wanted in members.items():
        if wanted is not None:
            yield _equals(member, wanted)
    if "last_status_change_from" in query:
        yield _changed_from(_time(query["last_status_change_from"]))


def _equals(member: str, wanted: Any) -> Test:
    return lambda device: bool(device[member] == wanted)


def _changed_from(start: datetime) -> Test:
    def test(device: Document) -> bool:
        changed = _moment(device["_last_status_change"])
        return changed is not None and changed >= start

    return test


def _moment(text: Any) -> datetime | None:
    """The moment that a device tells of; None where it tells of none."""
    try:
        found = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _time(text: str) -> datetime:
    try:
        time = datetime.fromisoformat(text.upper())
    except ValueError:
        name, reason = "last_status_change_from", "is no date and time of any calendar"
        raise Refused("impossible-date", field=name, reason=reason, fields={name: [reason]}) from None
    return time if time.tzinfo else time.replace(tzinfo=UTC)


def _filtered(world: World, tests: list[Test], offset: int, limit: int) -> tuple[int, list[Document]]:
    """How many devices pass all tests, and the page of them; no more than the page is held at once."""
    count, page = 0, []
    for serial, stored in world.items(DEVICES):
        device = views.whole(serial, stored)
        if all(test(device) for test in tests):
            if offset <= count < offset + limit:
                page.append(device)
            count += 1
    return count, page


def _page(world: World, offset: int, limit: int) -> list[Document]:
    """The devices of an unfiltered page; those before it are not read."""
    if offset >= world.count(DEVICES):
        return []
    serials = islice(world.keys(DEVICES), offset, offset + limit)
    return [views.whole(serial, stored) for serial in serials if (stored := world.get(DEVICES, serial)) is not None]


def _link(request: Request, offset: int) -> str:
    """The list's absolute address at another offset, the filters kept; at 0 the offset is left out."""
    query: dict[str, list[str]] = {**request.raw_query, "limit": [str(request.query["limit"])]}
    query.pop("offset", None)
    if offset > 0:
        query["offset"] = [str(offset)]
    return f"{request.base_url}{PATH}?{urlencode(sorted(query.items()), doseq=True)}"
