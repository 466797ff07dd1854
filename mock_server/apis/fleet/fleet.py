"""How the workspace's devices look: a function of seed and index, so that a million of them cost nothing.

A device's number is its index plus one, but for the few that every world has; nothing here searches.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from mock_server.apis.draw import ANCHOR, Draw
from mock_server.apis.fleet.catalogue import CHARACTERISTICS, LAYOUTS, Model
from mock_server.apis.fleet.enrollment import STATUSES, enrollment
from mock_server.apis.fleet.models import MACBOOK_PRO, MODELS, THINKPAD
from mock_server.apis.fleet.people import KNOWN_USER, USERS, Users, name_of, plain, user_count
from mock_server.apis.fleet.times import DAY, day, year_begins
from mock_server.types import Document, Population

DEVICES = "devices"
KNOWN, ARCHIVED, OTHER = 42, 13, 1
"""The device of the page's example, one whose state forbids changes, and one more that allows them."""

_FIXED: Mapping[int, tuple[Model, str, int | None]] = {
    KNOWN: (MACBOOK_PRO, "IN_SERVICE", KNOWN_USER),
    ARCHIVED: (THINKPAD, "ARCHIVED", None),
    OTHER: (THINKPAD, "IN_SERVICE", None),
}
_STATES = (
    ("IN_SERVICE",) * 55
    + ("AVAILABLE",) * 12
    + ("ARCHIVED",) * 8
    + ("DELIVERED", "IN_MAINTENANCE") * 5
    + ("SHIPPED", "IN_PREPARATION", "OUT_OF_SERVICE") * 4
    + ("PENDING_VALIDATION",) * 3
)
_AGES = {"PENDING_VALIDATION": (2, 6), "IN_PREPARATION": (4, 12), "SHIPPED": (6, 14), "DELIVERED": (10, 30)}
"""Between how many days before the anchor a device in this state was ordered; for the others see `_bought`."""
_ON_THE_WAY = frozenset({"SHIPPED", "DELIVERED"})
_ASSIGNED = frozenset({"IN_PREPARATION", "SHIPPED", "DELIVERED", "IN_SERVICE", "IN_MAINTENANCE"})
_MODELS = MODELS[:5] * 3 + MODELS[5:8] * 2 + MODELS[8:11] * 2 + MODELS[11:]
_TODAY = int(ANCHOR.timestamp())
_ON_SALE = {model.name: (_TODAY - year_begins(model.released)) // DAY - 180 for model in MODELS}
"""For how many days each model has been on sale."""
_ALPHABET = "0123456789BCDFGHJKLMNPQRSTVWXYZ"
_TRIPLES = tuple(a + b + c for a in _ALPHABET for b in _ALPHABET for c in _ALPHABET)
_SERIALS = len(_TRIPLES) ** 2
_FACTOR = 433_494_437
_NO_CHARACTERISTICS: dict[str, Any] = dict.fromkeys(CHARACTERISTICS)


class Devices:
    """The devices nobody has touched: numbered from 1, with 13 and 42 also where there are fewer."""

    def __init__(self, seed: int, devices: int) -> None:
        self._seed = seed
        self._length = max(devices, len(_FIXED))
        self._users = user_count(devices)
        self._ends = {self._length - 1: KNOWN} if self._length < KNOWN else {}
        if self._length - 1 < ARCHIVED:
            self._ends[self._length - 2] = ARCHIVED
        self._indices = {number: index for index, number in self._ends.items()}

    def __len__(self) -> int:
        return self._length

    def key(self, index: int) -> str:
        return str(self._ends.get(index, index + 1))

    def index(self, key: str) -> int | None:
        if not key.isascii() or not key.isdigit() or key[0] == "0" or len(key) > 12:
            return None
        number = int(key)
        index = self._indices.get(number, number - 1)
        return index if index < self._length and self._ends.get(index, number) == number else None

    def document(self, index: int) -> Document:
        number = self._ends.get(index, index + 1)
        draw = Draw("fleet", self._seed, number)
        model, status, user = self._what(draw, number)
        leased = draw.percent(35) and number != KNOWN
        bought = self._bought(draw, model, status)
        return {
            "id": number,
            "name": self._name(model, user, number),
            "serial_number": self._serial(draw, model, number),
            "rent": f"{model.rent}.90" if leased else None,
            "tracking_number": parcel_number(draw.below(100_000_000)) if leased and status in _ON_THE_WAY else None,
            "client_status": status,
            "type": model.type,
            "category": model.category,
            "source": "FLEET" if leased else "EXTERNAL",
            "comment": _comment(draw, status),
            "characteristics": _characteristics(draw, model, number),
            "mdm": self._mdm(draw, model, status, user, number, bought),
            "_user_id": user,
            "_brand": model.brand,
            **_paid(draw, model, bought, leased),
        }

    def _what(self, draw: Draw, number: int) -> tuple[Model, str, int | None]:
        """Which model, in which state, and who has it."""
        model, status, user = draw.of(_MODELS), draw.of(_STATES), 1 + draw.below(self._users)
        if number in _FIXED:
            model, status, known = _FIXED[number]
            user = known or user
        return model, status, user if model.personal and status in _ASSIGNED else None

    def _name(self, model: Model, user: int | None, number: int) -> str:
        if user is None:
            return f"{model.name} #{number}"
        first, last = name_of(self._seed, user)
        return f"{model.name} of {first} {last}"

    def _serial(self, draw: Draw, model: Model, number: int) -> str | None:
        """A serial number of the maker's form; its last six characters are of this device alone."""
        if model.serial is None:
            return None
        prefix, length = model.serial
        high, low = divmod((number * _FACTOR + self._seed * 7919) % _SERIALS, len(_TRIPLES))
        filler = draw.of(_TRIPLES) + draw.of(_TRIPLES)
        return prefix + filler[: length - 6] + _TRIPLES[high] + _TRIPLES[low]

    def _bought(self, draw: Draw, model: Model, status: str) -> int:
        """When it was ordered: after its model came out where that leaves time, at an hour when people work."""
        youngest, oldest = _AGES.get(status, (45, 1100))
        oldest = min(oldest, max(_ON_SALE[model.name], youngest + 30))
        age = youngest + draw.below(oldest - youngest)
        return _TODAY - age * DAY + 28_800 + draw.below(36_000)

    def _mdm(
        self, draw: Draw, model: Model, status: str, user: int | None, number: int, bought: int
    ) -> dict[str, Any] | None:
        found = draw.of(STATUSES[status]) if model.managed else None
        if number == KNOWN:
            found = "ENROLLED"
        if found is None:
            return None
        owner = "STOCK"
        if user is not None:
            first, last = name_of(self._seed, user)
            owner = (plain(first)[0] + plain(last)).upper()
        began = bought + (1 + draw.below(6)) * DAY
        return enrollment(draw, 3000 + number, found, f"{model.short}-{owner}-{number}", began, _TODAY)


def _characteristics(draw: Draw, model: Model, number: int) -> dict[str, Any]:
    result = _NO_CHARACTERISTICS | model.details
    for name, values in model.choices.items():
        result[name] = draw.of(values)
    if model.keyboard:
        result["keyboard_layout"] = "INTERNATIONAL_ENGLISH_QWERTY" if number == KNOWN else draw.of(LAYOUTS)
    return result


_COMMENTS = {
    "IN_MAINTENANCE": ("Screen to be replaced", "Battery swells, sent for repair", "Keyboard defective"),
    "OUT_OF_SERVICE": ("Does not start any more", "Water damage", "Kept for spare parts"),
    "ARCHIVED": ("Sold to its user", "Recycled", "Returned at the end of the lease"),
    "AVAILABLE": ("In the cupboard of the IT office", None, None),
}


def _comment(draw: Draw, status: str) -> str | None:
    comments = _COMMENTS.get(status)
    return None if comments is None else draw.of(comments)


def _paid(draw: Draw, model: Model, bought: int, leased: bool) -> dict[str, Any]:
    """The written-only members about buying or renting it; Fleet's own devices are rented from Fleet."""
    rented = leased or draw.percent(10)
    since = day(bought)
    years = 2 + draw.below(2)
    until = day(bought + years * 365 * DAY)
    return {
        "_is_rented": rented,
        "_client_purchase_price": None if rented else f"{model.price}.00",
        "_client_purchase_date": None if rented else since,
        "_client_warranty_endDate": until,
        "_client_rental_price": f"{model.rent}.90" if rented else None,
        "_client_rental_startDate": since if rented else None,
        "_client_rental_endDate": until if rented else None,
        "_client_contract_number": f"C{since[2:4]}{draw.below(1_000_000):06d}" if rented else None,
        "_client_invoice_number": f"INV-{since[:4]}-{draw.below(100_000):05d}",
    }


def parcel_number(number: int) -> str:
    """A postal item number with its check digit (UPU standard S10), for an eight-digit `number`."""
    weighted = sum(int(digit) * weight for digit, weight in zip(f"{number:08d}", (8, 6, 4, 2, 3, 5, 9, 7), strict=True))
    check = 11 - weighted % 11
    return f"CB{number:08d}{0 if check == 10 else 5 if check == 11 else check}FR"


def populations(seed: int, devices: int, _origin: datetime) -> Mapping[str, Population]:
    """The collections that exist without having been written."""
    return {DEVICES: Devices(seed, devices), USERS: Users(seed, devices)}
