"""How the SIM cards look: a function of seed and index, so that a million of them cost nothing.

A drawn ICCID is a batch's first number plus the index, and so is a fixed address: both can be turned back into the
index without a search. The index is also the order of last changes, which is what a search of devices goes by.
"""

from bisect import bisect_left
from collections.abc import Mapping
from datetime import datetime, timedelta
from hashlib import blake2b
from ipaddress import IPv4Address, IPv6Address
from typing import Any

from mock_server.apis.draw import ANCHOR, Draw
from mock_server.apis.jasper.catalogue import (
    ACCOUNT_FIELDS,
    ACCOUNT_ID,
    BLANK,
    COMMUNICATION_PLANS,
    CUSTOMERS,
    MEGABYTE,
    RATE_PLANS,
)
from mock_server.apis.jasper.dates import detail, utc
from mock_server.apis.jasper.fixed import FIXED, HOLDERS
from mock_server.apis.jasper.numbers import eid, luhn
from mock_server.types import Document, Population

DEVICES = "devices"
ACCOUNTS = "accounts"
PLANS = "ratePlans"
COMMUNICATIONS = "communicationPlans"
CLIENTS = "customers"

_BATCHES = 10**8
_PREFIX = "8988216717"
_SPAN = 330 * 86_400
"""The last changes of the drawn devices are spread over so many seconds before the anchor."""
_UPDATED = tuple(utc(sim["dateUpdated"]) for sim in FIXED)
_V4 = int(IPv4Address("10.64.0.0"))
_V4_SIZE = 3 << 22
_V6 = int(IPv6Address("2001:db8:64::"))
_STATUSES = (
    *("ACTIVATED",) * 140,
    *("TEST_READY",) * 14,
    *("DEACTIVATED",) * 16,
    *("ACTIVATION_READY",) * 10,
    *("INVENTORY",) * 12,
    *("RETIRED",) * 5,
    *("PURGED", "REPLACED", "REPLACED"),
)
_CONNECTED = frozenset({"ACTIVATED", "TEST_READY"})
_BEFORE_USE = frozenset({"TEST_READY", "ACTIVATION_READY", "INVENTORY"})
_TYPES = ("86642503", "86147503", "35685306", "35775808", "35909206", "86696603")
"""Type allocation codes of modules that such devices are built with."""
_SITES = ("Utrecht", "Porto", "Lyon", "Graz", "Bergen", "Leeds", "Turin", "Malmo", "Ghent", "Brno")
_USES = ("Water Meter", "Parking Sensor", "Vending Machine", "Elevator", "Fleet Tracker", "Charging Point")
_BLANK_FIELDS = {name: value for name, value in BLANK.items() if "Custom" in name}


def has_address(index: int) -> bool:
    """Whether drawn device `index` has a fixed address."""
    return index % 8 == 5 and index < _V4_SIZE


class Sims:
    """The devices nobody has touched: the fixed ones, unchanged for longest, then those drawn from the seed."""

    def __init__(self, seed: int, devices: int) -> None:
        if devices > _BATCHES:
            raise ValueError(f"jasper has ICCIDs for {_BATCHES} devices, not for {devices}")
        self._seed = seed
        self._length = max(devices, len(FIXED))
        self._first = int.from_bytes(blake2b(b"jasper %d" % seed, digest_size=8).digest(), "big") % _BATCHES
        self._fixed = {sim["iccid"]: index for index, sim in enumerate(FIXED)}

    def __len__(self) -> int:
        return self._length

    def key(self, index: int) -> str:
        if index < len(FIXED):
            return str(FIXED[index]["iccid"])
        return luhn(f"{_PREFIX}{(self._first + index) % _BATCHES:08d}")

    def index(self, key: str) -> int | None:
        fixed = self._fixed.get(key)
        if fixed is not None:
            return fixed
        number = key[len(_PREFIX) : -1]
        if len(number) != 8 or not (number.isascii() and number.isdigit()):
            return None
        index = (int(number) - self._first) % _BATCHES
        return index if len(FIXED) <= index < self._length and self.key(index) == key else None

    def updated(self, index: int) -> datetime:
        """When device `index` was changed last: later than all before it, and before the anchor."""
        if index < len(FIXED):
            return _UPDATED[index]
        slot = _SPAN * 1000 // self._length
        ago = slot * (self._length - index) - index * 7919 % slot
        return ANCHOR - timedelta(milliseconds=ago)

    def changed_from(self, moment: datetime) -> int:
        """The first index whose device was changed at `moment` or later."""
        return bisect_left(range(self._length), moment, key=self.updated)

    def document(self, index: int) -> Document:
        if index < len(FIXED):
            return FIXED[index]
        draw = Draw("jasper", self._seed, index)
        number = (self._first + index) % _BATCHES
        status = draw.of(_STATUSES)
        plan = "IoT 10MB" if draw.percent(40) else "Default Rate Plan"
        return {
            "iccid": self.key(index),
            "imsi": f"9011621{number:08d}",
            "msisdn": f"8823521{number:08d}",
            "imei": _imei(draw, status),
            "status": status,
            "ratePlan": plan,
            "communicationPlan": "Fixed IP Plan" if has_address(index) else "Default Comm Plan",
            "customer": draw.of(("Acme", "Acme", "Globex Logistics", "Northwind Energy", None)),
            "endConsumerId": None,
            **_dates(draw, status, self.updated(index)),
            "accountId": ACCOUNT_ID,
            **_addresses(index),
            **_BLANK_FIELDS,
            **_purpose(draw, status),
            "simNotes": None,
            "deviceID": f"DEV-{draw.below(1 << 32):08X}" if draw.percent(60) else None,
            "modemID": str(1000 + draw.below(9000)) if draw.percent(50) else None,
            "globalSimType": "",
            "eid": eid(f"8904903200{draw.below(10**8):08d}{number:012d}") if draw.percent(20) else None,
            "simProfileId": None,
            **_use(draw, status, plan),
        }


def _imei(draw: Draw, status: str) -> str:
    body = draw.of(_TYPES) + f"{draw.below(10**6):06d}"
    return "" if status in {"INVENTORY", "ACTIVATION_READY"} else luhn(body)


def _dates(draw: Draw, status: str, updated: datetime) -> dict[str, Any]:
    """Added, shipped, activated, changed: in this order. What was never in use was never activated."""
    activated = updated - timedelta(days=draw.below(300), seconds=1 + draw.below(80_000))
    shipped = activated - timedelta(days=2 + draw.below(90), seconds=draw.below(80_000))
    added = shipped - timedelta(days=20 + draw.below(700), seconds=draw.below(80_000))
    return {
        "dateActivated": None if status in _BEFORE_USE else detail(activated),
        "dateAdded": detail(added),
        "dateUpdated": detail(updated),
        "dateShipped": detail(shipped),
    }


def _addresses(index: int) -> dict[str, Any]:
    return {
        "fixedIPAddress": str(IPv4Address(_V4 + index)) if has_address(index) else None,
        "fixedIpv6Address": str(IPv6Address(_V6 + index)) if has_address(index) and index % 16 == 5 else None,
    }


def _purpose(draw: Draw, status: str) -> dict[str, str]:
    """What the enterprise has noted about devices that have left its store."""
    site, use, number = draw.of(_SITES), draw.of(_USES), draw.below(500)
    if status == "INVENTORY":
        return {}
    return {ACCOUNT_FIELDS[0]: site, ACCOUNT_FIELDS[1]: f"{use} {number}"}


def _use(draw: Draw, status: str, plan: str) -> dict[str, Any]:
    """What it uses a day (bytes, messages, seconds, sessions), and whether it may go beyond its plan's limit."""
    permanent = plan == "IoT 10MB" and draw.percent(10)
    data = MEGABYTE // 2 if permanent else MEGABYTE // 4 if plan == "IoT 10MB" else 8 * MEGABYTE
    daily = [1024 + draw.below(data), draw.below(3), draw.below(4), 1 + draw.below(24)]
    return {
        "_override": "PERMANENT_OVERRIDE" if permanent else "DEFAULT",
        "_daily": daily if status in _CONNECTED else [0, 0, 0, 0],
    }


def untouched_holder(sims: Sims, address: IPv4Address | IPv6Address) -> str | None:
    """The ICCID of the device that has this fixed address as long as nobody writes to it."""
    fixed = HOLDERS.get(str(address))
    if fixed is not None:
        return fixed
    index = int(address) - (_V4 if address.version == 4 else _V6)
    step = 8 if address.version == 4 else 16
    if not len(FIXED) <= index < len(sims) or not has_address(index) or index % step != 5:
        return None
    return sims.key(index)


class Named:
    """A few things known by their names."""

    def __init__(self, things: Mapping[str, Document]) -> None:
        self._things = things
        self._names = list(things)

    def __len__(self) -> int:
        return len(self._names)

    def key(self, index: int) -> str:
        return self._names[index]

    def index(self, key: str) -> int | None:
        return self._names.index(key) if key in self._things else None

    def document(self, index: int) -> Document:
        return self._things[self._names[index]]


def populations(seed: int, devices: int, _origin: datetime) -> Mapping[str, Population]:
    """The collections that exist without having been written. The account remembers how many devices it began with."""
    sims = Sims(seed, devices)
    return {
        DEVICES: sims,
        ACCOUNTS: Named({ACCOUNT_ID: {"name": "Acme Connected Devices", "devices": len(sims)}}),
        PLANS: Named(RATE_PLANS),
        COMMUNICATIONS: Named(COMMUNICATION_PLANS),
        CLIENTS: Named(CUSTOMERS),
    }
