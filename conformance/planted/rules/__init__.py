"""The rules by which faults follow from a contract: a function each, from what is known of an API to its faults."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from conformance.planted.faults import Fault
from conformance.planted.rules.accepted import bodies, urls
from conformance.planted.rules.access import credentials, roles
from conformance.planted.rules.answers import crashes, refusals, shapes
from conformance.planted.rules.ground import Ground
from conformance.planted.rules.later import lifecycles, transactions
from conformance.planted.rules.lists import lists
from conformance.planted.rules.patches import patches
from conformance.planted.rules.transport import media_types, methods, oddities
from conformance.planted.rules.writes import writes

Rule = Callable[[Ground], Iterator[Fault]]

RULES: tuple[Rule, ...] = (
    shapes,
    refusals,
    crashes,
    credentials,
    roles,
    bodies,
    urls,
    writes,
    patches,
    lists,
    media_types,
    methods,
    oddities,
    transactions,
    lifecycles,
)
