"""An object that has just been changed stands in its list as it reads alone: whole, with every member."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from conformance.api import Listing, Resource
from conformance.checks.lists import base_query, listing_of, pages, told_apart
from conformance.checks.state.writing import groups_of, value_for
from conformance.checks.texts import any_text
from conformance.context import Context
from conformance.errors import Inconclusive, Skip
from conformance.jsontext import text_of
from conformance.requirements import Book
from conformance.resources import Handle, Member, Reading
from conformance.schemas import ABSENT, at, shortened
from conformance.strategies import plain_kind
from conformance.types import Check, Exchange, Requirement

SAMPLE = "Written to be found again in a List"
LABELS = ["Left", "Right", "Centre"]


def derive(book: Book) -> Iterator[Requirement]:
    for listing in book.api.lists:
        operation = book.contract.operations.get(listing.operation)
        resource = _shown_by(book, listing)
        if operation is None or resource is None:
            continue
        yield book.make(
            operation,
            "shows-changes",
            "An object that was changed has in the list the values that it has when it is read alone.",
            "shows_changes",
            sends="changes",
            needs=(f"success:{operation.id}", f"success:{resource.write}"),
            data={"listing": listing.operation, "resource": resource.name},
        )


def _shown_by(book: Book, listing: Listing) -> Resource | None:
    """The resource that the list's objects are, where one read shows both."""
    known = (one for one in book.api.resources if one.read is not None and one.read == listing.single)
    return next(known, None)


def shows_changes(context: Context, requirement: Requirement) -> None:
    """The members of the fixture get other, longer values; the list is looked through for it, and both compared."""
    listing = listing_of(context, requirement)
    handle = context.resource(requirement.data["resource"])
    with context.keep(handle) as before:
        _fill(context, handle, before)
        seen: list[tuple[Any, Any, Exchange]] = []

        def agree() -> bool:
            alone = at(handle.read()[""], listing.single_at)
            item, exchange = _found(context, listing, str(at(alone, listing.key)))
            seen[:] = [(alone, item, exchange)]
            return not told_apart(context, listing, item, alone)

        context.settle(agree)
        context.case()
        alone, item, exchange = seen[0]
        for pointer in told_apart(context, listing, item, alone):
            context.fail(
                f"{pointer} of an object that was changed is different in the list.",
                expected=shortened(text_of(at(alone, pointer))),
                actual=shortened(text_of(at(item, pointer))),
                exchanges=(exchange,),
                cause=f"{listing.operation} disagrees {pointer}",
            )


def _found(context: Context, listing: Listing, key: str) -> tuple[Any, Exchange]:
    """The list's item of that key, and the page that has it. Raises Skip when the first pages have none."""
    for number, (exchange, items) in enumerate(pages(context, listing, base_query(context, listing), None)):
        for item in items:
            if str(at(item, listing.key)) == key:
                return item, exchange
        if number + 1 == listing.most:
            raise Skip(f"the object is not on the first {listing.most} pages of {listing.operation}")
    raise Inconclusive(f"{listing.operation} does not show the object")


def _fill(context: Context, handle: Handle, before: Reading) -> None:
    """Write every member; what is refused together is tried one by one, and what is refused then stays as it was."""
    for group in groups_of(context, handle, handle.usable(before=before)):
        changes = {member.name: _telling(context, handle, member, before) for member in group}
        changes = {name: value for name, value in changes.items() if value is not ABSENT}
        if changes and not handle.write(changes, before).ok:
            for name, value in changes.items():
                handle.write({name: value}, before)


def _telling(context: Context, handle: Handle, member: Member, before: Reading) -> Any:
    """A value of which a part does not look like the whole."""
    schema = member.schema
    if any(one.get("type") == "array" and any_text(one.get("items", {})) for one in (schema, *schema.get("anyOf", ()))):
        return LABELS
    free = any_text(schema) and member.name not in context.api.values and not plain_kind(member.name)
    if free and "serial" not in member.name and schema.get("maxLength", 100) > len(SAMPLE) + 5:
        return f"{SAMPLE} {context.random.randint(100, 999)}"
    return value_for(context, handle, member, before)


CHECKS: dict[str, Check] = {"shows_changes": shows_changes}
