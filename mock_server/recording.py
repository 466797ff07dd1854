"""What the journal keeps of a call: who asked what about which object, and what came, without any credential."""

from time import perf_counter

from mock_server.answers import Answer
from mock_server.exchange import Arrival, Call
from mock_server.redaction import redact_body, redact_query
from mock_server.types import World
from mock_server.world.faults import Fault
from mock_server.world.journal import Record, packed, size


def record(call: Call, answer: Answer, fault: Fault | None, world: World) -> Record:
    """A call that an operation answers. Its duration counts the delays that it was asked to have."""
    arrival, plan = call.arrival, call.plan
    operation, secrecy = plan.operation, plan.secrecy
    delay = call.delay_s if fault is None else call.delay_s + fault.delay
    target = _target(arrival) if arrival.query else arrival.path
    headers = packed(arrival.raw_headers)
    body = redact_body(call.body or b"", secrecy) if secrecy else call.body or b""
    answered = redact_body(answer.body, secrecy) if secrecy else answer.body
    return (
        world.moment,
        operation.api,
        operation.id,
        call.place.key,
        answer.basis,
        arrival.method,
        target,
        headers,
        body,
        0 if fault is not None and fault.drop else answer.status,
        answer.headers,
        answered,
        perf_counter() - arrival.began + delay,
        answer.violations,
        fault.id if fault is not None else None,
        answer.role,
        size(target, headers, body, answered),
    )


def stray(arrival: Arrival, answer: Answer, operation: str | None, key: str | None, world: World) -> Record:
    """A call that is answered without the world: by no operation, or because of what it asks of the double."""
    target, headers = _target(arrival), packed(arrival.raw_headers)
    return (
        world.moment,
        arrival.api.api.id,
        operation,
        key,
        answer.basis,
        arrival.method,
        target,
        headers,
        b"",
        answer.status,
        answer.headers,
        answer.body,
        perf_counter() - arrival.began,
        (),
        None,
        None,
        size(target, headers, b"", answer.body),
    )


def _target(arrival: Arrival) -> str:
    return f"{arrival.path}?{redact_query(arrival.query)}" if arrival.query else arrival.path
