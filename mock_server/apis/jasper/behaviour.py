"""The operations on devices, one function each; what they rest on has files of its own."""

from collections.abc import Mapping
from typing import Any

from mock_server.apis.jasper import addresses, changes, history, schedule, shown
from mock_server.apis.jasper.dates import effective
from mock_server.apis.jasper.search import cut, search_devices
from mock_server.apis.jasper.state import find, partial
from mock_server.types import Behaviour, Refused, Reply, Request, World


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
    return Reply(200, partial(shown.details(device, operator=operator), request.query.get("fields")))


def usage(world: World, request: Request) -> Reply:
    """GET /devices/{iccid}/ctdUsages: a day's use for each day of the billing cycle that has begun."""
    return Reply(200, partial(shown.usage(world, find(world, request)), request.query.get("fields")))


def audit_history(world: World, request: Request) -> Reply:
    """GET /devices/{iccid}/auditTrails: what is scheduled and what was changed, the latest first."""
    device = find(world, request)
    query: Mapping[str, Any] = request.query
    records = [*schedule.pending(world, device), *history.records(world, device, query["daysOfHistory"])]
    page, last = cut(iter(records), query["pageSize"], query["pageNumber"])
    trails = [partial(made, query.get("fields")) for made in page]
    return Reply(200, shown.history(world, device["iccid"], trails, query["pageNumber"], last=last))


BEHAVIOURS: Mapping[str, Behaviour] = {
    "editDevice": Behaviour(edit),
    "getDeviceDetails": Behaviour(details),
    "searchDevices": Behaviour(search_devices),
    "getDeviceAuditHistory": Behaviour(audit_history),
    "getDeviceUsage": Behaviour(usage),
}
