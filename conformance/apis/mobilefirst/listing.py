"""The two lists: order, paging, searching, and what an item says twice."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from itertools import groupby, pairwise
from typing import Any

from conformance.apis.mobilefirst.reading import ask, pages, whole
from conformance.apis.mobilefirst.telling import moment
from conformance.context import Context
from conformance.errors import Inconclusive, Skip
from conformance.schemas import shortened
from conformance.types import Exchange, Requirement

SMALL = 7
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
MEMBERS = {"listDevices": "id", "listTransactions": "id"}
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


def default_size(context: Context, requirement: Requirement) -> None:
    """Without pageSize a page holds 100 items, or all when there are fewer, and says so."""
    operation = str(requirement.operation)
    exchange, page = ask(context, operation)
    total, count = page.get("totalListSize"), len(page["items"])
    context.case()
    wanted = min(100, total) if isinstance(total, int) else 100
    if count != wanted or page.get("pageSize", 100 if count == total else None) != 100:
        context.fail(
            "Without pageSize a page does not hold 100 items.",
            expected=f"pageSize 100 and {wanted} items of {total}",
            actual=f"pageSize {page.get('pageSize')} and {count} items",
            exchanges=(exchange,),
        )


def page_size(context: Context, requirement: Requirement) -> None:
    """The first page holds as many items as asked for, or all, and repeats the size."""
    operation = str(requirement.operation)
    for size in (1, 2, SMALL):
        exchange, page = ask(context, operation, {"pageSize": size})
        wanted = min(size, page.get("totalListSize", size))
        context.case()
        part = wanted < page.get("totalListSize", size)
        if len(page["items"]) != wanted or page.get("pageSize", None if part else size) != size:
            context.fail(
                f"A page of size {size} is another.",
                expected=f"pageSize {size} and {wanted} items",
                actual=f"pageSize {page.get('pageSize')} and {len(page['items'])} items",
                exchanges=(exchange,),
                cause=f"{operation} page size",
            )


def _first_pages(
    context: Context, operation: str, query: Mapping[str, Any], most: int
) -> list[tuple[Exchange, dict[str, Any]]]:
    found = []
    for row in pages(context, operation, query):
        found.append(row)
        if len(found) == most:
            break
    if len(found) < 2:
        raise Skip("the list is too short for two pages")
    return found


def ids(page: Mapping[str, Any]) -> list[Any]:
    return [item.get("id") for item in page["items"]]


def keeps_order(context: Context, requirement: Requirement) -> None:
    """Small pages one after another name the same items in the same order as one large page."""
    operation = str(requirement.operation)
    order = requirement.data["order"]
    found = _first_pages(context, operation, {"pageSize": SMALL, "orderBy": order}, 6)
    small = [name for _, page in found for name in ids(page)]
    exchange, page = ask(context, operation, {"pageSize": SMALL * 6, "orderBy": order})
    large = ids(page)[: len(small)]
    context.case(len(found))
    if small != large:
        context.fail(
            f"Pages of {SMALL}, one after another, are not the list.",
            expected=shortened(", ".join(map(str, large)), 250),
            actual=shortened(", ".join(map(str, small)), 250),
            exchanges=(*(one for one, _ in found[:2]), exchange),
        )


def counts_on(context: Context, requirement: Requirement) -> None:
    """From page to page pageNumber grows by one, and startIndex by the items of the page before."""
    operation = str(requirement.operation)
    found = _first_pages(context, operation, {"pageSize": SMALL}, 4)
    for (_, before), (exchange, after) in pairwise(found):
        context.case()
        wanted = (before.get("pageNumber", 0) + 1, before.get("startIndex", 0) + len(before["items"]))
        got = (after.get("pageNumber"), after.get("startIndex"))
        if got != wanted:
            context.fail(
                "pageNumber or startIndex does not count on.",
                expected=f"pageNumber {wanted[0]}, startIndex {wanted[1]}",
                actual=f"pageNumber {got[0]}, startIndex {got[1]}",
                exchanges=(exchange,),
            )


def goes_back(context: Context, requirement: Requirement) -> None:
    """prevPageBookmark of the second page leads to the first."""
    operation = str(requirement.operation)
    (_, first), (exchange, second) = _first_pages(context, operation, {"pageSize": SMALL}, 2)
    back = second.get("prevPageBookmark")
    context.case()
    if not back:
        context.fail(
            "The second page names no page before it.",
            expected="prevPageBookmark",
            actual=str(back),
            exchanges=(exchange,),
        )
        return
    again, page = ask(context, operation, {"pageSize": SMALL, "bookmark": back})
    if ids(page) != ids(first):
        context.fail(
            "The page before the second is not the first.",
            expected=shortened(str(ids(first))),
            actual=shortened(str(ids(page))),
            exchanges=(exchange, again),
        )


def offset_passes_over(context: Context, requirement: Requirement) -> None:
    """offset=2 leaves out two; beside a bookmark it counts for nothing."""
    operation = str(requirement.operation)
    _, all_of = ask(context, operation, {"pageSize": SMALL})
    exchange, page = ask(context, operation, {"pageSize": SMALL, "offset": 2})
    context.case()
    if ids(page)[: SMALL - 2] != ids(all_of)[2:]:
        context.fail(
            "offset=2 does not pass over two transactions.",
            expected=shortened(str(ids(all_of)[2:])),
            actual=shortened(str(ids(page))),
            exchanges=(exchange,),
        )
    following = all_of.get("nextPageBookmark")
    if not following:
        return
    query = {"pageSize": SMALL, "bookmark": following}
    _, wanted = ask(context, operation, query)
    exchange, page = ask(context, operation, {**query, "offset": 3})
    context.case()
    if ids(page)[: len(ids(wanted))] != ids(wanted):
        context.fail(
            "offset counts although a bookmark is given.",
            expected=shortened(str(ids(wanted))),
            actual=shortened(str(ids(page))),
            exchanges=(exchange,),
        )


# ---- searching


def mentions(item: Mapping[str, Any], text: str) -> bool:
    names = [item.get("deviceDisplayName"), *(user.get("str") for user in item.get("userIds", ()))]
    return any(text.casefold() in name.casefold() for name in names if isinstance(name, str))


def searches(context: Context, requirement: Requirement) -> None:
    """query finds all devices, and only those, whose name or user contains the text, whatever its case."""
    everything = context.once(("all devices",), lambda: whole(context, "listDevices"))
    users = [user["str"] for item in everything for user in item.get("userIds", ()) if user.get("str")]
    names = [item["deviceDisplayName"] for item in everything if item.get("deviceDisplayName")]
    texts = [text for found in (users, names) if found for text in (found[0], found[0].swapcase(), found[-1][1:4])]
    for text in [*dict.fromkeys(texts), "no device is called like this"]:
        exchange, page = ask(context, "listDevices", {"query": text, "pageSize": 500})
        context.case()
        wanted = {item["id"] for item in everything if mentions(item, text)}
        got = set(ids(page))
        odd = [item for item in page["items"] if not mentions(item, text)]
        if odd or (wanted - got and page.get("nextPageBookmark") in (None, "")):
            context.fail(
                f"query={text} does not find what contains it.",
                expected=f"{len(wanted)} devices",
                actual=f"{len(odd)} others" if odd else f"without {', '.join(sorted(wanted - got)[:3])}",
                exchanges=(exchange,),
                cause="search leaks" if odd else "search misses",
            )
        _total_of_search(context, page, exchange, text)


def _total_of_search(context: Context, page: Mapping[str, Any], exchange: Exchange, text: str) -> None:
    """A search that finds nothing leaves no page to turn to."""
    if not page["items"] and page.get("nextPageBookmark"):
        context.fail(
            f"query={text} finds nothing, and names a next page.",
            expected="no nextPageBookmark",
            actual=str(page["nextPageBookmark"]),
            exchanges=(exchange,),
            cause="search empty with next",
        )


def only_errors(context: Context, requirement: Requirement) -> None:
    """mode=errors shows every transaction that failed, and none that is without fault."""
    everything = whole(context, "listTransactions")
    exchange, page = ask(context, "listTransactions", {"mode": "errors", "pageSize": 500})
    if not any(_erroneous(item) for item in everything) or all(_erroneous(item) for item in everything):
        raise Skip("the runtime has no failed transaction, or no other")
    context.case()
    odd = [item.get("id") for item in page["items"] if not _erroneous(item)]
    failed = {item.get("id") for item in everything if item.get("status") == "FAILURE"}
    missing = sorted(failed - set(ids(page)), key=str) if not page.get("nextPageBookmark") else []
    if odd or missing:
        context.fail(
            "mode=errors does not show the erroneous transactions.",
            expected=f"{len(failed)} that failed, and no other",
            actual=f"also {odd[:5]}" if odd else f"without {missing[:5]}",
            exchanges=(exchange,),
            cause="errors leaks" if odd else "errors misses",
        )


def _erroneous(item: Mapping[str, Any]) -> bool:
    return item.get("status") != "SUCCESS" or bool(item.get("errors"))


def as_file(context: Context, requirement: Requirement) -> None:
    """file=true answers with a zip file that can be opened and holds something."""
    exchange = context.call("listTransactions", query={"file": "true"})
    context.case()
    if not context.expect_success(exchange):
        return
    try:
        names = zipfile.ZipFile(io.BytesIO(exchange.body)).namelist()
    except zipfile.BadZipFile:
        names = []
    if exchange.media_type != "application/zip" or not names:
        context.fail(
            "file=true does not answer with a zip file.",
            expected="application/zip with a file in it",
            actual=f"{exchange.media_type}, {len(exchange.body)} bytes",
            exchanges=(exchange,),
        )


# ---- what an item says


def copies_agree(context: Context, requirement: Requirement) -> None:
    """Every application on a device shows the device's own id and status."""
    everything = context.once(("all devices",), lambda: whole(context, "listDevices"))
    for item in everything:
        for part in item.get("applicationDeviceAssociations", ()):
            context.case()
            if (part.get("deviceId"), part.get("deviceStatus")) != (item.get("id"), item.get("status")):
                context.fail(
                    "An application says something else of its device than the device.",
                    expected=f"{item.get('id')} {item.get('status')}",
                    actual=f"{part.get('deviceId')} {part.get('deviceStatus')}",
                    cause="copies differ",
                )
    if not context.cases:
        raise Inconclusive("no device has an application")


def long_unseen_expire(context: Context, requirement: Requirement) -> None:
    """No ACTIVE device was seen 92 days before another: 90, and two for a server that looks once a day.

    The server's clock need not be right: it is no earlier than the last time that a device was seen.
    """
    _, latest = ask(context, "listDevices", {"orderBy": "-lastAccessed"})
    times = [when for item in latest["items"] if (when := moment(item.get("lastAccessed"))) is not None]
    if not times:
        raise Skip("no device has a lastAccessed")
    exchange, page = ask(context, "listDevices", {"orderBy": "lastAccessed"})
    limit = max(times) - timedelta(days=92)
    for item in page["items"]:
        seen = moment(item.get("lastAccessed"))
        if seen is None or seen > limit:
            continue
        context.case()
        if item.get("status") == "ACTIVE":
            context.fail(
                f"A device last seen {item['lastAccessed']} is still ACTIVE.",
                expected="EXPIRED, LOST, STOLEN or DISABLED",
                actual="ACTIVE",
                exchanges=(exchange,),
                cause="never expires",
            )
    if not context.cases:
        raise Skip("every device has been seen within 92 days of the last")


def unknown_bookmark(context: Context, requirement: Requirement) -> None:
    """A bookmark that no page has named is refused as the contract says."""
    query = {"bookmark": "bm9uZSBvZiB5b3Vycw"}
    exchange = context.call(str(requirement.operation), query=query)
    context.case()
    context.expect_error(exchange, "RESOURCE_NOT_FOUND", "A bookmark from nowhere is taken", cause="bookmark")
