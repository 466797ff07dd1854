"""The pages of the two lists: how much they hold, how one leads to the next, and what they count."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from conformance.apis.mobilefirst.reading import ask, ids, pages
from conformance.context import Context
from conformance.errors import Skip
from conformance.schemas import shortened
from conformance.types import Exchange, Requirement

SMALL = 7


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


def unknown_bookmark(context: Context, requirement: Requirement) -> None:
    """A bookmark that no page has named is refused as the contract says."""
    query = {"bookmark": "bm9uZSBvZiB5b3Vycw"}
    exchange = context.call(str(requirement.operation), query=query)
    context.case()
    context.expect_error(exchange, "RESOURCE_NOT_FOUND", "A bookmark from nowhere is taken", cause="bookmark")
