"""What the devices of a runtime are made of: people, models, applications. Facts and names only."""

from typing import NamedTuple


class Model(NamedTuple):
    """A model with the platform its applications are built for and the versions of its operating system."""

    name: str
    versions: tuple[str, ...]


MODELS: dict[str, tuple[Model, ...]] = {
    "android": (
        Model("Nexus 7", ("4.4", "5.1.1", "6.0.1")),
        Model("Pixel 6a", ("13", "14", "15")),
        Model("Pixel 8", ("14", "15")),
        Model("SM-A546B", ("13", "14")),
        Model("SM-G991B", ("12", "13", "14")),
        Model("SM-S921B", ("14", "15")),
        Model("SM-X200", ("12", "13", "14")),
        Model("moto g84 5G", ("13", "14")),
    ),
    "ios": (
        Model("iPad13,18", ("16.6", "17.4.1")),
        Model("iPad14,1", ("16.6", "17.4.1")),
        Model("iPhone12,8", ("15.8.2", "16.7.7")),
        Model("iPhone14,5", ("16.6.1", "17.4.1")),
        Model("iPhone15,4", ("17.2.1", "17.4.1")),
        Model("iPhone16,1", ("17.2.1", "17.4.1")),
    ),
    "windows": (
        Model("Latitude 7230 Rugged Extreme", ("10.0.19045", "10.0.22631")),
        Model("Surface Go 3", ("10.0.19045", "10.0.22631")),
        Model("Surface Pro 9", ("10.0.22621", "10.0.22631")),
    ),
}
TABLETS = ("Latitude", "Nexus", "SM-X", "Surface", "iPad")
"""How the names of models begin that are no phones."""

FIRST_NAMES = (
    ("Aisha", "aisha"), ("Åsa", "asa"), ("Björn", "bjorn"), ("Carlos", "carlos"), ("Chloé", "chloe"),
    ("Daniel", "daniel"), ("Elif", "elif"), ("Fatima", "fatima"), ("Giulia", "giulia"), ("Hiroshi", "hiroshi"),
    ("Ingrid", "ingrid"), ("Jakub", "jakub"), ("Jeremy", "jeremy"), ("José", "jose"), ("Kavya", "kavya"),
    ("Lars", "lars"), ("Mei", "mei"), ("Nadia", "nadia"), ("Oliver", "oliver"), ("Priya", "priya"),
    ("Quentin", "quentin"), ("Rosa", "rosa"), ("Sven", "sven"), ("Tomasz", "tomasz"), ("Zoë", "zoe"),
)  # fmt: skip
LAST_NAMES = (
    "adeyemi", "becker", "chen", "dubois", "eriksson", "fernandez", "garcia", "haas", "ivanova", "jensen",
    "kowalska", "laurent", "moreau", "nakamura", "okafor", "patel", "rossi", "schmidt", "tanaka", "weber",
)  # fmt: skip

APPLICATION = "com.example.app"
OTHER_APPLICATIONS = ("com.example.expenses", "com.example.fieldservice", "com.example.parcels", "com.example.rounds")
VERSIONS = ("1.0.0", "1.0.1", "1.1.0", "2.0.0")
