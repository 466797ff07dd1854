"""Documents as the API shows them: every listed member, none of the written-only ones, no draft enrollment.

Documents planted by hand may lack members; what is missing reads as null. What is no object where one belongs, which
takes planting it against the contract, is shown as it is.
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
        "id": number_of(key) if number is None else number,
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


def number_of(key: str) -> int | str:
    """The id that a key stands for."""
    return int(key) if key.isascii() and key.isdigit() else key


def characteristics(stored: Document) -> dict[str, Any]:
    """The characteristics of a stored device; none where there is something else."""
    found = stored.get("characteristics")
    return found if isinstance(found, dict) else {}


def _all(members: tuple[str, ...], values: Any) -> Any:
    if not isinstance(values, dict) or len(values) == len(members):
        return values
    return {name: values.get(name) for name in members}


def _enrollment(mdm: Any) -> Any:
    if mdm is None or (isinstance(mdm, dict) and mdm.get("status") == "DRAFT"):
        return None
    return _all(MEMBERS, mdm)
