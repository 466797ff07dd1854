"""What the inventory's devices are drawn from: makes and models, places, people. Invented, but plausible."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Kind:
    """A make of device. `prefix` begins its serial numbers; `personal` says whether one person has it."""

    device_type: str
    type: int
    manufacturer: str
    models: tuple[str, ...]
    prefix: str
    noun: str
    personal: bool
    tags: tuple[str, ...]
    profile: str


_LAPTOP = ("laptop", 1)
_DESKTOP = ("desktop", 2)
_TABLET = ("tablet", 3)
_ROUTER = ("router", 4)
_ACCESS_POINT = ("access_point", 5)
_PRINTER = ("printer", 6)
_PHONE = ("ip_phone", 7)

KINDS: tuple[Kind, ...] = (
    Kind(
        *_LAPTOP,
        "Dell",
        ("Latitude 5520", "Latitude 5540", "Latitude 7440"),
        "J",
        "Laptop",
        True,
        ("laptop", "windows"),
        "corporate-standard",
    ),
    Kind(
        *_LAPTOP,
        "Lenovo",
        ("ThinkPad T14 Gen 4", "ThinkPad X1 Carbon Gen 11"),
        "PF",
        "Laptop",
        True,
        ("laptop", "linux"),
        "corporate-standard",
    ),
    Kind(
        *_LAPTOP,
        "HP",
        ("EliteBook 840 G10", "ProBook 450 G9"),
        "5CG3",
        "Laptop",
        True,
        ("laptop", "windows"),
        "corporate-standard",
    ),
    Kind(
        *_DESKTOP,
        "Dell",
        ("OptiPlex 7010", "OptiPlex 5000"),
        "H",
        "Desktop",
        False,
        ("desktop", "windows"),
        "shared-workstation",
    ),
    Kind(
        *_DESKTOP,
        "Lenovo",
        ("ThinkCentre M70q", "ThinkCentre M90t"),
        "MJ0",
        "Desktop",
        False,
        ("desktop", "windows"),
        "shared-workstation",
    ),
    Kind(
        *_TABLET,
        "Samsung",
        ("Galaxy Tab Active4 Pro", "Galaxy Tab S9"),
        "R52N3",
        "Tablet",
        True,
        ("tablet", "android"),
        "mobile-standard",
    ),
    Kind(
        *_ROUTER,
        "Zyxel",
        ("VMG8825-T50", "DX5401-B0"),
        "S220Y",
        "Router",
        False,
        ("router", "tr-069"),
        "network-baseline",
    ),
    Kind(
        *_ROUTER,
        "MikroTik",
        ("hAP ax3", "RB5009UG+S+IN"),
        "HC6",
        "Router",
        False,
        ("router",),
        "network-baseline",
    ),
    Kind(
        *_ACCESS_POINT,
        "Aruba",
        ("AP-515", "AP-635"),
        "CNHHK",
        "Access Point",
        False,
        ("access-point", "wifi-6"),
        "network-baseline",
    ),
    Kind(
        *_PRINTER,
        "HP",
        ("LaserJet Pro M404dn", "Color LaserJet Pro M454dw"),
        "VNC3",
        "Printer",
        False,
        ("printer",),
        "shared-peripheral",
    ),
    Kind(
        *_PHONE,
        "Cisco",
        ("IP Phone 8841", "IP Phone 8861"),
        "FCH24",
        "Phone",
        True,
        ("ip-phone", "voip"),
        "voice-standard",
    ),
)

ROOMS: tuple[str, ...] = (
    "Reception",
    "Conference Room",
    "Training Room",
    "Warehouse",
    "Canteen",
    "Server Room",
    "Workshop",
    "Print Room",
    "Meeting Room North",
    "Meeting Room South",
    "Front Office",
    "Loading Dock",
)
BUILDINGS: tuple[str, ...] = ("Building A", "Building B", "Building C", "Annex")
STORES: tuple[str, ...] = (
    "IT Storage - Shelf 1",
    "IT Storage - Shelf 2",
    "IT Storage - Shelf 3",
    "Depot - Rack 4",
)
UNITS: tuple[tuple[str, str], ...] = (
    ("IT Department", "IT"),
    ("Finance", "FIN"),
    ("Human Resources", "HR"),
    ("Operations", "OPS"),
    ("Sales", "SAL"),
    ("Engineering", "ENG"),
    ("Customer Care", "CC"),
    ("Logistics", "LOG"),
)
FIRST_NAMES: tuple[str, ...] = (
    *["Ana", "John", "Maria", "David", "Laura", "Peter", "Sofia", "James", "Elena", "Thomas"],
    *["Carmen", "Michael", "Julia", "Daniel", "Ines", "Robert", "Paula", "Martin", "Claire", "Oscar"],
)
LAST_NAMES: tuple[str, ...] = (
    *["Garcia", "Smith", "Lopez", "Brown", "Martin", "Jones", "Moreno", "Taylor", "Romero", "Wilson"],
    *["Navarro", "Evans", "Torres", "Walker", "Molina", "Wright", "Ortega", "Hughes", "Serrano", "Young"],
)
STATUSES: tuple[str, ...] = (*("active",) * 15, *("deployment",) * 2, *("maintenance",) * 2, "decommissioned")
