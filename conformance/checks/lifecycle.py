"""A status and its transitions: each allowed one is made, each other one refused with the contract's answer.

The walk goes from state to state of one object: first everything that must be refused there, then the allowed steps,
those without a way back last and only when the target allows them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from conformance.answers import described, error_matches, shown
from conformance.context import Context
from conformance.errors import Inconclusive, Skip
from conformance.requirements import Book, kebab
from conformance.resources import Handle, Member
from conformance.types import Exchange, Requirement, weakest
from openapi.contract import Lifecycle, Operation, lifecycle_of

IRREVERSIBLE = "capability:irreversible_statuses"


def derive(book: Book) -> Iterator[Requirement]:
    for resource in book.api.resources:
        operation = book.contract.operations.get(resource.write)
        if operation is None:
            continue
        for name, lifecycle in _lifecycles(operation):
            yield from _edges(book, operation, resource.name, name, lifecycle)


def _lifecycles(operation: Operation) -> Iterator[tuple[str, Lifecycle]]:
    body = operation.request_body
    if body is None:
        return
    for name, node in next(iter(body.content.values())).schema.get("properties", {}).items():
        lifecycle = lifecycle_of(node)
        if lifecycle is not None:
            yield name, lifecycle


def targets(operation: Operation, name: str) -> list[str]:
    assert operation.request_body is not None
    node = next(iter(operation.request_body.content.values())).schema["properties"][name]
    return [value for value in node.get("enum", ()) if value is not None]


def answer(lifecycle: Lifecycle, before: str, after: str) -> str | None:
    """The entry that refuses a step, None when it is allowed."""
    try:
        return lifecycle.answer(before, after)
    except LookupError:
        return ""


def _edges(
    book: Book, operation: Operation, resource: str, name: str, lifecycle: Lifecycle
) -> Iterator[Requirement]:
    need = book.api.needs.get(f"property:{name}")
    needs = (f"success:{operation.id}", *((need,) if need else ()))
    for before in lifecycle.allowed:
        groups: dict[tuple[str | None, str], list[str]] = {}
        for after in targets(operation, name):
            error = answer(lifecycle, before, after)
            basis = lifecycle.edge_basis(before, after)
            groups.setdefault((error, basis), []).append(after)
        for (error, basis), afters in groups.items():
            entry = book.contract.errors.get(error or "")
            told = f"is refused: {entry.status} {entry.code or ''}".strip() if entry else "is made"
            verb = kebab(error) if error else "allowed"
            yield book.make(
                operation,
                f"{kebab(name)}-from-{kebab(before)}-{verb}-{basis}",
                f"{name}: the step from {before} to {', '.join(afters)} {told}.",
                "lifecycle",
                basis=weakest(basis, *((entry.basis,) if entry else ())),
                sends="changes",
                needs=needs,
                order=70 if error else 75,
                data={"resource": resource, "member": name, "from": before, "to": afters, "error": error},
            )


def lifecycle(context: Context, requirement: Requirement) -> None:
    """The object is brought into the first state; each step is then answered as the contract says."""
    data = requirement.data
    handle, member = _object_in(context, requirement)
    for after in data["to"]:
        _bring(context, handle, member, data["from"])
        exchange = _step(handle, member, after)
        context.case()
        if data["error"] is None:
            _made(context, handle, member, data["from"], after, exchange)
        else:
            _refused(context, handle, member, data, after, exchange)


def _object_in(context: Context, requirement: Requirement) -> tuple[Handle, Member]:
    """An object that is in the wanted state, or can be brought there, and back afterwards."""
    data = requirement.data
    operation = context.contract.operations[str(requirement.operation)]
    rules = dict(_lifecycles(operation))[data["member"]]
    reasons = []
    for handle in _candidates(context, data["resource"]):
        member = handle.members[data["member"]]
        now = str(member.seen(handle.read()))
        if _reachable(context, rules, now, data["from"]) and all(
            data["error"] is not None or _may_leave(context, rules, data["from"], after) for after in data["to"]
        ):
            return handle, member
        reasons.append(now)
    raise Skip(f"no object of the target can be brought into {data['from']} (they are {', '.join(reasons)})")


def _candidates(context: Context, resource: str) -> Iterator[Handle]:
    """The fixture objects: that of the bindings first, then those whose fixture names begin alike."""
    handle = context.resource(resource)
    yield handle
    bound = {name: context.api.bindings.get(name) for name in handle.path}
    for parameter, fixture in bound.items():
        for other in context.api.fixtures:
            if fixture and other.name.startswith(f"{fixture}_") and other.name in context.target.fixtures:
                yield Handle(context, handle.resource, {**handle.path, parameter: str(context.fixture(other.name))})


def _reachable(context: Context, rules: Lifecycle, now: str, wanted: str) -> bool:
    return now == wanted or _way(context, rules, now, wanted) is not None


def _way(context: Context, rules: Lifecycle, now: str, wanted: str) -> list[str] | None:
    """The shortest sequence of steps that the target allows, breadth first."""
    ways: list[list[str]] = [[now]]
    seen = {now}
    while ways:
        way = ways.pop(0)
        for after in rules.allowed.get(way[-1], ()):
            if after in seen or not _may_leave(context, rules, way[-1], after):
                continue
            if after == wanted:
                return [*way[1:], after]
            seen.add(after)
            ways.append([*way, after])
    return None


def _may_leave(context: Context, rules: Lifecycle, before: str, after: str) -> bool:
    """A step without a way back needs the target's leave."""
    if before == after or _back(rules, after, before):
        return True
    known = context.api.capability(IRREVERSIBLE.partition(":")[2])
    return known is not None and context.unmet(IRREVERSIBLE) is None


def _back(rules: Lifecycle, start: str, goal: str) -> bool:
    seen, front = {start}, [start]
    while front:
        state = front.pop()
        if state == goal:
            return True
        front += [one for one in rules.allowed.get(state, ()) if one not in seen]
        seen.update(rules.allowed.get(state, ()))
    return False


def _bring(context: Context, handle: Handle, member: Member, wanted: str) -> None:
    rules = lifecycle_of(dict(member.schema))
    assert rules is not None
    now = str(member.seen(handle.read()))
    if now == wanted:
        return
    way = _way(context, rules, now, wanted)
    if way is None:
        raise Inconclusive(f"there is no way from {now} to {wanted}")
    for step in way:
        exchange = _step(handle, member, step)
        if not exchange.ok:
            raise Inconclusive(f"the step to {step} on the way to {wanted} was answered {exchange.status}")


def _step(handle: Handle, member: Member, after: str) -> Exchange:
    return handle.write({member.name: after})


def _made(context: Context, handle: Handle, member: Member, before: str, after: str, exchange: Exchange) -> None:
    if not context.expect_success(exchange, f"{member.name}: the step from {before} to {after} is refused."):
        return
    found = member.seen(handle.read())
    if found != after:
        context.fail(
            f"{member.name} is not {after} after the step from {before}.",
            expected=after,
            actual=str(found),
            exchanges=(exchange,),
            cause=f"{exchange.operation} {member.name} not stored",
        )


def _refused(
    context: Context, handle: Handle, member: Member, data: Mapping[str, Any], after: str, exchange: Exchange
) -> None:
    before = data["from"]
    entry = context.contract.errors[data["error"]]
    difference = error_matches(entry, exchange, context.contract)
    if difference is not None:
        context.fail(
            f"{member.name}: the step from {before} to {after} is not refused as it must be: {difference}.",
            expected=described(entry),
            actual=shown(exchange),
            exchanges=(exchange,),
            cause=f"{exchange.operation} {member.name} {data['error']} {'accepted' if exchange.ok else exchange.status}",
        )
    found = member.seen(handle.read())
    if not exchange.ok and found != before:
        context.fail(
            f"{member.name} has become {found} although the step from {before} to {after} was refused.",
            expected=before,
            actual=str(found),
            exchanges=(exchange,),
            cause=f"{exchange.operation} {member.name} refused but changed",
        )


CHECKS = {"lifecycle": lifecycle}
