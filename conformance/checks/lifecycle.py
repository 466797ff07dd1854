"""A status and its transitions: each allowed one is made, each other one refused with the contract's answer.

The walk goes from state to state of one object: first everything that must be refused there, then the allowed steps,
those without a way back last and only when the target allows them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from conformance.answers import described, error_matches, shown
from conformance.context import Context
from conformance.errors import Skip
from conformance.requirements import Book, kebab
from conformance.resources import Handle
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


def _edges(book: Book, operation: Operation, resource: str, name: str, lifecycle: Lifecycle) -> Iterator[Requirement]:
    need = book.api.needs.get(f"property:{name}")
    needs = (f"success:{operation.id}", *((need,) if need else ()))
    for before in lifecycle.allowed:
        groups: dict[tuple[str | None, str], list[str]] = {}
        for after in targets(operation, name):
            error = answer(lifecycle, before, after)
            basis: str = lifecycle.edge_basis(before, after)
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


@dataclass(frozen=True)
class Guide:
    """Which steps the target allows with one object; `spent` says whether it may go where there is no way back."""

    context: Context
    rules: Lifecycle
    member: str
    spent: bool

    def may(self, before: str, after: str) -> bool:
        need = self.context.api.needs.get(f"{self.member}={after}")
        if need is not None and self.context.unmet(need) is not None:
            return False
        if before == after or _back(self.rules, after, before):
            return True
        known = self.context.api.capability(IRREVERSIBLE.partition(":")[2])
        return self.spent and known is not None and self.context.unmet(IRREVERSIBLE) is None

    def way(self, now: str, wanted: str) -> list[str] | None:
        """The shortest sequence of allowed steps, breadth first; None when there is none."""
        ways: list[list[str]] = [[now]]
        seen = {now}
        while ways:
            way = ways.pop(0)
            if way[-1] == wanted:
                return way[1:]
            for after in self.rules.allowed.get(way[-1], ()):
                if after not in seen and self.may(way[-1], after):
                    seen.add(after)
                    ways.append([*way, after])
        return None


@dataclass
class Walk:
    """What came of every step that could be tried: by (from, to), the exchange and the state read afterwards."""

    steps: dict[tuple[str, str], tuple[Exchange, str]] = field(default_factory=dict)
    states: list[str] = field(default_factory=list)


def lifecycle(context: Context, requirement: Requirement) -> None:
    """Every step of this kind that the objects of the target can be brought to is answered as the contract says."""
    data = requirement.data
    key = ("lifecycle", data["resource"], data["member"])
    walk: Walk = context.once(key, lambda: _walked(context, requirement))
    before, error = data["from"], data["error"]
    for after in data["to"]:
        if (before, after) not in walk.steps:
            continue
        exchange, found = walk.steps[before, after]
        context.case()
        told = f"{data['member']}: the step from {before} to {after}"
        if error is None:
            _made(context, told, after, found, exchange)
        else:
            _refused(context, told, before, error, found, exchange)
    if not context.cases:
        states = ", ".join(walk.states) or "none"
        raise Skip(f"no object of the target may be brought to this step (they were {states})")


def _made(context: Context, told: str, after: str, found: str, exchange: Exchange) -> None:
    if context.expect_success(exchange, f"{told} is refused.") and found != after:
        context.fail(
            f"After {told} the status is {found}.",
            expected=after,
            actual=found,
            exchanges=(exchange,),
            cause=f"{exchange.operation} status not stored",
        )


def _refused(context: Context, told: str, before: str, error: str, found: str, exchange: Exchange) -> None:
    entry = context.contract.errors[error]
    difference = error_matches(entry, exchange, context.contract)
    if difference is not None:
        context.fail(
            f"{told} is not refused as it must be: {difference}.",
            expected=described(entry, context.contract),
            actual=shown(exchange),
            exchanges=(exchange,),
            cause=f"{exchange.operation} {error} {'accepted' if exchange.ok else exchange.status}",
        )
    if not exchange.ok and found != before:
        context.fail(
            f"{told} was refused, and yet the status is {found}.",
            expected=before,
            actual=found,
            exchanges=(exchange,),
            cause=f"{exchange.operation} refused but changed",
        )


def _walked(context: Context, requirement: Requirement) -> Walk:
    """Lead each object through as many steps as can be: refused ones first, those without a way back last.

    Steps without a way back are made with one object alone, the one with most of its life to come, and never with the
    object that all other checks write to.
    """
    data = requirement.data
    operation = context.contract.operations[str(requirement.operation)]
    rules = dict(_lifecycles(operation))[data["member"]]
    walk = Walk()
    objects = sorted(
        _candidates(context, data["resource"]), key=lambda one: -_freedom(rules, _state(one, data["member"]))
    )
    main = context.resource(data["resource"]).path
    spent = next((one.path for one in objects if one.path != main), None)
    for handle in objects:
        start = _state(handle, data["member"])
        walk.states.append(start)
        with context.keep(handle):
            guide = Guide(context, rules, data["member"], handle.path == spent)
            _lead(guide, handle, targets(operation, data["member"]), walk)
            way = guide.way(_state(handle, data["member"]), start)
            for step in way or ():
                handle.write({data["member"]: step})
    return walk


def _state(handle: Handle, member: str) -> str:
    return str(handle.members[member].seen(handle.read()))


def _freedom(rules: Lifecycle, state: str) -> int:
    """How many states can be reached: objects early in their life go first."""
    seen, front = {state}, [state]
    while front:
        for after in rules.allowed.get(front.pop(), ()):
            if after not in seen:
                seen.add(after)
                front.append(after)
    return len(seen)


def _lead(guide: Guide, handle: Handle, values: list[str], walk: Walk) -> None:
    member, rules = guide.member, guide.rules
    state = _state(handle, member)
    for _ in range(200):
        for after in values:
            if answer(rules, state, after) is not None and (state, after) not in walk.steps:
                state = _try(handle, member, state, after, walk)
        following = _next(guide, state, values, walk)
        if following is None:
            return
        reached = _try(handle, member, state, following, walk)
        if reached == state and following != state:
            return
        state = reached


def _try(handle: Handle, member: str, state: str, after: str, walk: Walk) -> str:
    exchange = handle.write({member: after})
    found = _state(handle, member)
    walk.steps.setdefault((state, after), (exchange, found))
    return found


def _next(guide: Guide, state: str, values: list[str], walk: Walk) -> str | None:
    """The next step: an untried one with a way back, else one towards something untried, else one without."""
    rules = guide.rules

    def untried(before: str) -> list[str]:
        return [v for v in values if (before, v) not in walk.steps and answer(rules, before, v) is None]

    here = [v for v in untried(state) if guide.may(state, v)]
    for after in here:
        if after == state or _back(rules, after, state):
            return after
    near = [v for v in rules.allowed.get(state, ()) if v != state and _back(rules, v, state)]
    for after in near:
        way = [s for s in untried(after) if s == after or _back(rules, s, after)]
        if way and guide.may(state, after):
            return after
    # What is left has no way back: the step that leaves most of the life to come is taken first.
    here.sort(key=lambda after: -_freedom(rules, after))
    if here:
        # It is made from the state of which the least is known.
        barer = [v for v in near if _known(walk, v) < _known(walk, state) and untried(v) and guide.may(state, v)]
        return barer[0] if barer else here[0]
    onward = [v for v in rules.allowed.get(state, ()) if v != state and v in values and not _back(rules, v, state)]
    onward = [v for v in onward if guide.may(state, v) and _untried_ahead(rules, v, values, walk)]
    onward.sort(key=lambda after: -_freedom(rules, after))
    return onward[0] if onward else None


def _known(walk: Walk, state: str) -> int:
    """How many steps out of a state were made."""
    return sum(before == state and exchange.ok for (before, _), (exchange, _) in walk.steps.items())


def _untried_ahead(rules: Lifecycle, state: str, values: list[str], walk: Walk) -> bool:
    seen, front = {state}, [state]
    while front:
        now = front.pop()
        if any((now, value) not in walk.steps for value in values):
            return True
        for after in rules.allowed.get(now, ()):
            if after not in seen:
                seen.add(after)
                front.append(after)
    return False


def _candidates(context: Context, resource: str) -> Iterator[Handle]:
    """The fixture objects, each once: that of the bindings, and those whose fixture names begin alike."""
    handle = context.resource(resource)
    yield handle
    seen = [handle.path]
    bound = {name: context.api.bindings.get(name) for name in handle.path}
    for parameter, fixture in bound.items():
        for other in context.api.fixtures:
            if fixture and other.name.startswith(f"{fixture}_") and other.name in context.target.fixtures:
                path = {**handle.path, parameter: str(context.fixture(other.name))}
                if path not in seen:
                    seen.append(path)
                    yield Handle(context, handle.resource, path)


def _back(rules: Lifecycle, start: str, goal: str) -> bool:
    seen, front = {start}, [start]
    while front:
        state = front.pop()
        if state == goal:
            return True
        front += [one for one in rules.allowed.get(state, ()) if one not in seen]
        seen.update(rules.allowed.get(state, ()))
    return False


CHECKS = {"lifecycle": lifecycle}
