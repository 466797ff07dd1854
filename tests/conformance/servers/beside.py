"""What a server may show beside what its vendor's pages know: other with every read, in a list and alone."""

from itertools import count
from typing import Any

_READS = count(1)


def beside() -> dict[str, Any]:
    """Members that no contract declares, never twice the same."""
    number = next(_READS)
    return {
        "retrieved_at": f"read {number}",
        "self": {"href": f"/reads/{number}", "parts": [{"number": number}] * (number % 3)},
    }


def known(document: Any) -> Any:
    """A document, or a list of them, without what `beside` has put there."""
    if isinstance(document, list):
        return [known(item) for item in document]
    return {name: value for name, value in document.items() if name not in beside()}
