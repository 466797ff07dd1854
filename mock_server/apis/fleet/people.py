"""The users of the workspace: devices are assigned to them. They have no operations here, only numbers and names."""

from mock_server.types import Document

USERS = "users"
KNOWN_USER = 7
"""The user that exists in every world."""

_FIRST = (
    "Léa", "Hugo", "Chloé", "Louis", "Manon", "Jules", "Inès", "Adam", "Camille", "Nathan", "Sofía", "Pablo",
    "Lucía", "Giulia", "Marco", "Anna", "Jonas", "Mia", "Emma", "Oliver", "Sanne", "Daan", "Zoë", "Noah",
    "Yasmine", "Karim", "Beatriz", "João", "Aoife",
)  # fmt: skip
_LAST = (
    "Martin", "Bernard", "Dubois", "Thomas", "Robert", "Petit", "Durand", "Moreau", "Laurent", "Lefèvre",
    "García", "Fernández", "Rossi", "Ferrari", "Müller", "Schmidt", "Weber", "Smith", "Taylor", "de Vries",
    "Jansen", "Benali", "Silva", "Nguyen", "Kowalska", "O'Brien", "Haddad", "Novák", "Lindqvist", "Costa",
    "Mercier",
)  # fmt: skip
_PLAIN = str.maketrans("éèëïíãüáñû", "eeeiiauanu", "' ")


def name_of(seed: int, user: int) -> tuple[str, str]:
    """First and last name of a user."""
    if user == KNOWN_USER:
        return "Léa", "Martin"
    mixed = (user * 2_654_435_761 + seed * 40_503) >> 4
    return _FIRST[mixed % len(_FIRST)], _LAST[mixed // len(_FIRST) % len(_LAST)]


def plain(name: str) -> str:
    """A name in lower-case ASCII letters, as in an address or a host name."""
    return name.lower().translate(_PLAIN)


def user_count(devices: int) -> int:
    """How many users a workspace with so many devices has; never fewer than the known one needs."""
    return max(25, devices * 3 // 5)


class Users:
    """The users nobody has written: numbered from 1."""

    def __init__(self, seed: int, devices: int) -> None:
        self._seed = seed
        self._length = user_count(devices)

    def __len__(self) -> int:
        return self._length

    def key(self, index: int) -> str:
        return str(index + 1)

    def index(self, key: str) -> int | None:
        if not key.isascii() or not key.isdigit() or key[0] == "0" or len(key) > 12:
            return None
        index = int(key) - 1
        return index if index < self._length else None

    def document(self, index: int) -> Document:
        first, last = name_of(self._seed, index + 1)
        email = f"{plain(first)}.{plain(last)}{index + 1}@example.com"
        return {"id": index + 1, "first_name": first, "last_name": last, "email": email}
