"""What a workspace owns: models as their makers sell them."""

from typing import Any

from mock_server.apis.fleet.catalogue import Model

Values = dict[str, Any]
Choices = tuple[Any, ...]
Serial = tuple[str, int]

_WIFI = "Wi-Fi 6E, Bluetooth 5.3"
_LAPTOP_PORTS = ["USB-C", "USB-A", "HDMI"]
_SCREEN_PORTS = ["USB-C", "HDMI", "DisplayPort"]
_PC = {"has_microphone": True, "has_webcam": True, "os_platform": "Windows 11 Pro"}
_MAC = {"has_microphone": True, "has_webcam": True, "os_platform": "macOS"}


def _laptop(
    name: str, brand: str, serial: Serial, price: int, details: Values, short: str, **choices: Choices
) -> Model:
    rent = price * 3 // 100
    year = int(details["model_year"])
    return Model(
        name, brand, "Laptop", "Computers", serial, year, price, rent, details, choices, keyboard=True, short=short
    )


def _mobile(name: str, brand: str, kind: str, serial: Serial, price: int, details: Values, **choices: Choices) -> Model:
    category = kind + "s"
    full = {"has_microphone": True, "has_webcam": True, **details}
    return Model(
        name,
        brand,
        kind,
        category,
        serial,
        int(details["model_year"]),
        price,
        price * 4 // 100,
        full,
        choices,
        short=kind[:3].upper(),
    )


def _shared(
    name: str,
    brand: str,
    kind: str,
    category: str,
    serial: Serial | None,
    year: int,
    price: int,
    details: Values,
    **choices: Choices,
) -> Model:
    personal = category in {"Screens", "Audio"}
    return Model(
        name,
        brand,
        kind,
        category,
        serial,
        year,
        price,
        price * 3 // 100,
        details,
        choices,
        personal=personal,
        managed=False,
    )


MACBOOK_PRO = _laptop(
    "MacBook Pro 14",
    "Apple",
    ("", 10),
    2499,
    {
        **_MAC,
        "screen_size": '14.2"',
        "graphic": "Apple M4 Pro 16-core GPU",
        "processor": "Apple M4 Pro",
        "model_year": "2024",
        "connectivity": _WIFI,
        "resolution": "3024 x 1964",
        "connection_type": ["USB-C", "HDMI"],
    },
    "MBP",
    ram=("24 GB", "48 GB"),
    storage=("512 GB SSD", "1 TB SSD"),
    color=("Space Black", "Silver"),
)
THINKPAD = _laptop(
    "ThinkPad T14 Gen 5",
    "Lenovo",
    ("PF", 6),
    1549,
    {
        **_PC,
        "screen_size": '14"',
        "graphic": "Intel Graphics",
        "processor": "Intel Core Ultra 5 125U",
        "model_year": "2024",
        "connectivity": _WIFI,
        "resolution": "1920 x 1200",
        "connection_type": _LAPTOP_PORTS,
        "color": "Black",
    },
    "TP",
    ram=("16 GB", "32 GB"),
    storage=("512 GB SSD", "1 TB SSD"),
)

MODELS = (
    MACBOOK_PRO,
    _laptop(
        "MacBook Air 13",
        "Apple",
        ("", 10),
        1299,
        {
            **_MAC,
            "screen_size": '13.6"',
            "graphic": "Apple M3 10-core GPU",
            "processor": "Apple M3",
            "model_year": "2024",
            "connectivity": _WIFI,
            "resolution": "2560 x 1664",
            "connection_type": ["USB-C"],
        },
        "MBA",
        ram=("16 GB", "24 GB"),
        storage=("256 GB SSD", "512 GB SSD"),
        color=("Midnight", "Silver", "Starlight"),
    ),
    THINKPAD,
    _laptop(
        "Latitude 5450",
        "Dell",
        ("", 7),
        1389,
        {
            **_PC,
            "screen_size": '14"',
            "graphic": "Intel Graphics",
            "processor": "Intel Core Ultra 7 155U",
            "model_year": "2024",
            "connectivity": _WIFI,
            "resolution": "1920 x 1080",
            "connection_type": _LAPTOP_PORTS,
            "color": "Titan Grey",
        },
        "LAT",
        ram=("16 GB", "32 GB"),
        storage=("256 GB SSD", "512 GB SSD"),
    ),
    _laptop(
        "EliteBook 840 G10",
        "HP",
        ("5CG", 7),
        1459,
        {
            **_PC,
            "screen_size": '14"',
            "graphic": "Intel Iris Xe",
            "processor": "Intel Core i5-1345U",
            "model_year": "2023",
            "connectivity": _WIFI,
            "resolution": "1920 x 1200",
            "connection_type": _LAPTOP_PORTS,
            "color": "Pike Silver",
        },
        "EB",
        ram=("16 GB", "32 GB"),
        storage=("512 GB SSD",),
    ),
    _mobile(
        "iPhone 15",
        "Apple",
        "Smartphone",
        ("", 10),
        869,
        {
            "screen_size": '6.1"',
            "processor": "Apple A16 Bionic",
            "ram": "6 GB",
            "model_year": "2023",
            "connectivity": "5G, Wi-Fi 6, Bluetooth 5.3",
            "resolution": "2556 x 1179",
            "connection_type": ["USB-C"],
            "os_platform": "iOS",
        },
        storage=("128 GB", "256 GB"),
        color=("Black", "Blue", "Green"),
    ),
    _mobile(
        "Galaxy S24",
        "Samsung",
        "Smartphone",
        ("R5C", 8),
        859,
        {
            "screen_size": '6.2"',
            "processor": "Exynos 2400",
            "ram": "8 GB",
            "model_year": "2024",
            "connectivity": "5G, Wi-Fi 6E, Bluetooth 5.3",
            "resolution": "2340 x 1080",
            "connection_type": ["USB-C"],
            "os_platform": "Android",
        },
        storage=("128 GB", "256 GB"),
        color=("Onyx Black", "Marble Grey"),
    ),
    _mobile(
        "iPad 10.9",
        "Apple",
        "Tablet",
        ("", 10),
        439,
        {
            "screen_size": '10.9"',
            "processor": "Apple A14 Bionic",
            "ram": "4 GB",
            "model_year": "2022",
            "connectivity": "Wi-Fi 6, Bluetooth 5.2",
            "resolution": "2360 x 1640",
            "connection_type": ["USB-C"],
            "os_platform": "iPadOS",
        },
        storage=("64 GB", "256 GB"),
        color=("Silver", "Blue"),
    ),
    _shared(
        "UltraSharp U2723QE",
        "Dell",
        "Screen",
        "Screens",
        ("CN0", 8),
        2022,
        579,
        {
            "screen_size": '27"',
            "resolution": "3840 x 2160",
            "model_year": "2022",
            "connection_type": _SCREEN_PORTS,
            "color": "Platinum Silver",
        },
    ),
    _shared(
        "27UP850N",
        "LG",
        "Screen",
        "Screens",
        ("304NT", 6),
        2023,
        449,
        {
            "screen_size": '27"',
            "resolution": "3840 x 2160",
            "model_year": "2023",
            "connection_type": _SCREEN_PORTS,
            "color": "White",
        },
    ),
    _shared(
        "Evolve2 65",
        "Jabra",
        "Headset",
        "Audio",
        ("0B", 8),
        2021,
        229,
        {"model_year": "2021", "connectivity": "Bluetooth 5.0", "has_microphone": True, "noise_cancellation": False},
        connection_type=(["USB-A", "Bluetooth"], ["USB-C", "Bluetooth"]),
        compliance=(["Microsoft Teams"], ["Microsoft Teams", "Zoom"]),
        color=("Black", "Beige"),
    ),
    _shared(
        "Rally Bar",
        "Logitech",
        "Video bar",
        "Meeting rooms",
        ("2LZ", 7),
        2022,
        3299,
        {
            "model_year": "2022",
            "resolution": "3840 x 2160",
            "has_microphone": True,
            "has_webcam": True,
            "noise_cancellation": True,
            "compliance": ["Microsoft Teams", "Zoom", "Google Meet"],
            "connection_type": ["HDMI", "USB-C", "Ethernet"],
            "has_video_package": True,
            "os_platform": "CollabOS",
        },
        seats_number=("6", "8", "12"),
        has_screen=(True, False),
        has_premium_tablet=(True, False),
        color=("Graphite", "White"),
    ),
    _shared(
        "One Compact phone booth",
        "Framery",
        "Phone booth",
        "Furniture",
        None,
        2023,
        9900,
        {"model_year": "2023", "seats_number": "1", "assembly": "Included"},
        has_stool=(True, False),
        color=("White", "Black", "Forest Green"),
    ),
    _shared(
        "Aeron Remastered",
        "Herman Miller",
        "Chair",
        "Furniture",
        None,
        2017,
        1490,
        {"model_year": "2017", "assembly": "Delivered assembled"},
        color=("Graphite", "Carbon"),
    ),
)
