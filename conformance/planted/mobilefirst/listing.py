"""What a list holds, and in which order: hidden and forgotten items, orders, searches."""

from __future__ import annotations

from collections.abc import Callable

from conformance.planted.faults import Call, Fault, Modifier
from conformance.planted.mobilefirst.rows import DEVICES, TRANSACTIONS, plain
from conformance.planted.mobilefirst.strokes import Item, asking, default, items, without
from conformance.planted.tools import changing, edit_answer, for_each


def hidden(status: str) -> Modifier:
    return items(lambda found, call: [item for item in found if item["status"] != status])  # noqa: ARG005


def ordered_by(change: Callable[[str], str]) -> Modifier:
    return asking(lambda query: {**query, "orderBy": change(query["orderBy"])} if "orderBy" in query else query)


def mentions(item: Item, wanted: str, *, names: bool, users: bool, exact: bool) -> bool:
    found = [item["deviceDisplayName"] or ""] if names else []
    found += [user["str"] for user in item["userIds"]] if users else []
    return any(wanted in one if exact else wanted.lower() in one.lower() for one in found)


def search(*, names: bool = True, users: bool = True, exact: bool = False) -> Modifier:
    """A search that finds less than it should."""

    def change(found: list[Item], call: Call) -> list[Item]:
        wanted = call.query.get("query")
        if not wanted:
            return found
        return [item for item in found if mentions(item, wanted, names=names, users=users, exact=exact)]

    return items(change)


FAULTS: tuple[Fault, ...] = (
    plain(
        "blocked-hidden",
        "lost devices are not listed",
        DEVICES,
        "set-device-status.copies-move-along list-devices.pages-cover",
        hidden("LOST"),
    ),
    plain(
        "never-expires",
        "devices that were not seen for long are ACTIVE",
        DEVICES,
        "long-unseen-expire",
        edit_answer(for_each("/items", changing("/status", lambda old: "ACTIVE" if old == "EXPIRED" else old))),
    ),
    plain(
        "latest-by-default",
        "devices are sorted by lastAccessed by default",
        DEVICES,
        "default-order",
        default("orderBy", "lastAccessed"),
    ),
    plain(
        "never-descending",
        "the minus sign of orderBy is not looked at",
        DEVICES,
        "orders",
        ordered_by(lambda order: order.lstrip("-")),
    ),
    plain(
        "order-of-status-ignored",
        "orderBy=status sorts by id",
        DEVICES,
        "orders",
        ordered_by(lambda order: order.replace("status", "uid")),
    ),
    plain(
        "transactions-never-descending",
        "the latest transactions do not come first",
        TRANSACTIONS,
        "orders",
        ordered_by(lambda order: order.lstrip("-")),
    ),
    plain(
        "search-ignored",
        "query is not looked at",
        DEVICES,
        "searches",
        without("query"),
    ),
    plain(
        "search-by-case",
        "query tells upper from lower case",
        DEVICES,
        "searches",
        search(exact=True),
    ),
    plain(
        "search-without-users",
        "query does not find users",
        DEVICES,
        "searches",
        search(users=False),
    ),
    plain(
        "search-without-names",
        "query does not find display names",
        DEVICES,
        "searches",
        search(names=False),
    ),
    plain(
        "mode-ignored",
        "mode=errors lists everything",
        TRANSACTIONS,
        "only-errors",
        without("mode"),
    ),
    plain(
        "file-ignored",
        "file=true answers with a page",
        TRANSACTIONS,
        "as-file",
        without("file"),
    ),
)
