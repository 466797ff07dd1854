"""Lists: every item as it reads alone, each item on one page, filters that neither leak nor miss."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import wraps
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from conformance.answers import shown
from conformance.api import Filter, Listing
from conformance.context import Context
from conformance.differences import differences, success_schema
from conformance.errors import Inconclusive, Skip
from conformance.jsontext import text_of
from conformance.requirements import Book, kebab
from conformance.resources import declared
from conformance.schemas import ABSENT, at, same, shortened
from conformance.types import Check, Exchange, Requirement, weakest

SMALL = 2
"""A page smaller than any server's own."""


def derive(book: Book) -> Iterator[Requirement]:
    for listing in book.api.lists:
        operation = book.contract.operations.get(listing.operation)
        if operation is None:
            continue
        needs = (f"success:{operation.id}",)
        name = {"listing": listing.operation}
        yield book.make(
            operation, "names-each-once", "A list names no object twice.", "each_once", needs=needs, data=name
        )
        if listing.single:
            yield book.make(
                operation,
                "agrees-with-single",
                "An object in the list has the values that it has when it is read alone.",
                "agrees_with_single",
                needs=needs,
                data=name,
            )
        if listing.paging:
            yield book.make(
                operation,
                "pages-cover",
                "The pages together name each object exactly once, and no page is longer than asked for.",
                "pages_cover",
                needs=needs,
                data=name,
            )
        for one in listing.filters:
            parameter = operation.parameter("query", one.parameter)
            if parameter is None:
                continue
            yield book.make(
                operation,
                f"filter-{kebab(one.parameter)}",
                f"{one.parameter} shows all objects that fit it, and no other.",
                "filters",
                basis=weakest(operation.basis, parameter.basis),
                source=parameter.source,
                needs=needs,
                data={**name, "parameter": one.parameter},
            )


def listing_of(context: Context, requirement: Requirement) -> Listing:
    return next(one for one in context.api.lists if one.operation == requirement.data["listing"])


def base_query(context: Context, listing: Listing) -> dict[str, Any]:
    query = context.query_of(context.contract.operations[listing.operation])
    query.update({name: context.given(text) for name, text in listing.query.items()})
    return query


def ask(context: Context, listing: Listing, query: Mapping[str, Any]) -> tuple[Exchange, list[Any]]:
    """One page; Inconclusive when it is no success or holds no list."""
    exchange = context.call(listing.operation, query=query)
    items = at(exchange.json(), listing.items) if exchange.ok else ABSENT
    if not isinstance(items, list):
        raise Inconclusive(f"{listing.operation} answered {shown(exchange, 80)}")
    return exchange, items


def whole(context: Context, listing: Listing) -> tuple[list[Any], bool]:
    """Items of the list with pages as they are by default, and whether they are all."""
    read, complete = _pages_of_whole(context, listing)
    return [item for _, page in read for item in page], complete


Page = tuple[Exchange, list[Any]]


def _pages_of_whole(context: Context, listing: Listing) -> tuple[list[Page], bool]:
    found: tuple[list[Page], bool] = context.once(("list", listing.operation), lambda: _whole(context, listing))
    return found


def _whole(context: Context, listing: Listing) -> tuple[list[Page], bool]:
    read: list[Page] = []
    for page in pages(context, listing, base_query(context, listing), None):
        read.append(page)
        if len(read) == listing.most:
            return read, False
    return read, True


def pages(
    context: Context, listing: Listing, query: Mapping[str, Any], size: int | None
) -> Iterator[tuple[Exchange, list[Any]]]:
    """The pages one after another, by the list's own way of paging, until the last or an empty one."""
    asked = {**query, **({listing.size: size} if size else {})}
    exchange, items = ask(context, listing, asked)
    yield exchange, items
    number, passed = 1, len(items)
    while listing.paging and items:
        more = _next(listing, asked, exchange, number, passed)
        if more is None:
            return
        exchange, items = ask(context, listing, more)
        yield exchange, items
        number, passed = number + 1, passed + len(items)


def _next(
    listing: Listing, asked: Mapping[str, Any], exchange: Exchange, number: int, passed: int
) -> dict[str, Any] | None:
    answer = exchange.json()
    if listing.last is not None and at(answer, listing.last) is True:
        return None
    total = at(answer, listing.total) if listing.total is not None else ABSENT
    if isinstance(total, int) and passed >= total:
        return None
    if listing.paging == "offset":
        return {**asked, listing.position: passed}
    if listing.paging == "page":
        return {**asked, listing.position: number + 1}
    following = at(answer, listing.following or "")
    if not isinstance(following, str) or not following:
        return None
    if listing.paging == "bookmark":
        return {**asked, listing.position: following}
    return dict(parse_qsl(urlsplit(following).query, keep_blank_values=True))


def keys(listing: Listing, items: list[Any]) -> list[str]:
    return [text_of(at(item, listing.key)) for item in items]


def each_once(context: Context, requirement: Requirement) -> None:
    """No key occurs twice in the list."""
    listing = listing_of(context, requirement)
    read, _ = _pages_of_whole(context, listing)
    context.case()
    _no_twins(context, listing, read)


def _no_twins(context: Context, listing: Listing, read: list[Page]) -> None:
    names = [name for _, items in read for name in keys(listing, items)]
    twice = sorted(name for name, count in Counter(names).items() if count > 1)
    if twice:
        showing = [exchange for exchange, items in read if twice[0] in keys(listing, items)]
        context.fail(
            f"The list names {shortened(', '.join(twice), 80)} more than once.",
            expected="each object once",
            actual=f"{len(names) - len(set(names))} repeated",
            exchanges=tuple(showing[:2]),
            cause=f"{listing.operation} twice",
        )


def agrees_with_single(context: Context, requirement: Requirement) -> None:
    """Objects of the list, read alone, show the same value in every member that both have."""
    listing = listing_of(context, requirement)
    assert listing.single is not None
    items, _ = whole(context, listing)
    if not items:
        raise Inconclusive("the list is empty")
    for item in items[: min(5, context.options.examples)]:
        path = {listing.parameter or "id": str(at(item, listing.key))}
        exchange = context.call(listing.single, path=path)
        context.case()
        if not exchange.ok:
            context.fail(
                "An object of the list cannot be read alone.",
                expected="2xx",
                actual=shown(exchange),
                exchanges=(exchange,),
                cause=f"{listing.operation} unreadable",
            )
            continue
        _compare(context, listing, item, at(exchange.json(), listing.single_at), exchange)


def _compare(context: Context, listing: Listing, item: Any, single: Any, exchange: Exchange) -> None:
    for pointer in told_apart(context, listing, item, single):
        context.fail(
            f"{pointer} of an object is different in the list.",
            expected=shortened(text_of(at(single, pointer))),
            actual=shortened(text_of(at(item, pointer))),
            exchanges=(exchange,),
            cause=f"{listing.operation} disagrees {pointer}",
        )


def told_apart(context: Context, listing: Listing, item: Any, single: Any) -> list[str]:
    """Where an item and the object alone differ in what both have and the contract declares of both."""
    assert listing.single is not None
    listed = declared(success_schema(context, listing.operation), f"{listing.items}/0") or {}
    alone = declared(success_schema(context, listing.single), listing.single_at) or {}
    return [
        pointer
        for pointer in differences(item, single, alone, listing.volatile)
        if declared(listed, pointer) is not None and ABSENT not in (at(item, pointer), at(single, pointer))
    ]


def pages_cover(context: Context, requirement: Requirement) -> None:
    """Small pages, one after another, hold what the list holds: each object once, none left out."""
    listing = listing_of(context, requirement)
    items, complete = whole(context, listing)
    # As small as leads to the end within twice as many pages as the whole list may take.
    most = 2 * listing.most if complete else listing.most
    size = max(listing.page_size, math.ceil(len(items) / most)) if complete else listing.page_size
    read: list[Page] = []
    ended = True
    small = ask(context, listing, {**base_query(context, listing), listing.size: SMALL})
    if not _short_enough(context, listing, *small, SMALL):
        return
    for number, (exchange, page) in enumerate(pages(context, listing, base_query(context, listing), size)):
        context.case()
        read.append((exchange, page))
        if not _short_enough(context, listing, exchange, page, size):
            return
        _says_total(context, listing, exchange, items if complete else None)
        if number + 1 == most + 1:
            ended = False
            break
    _no_twins(context, listing, read)
    found = [item for _, page in read for item in page]
    _none_left_out(context, listing, items, found, ended and complete, read[-1][0] if read else None)


def _short_enough(context: Context, listing: Listing, exchange: Exchange, page: list[Any], size: int) -> bool:
    if len(page) <= size:
        return True
    context.fail(
        "A page is longer than asked for.",
        expected=f"at most {size}",
        actual=str(len(page)),
        exchanges=(exchange,),
        cause=f"{listing.operation} page too long",
    )
    return False


def _says_total(context: Context, listing: Listing, exchange: Exchange, items: list[Any] | None) -> None:
    total = at(exchange.json(), listing.total) if listing.total is not None else ABSENT
    if items is not None and isinstance(total, int) and total != len(items):
        context.fail(
            "The list says another total than it has.",
            expected=str(len(items)),
            actual=str(total),
            exchanges=(exchange,),
            cause=f"{listing.operation} total",
        )


def _none_left_out(
    context: Context, listing: Listing, items: list[Any], found: list[Any], complete: bool, last: Exchange | None
) -> None:
    wanted, got = keys(listing, items), keys(listing, found)
    if not complete:
        return
    missing = [name for name in wanted if name not in set(got)]
    if missing:
        context.fail(
            f"The pages leave out {shortened(', '.join(missing), 80)}.",
            expected=f"{len(set(wanted))} objects",
            actual=f"{len(set(got))} objects",
            exchanges=(last,) if last else (),
            cause=f"{listing.operation} left out",
        )


def filters(context: Context, requirement: Requirement) -> None:
    """Filtered by a value that some object has: that object is there, and all that are there have it."""
    listing = listing_of(context, requirement)
    one = next(f for f in listing.filters if f.parameter == requirement.data["parameter"])
    items, complete = whole(context, listing)
    values = _values(one, items)
    if not values:
        raise Skip(f"no object of the list has a value to filter by {one.parameter}")
    for value in values[: max(2, min(5, context.options.examples // 10))]:
        query = {**base_query(context, listing), one.parameter: value}
        found: list[Any] = []
        exchange = None
        for number, (last, page) in enumerate(pages(context, listing, query, None)):
            exchange = last
            found += page
            if number + 1 == listing.most:
                break
        context.case()
        assert exchange is not None
        _leaks(context, listing, one, value, found, exchange)
        _misses(context, listing, one, value, [item for item in items if fits(one, item, value)], found, exchange)
    del complete


def _values(one: Filter, items: list[Any]) -> list[Any]:
    found: list[Any] = []
    for item in items:
        value = at(item, one.member)
        if value is ABSENT or value is None or value == "" or isinstance(value, list | dict):
            continue
        if one.match == "contains":
            value = str(value).split(" ")[0]
        if value not in found:
            found.append(value)
    return found


def fits(one: Filter, item: Any, value: Any) -> bool:
    """Whether an item is one that the filter must show."""
    has = at(item, one.member)
    if one.match == "contains":
        return isinstance(has, str) and str(value).lower() in has.lower()
    if one.match == "since":
        return isinstance(has, str) and has >= str(value)
    return same(has, value)


def _leaks(context: Context, listing: Listing, one: Filter, value: Any, found: list[Any], exchange: Exchange) -> None:
    wrong = [item for item in found if not fits(one, item, value)]
    if wrong and one.match != "contains":
        context.fail(
            f"{one.parameter}={value} shows objects that do not fit.",
            expected=f"{one.member} = {text_of(value)}",
            actual=shortened(f"{one.member} = {text_of(at(wrong[0], one.member))}"),
            exchanges=(exchange,),
            cause=f"{listing.operation} {one.parameter} leaks",
        )


def _misses(
    context: Context,
    listing: Listing,
    one: Filter,
    value: Any,
    wanted: list[Any],
    found: list[Any],
    exchange: Exchange,
) -> None:
    there = set(keys(listing, found))
    missing = [name for name in keys(listing, wanted) if name not in there]
    if missing:
        context.fail(
            f"{one.parameter}={value} leaves out objects that fit.",
            expected=shortened(f"{', '.join(missing)} among them"),
            actual=f"{len(found)} objects",
            exchanges=(exchange,),
            cause=f"{listing.operation} {one.parameter} misses",
        )


def confirmed(check: Check) -> Check:
    """A check that goes by a list read earlier asks again before it accuses: the list may have changed since."""

    @wraps(check)
    def careful(context: Context, requirement: Requirement) -> None:
        remembered = ("list", listing_of(context, requirement).operation)
        earlier = remembered in context.run.remembered
        check(context, requirement)
        if context.failures and earlier:
            context.failures.clear()
            context.run.remembered.pop(remembered, None)
            check(context, requirement)

    return careful


CHECKS: dict[str, Check] = {
    "each_once": confirmed(each_once),
    "agrees_with_single": confirmed(agrees_with_single),
    "pages_cover": confirmed(pages_cover),
    "filters": confirmed(filters),
}
