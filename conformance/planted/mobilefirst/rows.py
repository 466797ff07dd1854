"""A row of the table of planted faults: which operations go wrong how, and which of their requirements should tell."""

from __future__ import annotations

from collections.abc import Callable

from conformance.planted.faults import Fault, Modifier
from conformance.planted.tools import always, on
from conformance.requirements import kebab

API = "mobilefirst"
DEVICE, APPLICATION, REMOVE = "setDeviceStatus", "setDeviceApplicationStatus", "removeDevice"
DEVICES, TRANSACTIONS, TRANSACTION, LOCK = "listDevices", "listTransactions", "getTransaction", "getLock"


def fault(
    slug: str,
    breaks: str,
    operations: str | tuple[str, ...],
    caught_by: str,
    make: Callable[[], Modifier],
    *,
    examples: int = 10,
    settling: float | None = None,
) -> Fault:
    """`caught_by`: slugs of each operation's requirements, or whole ids without the API, a space between two."""
    names = (operations,) if isinstance(operations, str) else operations
    ids = [
        one if "." in one else f"{kebab(operation)}.{one}"
        for one in caught_by.split()
        for operation in (names[:1] if "." in one else names)
    ]
    return Fault(f"{API}-{slug}", API, breaks, tuple(f"{API}.{one}" for one in ids), make, examples, settling)


def plain(
    slug: str,
    breaks: str,
    operations: str | tuple[str, ...],
    caught_by: str,
    modifier: Modifier,
    *,
    settling: float | None = None,
) -> Fault:
    """A fault without memory, in the calls of these operations."""
    return fault(slug, breaks, operations, caught_by, always(on(operations, modifier)), settling=settling)
