"""How the inventory's devices look: a function of seed and index, so that a million of them cost nothing.

A serial number is the maker's prefix and six characters; the six are a number that an affine permutation
makes of the index, which is what lets a serial number be turned back into its index without a search.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Any, TypeVar

from mock_server.apis.draw import ANCHOR
from mock_server.apis.zequenze.catalogue import (
    BUILDINGS,
    FIRST_NAMES,
    KINDS,
    LAST_NAMES,
    ROOMS,
    STATUSES,
    STORES,
    UNITS,
    Kind,
)
from mock_server.apis.zequenze.fixed import FIXED
from mock_server.types import Document, Population

DEVICES = "devices"
FIRST_ID = 1247

_ALPHABET = "0123456789BCDFGHJKLMNPRSTVWXYZ"
_PAIRS = tuple(first + second for first in _ALPHABET for second in _ALPHABET)
_NUMBERS = {pair: number for number, pair in enumerate(_PAIRS)}
_BASE = len(_PAIRS)
_SIZE = _BASE**3
_FACTOR = 433_494_437
_INVERSE = pow(_FACTOR, -1, _SIZE)
_MIX = 2_654_435_761
_DAY = 86_400
_TODAY = int(ANCHOR.timestamp())
_T = TypeVar("_T")


class Draw:
    """A handful of choices from one hash: each takes its share of the digits."""

    __slots__ = ("_rest",)

    def __init__(self, seed: int, index: int) -> None:
        self._rest = int.from_bytes(blake2b(f"{seed}:{index}".encode(), digest_size=40).digest(), "big")

    def below(self, limit: int) -> int:
        """A whole number from 0 up to, not including, `limit`."""
        self._rest, number = divmod(self._rest, limit)
        return number

    def of(self, choices: Sequence[_T]) -> _T:
        return choices[self.below(len(choices))]


def stamp(seconds: int) -> str:
    """Seconds since 1970 as the API writes a time: `2024-03-15T14:22:33Z`."""
    return datetime.fromtimestamp(seconds, UTC).isoformat()[:19] + "Z"


class Inventory:
    """The devices nobody has touched: the fixed ones first, then those drawn from the seed."""

    def __init__(self, seed: int, devices: int) -> None:
        self._seed = seed
        self._length = max(devices, len(FIXED))
        self._shift = int.from_bytes(blake2b(b"zequenze %d" % seed, digest_size=8).digest(), "big") % _SIZE
        self._fixed = {device["serial_number"]: index for index, device in enumerate(FIXED)}
        if self._length > _SIZE:
            raise ValueError(f"zequenze has serial numbers for {_SIZE} devices, not for {devices}")

    def __len__(self) -> int:
        return self._length

    def key(self, index: int) -> str:
        if index < len(FIXED):
            return str(FIXED[index]["serial_number"])
        number = self._number(index)
        rest, low = divmod(number, _BASE)
        high, middle = divmod(rest, _BASE)
        return _kind(number).prefix + _PAIRS[high] + _PAIRS[middle] + _PAIRS[low]

    def index(self, key: str) -> int | None:
        fixed = self._fixed.get(key)
        if fixed is not None:
            return fixed
        try:
            high, middle, low = _NUMBERS[key[-6:-4]], _NUMBERS[key[-4:-2]], _NUMBERS[key[-2:]]
        except KeyError:
            return None
        number = (high * _BASE + middle) * _BASE + low
        index = (number - self._shift) * _INVERSE % _SIZE
        return index if len(FIXED) <= index < self._length and self.key(index) == key else None

    def document(self, index: int) -> Document:
        if index < len(FIXED):
            return FIXED[index]
        serial = self.key(index)
        kind = _kind(self._number(index))
        draw = Draw(self._seed, index)
        status, unit = draw.of(STATUSES), draw.of(UNITS)
        bought = _TODAY - (60 + draw.below(900)) * _DAY
        return {
            "id": FIRST_ID + index,
            "serial_number": serial,
            **_placed(draw, kind, status, unit[0]),
            "device_type": kind.device_type,
            "manufacturer": kind.manufacturer,
            "model": draw.of(kind.models),
            "configuration": _configuration(draw, kind, status),
            **_owned(draw, kind, unit[1], bought),
            **_times(draw, status, bought + draw.below(20) * _DAY + 28_800 + draw.below(36_000)),
            "type": kind.type,
            "organization": 1 + draw.below(4),
            "pending_settings": status != "decommissioned" and draw.below(10) == 0,
        }

    def _number(self, index: int) -> int:
        return (index * _FACTOR + self._shift) % _SIZE


def _times(draw: Draw, status: str, created: int) -> dict[str, Any]:
    """When it was created, written, last heard of, and went up or down: in a possible order."""
    since = _TODAY - created
    updated = created + draw.below(since)
    times: dict[str, Any] = {"created_at": stamp(created), "updated_at": stamp(updated)}
    if status == "deployment":
        return times | {"last_seen": None, "_up": False, "_last_status_change": None}
    up = status == "active" and draw.below(10) < 9
    quiet = draw.below(900) if up else 900 + draw.below(min(since, 40 * _DAY) - 900)
    seen = _TODAY - quiet
    changed = created + draw.below(seen - created) if up else seen + 600
    return times | {"last_seen": stamp(seen), "_up": up, "_last_status_change": stamp(changed)}


def _kind(number: int) -> Kind:
    return KINDS[(number * _MIX >> 16) % len(KINDS)]


def _placed(draw: Draw, kind: Kind, status: str, unit: str) -> dict[str, Any]:
    """Name, status, place and person: what is in stock belongs to nobody yet, what is retired no longer."""
    building, room = draw.of(BUILDINGS), draw.of(ROOMS)
    first, last = draw.of(FIRST_NAMES), draw.of(LAST_NAMES)
    in_use = status in {"active", "maintenance"}
    owned = in_use and kind.personal
    if owned:
        name = f"{first} {last}'s {kind.noun}"
    elif in_use:
        name = f"{building} {room} {kind.noun}"
    else:
        name = f"{kind.manufacturer} {kind.noun} {'in stock' if status == 'deployment' else '(retired)'}"
    return {
        "name": name,
        "status": status,
        "location": f"{building} - {room}" if in_use else draw.of(STORES),
        "assigned_user": f"{first}.{last}@company.com".lower() if owned else None,
        "organization_unit": unit,
    }


def _configuration(draw: Draw, kind: Kind, status: str) -> dict[str, Any]:
    managed = status in {"active", "maintenance"}
    return {
        "auto_update": managed and draw.below(10) < 8,
        "backup_enabled": managed and kind.personal,
        "encryption_status": "enabled" if managed and draw.below(10) < 9 else "disabled",
        "compliance_profile": kind.profile,
    }


def _owned(draw: Draw, kind: Kind, payer: str, bought: int) -> dict[str, Any]:
    """What the books say of it: bought, under warranty for one to three years, paid for by a cost centre."""
    purchase = stamp(bought)[:10]
    expiry_year = int(purchase[:4]) + 1 + draw.below(3)
    return {
        "custom_fields": {
            "purchase_date": purchase,
            "warranty_expiry": f"{expiry_year}{purchase[4:]}".replace("-02-29", "-02-28"),
            "cost_center": f"{payer}-{1 + draw.below(40):03d}",
        },
        "tags": list(kind.tags),
    }


def populations(seed: int, devices: int, _origin: datetime) -> Mapping[str, Population]:
    """The collections that exist without having been written."""
    return {DEVICES: Inventory(seed, devices)}
