"""The default documents of every API are a function of seed and index: the same on whatever day a world begins."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mock_server.apis.draw import ANCHOR
from mock_server.app import api_table
from mock_server.types import Document, Population
from openapi.contract import API_IDS

DEVICES = 300
EARLY, LATE = datetime(2014, 4, 13, tzinfo=UTC), datetime(2031, 1, 1, tzinfo=UTC)
SEEDS = st.integers(0, 2**63)
ORIGINS = st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1)).map(
    lambda time: time.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=UTC)
)
FIXED = {
    "fleet": ("1", "13", "42"),
    "masmovil": ("ce2f20cb-8c2a-4f1b-9d38-0c4c3f0b7a21", "b7d1f6de-4a0c-4d0e-9a55-2f1c8e6a7c10"),
    "mobilefirst": ("12345-6789", "98765-4321"),
    "jasper": ("8988216716970004975", "8988216716970004983", "8988216716970004991", "8988216716970005006"),
    "zequenze": ("ABC123456789", "XYZ987654321"),
}
LATELY = {("mobilefirst", "devices"): "lastAccessed"}
"""The one exception: a device that is not to have expired must have been seen within 90 days of the world's time."""
TO_COME = {
    "expiration_date",
    "warranty_expiry",
    "_client_warranty_endDate",
    "_client_rental_endDate",
}
"""What is meant to lie ahead."""


def made(api: str, seed: int, origin: datetime) -> dict[str, Population]:
    return dict(api_table(api).populations(seed, DEVICES, origin))


def settled(api: str, collection: str, document: Document) -> str:
    """The document as bytes would be, without what is counted from the world's first day."""
    exception = LATELY.get((api, collection))
    return json.dumps({name: value for name, value in document.items() if name != exception})


def dates(value: Any, name: str = "") -> Iterator[tuple[str, datetime]]:
    """Each date in a document, with the name of its member."""
    if isinstance(value, dict):
        for inner, more in value.items():
            yield from dates(more, inner)
    elif isinstance(value, list):
        for more in value:
            yield from dates(more, name)
    elif isinstance(value, str) and re.match(r"\d{4}-\d\d-\d\d([T ]|\Z)", value):
        yield name, datetime.fromisoformat(value).replace(tzinfo=UTC)


@pytest.mark.parametrize("api", API_IDS)
@given(seed=SEEDS, place=st.integers(0, DEVICES - 1), one=ORIGINS, two=ORIGINS)
@example(seed=0, place=0, one=EARLY, two=LATE)
def test_a_document_is_the_same_on_whatever_day_its_world_begins(
    api: str, seed: int, place: int, one: datetime, two: datetime
) -> None:
    first, second = made(api, seed, one), made(api, seed, two)
    assert first.keys() == second.keys()
    for name, population in first.items():
        index = place % len(population)
        assert len(population) == len(second[name])
        assert population.key(index) == second[name].key(index)
        before, after = population.document(index), second[name].document(index)
        assert settled(api, name, before) == settled(api, name, after)


@pytest.mark.parametrize("seed", [0, 1, 99])
@pytest.mark.parametrize("api", API_IDS)
def test_the_fixed_devices_are_the_same_on_whatever_day_their_world_begins(api: str, seed: int) -> None:
    early, late = (made(api, seed, origin)["devices"] for origin in (EARLY, LATE))
    for key in FIXED[api]:
        index = early.index(key)
        assert index is not None
        assert late.index(key) == index
        before, after = early.document(index), late.document(index)
        assert settled(api, "devices", before) == settled(api, "devices", after)


@given(seed=SEEDS, index=st.integers(0, DEVICES - 1))
def test_a_device_was_seen_as_long_before_its_world_began_on_every_day(seed: int, index: int) -> None:
    early, late = (made("mobilefirst", seed, origin)["devices"].document(index) for origin in (EARLY, LATE))
    seen_early, seen_late = (datetime.fromisoformat(device["lastAccessed"]) for device in (early, late))
    assert EARLY - seen_early == LATE - seen_late


@pytest.mark.parametrize("api", API_IDS)
@given(seed=SEEDS, place=st.integers(0, DEVICES - 1))
def test_no_date_lies_after_the_anchor_unless_it_is_meant_to_lie_ahead(api: str, seed: int, place: int) -> None:
    for name, population in made(api, seed, LATE).items():
        document = population.document(place % len(population))
        excepted = TO_COME | {LATELY.get((api, name), "")}
        assert [found for found in dates(document) if found[0] not in excepted and found[1] > ANCHOR] == []
