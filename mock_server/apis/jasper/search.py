"""Finding devices by when they were changed last, without reading those that were not changed since."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from heapq import merge
from itertools import islice
from typing import Any

from mock_server.apis.jasper import dates
from mock_server.apis.jasper.catalogue import CUSTOM_FIELDS
from mock_server.apis.jasper.fleet import DEVICES
from mock_server.apis.jasper.state import partial, untouched, whole
from mock_server.types import Document, Refused, Reply, Request, World

OLDEST = timedelta(days=366)
"""How long ago `modifiedSince` may be: a year, whichever it is."""
SHOWN = ("iccid", "status", "ratePlan", "communicationPlan")


def search_devices(world: World, request: Request) -> Reply:
    """GET /devices: a page of the devices changed since a time, the longest unchanged first."""
    since, till = _period(world, request.query)
    size, number = request.query["pageSize"], request.query["pageNumber"]
    found = (device for device in _changed(world, since, till) if _fits(device, request.query))
    page, last = cut(found, size, number)
    fields = request.query.get("fields")
    devices = [partial({name: device[name] for name in SHOWN}, fields) for device in page]
    return Reply(200, {"pageNumber": number, "devices": devices, "lastPage": last})


def cut(items: Iterator[Any], size: int, number: int) -> tuple[list[Any], bool]:
    """Page `number` (from 1) of the items, and whether none follow it."""
    start = min((number - 1) * size, 1 << 40)
    page = list(islice(items, start, start + size + 1))
    return page[:size], len(page) <= size


def _period(world: World, query: Mapping[str, Any]) -> tuple[datetime, datetime | None]:
    """From when till when. Raises Refused: `date-unreadable`, `date-past`, `date-future`."""
    try:
        since = dates.utc(query["modifiedSince"])
    except ValueError:
        raise Refused("date-unreadable", field="modifiedSince") from None
    if since > world.now:
        raise Refused("date-future", field="modifiedSince")
    if world.now - since > OLDEST:
        raise Refused("date-past", field="modifiedSince")
    if "modifiedTill" not in query:
        return since, None
    try:
        return since, dates.utc(query["modifiedTill"])
    except ValueError:
        raise Refused("date-unreadable", error="INVALID_DATE", field="modifiedTill") from None


def _changed(world: World, since: datetime, till: datetime | None) -> Iterator[Document]:
    written = {iccid: whole(iccid, stored) for iccid, stored in world.written(DEVICES)}
    first, last = dates.detail(since), dates.detail(till) if till else "9999"
    touched = [device for device in written.values() if first <= _updated(device) <= last]
    touched.sort(key=lambda device: (_updated(device), device["iccid"]))
    return merge(_untouched(world, since, last, written), touched, key=_updated)


def _untouched(world: World, since: datetime, last: str, written: Mapping[str, Document]) -> Iterator[Document]:
    """The devices nobody wrote to: their order is that of their changes, so that the first one is looked up."""
    sims = untouched(world)
    for index in range(sims.changed_from(since), len(sims)):
        iccid = sims.key(index)
        stored = None if iccid in written else world.get(DEVICES, iccid)
        if stored is None:
            continue
        if stored["dateUpdated"] > last:
            return
        yield stored


def _updated(device: Document) -> str:
    return str(device["dateUpdated"] or "")


def _fits(device: Document, query: Mapping[str, Any]) -> bool:
    if "status" in query and device["status"] != query["status"]:
        return False
    if "accountId" in query and device["accountId"] != str(query["accountId"]):
        return False
    return all(device[name] == query[name] for name in query.keys() & CUSTOM_FIELDS)
