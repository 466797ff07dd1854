"""What a check holds in its hand: what is known of the target, sending to it, and putting back what was changed."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import Any, Final

from conformance.client import persistently
from conformance.errors import Inconclusive, Skip, SuiteError
from conformance.findings import Findings
from conformance.jsontext import encoded
from conformance.resources import Handle, Reading
from conformance.routes import Query, parameters_in, path_of, query_of
from conformance.run import Run, Stopped
from conformance.strategies import smallest
from conformance.types import Exchange, Requirement
from openapi.contract import Operation

READING = frozenset(("GET", "HEAD", "OPTIONS"))


class Unset:
    """The parameter was not given (None means something else)."""


UNSET: Final = Unset()


class Context(Findings):
    """One requirement's view of the run, and what its check finds."""

    def __init__(self, run: Run, requirement: Requirement) -> None:
        super().__init__(run.contract)
        self.run = run
        self.requirement = requirement
        self.api = run.api
        self.target = run.target
        self.options = run.options
        self.random = random.Random(f"{run.options.seed}:{requirement.id}")
        self._putting_back = False
        self._keeping = False

    # ---- what is known of the target

    def fixture(self, name: str) -> Any:
        """A value of the target's fixtures; an optional one is looked for on the server. Skip when there is none."""
        if name in self.target.fixtures:
            return self.target.fixtures[name]
        finder = self.api.finders.get(name)
        if finder is not None:
            return self.run.once(("fixture", name), lambda: finder(self))
        raise Skip(f"the target has no fixture {name}")

    def given(self, text: str) -> Any:
        """A literal (`=text`) or the fixture of that name."""
        return text[1:] if text.startswith("=") else self.fixture(text)

    def capability(self, name: str) -> bool:
        known = self.api.capability(name)
        return self.target.capabilities.get(name, known.default if known else True)

    def unmet(self, need: str) -> str | None:
        """Why a need (`capability:…`, `fixture:…`, `role:…`) is not met; None when it is."""
        kind, _, name = need.partition(":")
        if kind == "capability" and not self.capability(name):
            return f"capability {name} is off in the target"
        if kind == "fixture":
            try:
                self.fixture(name)
            except (Skip, Inconclusive) as reason:
                return str(reason)
        if kind == "role" and name not in self.target.credentials:
            return f"the target has no credentials.{name}"
        return None

    def demand(self, needs: tuple[str, ...]) -> None:
        """Raise Skip (or Inconclusive, for `success:`) for the first need that is not met."""
        for need in needs:
            if need.startswith("success:"):
                self.need_success(need.partition(":")[2])
            elif reason := self.unmet(need):
                raise Skip(reason)

    def role_for(self, operation: Operation) -> str | None:
        """The role that calls an operation unless a check says otherwise; None for one that is open to all."""
        if not operation.security:
            return None
        if not self.api.roles and not self.target.credentials:
            return None  # A contract that we know nothing more of: the server may well be open.
        role = self.role_writing(operation, ())
        if role is None:
            raise Skip("the target has no credentials of a role that may call this operation")
        return role

    def role_writing(self, operation: Operation, members: list[str] | tuple[str, ...]) -> str | None:
        """The first role of the target that may call the operation with these members; None when there is none."""
        for name in self.roles():
            role = next((s.roles[name] for s in operation.security if name in s.roles), None)
            if role is None:
                return name
            refused = {member for names in role.refuses.values() for member in names}
            if role.may_call(operation.id) and not refused & set(members):
                return name
        return None

    def roles(self) -> list[str]:
        """The roles that the target has credentials of, in the order of preference."""
        known = [role.name for role in self.api.roles]
        return [name for name in known or self.target.credentials if name in self.target.credentials]

    # ---- sending

    def path_of(self, operation: Operation, condition: str | None = None) -> dict[str, str]:
        """The path parameters of a call, from bindings and fixtures; `condition` is a word of x-refusals."""
        special = {}
        if condition is not None:
            words = self.api.conditions
            special = dict(words.get(f"{operation.id}:{condition}") or words.get(condition) or {})
            if operation.method == "DELETE":  # Who passes over the condition must not find anything to delete.
                special = {**words.get("unknown", {}), **special}
        values = {}
        for name in parameters_in(operation.path):
            place = special.get(name) or self.api.bindings.get(f"{operation.id}:{name}")
            place = place or self.api.bindings.get(name) or name
            values[name] = str(self._bound(operation, name, place))
        return values

    def _bound(self, operation: Operation, name: str, place: str) -> Any:
        if place.startswith("="):
            return place[1:]
        if place in self.target.fixtures or place in self.api.finders or self.api.fixture(place):
            return self.fixture(place)
        parameter = operation.parameter("path", name)
        schema = parameter.schema if parameter else {}
        if len(schema.get("enum", ())) == 1:
            return schema["enum"][0]
        raise Skip(f"the target has no fixture {place}")

    def query_of(self, operation: Operation) -> dict[str, Any]:
        """The query parameters without which no call of an operation is valid."""
        query = {name: self.given(text) for name, text in self.api.required_query.get(operation.id, {}).items()}
        for parameter in operation.parameters:
            if parameter.location == "query" and parameter.required and parameter.name not in query:
                query[parameter.name] = smallest(parameter.schema, random.Random(0))
        return query

    def call(
        self,
        operation_id: str,
        *,
        path: Mapping[str, Any] | None = None,
        query: Query | None = None,
        headers: Mapping[str, str] | None = None,
        body: Any = UNSET,
        raw: bytes | None = None,
        media_type: str | None = None,
        accept: str | None = None,
        role: str | Unset | None = UNSET,
        authorization: str | Unset | None = UNSET,
        method: str | None = None,
        judged: bool = True,
    ) -> Exchange:
        """Call an operation, and hold the shape of the answer to the contract in passing (unless `judged` is False).

        `role` None sends no credential; `authorization` replaces the header's whole value; `query` replaces
        the query that a valid call needs; `path` overrides single path parameters.
        """
        operation = self.contract.operations[operation_id]
        sent_method = method or operation.method
        self._may_send(sent_method)
        values = dict(path or {})
        if any(name not in values for name in parameters_in(operation.path)):
            values = {**self.path_of(operation), **values}
        target = path_of(operation.path, values) + query_of(self.query_of(operation) if query is None else query)
        who = self.role_for(operation) if isinstance(role, Unset) else role
        fields = self.headers_for(operation, headers, accept, who, authorization)
        content = b""
        if raw is not None or not isinstance(body, Unset):
            content = raw if raw is not None else encoded(body)
            kind = media_type or (next(iter(operation.request_body.content)) if operation.request_body else None)
            if kind:
                fields.append(("Content-Type", kind))
        send = partial(
            self.run.client.send, sent_method, target, tuple(fields), content, operation=operation.id, role=who
        )
        exchange = persistently(send) if self._putting_back else send()
        self.run.notice(exchange)
        if who is not None and exchange.status != 401:
            self.run.let_in.add(who)
        if exchange.doubtful and not self._putting_back:
            self.doubts.append(exchange)
        if sent_method == operation.method:
            self.run.count(exchange, operation)
            if judged and not exchange.doubtful:
                self._judge(exchange, operation)
            if exchange.ok and operation.id in self.api.after and not self._keeping:
                self.api.after[operation.id](self, exchange)
        return exchange

    def create_silently(self, operation_id: str, body: Any) -> Exchange:
        """Make an object with a creation that is not undone by itself, because a check is about to delete it."""
        self._keeping = True
        try:
            return self.call(operation_id, body=body)
        finally:
            self._keeping = False

    def send(self, method: str, target: str, **fields: Any) -> Exchange:
        """Send anything at all below the base URL; never judged in passing."""
        self._may_send(method)
        return self.run.client.send(method, target, **fields)

    def _may_send(self, method: str) -> None:
        if self.options.safe and method not in READING:
            raise Skip("--safe: nothing but reads is sent")
        if self.run.stopping.is_set() and not self._putting_back:
            raise Stopped("The run was interrupted.")

    def headers_for(
        self,
        operation: Operation,
        more: Mapping[str, str] | None,
        accept: str | None,
        role: str | None,
        authorization: str | Unset | None,
    ) -> list[tuple[str, str]]:
        fields = [("User-Agent", "devicedouble")]
        offered = [name for response in operation.responses.values() for name in response.content]
        usual = "application/json" if "application/json" in offered or not offered else offered[0]
        if accept != "":
            fields.append(("Accept", accept or usual))
        if isinstance(authorization, Unset):
            if role is not None and role in self.target.credentials:
                fields.append(("Authorization", self.target.credentials[role].authorization))
        elif authorization is not None:
            fields.append(("Authorization", authorization))
        fields += list((more or {}).items())
        return fields

    def _judge(self, exchange: Exchange, operation: Operation) -> None:
        from conformance.checks.shape import observe

        observe(self.run, exchange, operation)

    def blamed(self, exchanges: tuple[Exchange, ...]) -> None:
        """Raise SuiteError when the target file has a wrong secret."""
        for exchange in exchanges:
            if exchange.status == 401 and exchange.role is not None:
                self.recognised(exchange.role)

    def recognised(self, role: str) -> None:
        """Raise SuiteError when the server knows no such credential: it was never let in, and is not where it may read.

        Where a role may read nothing at all that the suite can ask for, the server is believed to be wrong.
        """
        for operation in self.contract.operations.values():
            known = next((scheme.roles[role] for scheme in operation.security if role in scheme.roles), None)
            if role in self.run.let_in:
                return
            if operation.method != "GET" or operation.own_servers or not (known and known.may_call(operation.id)):
                continue
            try:
                self.call(operation.id, role=role, judged=False)
            except Skip:
                continue
            if role not in self.run.let_in:
                raise SuiteError(
                    f"The server refuses the credentials of role {role} (401); check [credentials.{role}]."
                )

    # ---- state

    def need_success(self, operation_id: str) -> None:
        """Raise Inconclusive unless a valid request to the operation succeeds on this server."""
        from conformance.checks.success import baseline

        exchange = baseline(self, operation_id)
        if not exchange.ok:
            raise Inconclusive(f"{operation_id} never succeeded: it answered {exchange.status}")

    def resource(self, name: str | None = None) -> Handle:
        """The resource of that name, or the API's first."""
        for resource in self.api.resources:
            if name is None or resource.name == name:
                return Handle(self, resource)
        raise Skip("the suite knows no object to write")

    def resource_written_by(self, operation_id: str) -> Handle | None:
        for resource in self.api.resources:
            if resource.write == operation_id:
                return Handle(self, resource)
        return None

    def resource_reached_by(self, operation_id: str) -> Handle | None:
        """The resource that an operation may change: it writes it, or its path names the same object."""
        parameters = set(parameters_in(self.contract.operations[operation_id].path))
        for resource in sorted(self.api.resources, key=lambda one: one.write != operation_id):
            written = set(parameters_in(self.contract.operations[resource.write].path))
            if resource.write == operation_id or (parameters and written == parameters):
                return Handle(self, resource)
        return None

    @contextmanager
    def keep(self, handle: Handle) -> Iterator[Reading]:
        """Note what the object is like, on disk too, and put back what differs at the end, whatever happens between."""
        before = handle.read()
        entry = self.run.undo.add("snapshot", handle.resource.name, handle.path, handle.role(), before)
        try:
            yield before
        finally:
            if self._put_back(handle, before) or self.run.undo.covered(entry):
                self.run.undo.done(entry)  # Else the end of the run tries again, and then the next run offers to.

    def note(self, handle: Handle) -> Reading:
        """Note what the object is like for the rest of the run, at the end of which it is put back."""
        before = handle.read()
        self.run.undo.add("snapshot", handle.resource.name, handle.path, handle.role(), before)
        return before

    def put_back_now(self, handle: Handle, before: Reading) -> None:
        """Put back what was `note`d, as far as possible while others write: the end of the run has the last word."""
        with self.run.putting_back:
            try:
                handle.restore(before)
            except (Skip, Inconclusive):
                return

    def _put_back(self, handle: Handle, before: Reading) -> bool:
        """Whether everything could be put back."""
        with self.putting_back():
            try:
                return not handle.restore(before)
            except (Skip, Inconclusive):
                return False

    @contextmanager
    def putting_back(self) -> Iterator[None]:
        """What is sent within is sent after Ctrl-C, too, and more patiently."""
        earlier, self._putting_back = self._putting_back, True
        try:
            yield
        finally:
            self._putting_back = earlier

    def settle(self, done: Callable[[], bool]) -> bool:
        """Ask again and again until `done` or until the target's settle_seconds are over.

        Pauses grow by a fifth, so that even the last of a few phases of equal length is looked at more than once.
        """
        deadline = time.monotonic() + self.target.settle_seconds
        pause = 0.02
        while not done():
            if time.monotonic() >= deadline:
                return False
            time.sleep(pause)
            pause = min(pause * 1.2, 0.5)
        return True

    def once(self, key: Any, make: Callable[[], Any]) -> Any:
        return self.run.once(key, make)
