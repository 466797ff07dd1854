"""How the devices of a runtime look: a function of seed and index, so that a million of them cost nothing.

The id of a device is a UUID whose first 60 free bits are its index, shuffled reversibly: that is what lets an id be
turned back into its index without a search.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from hashlib import blake2b
from typing import TypeVar

from mock_server.apis.mobilefirst.catalogue import (
    APPLICATION,
    FIRST_NAMES,
    LAST_NAMES,
    MODELS,
    OTHER_APPLICATIONS,
    TABLETS,
    VERSIONS,
)
from mock_server.apis.mobilefirst.devices import DEVICES, RUNTIME, RUNTIMES
from mock_server.apis.mobilefirst.history import History
from mock_server.apis.mobilefirst.transactions import TRANSACTIONS
from mock_server.types import Document, Population

FIXED_IDS = ("12345-6789", "98765-4321")
_BITS = 60
_MASK = (1 << _BITS) - 1
_FACTORS = (0x9E3779B97F4A7C15 & _MASK, 0xD6E8FEB86659FD93 & _MASK)
_INVERSES = tuple(pow(factor, -1, 1 << _BITS) for factor in _FACTORS)
_FORM = re.compile("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", re.IGNORECASE)
_PLATFORMS = ("android", "ios", "android", "android", "ios", "android", "windows", "android", "ios", "ios")
_STATUSES = ("ACTIVE",) * 92 + ("LOST",) * 3 + ("STOLEN",) * 2 + ("DISABLED",) * 3
_DAY = 86_400_000
_T = TypeVar("_T")


class Draw:
    """A handful of choices from one hash: each takes its share of the digits."""

    __slots__ = ("_rest",)

    def __init__(self, text: str) -> None:
        self._rest = int.from_bytes(blake2b(text.encode(), digest_size=48).digest(), "big")

    def below(self, limit: int) -> int:
        """A whole number from 0 up to, not including, `limit`."""
        self._rest, number = divmod(self._rest, limit)
        return number

    def of(self, choices: Sequence[_T]) -> _T:
        return choices[self.below(len(choices))]


def _shuffle(number: int) -> int:
    for factor in _FACTORS:
        number = number * factor & _MASK
        number ^= number >> _BITS // 2
    return number


def _unshuffle(number: int) -> int:
    for inverse in reversed(_INVERSES):
        number ^= number >> _BITS // 2
        number = number * inverse & _MASK
    return number


class Devices:
    """The devices nobody has touched: the fixed ones first."""

    def __init__(self, seed: int, devices: int, origin: datetime) -> None:
        self._seed = seed
        self._length = max(devices, len(FIXED_IDS))
        self._today = int(origin.timestamp() * 1000)
        self._shift = int.from_bytes(blake2b(b"mobilefirst %d" % seed, digest_size=8).digest(), "big") & _MASK

    def __len__(self) -> int:
        return self._length

    def key(self, index: int) -> str:
        if index < len(FIXED_IDS):
            return FIXED_IDS[index]
        front = _shuffle(index ^ self._shift)
        back = _shuffle(front ^ self._shift)
        a, b = f"{front:015x}", f"{back:015x}"
        text = f"{a[:8]}-{a[8:12]}-4{a[12:]}-{'89ab'[back & 3]}{b[:3]}-{b[3:]}"
        return text.upper() if _platform(index) == "ios" else text

    def index(self, key: str) -> int | None:
        if key in FIXED_IDS:
            return FIXED_IDS.index(key)
        if not _FORM.fullmatch(key):
            return None
        index = _unshuffle(int(key[:8] + key[9:13] + key[15:18], 16)) ^ self._shift
        return index if len(FIXED_IDS) <= index < self._length and self.key(index) == key else None

    def document(self, index: int) -> Document:
        if index < len(FIXED_IDS):
            return self._fixed(index)
        draw = Draw(f"mobilefirst:{self._seed}:{index}")
        key, platform = self.key(index), _platform(index)
        model = draw.of(MODELS[platform])
        first, login = draw.of(FIRST_NAMES)
        long_gone = index % 25 == 3
        status = "EXPIRED" if long_gone else draw.of(_STATUSES)
        seen = self._seen(draw, long_gone)
        names = (APPLICATION, *draw.of(_SELECTIONS))
        work = "Work Tablet" if model.name.startswith(TABLETS) else "Work Phone"
        return {
            "applicationDeviceAssociations": [_association(draw, name, platform, key, status) for name in names],
            "deviceDisplayName": f"{first}'s {draw.of((model.name, model.name, work))}",
            "deviceModel": model.name,
            "deviceOs": draw.of(model.versions),
            "id": key,
            "lastAccessed": seen,
            "status": status,
            "userIds": [{"str": f"{login}.{draw.of(LAST_NAMES)}"}],
        }

    def _seen(self, draw: Draw, long_gone: bool) -> str:
        """When it was last in touch: lately, or (every 25th) so long ago that it has expired."""
        days = 91 + draw.below(300) if long_gone else min(draw.below(60), draw.below(60), draw.below(60))
        return _stamp(self._today - days * _DAY - 1 - draw.below(_DAY - 1))

    def _fixed(self, index: int) -> Document:
        key = FIXED_IDS[index]
        device: Document = {
            "deviceDisplayName": "Jeremy's Personal Phone",
            "deviceModel": "Nexus 7",
            "deviceOs": "4.4",
            "id": key,
            "lastAccessed": _stamp(self._today - 85_883_021),
            "status": "ACTIVE",
            "userIds": [{"str": "Jeremy"}],
        }
        names = {APPLICATION: "com.example.app$android$1.0.0", "myapplication": "com.ibm.app$android$1.0.0"}
        if index:
            names = {APPLICATION: "com.example.app$android$1.1.0"}
            device |= {
                "deviceDisplayName": "Ingrid's Pixel 8",
                "deviceModel": "Pixel 8",
                "deviceOs": "14",
                "lastAccessed": _stamp(self._today - 3 * _DAY - 40_210_377),
                "userIds": [{"str": "ingrid.jensen"}],
            }
        applications = [_application(app_id, name, "", key, "ACTIVE") for name, app_id in names.items()]
        return {"applicationDeviceAssociations": applications, **device}


class Runtimes:
    """The runtime that is there from the beginning."""

    def __len__(self) -> int:
        return 1

    def key(self, index: int) -> str:  # noqa: ARG002
        return RUNTIME

    def index(self, key: str) -> int | None:
        return 0 if key == RUNTIME else None

    def document(self, index: int) -> Document:  # noqa: ARG002
        return {"name": RUNTIME, "running": True}


_SELECTIONS: tuple[tuple[str, ...], ...] = (
    (),
    (),
    *((name,) for name in OTHER_APPLICATIONS),
    OTHER_APPLICATIONS[:2],
    OTHER_APPLICATIONS[2:],
)


def _platform(index: int) -> str:
    return _PLATFORMS[index % 10]


def _stamp(milliseconds: int) -> str:
    return datetime.fromtimestamp(milliseconds / 1000, UTC).isoformat(timespec="milliseconds")[:23] + "Z"


def _association(draw: Draw, name: str, platform: str, key: str, device_status: str) -> Document:
    certificate = "" if draw.below(8) else f"{draw.below(16**12):012x}"
    return _application(f"{name}${platform}${draw.of(VERSIONS)}", name, certificate, key, device_status)


def _application(app_id: str, name: str, certificate: str, key: str, device_status: str) -> Document:
    return {
        "appId": app_id,
        "appName": name,
        "certSerialNumber": certificate,
        "deviceId": key,
        "deviceStatus": device_status,
        "status": "ENABLED",
    }


def populations(seed: int, devices: int, origin: datetime) -> Mapping[str, Population]:
    """The collections that exist without having been written."""
    return {RUNTIMES: Runtimes(), DEVICES: Devices(seed, devices, origin), TRANSACTIONS: History()}
