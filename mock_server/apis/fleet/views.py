"""Documents as the API shows them: every listed member, none of the written-only ones, no draft enrollment.

Documents planted by hand may lack members; what is missing reads as null.
"""

from typing import Any

from mock_server.apis.fleet.catalogue import CHARACTERISTICS
from mock_server.apis.fleet.enrollment import MEMBERS
from mock_server.types import Document


def device(key: str, stored: Document) -> dict[str, Any]:
    """`data` of an answer."""
    get = stored.get
    number = get("id")
    return {
        "id": int(key) if number is None else number,
        "name": get("name"),
        "serial_number": get("serial_number"),
        "rent": get("rent"),
        "tracking_number": get("tracking_number"),
        "client_status": get("client_status", "AVAILABLE"),
        "type": get("type"),
        "category": get("category"),
        "source": get("source"),
        "comment": get("comment"),
        "characteristics": _all(CHARACTERISTICS, get("characteristics") or {}),
        "mdm": _enrollment(get("mdm")),
    }


def _all(members: tuple[str, ...], values: dict[str, Any]) -> dict[str, Any]:
    return values if len(values) == len(members) else {name: values.get(name) for name in members}


def _enrollment(mdm: dict[str, Any] | None) -> dict[str, Any] | None:
    return None if mdm is None or mdm.get("status") == "DRAFT" else _all(MEMBERS, mdm)
