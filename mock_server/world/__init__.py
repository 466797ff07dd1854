"""Worlds: state, clock, seed, faults and journal, behind one interface whatever keeps the state.

`open_worlds` is the way in. Nothing here knows HTTP, a contract or a vendor.
"""

from mock_server.world.errors import (
    BadWorld,
    StoreRefused,
    StoreUnavailable,
    Undeletable,
    UnknownWorld,
    WorldError,
    WorldExists,
)
from mock_server.world.faults import Fault, Faults, Rule
from mock_server.world.journal import Entry, Journal, Record
from mock_server.world.settings import Settings
from mock_server.world.worlds import OpenWorld, Outcome, Worlds, open_worlds

__all__ = [
    "BadWorld",
    "Entry",
    "Fault",
    "Faults",
    "Journal",
    "OpenWorld",
    "Outcome",
    "Record",
    "Rule",
    "Settings",
    "StoreRefused",
    "StoreUnavailable",
    "Undeletable",
    "UnknownWorld",
    "WorldError",
    "WorldExists",
    "Worlds",
    "open_worlds",
]
