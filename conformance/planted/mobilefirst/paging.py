"""Pages of a list: how much they hold, how they follow each other, and what they say of themselves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from conformance.planted.faults import Answer, Call, Fault, Forward, Modifier
from conformance.planted.mobilefirst.rows import DEVICES, TRANSACTIONS, fault, plain
from conformance.planted.mobilefirst.strokes import Item, asking, default, items, without
from conformance.planted.tools import Memory, changing, edit_answer, on


def one_more(query: dict[str, str]) -> Mapping[str, str]:
    size = query.get("pageSize", "")
    return {**query, "pageSize": str(int(size) + 1)} if size.isdigit() and int(size) else query


def overlaps() -> Modifier:
    """A page begins with the last item of the page before."""
    memory = Memory()

    def change(found: list[Item], call: Call) -> list[Item]:
        last = memory.seen.get("last") if "bookmark" in call.query else None
        memory.seen["last"] = found[-1] if found else None
        return [last, *found[1:]] if last and found else found

    return on(DEVICES, items(change))


def first_left_out(found: list[Item], call: Call) -> list[Item]:
    return found[1:] if "bookmark" in call.query else found


def page_total(value: Any) -> Any:
    return {**value, "totalListSize": len(value["items"])} if isinstance(value, dict) and "items" in value else value


def back_is_forth(value: Any) -> Any:
    has = isinstance(value, dict) and "prevPageBookmark" in value and "nextPageBookmark" in value
    return {**value, "prevPageBookmark": value["nextPageBookmark"]} if has else value


def bookmark_and_offset(found: list[Item], call: Call) -> list[Item]:
    return found[int(call.query["offset"]) :] if {"bookmark", "offset"} <= call.query.keys() else found


def first_page_for_unknown(call: Call, forward: Forward) -> Answer:
    answer = forward(call)
    return without("bookmark")(call, forward) if answer.status == 404 and "bookmark" in call.query else answer


FAULTS: tuple[Fault, ...] = (
    plain(
        "page-one-more",
        "a page holds one more than asked for",
        DEVICES,
        "page-size pages-cover",
        asking(one_more),
    ),
    fault(
        "pages-overlap",
        "a page begins with the end of the one before",
        DEVICES,
        "pages-cover",
        overlaps,
    ),
    plain(
        "pages-gap",
        "the first item after a bookmark is left out",
        DEVICES,
        "pages-cover keeps-order",
        items(first_left_out),
    ),
    plain(
        "total-of-page",
        "totalListSize counts the page",
        DEVICES,
        "pages-cover",
        edit_answer(page_total),
    ),
    plain(
        "back-is-forth",
        "prevPageBookmark leads to the next page",
        DEVICES,
        "goes-back",
        edit_answer(back_is_forth),
    ),
    plain(
        "fifty-by-default",
        "a page holds 50 by default",
        DEVICES,
        "default-size",
        default("pageSize", "50"),
    ),
    plain(
        "page-one-always",
        "every page is number 1",
        (DEVICES, TRANSACTIONS),
        "counts-on",
        edit_answer(changing("/pageNumber", lambda _: 1)),
    ),
    plain(
        "any-bookmark",
        "an unknown bookmark gets the first page",
        (DEVICES, TRANSACTIONS),
        "refuses-unknown-bookmark",
        first_page_for_unknown,
    ),
    plain(
        "offset-ignored",
        "offset is not looked at",
        TRANSACTIONS,
        "offset",
        without("offset"),
    ),
    plain(
        "offset-beside-bookmark",
        "offset counts beside a bookmark",
        TRANSACTIONS,
        "offset",
        items(bookmark_and_offset),
    ),
)
