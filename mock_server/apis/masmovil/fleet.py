"""How an organization's subscriptions and their devices look: functions of seed and index, and nothing stored.

Every six devices belong to three subscriptions: two to the first, one to the second, three to the third. So either can
be computed from the other.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from mock_server.apis.draw import ANCHOR, Draw
from mock_server.apis.masmovil.catalogue import CANCELLERS, MODELS, Model
from mock_server.apis.masmovil.numbers import Ids, Numbers, imei, numbers
from mock_server.types import Document, Population

DEVICES = "devices"
SUBSCRIPTIONS = "subscriptions"
ORG = "yoigo"

SUBSCRIPTION_ID = "5b0a3a52-5d5b-4b3e-9c7f-6d3c0c1f0a11"
DEVICE_ID = "ce2f20cb-8c2a-4f1b-9d38-0c4c3f0b7a21"
OTHER_DEVICE_ID = "b7d1f6de-4a0c-4d0e-9a55-2f1c8e6a7c10"
COMMITMENT_ID = "ce2f20cb-35df-4ffe-bca6-c0ed0c28cb39"
MAC_ADDRESS = "00-B0-D0-63-C2-26"
SERIAL_NUMBER = "9876543-AB-345"

_ACCOUNT = 5_652_763
_DAY = 86_400
_TODAY = int(ANCHOR.timestamp())
_FIRST = (0, 2, 3)
_COUNT = (2, 1, 3)
_OWNER = (0, 0, 1, 2, 2, 2)


def stamp(seconds: int) -> str:
    """Seconds since 1970 as the API writes a time: `2025-01-05T03:30:15Z`."""
    return datetime.fromtimestamp(seconds, UTC).isoformat()[:19] + "Z"


class _Keyed:
    """Documents by UUID: some fixed ones, then those that a permutation names."""

    def __init__(self, ids: Ids, fixed: tuple[str, ...], length: int) -> None:
        self._ids = ids
        self._fixed = fixed
        self._length = length

    def __len__(self) -> int:
        return self._length

    def key(self, index: int) -> str:
        return self._fixed[index] if index < len(self._fixed) else self._ids.of(index)

    def index(self, key: str) -> int | None:
        if key in self._fixed:
            return self._fixed.index(key)
        index = self._ids.number(key)
        return index if index is not None and len(self._fixed) <= index < self._length else None


class Subscriptions(_Keyed):
    """Who has the devices. `_devices` are the ids of those that were there from the beginning."""

    def __init__(self, seed: int, devices: "Devices") -> None:
        groups, rest = divmod(len(devices) - 1, 6)
        super().__init__(numbers(seed).subscriptions, (SUBSCRIPTION_ID,), 3 * groups + _OWNER[rest] + 1)
        self._devices = devices

    def document(self, index: int) -> Document:
        group, place = divmod(index, 3)
        first = 6 * group + _FIRST[place]
        last = min(first + _COUNT[place], len(self._devices))
        return {
            "id": self.key(index),
            "org": ORG,
            "_devices": [self._devices.key(device) for device in range(first, last)],
        }


class Devices(_Keyed):
    """The devices nobody has touched. `_subscription` is whose they are."""

    def __init__(self, seed: int, devices: int) -> None:
        super().__init__(numbers(seed).devices, (DEVICE_ID, OTHER_DEVICE_ID), max(devices, 2))
        self._seed = seed
        self._numbers = numbers(seed)

    def document(self, index: int) -> Document:
        if index == 0:
            return _KNOWN
        group, place = divmod(index, 6)
        subscription = 3 * group + _OWNER[place]
        draw = Draw("masmovil", self._seed, index)
        model = draw.of(MODELS)
        handed = _TODAY - (20 + draw.below(880)) * _DAY + 36_000 + draw.below(36_000)
        document = {
            "id": self.key(index),
            "legacy_id": 2_480_113 + index,
            "catalogue_commercial_device_id": model.commercial_id,
            "catalogue_device_id": model.device_id,
            "reservation_id": str(10_000 + draw.below(890_000)),
            "signature_process_id": str(100_000 + draw.below(900_000)),
            **self._logistics(draw, handed),
            **_identified(self._numbers, index, model, draw),
            "acquisition_type": draw.of(model.terms),
            "commitments": self._commitments(draw, index, handed),
            "insurable_amount": model.price,
            "legacy_account_id": _ACCOUNT + 17 * subscription,
        }
        owner = self._numbers.subscriptions.of(subscription) if subscription else SUBSCRIPTION_ID
        return {**document, "_subscription": owner}

    def _logistics(self, draw: Draw, handed: int) -> Document:
        """How it was handed over, and for a few how it came back: through a shop, or sent and fetched."""
        returned = handed + (15 + draw.below(400)) * _DAY
        came_back = draw.percent(8) and returned < _TODAY
        number = draw.below(9_000_000)
        if draw.percent(30):
            back = {"in_store_returned_date": stamp(returned)} if came_back else {}
            return {"in_store_delivery_date": stamp(handed), **back}
        back = {"pickup_order_id": f"P{number:07d}"} if came_back else {}
        return {"shipping_order_id": str(100_000 + number), **back}

    def _commitments(self, draw: Draw, index: int, handed: int) -> list[Document]:
        if draw.percent(15):
            return []
        months = draw.of((12, 18, 24, 24))
        ends = handed + months * 30 * _DAY
        commitment = {
            "id": self._numbers.commitments.of(index),
            "legacy_id": 714_020 + index,
            "expiration_date": stamp(ends),
        }
        cancelled = handed + (1 + draw.below(700)) * _DAY
        system, user = draw.of(CANCELLERS)
        if draw.percent(15) and cancelled < min(ends, _TODAY):
            commitment |= {
                "cancellation_date": stamp(cancelled),
                "cancellation_system": system,
                "cancellation_user": user,
            }
        return [commitment]


def _identified(known: Numbers, index: int, model: Model, draw: Draw) -> Document:
    """The numbers on the label. What counts as the maker's is the IMEI of a telephone, else the serial number."""
    serial = known.serial(index, model.letters)
    number = imei(model.tac, draw.below(1_000_000)) if model.tac else None
    by_imei = number is not None and model.maker is None
    info = {"id_type": "IMEI", "id": number} if by_imei else {"id_type": "SERIAL_NUMBER", "id": serial}
    document: Document = {"manufacturing_info": info, "serial_number": serial}
    if model.maker:
        document["mac_address"] = known.mac(index, model.maker)
    if number:
        document["imei"] = number
    return document


_KNOWN: Document = {
    "id": DEVICE_ID,
    "legacy_id": 2_480_113,
    "catalogue_commercial_device_id": MODELS[0].commercial_id,
    "catalogue_device_id": MODELS[0].device_id,
    "reservation_id": "1567",
    "signature_process_id": "18395",
    "shipping_order_id": "18395",
    "pickup_order_id": "P0000001",
    "manufacturing_info": {"id_type": "SERIAL_NUMBER", "id": SERIAL_NUMBER},
    "serial_number": SERIAL_NUMBER,
    "mac_address": MAC_ADDRESS,
    "acquisition_type": "BORROWED",
    "commitments": [{"id": COMMITMENT_ID, "legacy_id": 345, "expiration_date": "2027-02-26T03:30:15Z"}],
    "insurable_amount": None,
    "legacy_account_id": _ACCOUNT,
    "_subscription": SUBSCRIPTION_ID,
}
"""The device of the documentation's examples: a router on loan, to be fetched."""


def populations(seed: int, devices: int, _origin: datetime) -> Mapping[str, Population]:
    """The collections that exist without having been written."""
    made: dict[str, Any] = {DEVICES: Devices(seed, devices)}
    made[SUBSCRIPTIONS] = Subscriptions(seed, made[DEVICES])
    return made
