"""The order of the two lists: each value of orderBy, both ways, and the order without one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import groupby, pairwise
from typing import Any

from conformance.apis.mobilefirst.reading import ask
from conformance.apis.mobilefirst.telling import moment
from conformance.context import Context
from conformance.schemas import shortened
from conformance.types import Exchange, Requirement

ORDERS: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "listDevices": {
        "uid": ("id", "text"),
        "friendlyName": ("deviceDisplayName", "text"),
        "deviceModel": ("deviceModel", "text"),
        "deviceEnvironment": ("", "unseen"),
        "status": ("status", "groups"),
        "lastAccessed": ("lastAccessed", "time"),
    },
    "listTransactions": {
        "created": ("timeCreated", "time"),
        "updated": ("timeUpdated", "time"),
        "type": ("type", "groups"),
        "status": ("status", "groups"),
        "user": ("userName", "text"),
        "server": ("appServerId", "text"),
    },
}
DEFAULTS = {"listDevices": "uid", "listTransactions": "created"}
COLLATIONS: tuple[Callable[[str], Any], ...] = (
    lambda text: text,
    str.casefold,
    lambda text: ("".join(char for char in text.casefold() if char.isalnum()), text),
)
"""The ways to sort text that a database may have: nobody says which."""


def ordered(values: Sequence[Any], kind: str, backwards: bool) -> bool:
    """Whether values are sorted: texts by any usual collation; statuses and types, whose order is open, in groups."""
    known = [value for value in values if value not in (None, "")]
    if backwards:
        known = known[::-1]
    if kind == "time":
        times = [found for value in known if (found := moment(value)) is not None]
        return all(one <= two for one, two in pairwise(times))
    if kind == "groups":
        groups = [name for name, _ in groupby(known)]
        return len(groups) == len(set(groups))
    if kind == "text":
        return any(
            all(one <= two for one, two in pairwise(keys))
            for keys in ([collation(str(value)) for value in known] for collation in COLLATIONS)
        )
    return True


def orders(context: Context, requirement: Requirement) -> None:
    """Each value of orderBy sorts the list, ascending; with a minus sign descending: the greatest comes first."""
    operation = str(requirement.operation)
    for name, (member, kind) in ORDERS[operation].items():
        heads = []
        for order in (name, f"-{name}"):
            exchange, page = ask(context, operation, {"orderBy": order})
            values = [item.get(member) for item in page["items"]]
            heads.append((values, exchange))
            context.case()
            if not ordered(values, kind, order.startswith("-")):
                context.fail(
                    f"orderBy={order} does not sort by {member}.",
                    expected=f"{member} in order",
                    actual=shortened(", ".join(map(str, values)), 200),
                    exchanges=(exchange,),
                    cause=f"{operation} orderBy {order}",
                )
        _reversed(context, operation, name, kind, heads)


def _reversed(context: Context, operation: str, name: str, kind: str, heads: list[tuple[list[Any], Exchange]]) -> None:
    """The descending list must not begin where the ascending one does, unless all are alike."""
    (up, first), (down, second) = heads
    known = [value for value in up if value not in (None, "")]
    if kind == "unseen" or len(set(map(str, known))) < 2:
        return
    top = next((value for value in down if value not in (None, "")), None)
    if top == known[0]:
        context.fail(
            f"orderBy=-{name} begins like orderBy={name}.",
            expected=f"another than {top} first",
            actual=str(top),
            exchanges=(first, second),
            cause=f"{operation} orderBy -{name}",
        )


def default_order(context: Context, requirement: Requirement) -> None:
    """Without orderBy the list is sorted as documented for it."""
    operation = str(requirement.operation)
    name = DEFAULTS[operation]
    member, kind = ORDERS[operation][name]
    exchange, page = ask(context, operation)
    values = [item.get(member) for item in page["items"]]
    context.case()
    if not ordered(values, kind, False):
        context.fail(
            f"Without orderBy the list is not sorted by {member}.",
            expected=f"as with orderBy={name}",
            actual=shortened(", ".join(map(str, values)), 200),
            exchanges=(exchange,),
        )
