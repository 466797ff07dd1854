"""What a device, its usage and its history look like from outside; also what they would if a document were stored."""

from typing import Any

from mock_server.apis.jasper import changes
from mock_server.apis.jasper.catalogue import BLANK, OPERATOR_FIELDS
from mock_server.apis.jasper.dates import audit
from mock_server.apis.jasper.fleet import DEVICES, PLANS
from mock_server.apis.jasper.schedule import moment
from mock_server.apis.jasper.state import whole
from mock_server.types import Document, World

_DETAILS = tuple(name for name in BLANK if not name.startswith("_"))
_DETAILS_FOR_OTHERS = tuple(name for name in _DETAILS if name not in OPERATOR_FIELDS)
_USAGE = ("iccid", "imsi", "msisdn", "imei", "status", "ratePlan", "communicationPlan")
_COUNTERS = ("ctdDataUsage", "ctdSMSUsage", "ctdVoiceUsage", "ctdSessionCount")


def details(device: Document, *, operator: bool) -> Document:
    """A device's details."""
    return {name: device[name] for name in (_DETAILS if operator else _DETAILS_FOR_OTHERS)}


def usage(world: World, device: Document) -> Document:
    """What a device has used since its billing cycle began."""
    daily = device["_daily"] if _is_daily(device["_daily"]) else BLANK["_daily"]
    used = {name: each * world.now.day for name, each in zip(_COUNTERS, daily, strict=True)}
    return {
        **{name: device[name] for name in _USAGE},
        **used,
        "overageLimitReached": _limit_reached(world, device, used["ctdDataUsage"]),
        "overageLimitOverride": device["_override"],
    }


def _is_daily(value: Any) -> bool:
    """Whether this says what a device uses in a day."""
    return isinstance(value, list) and len(value) == len(_COUNTERS) and all(type(each) is int for each in value)


def _limit_reached(world: World, device: Document, data: int) -> bool:
    plan = world.get(PLANS, str(device["ratePlan"]))
    limit = plan.get("dataLimit") if plan else None
    return isinstance(limit, int | float) and data >= limit


def history(world: World, iccid: str, trails: list[Document], page: int = 1, *, last: bool = True) -> Document:
    """A page of a device's history."""
    return {
        "iccid": iccid,
        "timestamp": audit(world.now),
        "pageNumber": page,
        "deviceAuditTrails": trails,
        "lastPage": last,
    }


def shown_device(_world: World, iccid: str, stored: Document) -> Document:
    """What getDeviceDetails would answer an operator for the device stored under `iccid`."""
    return details(whole(iccid, stored), operator=True)


def shown_usage(world: World, iccid: str, stored: Document) -> Document:
    """What getDeviceUsage would answer for the device stored under `iccid`. Raises TypeError for a wrong `_daily`."""
    device = whole(iccid, stored)
    if not _is_daily(device["_daily"]):
        raise TypeError(device["_daily"])
    return usage(world, device)


def shown_record(world: World, key: str, stored: Document) -> Document:
    """What getDeviceAuditHistory would answer if this record were the only one: its key is `ICCID/NUMBER`.

    Raises KeyError or TypeError for a record without the date by which the history is put in order.
    """
    moment(stored["effectiveDate"])
    return history(world, key.rpartition("/")[0], [stored])


def shown_change(world: World, key: str, stored: Document) -> Document:
    """The same for a scheduled change, whose key is a number. Raises ValueError for another key."""
    int(key)
    iccid: Any = stored["iccid"]
    device = whole(iccid, world.get(DEVICES, iccid) or {})
    trails = changes.pending(device, stored["changes"], moment(stored["at"]), stored["by"])
    return history(world, iccid, trails)
