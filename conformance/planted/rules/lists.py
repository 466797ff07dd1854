"""Lists with wrong pages, filters that do not filter, and items that are not what they are alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from conformance.api import Listing
from conformance.planted.faults import Answer, Call, Fault, Forward, Modifier
from conformance.planted.rules.ground import Ground
from conformance.planted.tools import always, changing, edit_answer, for_each, on, setting
from conformance.requirements import kebab
from conformance.schemas import at, steps_of
from openapi.contract import Operation


def lists(ground: Ground) -> Iterator[Fault]:
    """Faults of the first two lists."""
    for listing in ground.api.lists[:2]:
        operation = ground.contract.operations[listing.operation]
        yield from _pages(ground, operation, listing)
        yield from _items(ground, operation, listing)
        narrowed = operation.id in ground.api.required_query  # what is left fits every filter
        for one in () if narrowed else listing.filters[:3]:
            slug = f"filter-{kebab(one.parameter)}"
            yield from ground.fault(
                operation,
                f"{slug}-ignored",
                f"does not filter by {one.parameter}",
                (slug,) if one.match != "contains" else (),
                always(on(operation.id, _without_parameter(one.parameter))),
            )
            yield from ground.fault(
                operation,
                f"{slug}-misses",
                f"leaves out the first that fits {one.parameter}",
                (slug,),
                always(on(operation.id, _first_missing(one.parameter, listing.items))),
            )


def _pages(ground: Ground, operation: Operation, listing: Listing) -> Iterator[Fault]:
    if not listing.paging:
        return
    for slug, breaks, modifier in (
        ("page-size-ignored", f"does not look at {listing.size}", _without_parameter(listing.size)),
        _gap(listing),
        ("first-page-again", "gives the first page whatever is asked for", _first_again(listing)),
    ):
        yield from ground.fault(operation, slug, breaks, ("pages-cover",), always(on(operation.id, modifier)))
    if listing.total is not None:
        yield from ground.fault(
            operation,
            "total-of-page",
            "says the number on the page where that of all is to be said",
            ("pages-cover",),
            always(on(operation.id, edit_answer(_total_of_page(listing)))),
        )


def _gap(listing: Listing) -> tuple[str, str, Modifier]:
    """Something between two pages that is on neither."""
    if listing.paging == "offset":
        return "page-skips", "skips an item between two pages", _skips(listing)
    return "page-one-short", "leaves out the last of each page", _short(listing)


def _without_parameter(name: str) -> Modifier:
    def modifier(call: Call, forward: Forward) -> Answer:
        query = call.query
        if name not in query:
            return forward(call)
        return forward(call.with_query({key: value for key, value in query.items() if key != name}))

    return modifier


def _first_again(listing: Listing) -> Modifier:
    """The first page's items under the position that was asked for."""
    without = _without_parameter(listing.position)

    def modifier(call: Call, forward: Forward) -> Answer:
        answer = forward(call)
        if listing.position not in call.query or not answer.ok or not at(answer.json(), listing.items):
            return answer
        items = at(without(call, forward).json(), listing.items)
        return answer.with_json(_with_items(answer.json(), listing.items, items))

    return modifier


def _short(listing: Listing) -> Modifier:
    """Pages of a size that was asked for lack their last item."""

    def modifier(call: Call, forward: Forward) -> Answer:
        answer = forward(call)
        items = at(answer.json(), listing.items) if answer.ok else None
        if listing.size not in call.query or not isinstance(items, list) or len(items) < 2:
            return answer
        return answer.with_json(_with_items(answer.json(), listing.items, items[:-1]))

    return modifier


def _skips(listing: Listing) -> Modifier:
    """Positions after the first are one too far, where a size was asked for."""

    def modifier(call: Call, forward: Forward) -> Answer:
        query = call.query
        position = query.get(listing.position, "0")
        if listing.size not in query or not position.isdigit() or position == "0":
            return forward(call)
        return forward(call.with_query({**query, listing.position: str(int(position) + 1)}))

    return modifier


def _with_items(value: Any, pointer: str, items: Any) -> Any:
    return items if pointer == "" else setting(pointer, items)(value)


def _total_of_page(listing: Listing) -> Any:
    def edit(value: Any) -> Any:
        items = at(value, listing.items)
        return setting(listing.total or "", len(items))(value) if isinstance(items, list) else value

    return edit


def _items(ground: Ground, operation: Operation, listing: Listing) -> Iterator[Fault]:
    yield from ground.fault(
        operation,
        "names-twice",
        "names the first item twice",
        ("names-each-once",),
        always(on(operation.id, edit_answer(_twice(listing.items)))),
    )
    if listing.single:
        key = steps_of(listing.key)[0]
        yield from ground.fault(
            operation,
            "shows-other-values",
            "shows texts in another case than the object alone",
            ("agrees-with-single",),
            always(on(operation.id, edit_answer(for_each(listing.items, _swapped(key))))),
        )


def _twice(pointer: str) -> Any:
    def edit(items: Any) -> Any:
        return [*items[:1], *items] if isinstance(items, list) else items

    return edit if pointer == "" else changing(pointer, edit)


def _swapped(key: str) -> Any:
    def edit(item: Any) -> Any:
        if isinstance(item, dict):
            return {name: one if name == key else edit(one) for name, one in item.items()}
        return item.swapcase() if isinstance(item, str) else item

    return edit


def _first_missing(parameter: str, pointer: str) -> Modifier:
    def modifier(call: Call, forward: Forward) -> Answer:
        answer = forward(call)
        items = at(answer.json(), pointer) if answer.ok and parameter in call.query else None
        return answer.with_json(_with_items(answer.json(), pointer, items[1:])) if isinstance(items, list) else answer

    return modifier
