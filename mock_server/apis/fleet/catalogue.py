"""What a model of device says: its maker, its price, and the details that a device of it has."""

from dataclasses import dataclass
from typing import Any

CHARACTERISTICS = (
    "screen_size",
    "graphic",
    "processor",
    "ram",
    "storage",
    "model_year",
    "connectivity",
    "keyboard_layout",
    "resolution",
    "has_microphone",
    "has_webcam",
    "noise_cancellation",
    "compliance",
    "connection_type",
    "has_stool",
    "has_video_package",
    "has_screen",
    "has_premium_tablet",
    "color",
    "seats_number",
    "assembly",
    "os_platform",
)
"""The members of `characteristics`, in the source page's order."""

LAYOUTS = (
    "FRENCH_AZERTY",
    "FRENCH_AZERTY",
    "FRENCH_AZERTY",
    "SPANISH_QWERTY",
    "GERMAN_QWERTZ",
    "INTERNATIONAL_ENGLISH_QWERTY",
    "ENGLISH_QWERTY",
    "ITALIAN_QWERTY",
    "DUTCH_QWERTY",
)
"""Keyboard layouts as often as a company with most of its people in France has them."""


@dataclass(frozen=True, slots=True)
class Model:
    """A model and what its devices have in common.

    `serial` is a prefix and how many characters follow (None: it has no serial number); `choices` are members of
    `characteristics` of which each device has one; `price` and `rent` are in euros, the latter a month.
    """

    name: str
    brand: str
    type: str
    category: str
    serial: tuple[str, int] | None
    released: int
    price: int
    rent: int
    details: dict[str, Any]
    choices: dict[str, tuple[Any, ...]]
    personal: bool = True
    managed: bool = True
    keyboard: bool = False
    short: str = ""
