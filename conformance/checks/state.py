"""What a write does: all of it, only it, once and for good."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from conformance.answers import shown
from conformance.api import Resource
from conformance.context import Context, text_of
from conformance.errors import Inconclusive, Skip
from conformance.requirements import Book
from conformance.resources import Handle, Member, Reading, changed_pointers, declared, members_of, read_operation
from conformance.schemas import ABSENT, at, same, shortened
from conformance.types import Exchange, Requirement, weakest

TEXTS: tuple[tuple[str, str, str], ...] = (
    ("reads-back", "reads_back", "Every member that is written is read back with the value written."),
    ("takes-every-value", "takes_every_value", "Each value that a member can have is taken and read back."),
    ("keeps-omitted", "keeps_omitted", "Members that a request leaves out keep their values."),
    ("changes-only-that", "changes_only_that", "A write changes nothing of the object but what it names."),
    ("null-clears", "null_clears", "Null clears a member that may be null."),
    ("combines", "combines", "Several members are written together as they are one by one, in any order."),
    ("answer-agrees", "answer_agrees", "The answer to a write shows what a read shows right afterwards."),
    ("others-untouched", "others_untouched", "A write to one object leaves the others as they are."),
    ("repeats", "repeats", "The same request sent again succeeds and changes nothing more."),
)


def derive(book: Book) -> Iterator[Requirement]:
    for resource in book.api.resources:
        operation = book.contract.operations.get(resource.write)
        if operation is None:
            continue
        for slug, check, text in TEXTS:
            if slug == "answer-agrees" and resource.answer is None:
                continue
            basis = weakest(
                operation.basis, *(("inferred",) if slug == "repeats" and operation.method != "PUT" else ())
            )
            if not _makes_sense(slug, static_members(book, resource)):
                continue
            yield book.make(
                operation,
                slug,
                text,
                check,
                basis=basis,
                sends="changes",
                needs=(f"success:{operation.id}",),
                order=30,
                data={"resource": resource.name},
            )


def static_members(book: Book, resource: Resource) -> list[Member] | None:
    """The members that a resource's generic checks write, as far as that is known without a server."""
    body = book.contract.operations[resource.write].request_body
    if body is None or resource.members is not None:
        return None
    schema = next(iter(body.content.values())).schema
    found = members_of(schema, book.api.needs, book.api.apart, resource)
    return [member for member in found if member.pointer is not None and not member.bound]


def _makes_sense(slug: str, members: list[Member] | None) -> bool:
    if members is None:
        return True
    if slug == "null-clears":
        return any(member.nullable for member in members)
    if slug == "takes-every-value":
        return any(limits(member.schema) for member in members)
    return len(members) >= (2 if slug in ("keeps-omitted", "combines") else 1)


def _handle(context: Context, requirement: Requirement) -> Handle:
    return context.resource(requirement.data["resource"])


def written(context: Context, handle: Handle, changes: Mapping[str, Any], before: Reading) -> Exchange | None:
    """Write valid changes; None (and a failure) when they are refused."""
    exchange = handle.write(changes, before)
    context.case()
    names = ", ".join(changes)
    if not exchange.ok:
        context.fail(
            f"A valid change of {names} is refused.",
            expected="2xx",
            actual=shown(exchange),
            exchanges=(exchange,),
            cause=f"refused {exchange.operation} {names if len(changes) == 1 else ''}",
        )
        return None
    return exchange


def agrees(
    context: Context, handle: Handle, changes: Mapping[str, Any], before: Reading, exchange: Exchange
) -> Reading:
    """Read back, and fail for each member that does not show what was written."""
    after = handle.read()
    for name, value in changes.items():
        member = handle.members[name]
        if member.pointer is None:
            continue
        wanted = member.stored(value, member.seen(before))
        found = member.seen(after)
        if not shows(found, wanted, member.schema):
            context.fail(
                f"{name} does not read back as it was written.",
                expected=f"{name} = {shortened(text_of(wanted))}",
                actual=f"{member.pointer} = {shortened(text_of(found))}",
                exchanges=(exchange,),
                cause=f"not stored {exchange.operation} {name}",
            )
    return after


def shows(found: Any, wanted: Any, schema: Mapping[str, Any]) -> bool:
    """Whether a server that was given `wanted` may show `found` for it.

    A cleared member may be shown as null, as nothing, or not at all; an object may have members of its own; a time
    may be written in another of the ways that RFC 3339 allows, with another offset or more or fewer digits.
    """
    if wanted is None or wanted == "":
        return found is ABSENT or found is None or found == ""
    if isinstance(wanted, Mapping) and isinstance(found, Mapping):
        nodes = schema.get("properties", {})
        return all(key in found and shows(found[key], value, nodes.get(key, {})) for key, value in wanted.items())
    if isinstance(wanted, list) and isinstance(found, list):
        node = schema.get("items", {})
        return len(wanted) == len(found) and all(shows(*pair, node) for pair in zip(found, wanted, strict=True))
    if schema.get("format") == "date-time" and isinstance(wanted, str) and isinstance(found, str):
        return found == wanted or (_instant(found) or found) == (_instant(wanted) or wanted)
    return same(found, wanted)


def _instant(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else None


def reads_back(context: Context, requirement: Requirement) -> None:
    """Each member alone is written with several values, and each is read back."""
    handle = _handle(context, requirement)
    with context.keep(handle) as before:
        members = handle.usable(before=before)
        if not members:
            raise Skip("no member can be written and read back")
        each = max(1, min(3, context.options.examples // len(members)))
        reading = before
        for member in members:
            for value in handle.values(member, each, context.random, member.seen(reading)):
                exchange = written(context, handle, {member.name: value}, reading)
                if exchange is not None:
                    reading = agrees(context, handle, {member.name: value}, reading, exchange)
    _unseen(context, handle)


def _unseen(context: Context, handle: Handle) -> None:
    """Members that nothing shows are at least taken."""
    seen = {member.name for member in handle.usable()}
    for member in handle.usable(seen=False):
        if member.name in seen:
            continue
        for value in handle.values(member, 1, context.random):
            written(context, handle, {member.name: value}, {})


def takes_every_value(context: Context, requirement: Requirement) -> None:
    """Every value of every enumeration, and both ends of every length and range, are taken and read back."""
    handle = _handle(context, requirement)
    with context.keep(handle) as before:
        reading = before
        for member in handle.usable(before=before):
            if member.name in context.api.values:
                continue
            for value in limits(member.schema):
                exchange = written(context, handle, {member.name: value}, reading)
                if exchange is not None:
                    reading = agrees(context, handle, {member.name: value}, reading, exchange)
    if not context.cases:
        raise Skip("no member has an enumeration or limits")


def limits(schema: Mapping[str, Any]) -> list[Any]:
    """The enumerated values, or those at the limits of length and range."""
    if "enum" in schema:
        return [value for value in schema["enum"] if value is not None]
    if schema.get("type") == "boolean":
        return [True, False]
    found: list[Any] = []
    if schema.get("type") == "string" and "format" not in schema:
        if schema.get("minLength"):
            found.append("x" * schema["minLength"])
        if schema.get("maxLength", 10**6) < 10**5:
            found.append("x" * schema["maxLength"])
    if schema.get("type") == "integer":
        from conformance.strategies import number_bounds

        found += [int(bound) for bound in number_bounds(schema, 1) if bound is not None]
    return found


def keeps_omitted(context: Context, requirement: Requirement) -> None:
    """Two members are set one after the other; writing the second leaves the first."""
    handle = _handle(context, requirement)
    with context.keep(handle) as before:
        members = handle.usable(before=before)
        if len(members) < 2:
            raise Skip("there are not two members to write")
        for one in members[: context.options.examples]:
            other = members[(members.index(one) + 1) % len(members)]
            first = _one(handle, one, context, before)
            second = _one(handle, other, context, before)
            if first is ABSENT or second is ABSENT:
                continue
            if written(context, handle, {one.name: first}, before) is None:
                continue
            middle = handle.read()
            exchange = written(context, handle, {other.name: second}, middle)
            if exchange is None:
                continue
            after = handle.read()
            _untouched(context, handle, middle, after, {other.name}, exchange)


def _one(handle: Handle, member: Member, context: Context, before: Reading) -> Any:
    values = handle.values(member, 1, context.random, member.seen(before))
    return values[0] if values else ABSENT


def _untouched(
    context: Context, handle: Handle, before: Reading, after: Reading, named: set[str], exchange: Exchange
) -> None:
    coupled = {pointer for name in named for pointer in handle.resource.coupled.get(name, ())}
    for name, member in handle.members.items():
        if name in named or member.pointer is None or _within(member.pointer, coupled | set(handle.resource.volatile)):
            continue
        old, new = member.seen(before), member.seen(after)
        if not same(old, new):
            context.fail(
                f"Writing {', '.join(sorted(named))} has changed {name}, which the request left out.",
                expected=f"{name} = {shortened(text_of(old))}",
                actual=f"{name} = {shortened(text_of(new))}",
                exchanges=(exchange,),
                cause=f"omitted changed {exchange.operation} {'cleared' if new in (None, ABSENT, '') else 'altered'}",
            )


def _within(pointer: str, roots: set[str]) -> bool:
    return any(pointer == root or pointer.startswith(root + "/") for root in roots)


def changes_only_that(context: Context, requirement: Requirement) -> None:
    """After a write, a comparison of all that the contract declares shows only what was asked; ids never move."""
    handle = _handle(context, requirement)
    schema = _read_schema(context, handle)
    with context.keep(handle) as before:
        for member in handle.usable(before=before)[: context.options.examples]:
            value = _one(handle, member, context, before)
            if value is ABSENT:
                continue
            middle = handle.read()
            exchange = written(context, handle, {member.name: value}, middle)
            if exchange is None:
                continue
            after = handle.read()
            allowed = {member.pointer or "", *handle.resource.coupled.get(member.name, ()), *handle.resource.volatile}
            for pointer in changed_pointers(middle[""], after[""]):
                node = declared(schema, pointer)
                if node is None or _moves_by_itself(node, middle[""], after[""], pointer):
                    continue
                if not _within(pointer, allowed) and not _parent_of(pointer, allowed):
                    context.fail(
                        f"Writing {member.name} has changed {pointer}.",
                        expected=shortened(f"{pointer} = {text_of(at(middle[''], pointer))}"),
                        actual=shortened(f"{pointer} = {text_of(at(after[''], pointer))}"),
                        exchanges=(exchange,),
                        cause=f"side effect {exchange.operation} {pointer}",
                    )


def _parent_of(pointer: str, allowed: set[str]) -> bool:
    return any(one.startswith(pointer + "/") for one in allowed)


def _moves_by_itself(node: Mapping[str, Any], before: Any, after: Any, pointer: str) -> bool:
    """A server may move its own time stamps forward."""
    if node.get("format") != "date-time":
        return False
    old, new = at(before, pointer), at(after, pointer)
    return isinstance(new, str) and (not isinstance(old, str) or new >= old) and "x-reads-as" not in node


def _read_schema(context: Context, handle: Handle) -> Mapping[str, Any]:
    """The schema of the document that reading back gives."""
    if handle.resource.shown is not None:
        return handle.resource.shown(context)
    operation = read_operation(context.contract, handle.resource)
    response = operation.response(200) if operation else None
    if response is None or not response.content:
        response = handle.write_operation.response(200)
    schema = next(iter(response.content.values())).schema if response and response.content else {}
    return declared(schema, handle.resource.root) or {}


def null_clears(context: Context, requirement: Requirement) -> None:
    """A nullable member that has a value is written as null, and reads as null afterwards."""
    handle = _handle(context, requirement)
    with context.keep(handle) as before:
        for member in handle.usable(before=before):
            if not member.nullable:
                continue
            value = _one(handle, member, context, before)
            if value is ABSENT or written(context, handle, {member.name: value}, before) is None:
                continue
            middle = handle.read()
            exchange = written(context, handle, {member.name: None}, middle)
            if exchange is None:
                continue
            after = agrees(context, handle, {member.name: None}, middle, exchange)
            _untouched(context, handle, middle, after, {member.name}, exchange)
    if not context.cases:
        raise Skip("no member may be null")


def combines(context: Context, requirement: Requirement) -> None:
    """Generated sets of members are written at once; a set that goes wrong is cut down to the fewest that still do."""
    handle = _handle(context, requirement)
    with context.keep(handle) as before:
        members = handle.usable(before=before)
        if len(members) < 2:
            raise Skip("there are not two members to write")
        reading = before
        for _ in range(context.options.examples):
            chosen = context.random.sample(members, min(len(members), context.random.randint(2, 6)))
            changes = _together(context, handle, chosen, reading)
            if not changes:
                continue
            problems = len(context.failures)
            exchange = written(context, handle, changes, reading)
            if exchange is not None:
                after = agrees(context, handle, changes, reading, exchange)
                _untouched(context, handle, reading, after, set(changes), exchange)
                reading = after
            if len(context.failures) > problems:
                _shrink(context, handle, changes)
                return


def _together(context: Context, handle: Handle, chosen: list[Member], reading: Reading) -> dict[str, Any]:
    changes = {}
    for member in chosen:
        value = _one(handle, member, context, reading)
        if value is not ABSENT:
            changes[member.name] = value
    writing = context.role_writing(handle.write_operation, list(changes))
    return changes if writing is not None else {}


def _shrink(context: Context, handle: Handle, changes: Mapping[str, Any]) -> None:
    """Look for a smaller set of members that goes wrong, and report that one in front."""
    found = list(context.failures)
    for size in (1, 2):
        for names in itertools.islice(itertools.combinations(changes, size), 20):
            context.failures = []
            reading = handle.read()
            smaller = {name: changes[name] for name in names}
            exchange = written(context, handle, smaller, reading)
            if exchange is not None:
                after = agrees(context, handle, smaller, reading, exchange)
                _untouched(context, handle, reading, after, set(smaller), exchange)
            if context.failures:
                return
    context.failures = found


def answer_agrees(context: Context, requirement: Requirement) -> None:
    """The document in the write's own answer is the one that a read shows, as far as both are declared."""
    handle = _handle(context, requirement)
    schema = _read_schema(context, handle)
    with context.keep(handle) as before:
        for member in handle.usable(before=before)[: max(1, context.options.examples // 5)]:
            value = _one(handle, member, context, before)
            if value is ABSENT:
                continue
            exchange = written(context, handle, {member.name: value}, before)
            if exchange is None:
                continue
            answer = at(exchange.json(), handle.resource.answer or "")
            after = handle.read()[""]
            for pointer in changed_pointers(answer, after):
                if _within(pointer, set(handle.resource.volatile)) or not declared(schema, pointer):
                    continue
                if (declared(schema, pointer) or {}).get("format") == "date-time":
                    continue
                context.fail(
                    f"The answer to the write and a read afterwards differ at {pointer or 'the top'}.",
                    expected=shortened(text_of(at(after, pointer))),
                    actual=shortened(text_of(at(answer, pointer))),
                    exchanges=(exchange,),
                    cause=f"answer disagrees {exchange.operation} {pointer}",
                )


def others_untouched(context: Context, requirement: Requirement) -> None:
    """A second object reads the same before and after a write to the first."""
    handle = _handle(context, requirement)
    other = handle.other()
    with context.keep(other) as before_other, context.keep(handle) as before:
        for member in handle.usable(before=before)[: max(2, context.options.examples // 5)]:
            value = _one(handle, member, context, before)
            if value is ABSENT:
                continue
            exchange = written(context, handle, {member.name: value}, before)
            if exchange is None:
                continue
            now = other.read()
            for pointer in changed_pointers(before_other[""], now[""]):
                if not _within(pointer, set(handle.resource.volatile)):
                    context.fail(
                        f"Writing {member.name} of one object has changed {pointer} of another.",
                        expected="the other object as it was",
                        actual=shortened(f"{pointer} = {text_of(at(now[''], pointer))}"),
                        exchanges=(exchange,),
                        cause=f"other object {exchange.operation}",
                    )
    if not context.cases:
        raise Inconclusive("no change could be made")


def repeats(context: Context, requirement: Requirement) -> None:
    """The same change is sent twice: both succeed, and the object reads the same after either."""
    handle = _handle(context, requirement)
    with context.keep(handle) as before:
        for member in handle.usable(before=before)[: max(2, context.options.examples // 5)]:
            value = _one(handle, member, context, before)
            if value is ABSENT or written(context, handle, {member.name: value}, before) is None:
                continue
            once = handle.read()
            exchange = written(context, handle, {member.name: value}, before)
            if exchange is None:
                continue
            twice = handle.read()
            schema = _read_schema(context, handle)
            for pointer in changed_pointers(once[""], twice[""]):
                node = declared(schema, pointer)
                volatile = _within(pointer, set(handle.resource.volatile))
                if node is None or volatile or _moves_by_itself(node, once[""], twice[""], pointer):
                    continue
                context.fail(
                    f"Sending a change of {member.name} again has changed {pointer}.",
                    expected=shortened(text_of(at(once[""], pointer))),
                    actual=shortened(text_of(at(twice[""], pointer))),
                    exchanges=(exchange,),
                    cause=f"not idempotent {exchange.operation} {pointer}",
                )


CHECKS = {check: globals()[check] for _, check, _ in TEXTS}
