"""How an enrollment in device management looks: its status fits the device's, its times follow each other."""

from typing import Any

from mock_server.apis.draw import Draw
from mock_server.apis.fleet.times import DAY, instant

STATUSES: dict[str, tuple[str | None, ...]] = {
    "PENDING_VALIDATION": (None,),
    "IN_PREPARATION": ("DRAFT", "DRAFT", "SUBSCRIBED", None),
    "SHIPPED": ("SUBSCRIBED", "SUBSCRIBED", "DRAFT"),
    "DELIVERED": ("SUBSCRIBED", "DOWNLOADED", "IDENTIFIED", "ENROLLMENT_IN_PROGRESS"),
    "AVAILABLE": ("UNENROLLED", None, None),
    "IN_SERVICE": ("ENROLLED",) * 17 + ("ENROLLMENT_IN_PROGRESS", "IDENTIFIED", None),
    "IN_MAINTENANCE": ("ENROLLED",),
    "OUT_OF_SERVICE": ("DEVICE_WIPE_PENDING", "UNENROLLED", None),
    "ARCHIVED": ("UNENROLLED", "UNENROLLED", None),
}
"""What an enrollment may be for a device in each state, as often as it stands here (None: there is none)."""

_HELD = frozenset({"ENROLLED", "DEVICE_WIPE_PENDING", "UNENROLLED"})
_FETCHED = _HELD | {"DOWNLOADED", "IDENTIFIED", "ENROLLMENT_IN_PROGRESS"}
MEMBERS = (
    "id",
    "status",
    "local_name",
    "is_locked",
    "lock_date",
    "firewall_enabled",
    "os_updates_enabled",
    "is_encrypted",
    "screenlock_enabled",
    "is_compromised",
    "os_updates_available",
    "disk_encryption_profile_installed",
    "enrollment_date",
    "unenrollment_date",
    "download_date",
    "last_seen_date",
    "last_sync_date",
)
"""The members of `mdm`, in the source page's order."""


def enrollment(draw: Draw, number: int, status: str, local_name: str, began: int, today: int) -> dict[str, Any]:
    """An enrollment as it stands at `today` that began after `began`, both in seconds since 1970.

    They are two days apart or more.
    """
    mdm: dict[str, Any] = dict.fromkeys(MEMBERS)
    mdm["id"] = number
    mdm["status"] = status
    if status in _FETCHED:
        downloaded = began + 1800 + draw.below(DAY // 4)
        mdm["local_name"] = local_name
        mdm["download_date"] = instant(downloaded)
        if status in _HELD:
            mdm.update(_held(draw, status, downloaded + 300 + draw.below(3600), today))
    return mdm


def _held(draw: Draw, status: str, enrolled: int, today: int) -> dict[str, Any]:
    """What the management service knows of a device that it holds, or held until it left."""
    until = today
    left = None
    if status == "UNENROLLED":
        left = until = enrolled + 3600 + draw.below(today - enrolled - 3600)
    seen = max(until - 60 - draw.below(3 * DAY), enrolled + 60)
    locked = status == "DEVICE_WIPE_PENDING" or draw.percent(2)
    healthy = draw.percent(80)
    encrypted = healthy or draw.percent(60)
    return {
        "is_locked": locked,
        "lock_date": instant(seen) if locked else None,
        "firewall_enabled": healthy or draw.percent(60),
        "os_updates_enabled": healthy or draw.percent(60),
        "is_encrypted": encrypted,
        "screenlock_enabled": healthy or draw.percent(60),
        "is_compromised": not healthy and draw.percent(5),
        "os_updates_available": draw.percent(30),
        "disk_encryption_profile_installed": encrypted,
        "enrollment_date": instant(enrolled),
        "unenrollment_date": None if left is None else instant(left),
        "last_seen_date": instant(seen),
        "last_sync_date": instant(seen + 5 + draw.below(40)) if left is None else instant(seen),
    }
