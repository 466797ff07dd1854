"""Whether what is read shows what was written, in whatever form."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from conformance.schemas import ABSENT, same


def shows(found: Any, wanted: Any, schema: Mapping[str, Any]) -> bool:
    """Whether a server that was given `wanted` may show `found` for it.

    A member that was set to null may be shown as null or not at all, an emptied text also as empty; an object may have
    members of its own; a time may be written in another of the ways that RFC 3339 allows, with another offset or more
    or fewer digits.
    """
    if wanted is None:
        return found is ABSENT or found is None
    if wanted == "":
        return found is ABSENT or found is None or found == ""
    if isinstance(wanted, Mapping) and isinstance(found, Mapping):
        nodes = schema.get("properties", {})
        return all(key in found and shows(found[key], value, nodes.get(key, {})) for key, value in wanted.items())
    if isinstance(wanted, list) and isinstance(found, list):
        node = schema.get("items", {})
        return len(wanted) == len(found) and all(shows(*pair, node) for pair in zip(found, wanted, strict=True))
    if schema.get("format") == "date-time" and isinstance(wanted, str) and isinstance(found, str):
        return found == wanted or (_instant(found) or found) == (_instant(wanted) or wanted)
    return same(found, wanted)


def _instant(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else None
