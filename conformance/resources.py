"""Reading, writing and putting back one object on the server, by the words of the contract.

`links` say where a write is read back, `x-reads-as` under which name, `x-normalizes` in which form.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from conformance.api import Resource
from conformance.errors import Inconclusive, Skip
from conformance.routes import parameters_in
from conformance.schemas import ABSENT, NESTED_LISTS, Validator, at, same, steps_of
from conformance.strategies import valid_values
from conformance.types import Exchange
from openapi.contract import Contract, Operation, lifecycle_of

if TYPE_CHECKING:
    from conformance.context import Context

REFUSED = (400, 403, 405, 409, 422)
Reading = dict[str, Any]
"""Read-back answers by operationId; the main one under the empty name."""


@dataclass(frozen=True, slots=True)
class Member:
    """One member that can be written, and where it is seen afterwards (`pointer` None: nowhere)."""

    name: str
    schema: Mapping[str, Any]
    pointer: str | None
    operation: str
    normalizes: str | None
    need: str | None

    @property
    def bound(self) -> bool:
        """It is a status of which not every step from value to value is allowed."""
        lifecycle = lifecycle_of(dict(self.schema))
        values = set(self.schema.get("enum", ()))
        return lifecycle is not None and any(set(lifecycle.allowed.get(value, ())) < values for value in values)

    @property
    def nullable(self) -> bool:
        if self.schema.get("nullable"):
            return True
        branches = (*self.schema.get("anyOf", ()), *self.schema.get("oneOf", ()))
        return any(branch.get("nullable") for branch in branches)

    def stored(self, value: Any, before: Any) -> Any:
        """What reading back shows after `value` was written over `before`."""
        if value is None:
            return None
        match self.normalizes:
            case "to-array":
                return value if isinstance(value, list) else [value]
            case "trim":
                return value.strip()
            case "lower":
                return value.lower()
            case "upper":
                return value.upper()
            case "merge" if isinstance(before, Mapping) and isinstance(value, Mapping):
                return {**before, **value}
        return value

    def seen(self, reading: Reading) -> Any:
        """The member's value in a reading, or ABSENT."""
        if self.pointer is None:
            return ABSENT
        return at(reading.get(self.operation), self.pointer)


def members_of(
    schema: Mapping[str, Any],
    needs: Mapping[str, str],
    apart: frozenset[str],
    resource: Resource | None = None,
) -> list[Member]:
    """The members of a partial update that generic checks may write."""
    found = []
    whole = resource is not None and resource.read_back is not None
    for name, node in schema.get("properties", {}).items():
        if name in apart or node.get("readOnly"):
            continue
        says = node.get("x-reads-as", f"/{name}")
        operation = says.get("operation", "") if isinstance(says, Mapping) else ""
        pointer = says.get("pointer") if isinstance(says, Mapping) else says
        if whole and resource is not None and pointer is not None:
            operation, pointer = "", pointer.removeprefix(resource.root)
        normalizes = node.get("x-normalizes")
        if isinstance(normalizes, list):
            normalizes = normalizes[0] if normalizes else None
        found.append(Member(name, node, pointer, operation, normalizes, needs.get(f"property:{name}")))
    return found


def read_operation(contract: Contract, resource: Resource) -> Operation | None:
    """The operation that reads back what `resource.write` wrote: named, or found through a link."""
    if resource.read is not None:
        return contract.operations.get(resource.read)
    write = contract.operations[resource.write]
    for status, response in write.responses.items():
        if not status.startswith("2"):
            continue
        for link in response.links.values():
            operation = contract.operations.get(link.operation_id)
            if operation and operation.method == "GET" and operation.path == write.path:
                return operation
    return None


class Handle:
    """A resource as one check holds it: `path` names the object (path parameters)."""

    def __init__(self, context: Context, resource: Resource, path: Mapping[str, str] | None = None) -> None:
        self.context = context
        self.resource = resource
        self.write_operation = context.contract.operations[resource.write]
        if path is None:
            path = context.path_of(self.write_operation)
        self.path = dict(path)
        self.members = {member.name: member for member in self._members(self.context.api.apart)}
        self.all = {member.name: member for member in self._members(frozenset())}
        """Those that generic checks never write, too: they are put back where something else has changed them."""
        self.refused: set[str] = set()
        """The members that the server refuses to take back: there is no use in trying again."""

    def _members(self, apart: frozenset[str]) -> list[Member]:
        if self.resource.members is not None:
            schema = self.resource.members(self.context)
        else:
            assert self.write_operation.request_body is not None
            schema = next(iter(self.write_operation.request_body.content.values())).schema
        return members_of(schema, self.context.api.needs, apart, self.resource)

    def other(self) -> Handle:
        """The second object, which must stay as it is."""
        if not self.resource.other:
            raise Skip("the suite knows no second object of this kind")
        changed = {name: str(self.context.fixture(fixture)) for name, fixture in self.resource.other.items()}
        if all(self.path.get(name) == value for name, value in changed.items()):
            raise Skip("the target names the same object twice")
        return Handle(self.context, self.resource, {**self.path, **changed})

    def usable(self, *, seen: bool = True, before: Reading | None = None) -> list[Member]:
        """The members that this target lets the suite write; with `seen`, only those that can be read back.

        With `before`, only those that could be put back to what they were then.
        """
        found = []
        for member in self.members.values():
            if before is not None and not self._returns(member, before):
                continue
            if seen and member.pointer is None:
                continue
            if member.need and self.context.unmet(member.need):
                continue
            if member.bound or self.context.role_writing(self.write_operation, [member.name]) is None:
                continue
            found.append(member)
        return found

    def _returns(self, member: Member, before: Reading) -> bool:
        """Whether the value that a member has now can be written; nothing at all often cannot."""
        now = member.seen(before)
        if (now is not ABSENT and now is not None) or member.nullable or member.pointer is None:
            return True
        if self.resource.changes is not None or self.resource.restore is not None:
            return True
        return member.schema.get("type") == "string" and Validator(member.schema, "request").valid("")

    def read(self, role: str | None = None) -> Reading:
        """What the server shows of the object now.

        Raises:
            Inconclusive: the object cannot be read.
        """
        role = role or self.role()
        reading: Reading = {"": self._main(role)}
        for operation in sorted({m.operation for m in self.usable() if m.operation}):
            reading[operation] = self._answer(operation, role)
        return reading

    def role(self) -> str | None:
        return self.context.role_for(self.write_operation)

    def _main(self, role: str | None) -> Any:
        if self.resource.read_back is not None:
            return self.resource.read_back(self.context, self.path, role)
        operation = read_operation(self.context.contract, self.resource)
        if operation is None:
            raise Inconclusive(f"the contract links {self.resource.write} to no read")
        return self._answer(operation.id, role)

    def _answer(self, operation_id: str, role: str | None) -> Any:
        operation = self.context.contract.operations[operation_id]
        path = {name: self.path[name] for name in parameters_in(operation.path) if name in self.path}
        exchange = self.context.call(operation_id, path=path, role=role)
        if not exchange.ok:
            raise Inconclusive(f"{operation_id} answered {exchange.status}, so that nothing could be read back")
        return exchange.json()

    def write(self, changes: Mapping[str, Any], before: Reading | None = None) -> Exchange:
        """Write members (ABSENT removes one, where the API can); the answer may be anything."""
        body: Any = dict(changes)
        if self.resource.changes is not None:
            body = self.resource.changes(self.context, changes, (before or {}).get(""))
        role = self.context.role_writing(self.write_operation, list(changes))
        return self.context.call(self.resource.write, path=self.path, body=body, role=role or self.role())

    def values(self, member: Member, count: int, chance: random.Random, before: Any = ABSENT) -> list[Any]:
        """Valid values for a member, different from what is there where possible."""
        given = self.context.api.values.get(member.name)
        if given is not None:
            values = self.context.given(given)
            found = values if isinstance(values, list) else [values]
        elif member.normalizes == "merge" and isinstance(before, Mapping) and before:
            found = [_altered(before, member.schema, chance) for _ in range(count)]
        else:
            found = valid_values(member.schema, chance, count + 1, member.name)
        different = [value for value in found if not same(member.stored(value, before), before)]
        return (different or found)[:count]

    def harmless(self) -> dict[str, Any]:
        """A change that changes nothing: one member with the value that it has; else one with a valid value."""
        reading = self.read()
        chance = random.Random(f"{self.context.options.seed}:harmless")
        usable = self.usable()
        for member in usable or self.lifecycle_members():
            now = member.seen(reading)
            if now is not ABSENT and now not in (None, "") and Validator(member.schema, "request").valid(now):
                return {member.name: now}
        for member in usable:
            values = self.values(member, 1, chance, member.seen(reading))
            if values:
                return {member.name: values[0]}
        raise Skip("the target lets the suite write no member")

    def lifecycle_members(self) -> list[Member]:
        return [m for m in self.members.values() if m.bound]

    def restore(self, before: Reading) -> list[str]:
        """Put differences back; the names of what could not be put back."""
        if self.resource.restore is not None:
            return self.resource.restore(self.context, self.path, before[""])
        left = self.differing(before, self.read())
        if not left:
            return []
        self._write_old(left, before)
        left = self.differing(before, self.read())
        for name in left:
            exchange = self._write_old([name], before)
            if exchange is None or exchange.status in REFUSED:
                self.refused.add(name)
        return self.differing(before, self.read()) if left else []

    def _write_old(self, names: list[str], before: Reading) -> Exchange | None:
        """The answer; None when there is nothing that could be written."""
        old = {name: self._old(name, before) for name in names}
        if self.resource.changes is None:
            old = {name: value for name, value in old.items() if value is not ABSENT}
        return self.write(old, before) if old else None

    def _old(self, name: str, before: Reading) -> Any:
        member = self.all[name]
        value = member.seen(before)
        if value is ABSENT and self.resource.changes is None:
            value = None  # Where nothing can be removed, null is the nearest; many servers leave null members out.
        if value is None and not member.nullable:
            return "" if member.schema.get("type") == "string" else ABSENT
        return value

    def differing(self, before: Reading, after: Reading) -> list[str]:
        return [
            member.name
            for member in self.all.values()
            if member.pointer is not None and not _put_back(member, member.seen(before), member.seen(after))
        ]


def _put_back(member: Member, before: Any, after: Any) -> bool:
    """Null and not shown are one; a text that may not be null can be emptied, and no more can be done for it."""
    blank = (None, ABSENT) if member.nullable else (None, "", ABSENT)
    return same(before, after) or (before in blank and after in blank)


def _altered(value: Mapping[str, Any], schema: Mapping[str, Any], chance: random.Random) -> dict[str, Any]:
    """One member of an object with another value of the same type: leaves no new member behind."""
    key = chance.choice(sorted(value))
    old = value[key]
    node = schema.get("properties", {}).get(key)
    if node is not None:
        different = [new for new in valid_values(node, chance, 3, key) if not same(new, old)]
        return {key: different[0] if different else old}
    if isinstance(old, bool):
        return {key: not old}
    if isinstance(old, int | float):
        return {key: old + 1}
    return {key: f"changed {chance.randint(100, 999)}"}


def changed_pointers(before: Any, after: Any, pointer: str = "") -> list[str]:
    """The pointers at which two documents differ, as deep as both are objects or lists of one length."""
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        found = []
        for key in sorted({*before, *after}):
            step = f"{pointer}/{key.replace('~', '~0').replace('/', '~1')}"
            if key not in before or key not in after:
                found.append(step)
            else:
                found += changed_pointers(before[key], after[key], step)
        return found
    if isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        return [
            found
            for i, pair in enumerate(zip(before, after, strict=True))
            for found in changed_pointers(*pair, f"{pointer}/{i}")
        ]
    return [] if same(before, after) else [pointer]


def declared(schema: Mapping[str, Any], pointer: str) -> Mapping[str, Any] | None:
    """The schema node of a pointer, or None when the contract does not know the place."""
    return _declared(schema, steps_of(pointer))


def _declared(node: Mapping[str, Any], steps: list[str]) -> Mapping[str, Any] | None:
    if not steps:
        return node
    step, rest = steps[0], steps[1:]
    if step in node.get("properties", {}):
        return _declared(node["properties"][step], rest)
    if step.isdigit() and isinstance(node.get("items"), Mapping):
        return _declared(node["items"], rest)
    if isinstance(node.get("additionalProperties"), Mapping):
        return _declared(node["additionalProperties"], rest)
    branches = [branch for key in NESTED_LISTS for branch in node.get(key, ())]
    if node.get("type") == "object" and not node.get("properties") and not branches:
        return {}
    return next((found for branch in branches if (found := _declared(branch, steps)) is not None), None)
