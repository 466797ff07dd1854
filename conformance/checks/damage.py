"""What the first write of a run does to an object for good: every later one would find it done."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from conformance.context import Context
from conformance.differences import differences, success_schema, turned, within
from conformance.errors import Inconclusive, Skip
from conformance.jsontext import text_of
from conformance.requirements import kebab
from conformance.resources import Handle, declared
from conformance.routes import parameters_in
from conformance.schemas import at, shortened
from conformance.types import Exchange, Failure


def first_write(context: Context, handle: Handle) -> Exchange:
    """Write a change that changes nothing; whatever it has changed is told, and put back if possible.

    The plain reads come first: to read back may already be a write.
    """
    before = _watched(context, handle)
    with context.keep(handle):
        harmless = handle.harmless()
        exchange = handle.write(harmless)
        if exchange.ok:
            _tell(context, handle, set(harmless), before, exchange)
    return exchange


def _watched(context: Context, handle: Handle) -> dict[str, Any]:
    """The answers of the plain reads, as far as they succeed."""
    found = {}
    for name in handle.resource.watched:
        operation = context.contract.operations[name]
        path = {one: handle.path[one] for one in parameters_in(operation.path) if one in handle.path}
        try:
            exchange = context.call(name, path=path)
        except (Skip, Inconclusive):
            continue
        if exchange.ok:
            found[name] = exchange.json()
    return found


def _tell(context: Context, handle: Handle, named: set[str], before: dict[str, Any], exchange: Exchange) -> None:
    """Every declared place that has changed, but what was named, what moves by itself, and counters that have grown."""
    resource, after = handle.resource, _watched(context, handle)
    coupled = {pointer for name in named for pointer in resource.coupled.get(name, ())}
    own = {str(handle.all[name].pointer) for name in named}
    for name in before.keys() & after.keys():
        schema = success_schema(context, name)
        for pointer in differences(before[name], after[name], schema, {*resource.volatile, *coupled, *own}):
            old, new = at(before[name], pointer), at(after[name], pointer)
            node = declared(schema, pointer)
            if not within(pointer, resource.watched[name]) or turned(node, old, new) or _grown(node, old, new):
                continue
            context.run.report(
                f"{kebab(context.contract.api)}.{kebab(resource.write)}.changes-only-that",
                Failure(
                    f"The first write of the run, of {', '.join(sorted(named))}, has changed {pointer}.",
                    shortened(f"{pointer} = {text_of(old)}"),
                    shortened(f"{pointer} = {text_of(new)}"),
                    (exchange,),
                    f"first write {resource.write} {pointer}",
                ),
            )


def _grown(node: Mapping[str, Any] | None, old: Any, new: Any) -> bool:
    counter = node is not None and node.get("type") in ("integer", "number") and node.get("minimum") == 0
    return counter and all(isinstance(one, int | float) for one in (old, new)) and bool(new > old)
