"""What the devices in a list say: the same of themselves twice, and EXPIRED when they were not seen for long."""

from __future__ import annotations

from datetime import timedelta

from conformance.apis.mobilefirst.reading import ask, whole
from conformance.apis.mobilefirst.telling import moment
from conformance.context import Context
from conformance.errors import Inconclusive, Skip
from conformance.types import Requirement


def copies_agree(context: Context, requirement: Requirement) -> None:
    """Every application on a device shows the device's own id and status."""
    everything = context.once(("all devices",), lambda: whole(context, "listDevices"))
    for item in everything:
        for part in item.get("applicationDeviceAssociations", ()):
            context.case()
            if (part.get("deviceId"), part.get("deviceStatus")) != (item.get("id"), item.get("status")):
                context.fail(
                    "An application says something else of its device than the device.",
                    expected=f"{item.get('id')} {item.get('status')}",
                    actual=f"{part.get('deviceId')} {part.get('deviceStatus')}",
                    cause="copies differ",
                )
    if not context.cases:
        raise Inconclusive("no device has an application")


def long_unseen_expire(context: Context, requirement: Requirement) -> None:
    """No ACTIVE device was seen 92 days before another: 90, and two for a server that looks once a day.

    The server's clock need not be right: it is no earlier than the last time that a device was seen.
    """
    _, latest = ask(context, "listDevices", {"orderBy": "-lastAccessed"})
    times = [when for item in latest["items"] if (when := moment(item.get("lastAccessed"))) is not None]
    if not times:
        raise Skip("no device has a lastAccessed")
    exchange, page = ask(context, "listDevices", {"orderBy": "lastAccessed"})
    limit = max(times) - timedelta(days=92)
    for item in page["items"]:
        seen = moment(item.get("lastAccessed"))
        if seen is None or seen > limit:
            continue
        context.case()
        if item.get("status") == "ACTIVE":
            context.fail(
                f"A device last seen {item['lastAccessed']} is still ACTIVE.",
                expected="EXPIRED, LOST, STOLEN or DISABLED",
                actual="ACTIVE",
                exchanges=(exchange,),
                cause="never expires",
            )
    if not context.cases:
        raise Skip("every device has been seen within 92 days of the last")
