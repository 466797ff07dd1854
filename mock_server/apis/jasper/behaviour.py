"""The operations on devices, one function each; what they rest on has files of its own."""

from collections.abc import Mapping
from typing import Any

from mock_server.apis.jasper import addresses, changes, history, schedule
from mock_server.apis.jasper.catalogue import BLANK, OPERATOR_FIELDS
from mock_server.apis.jasper.dates import audit, effective
from mock_server.apis.jasper.fleet import DEVICES, PLANS
from mock_server.apis.jasper.search import cut, search_devices
from mock_server.apis.jasper.state import find, partial, whole
from mock_server.types import Behaviour, Document, Refused, Reply, Request, World

_DETAILS = tuple(name for name in BLANK if not name.startswith("_"))
_DETAILS_FOR_OTHERS = tuple(name for name in _DETAILS if name not in OPERATOR_FIELDS)
_USAGE = ("iccid", "imsi", "msisdn", "imei", "status", "ratePlan", "communicationPlan")
_COUNTERS = ("ctdDataUsage", "ctdSMSUsage", "ctdVoiceUsage", "ctdSessionCount")


def edit(world: World, request: Request) -> Reply:
    """PUT /devices/{iccid}: 200 for a change made at once, 202 for one that is scheduled."""
    wanted = {name: value for name, value in request.body.items() if name != "effectiveDate"}
    if not wanted:
        raise Refused("nothing-to-change")
    addresses.check_complete(wanted)
    at = effective(request.body.get("effectiveDate"), world.now)
    device = find(world, request)
    changes.check(world, device, wanted)
    user = request.principal.name if request.principal else schedule.SYSTEM
    if at is None:
        schedule.change_now(world, device, wanted, world.now, user)
        return Reply(200, {"iccid": device["iccid"]})
    schedule.add(world, device["iccid"], wanted, at, user)
    return Reply(202, {"iccid": device["iccid"]})


def details(world: World, request: Request) -> Reply:
    """GET /devices/{iccid}: the operator's custom fields are for operator users only."""
    device = find(world, request)
    operator = request.principal is not None and request.principal.role == "operator"
    shown = {name: device[name] for name in (_DETAILS if operator else _DETAILS_FOR_OTHERS)}
    return Reply(200, partial(shown, request.query.get("fields")))


def shown_device(world: World, iccid: str) -> Document:
    """What getDeviceDetails would answer an operator for the device stored under `iccid`."""
    device = whole(iccid, world.get(DEVICES, iccid) or {})
    return {name: device[name] for name in _DETAILS}


def usage(world: World, request: Request) -> Reply:
    """GET /devices/{iccid}/ctdUsages: a day's use for each day of the billing cycle that has begun."""
    device = find(world, request)
    used = {name: each * world.now.day for name, each in zip(_COUNTERS, device["_daily"], strict=True)}
    shown = {
        **{name: device[name] for name in _USAGE},
        **used,
        "overageLimitReached": _limit_reached(world, device, used["ctdDataUsage"]),
        "overageLimitOverride": device["_override"],
    }
    return Reply(200, partial(shown, request.query.get("fields")))


def _limit_reached(world: World, device: Document, data: int) -> bool:
    plan = world.get(PLANS, device["ratePlan"])
    limit = plan.get("dataLimit") if plan else None
    return limit is not None and data >= limit


def audit_history(world: World, request: Request) -> Reply:
    """GET /devices/{iccid}/auditTrails: what is scheduled and what was changed, the latest first."""
    device = find(world, request)
    query: Mapping[str, Any] = request.query
    records = [*schedule.pending(world, device), *history.records(world, device, query["daysOfHistory"])]
    page, last = cut(iter(records), query["pageSize"], query["pageNumber"])
    return Reply(
        200,
        {
            "iccid": device["iccid"],
            "timestamp": audit(world.now),
            "pageNumber": query["pageNumber"],
            "deviceAuditTrails": [partial(made, query.get("fields")) for made in page],
            "lastPage": last,
        },
    )


BEHAVIOURS: Mapping[str, Behaviour] = {
    "editDevice": Behaviour(edit),
    "getDeviceDetails": Behaviour(details),
    "searchDevices": Behaviour(search_devices),
    "getDeviceAuditHistory": Behaviour(audit_history),
    "getDeviceUsage": Behaviour(usage),
}
