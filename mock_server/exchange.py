"""One call through its plan, without I/O: authentication → guard → validation → behaviour → answer."""

import sys
import traceback
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import urljoin

from mock_server.answers import Answer, header_value, write_refusal
from mock_server.authentication import authenticate, permit
from mock_server.bodies import Unreadable, reader
from mock_server.compiler import CompiledApi, Place, Plan
from mock_server.media import JSON, choose, essence
from mock_server.mistakes import UNREADABLE
from mock_server.parameters import BadEncoding, parse_query, read_named, read_path, unquote
from mock_server.prefer import Forced
from mock_server.refusals import Refusal, Violation, told_of
from mock_server.schemas import Fault
from mock_server.types import Principal, Refused, Reply, Request, World
from mock_server.world.errors import StoreUnavailable

_NO_QUERY: Mapping[str, list[str]] = {}
_UNAVAILABLE = "The state of this double is not reachable at the moment; try again."


@dataclass(slots=True)
class Arrival:
    """A request of an API as it came, before it is known whether anything answers it.

    `world` is the name of the world that it is for, `path` what follows that choice, `headers` the same as
    `raw_headers` by lower-case name. `base_url` stands for the contract's server URL; `began` is in seconds.
    """

    api: CompiledApi
    world: str
    method: str
    path: str
    query: str
    headers: Mapping[bytes, bytes]
    raw_headers: Sequence[tuple[bytes, bytes]]
    base_url: str
    began: float


@dataclass(slots=True)
class Call:
    """A call that an operation answers. `body` is None when it was too large.

    `delay_s` is how long the caller asked to wait, in seconds.
    """

    arrival: Arrival
    plan: Plan
    place: Place
    body: bytes | None
    forced: Forced | None
    delay_s: float
    strict: bool


class _Stop(Exception):
    """The call ends here with a refusal."""

    def __init__(self, refusal: Refusal, violations: list[Violation] | None = None) -> None:
        super().__init__(refusal.name)
        self.refusal = refusal
        self.violations = violations or []


def answer(call: Call, world: World) -> Answer:
    """What the double says to `call` in `world`. Raises what the store raises, and nothing else."""
    try:
        return _answer(call, world)
    except StoreUnavailable:
        raise
    except Exception:
        return _broken(call)


def _answer(call: Call, world: World) -> Answer:
    api = call.arrival.api
    if api.api.settle is not None:
        api.api.settle(world)
    exchange = _Exchange(call, world)
    try:
        return exchange.run()
    except _Stop as stop:
        return exchange.refused(stop.refusal, stop.violations)
    except Refused as refused:
        return exchange.refused(
            api.refusals.of_condition(call.plan.operation, refused.when, refused.error, refused.details, exchange.query)
        )


def _readable(arrival: Arrival) -> bool:
    try:
        unquote(arrival.path)
    except BadEncoding:
        return False
    return True


def _readable_query(query: str) -> Mapping[str, list[str]]:
    """The query's parameters, or none when it is not percent-encoded UTF-8."""
    try:
        return parse_query(query)
    except BadEncoding:
        return _NO_QUERY


def unavailable(call: Call) -> Answer:
    """The state cannot be reached: 503 in the vendor's envelope."""
    return write_refusal(call.plan, call.arrival.api.refusals.plain(503, _UNAVAILABLE), _media(call) or JSON)


def _broken(call: Call) -> Answer:
    """Behaviour failed (a defect of the double): its traceback goes to stderr, the caller gets the vendor's 500."""
    traceback.print_exc(file=sys.stderr)
    refusal = call.arrival.api.refusals.plain(500, "The double failed to answer; its log says why.")
    return write_refusal(call.plan, refusal, _media(call) or JSON)


def unrouted(arrival: Arrival, keyword: str, subject: str, reason: str) -> Answer:
    """The document's answer to a call that reaches no operation, in a media type that it declares for such answers."""
    if keyword == "path" and not _readable(arrival):
        keyword, reason = "encoding", UNREADABLE
    refusal = arrival.api.refusals.of_transport(keyword, subject, reason, _readable_query(arrival.query))
    responder = arrival.api.responders.get(str(refusal.status))
    offered = tuple(responder.writers) if responder else ()
    accept = arrival.headers.get(b"accept", b"*/*").decode("latin-1")
    return write_refusal(None, refusal, choose(accept, offered or (JSON,)) or JSON, responder)


def _media(call: Call) -> str | None:
    accept = call.arrival.headers.get(b"accept")
    offered = call.plan.offered
    if accept is None or accept == b"*/*":
        return offered[0]
    return choose(accept.decode("latin-1"), offered)


class _Exchange:
    """The steps of one call, and what they have found so far."""

    __slots__ = ("arrival", "call", "media", "plan", "principal", "query", "refusals", "world")

    def __init__(self, call: Call, world: World) -> None:
        self.call = call
        self.arrival = call.arrival
        self.plan = call.plan
        self.world = world
        self.refusals = call.arrival.api.refusals
        self.query = _NO_QUERY
        self.media: str | None = call.plan.offered[0]
        self.principal: Principal | None = None

    def run(self) -> Answer:
        call, plan = self.call, self.plan
        self.media = _media(call)
        if call.forced is not None:
            return self.forced(call.forced)
        self._read_query()
        path, faults = self._read_path()
        if plan.operation.security:
            self._authenticate()
        if self.media is None:
            self._stop_at("accept", "is in none of the media types that Accept allows")
        query, query_faults = read_named(plan.query, self.query) if plan.query else ({}, [])
        headers, header_faults = self._read_headers() if plan.header else ({}, [])
        request = Request(
            plan.operation.id, path, query, headers, None, self.principal, self.arrival.base_url, self.query
        )
        if not faults and plan.behaviour.guard is not None:
            request.found = plan.behaviour.guard(self.world, request)
        request.body, body_faults = self._read_body() if plan.bodies else (None, [])
        violations = self._violations([*faults, *query_faults, *header_faults, *body_faults])
        if self.principal is not None and plan.refuses:
            violations += self._refused_members(request.body, self.principal)
        if violations:
            raise _Stop(self.refusals.of_violations(plan.operation, violations, self.query), violations)
        return self.replied(plan.behaviour.handle(self.world, request))

    def _authenticate(self) -> None:
        """Find who calls. Raises Refused `unauthenticated`, `credentials` or `forbidden`."""
        sent = self.arrival.headers.get(b"authorization")
        self.principal = self.plan.principals.get(sent or b"")
        if self.principal is None:
            self.principal = authenticate(self.arrival.api.api, self.plan, sent, self.world)
            permit(self.plan, self.principal)

    def _violations(self, faults: list[tuple[str, Fault]]) -> list[Violation]:
        return [self.refusals.violation(self.plan.operation, where, fault) for where, fault in faults]

    def _stop_at(self, keyword: str, reason: str) -> None:
        violation = self.refusals.violation(self.plan.operation, "body", Fault(keyword, (), (), reason))
        raise _Stop(self.refusals.of_violations(self.plan.operation, [violation], self.query), [violation])

    def _read_query(self) -> None:
        if self.arrival.query:
            try:
                self.query = parse_query(self.arrival.query)
            except BadEncoding:
                raise _Stop(self.refusals.of_transport("encoding", "the query", UNREADABLE, self.query)) from None

    def _read_path(self) -> tuple[Mapping[str, Any], list[tuple[str, Fault]]]:
        place, operation = self.call.place, self.plan.operation.id
        known = place.read.get(operation)
        if known is not None:
            return known
        try:
            found = place.read[operation] = read_path(self.plan.path, place.raw)
        except BadEncoding:
            raise _Stop(self.refusals.of_transport("encoding", "the path", UNREADABLE, self.query)) from None
        return found

    def _read_headers(self) -> tuple[dict[str, Any], list[tuple[str, Fault]]]:
        return read_named(
            self.plan.header,
            {
                name: [self.arrival.headers[name.encode()].decode("latin-1")]
                for name in self.plan.header
                if name.encode() in self.arrival.headers
            },
        )

    def _refused_members(self, body: Any, principal: Principal) -> list[Violation]:
        if not isinstance(body, dict):
            return []
        return [
            Violation("body", Fault("role", (), (name,), "may not be set by this role"), error, basis)
            for error, names, basis in self.plan.refuses.get(principal.role, ())
            for name in body
            if name in names
        ]

    def _read_body(self) -> tuple[Any, list[tuple[str, Fault]]]:
        """The body's value and its faults. A body that cannot be read has one fault."""
        body = self.call.body
        if body is None:
            return None, [("body", Fault("size", (), (), "is too large"))]
        if not body:
            missing = [("body", Fault("empty", (), (), "is missing"))] if self.plan.body_required else []
            return None, missing
        media_type, charset = essence(self.arrival.headers.get(b"content-type", b""))
        media_type = media_type or next(iter(self.plan.bodies))
        validator = self.plan.bodies.get(media_type)
        if validator is None or charset not in (None, "utf-8", "utf8", "us-ascii"):
            return None, [("body", Fault("mediaType", (), (), "is not in a media type that is accepted here"))]
        try:
            value = reader(media_type)(body)
        except Unreadable as unreadable:
            return None, [("body", Fault(unreadable.keyword, (), (), unreadable.reason, chosen=unreadable.chosen))]
        if validator.is_valid(value):
            return value, []
        return value, [("body", fault) for fault in validator.faults(value)]

    def forced(self, forced: Forced) -> Answer:
        """What was asked for, filled in from the call: from its path and its method."""
        if self.plan.operation.security:
            with suppress(Refused):
                self._authenticate()
        headers, place = dict(forced.headers), self.call.place
        if "Location" in headers:
            origin = self.arrival.base_url.removesuffix(self.arrival.api.api.base_path)
            headers["Location"] = urljoin(origin + self.arrival.path, headers["Location"])
        if forced.status == HTTPStatus.METHOD_NOT_ALLOWED:
            headers["Allow"] = place.route.allowed_beside(self.arrival.method)
        if forced.error is None:
            return self.replied(Reply(forced.status, forced.body, headers))
        details = {**forced.error.details, **_path_words(self.plan, place)}
        if "Allow" in headers:
            details |= told_of(self.arrival.method, f"is not allowed here, only {headers['Allow']}")
        query = _readable_query(self.arrival.query)
        refusal = self.refusals.of_entry(self.plan.operation, forced.error.entry, details, query)
        refusal.headers = {**headers, **refusal.headers}
        return self.refused(refusal)

    def replied(self, reply: Reply) -> Answer:
        """The reply in bytes, held to the contract when the server is strict."""
        responder = self.plan.responder(reply.status)
        role = self.principal.role if self.principal else None
        if responder is None:
            return self._broken_promise(f"{self.plan.operation.id} declares no status {reply.status}")
        extra = [(name.lower().encode(), header_value(value)) for name, value in reply.headers.items()]
        if reply.media_type is not None:
            headers = ((b"content-type", reply.media_type.encode()), *responder.empty, *extra)
            return Answer(reply.status, headers, bytes(reply.body), responder.basis, keep=True, role=role)
        if self.media in responder.binary:
            self._stop_at("accept", "does not come in this media type unless it is asked for in another way too")
        found = responder.writers.get(self.media or JSON) or responder.writers.get(JSON)
        if found is None or reply.body is None:
            return Answer(reply.status, (*responder.empty, *extra), b"", responder.basis, keep=True, role=role)
        headers = (*found.headers, *extra) if extra else found.headers
        if self.call.strict and (breach := responder.breach(reply.body, headers, self.media or JSON)):
            return self._broken_promise(breach)
        return Answer(reply.status, headers, found.write(reply.body), responder.basis, keep=True, role=role)

    def _broken_promise(self, sentence: str) -> Answer:
        print(f"devicedouble: {sentence}", file=sys.stderr)
        return write_refusal(self.plan, self.refusals.plain(500, sentence), self.media or JSON)

    def refused(self, refusal: Refusal, violations: list[Violation] | None = None) -> Answer:
        result = write_refusal(self.plan, refusal, self.media or self.plan.offered[0])
        result.role = self.principal.role if self.principal else None
        result.violations = tuple((v.where, v.fault.keyword, v.sentence) for v in violations or ())
        if self.call.strict and (breach := self._breach(refusal, result)):
            return self._broken_promise(breach)
        return result

    def _breach(self, refusal: Refusal, result: Answer) -> str | None:
        responder = self.plan.responder(refusal.status)
        if responder is None:
            return f"{self.plan.operation.id} declares no status {refusal.status}"
        return responder.breach(refusal.body, result.headers, self.media or JSON)


def _path_words(plan: Plan, place: Place) -> dict[str, str]:
    """The path parameters as placeholders, `device-id` as `device_id`; as they were sent where they cannot be read."""
    words = {}
    for group, text in place.raw.items():
        name = plan.path[group].name.replace("-", "_")
        try:
            words[name] = unquote(text)
        except BadEncoding:
            words[name] = text
    return words
