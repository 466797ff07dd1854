"""What a rule makes faults from: a contract, an API's table, and the ledger that says who should catch them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase

from conformance.api import Api
from conformance.planted.faults import Answer, Call, Fault, Modifier
from conformance.requirements import Ledger, kebab
from conformance.types import Requirement
from openapi.contract import Contract, Operation


@dataclass(frozen=True, slots=True)
class Ground:
    """One API, as a rule sees it."""

    contract: Contract
    api: Api
    ledger: Ledger

    def operations(self) -> list[Operation]:
        """Those below the base URL that can be called again and again."""
        return [one for one in self.contract.operations.values() if not one.own_servers and one.method != "DELETE"]

    def main(self) -> list[Operation]:
        """The first that writes a resource, the first that reads one object, the first that lists, and another."""
        written = [self.contract.operations[one.write] for one in self.api.resources[:1]]
        reads = [one for one in self.operations() if one.method == "GET"]
        single = [one for one in reads if one.path.endswith(("}", "}/"))][:1]
        listing = [self.contract.operations[one.operation] for one in self.api.lists[:1]]
        found = {one.id: one for one in (*written, *single, *listing, *self.operations()[:2])}
        return list(found.values())[:4]

    def requirements(self, operation: Operation | None, *checks: str) -> Iterator[Requirement]:
        """The requirements of an operation (None: of all) that one of these checks verifies."""
        for one in self.ledger:
            if one.check in checks and (operation is None or one.operation == operation.id):
                yield one

    def refusals(self, operation: Operation, status: int, *checks: str) -> tuple[str, ...]:
        """The ids of an operation's requirements whose refusal is an entry of the catalogue with this status."""
        kinds = checks or ("refuses", "refuses_transport", "refuses_condition")
        errors = self.contract.errors
        return tuple(
            one.id
            for one in self.requirements(operation, *kinds)
            if one.data.get("error") in errors and errors[one.data["error"]].status == status
        )

    def coded_refusals(self, operation: Operation) -> tuple[str, ...]:
        """The ids of those whose entry has a code of the vendor's."""
        kinds = ("refuses", "refuses_transport", "refuses_condition")
        entries = self.contract.errors
        return tuple(
            one.id
            for one in self.requirements(operation, *kinds)
            if one.data.get("error") in entries and entries[one.data["error"]].code is not None
        )

    def fault(
        self,
        operation: Operation | None,
        slug: str,
        breaks: str,
        caught: tuple[str, ...],
        make: Callable[[], Modifier],
    ) -> Iterator[Fault]:
        """The fault, if the ledger has a requirement that should catch it.

        `caught` are whole ids, or slugs (globs too) of the operation's requirements.
        """
        middle = kebab(operation.id) if operation else "api"
        api = self.contract.api
        globs = tuple(one if one.startswith(f"{api}.") else f"{api}.{middle}.{one}" for one in caught)
        kept = tuple(glob for glob in globs if any(one.check and fnmatchcase(one.id, glob) for one in self.ledger))
        if kept:
            told = f"{operation.id} {breaks}" if operation else breaks
            yield Fault(f"{api}-{middle}-{slug}", api, told, kept, make)


class Memory:
    """The last good answer of each operation, and the call that got it."""

    def __init__(self) -> None:
        self.calls: dict[str | None, Call] = {}
        self.answers: dict[str | None, Answer] = {}

    def learn(self, call: Call, answer: Answer) -> Answer:
        if answer.ok:
            self.calls[call.operation], self.answers[call.operation] = call, answer
        return answer

    def right(self, call: Call) -> str | None:
        """The credential that the server took for this operation."""
        known = self.calls.get(call.operation)
        return known.header("Authorization") if known else None
