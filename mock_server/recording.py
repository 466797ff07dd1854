"""What the journal keeps of a call: who asked what about which object, and what came, without any credential."""

from time import perf_counter

from mock_server.exchange import Answer, Arrival, Call
from mock_server.redaction import redact_body, redact_query
from mock_server.types import World
from mock_server.world.faults import Fault
from mock_server.world.journal import Entry, packed


def entry(call: Call, answer: Answer, fault: Fault | None, world: World) -> Entry:
    """A call that an operation answers. Its duration counts the delays that it was asked to have."""
    arrival, plan = call.arrival, call.plan
    operation, secrets = plan.operation, plan.secrets
    delay = call.delay_s if fault is None else call.delay_s + fault.delay
    return Entry(
        world.now,
        operation.api,
        operation.id,
        call.place.key,
        answer.basis,
        arrival.method,
        _target(arrival) if arrival.query else arrival.path,
        packed(arrival.raw_headers),
        redact_body(call.body or b"", secrets) if secrets else call.body or b"",
        0 if fault is not None and fault.drop else answer.status,
        answer.headers,
        redact_body(answer.body, secrets) if secrets else answer.body,
        int((perf_counter() - arrival.began + delay) * 1e6),
        answer.violations,
        fault.id if fault is not None else None,
        answer.role,
    )


def stray(arrival: Arrival, answer: Answer, world: World) -> Entry:
    """A call that no operation answers."""
    return Entry(
        world.now,
        arrival.api.api.id,
        None,
        None,
        answer.basis,
        arrival.method,
        _target(arrival),
        packed(arrival.raw_headers),
        b"",
        answer.status,
        answer.headers,
        answer.body,
        int((perf_counter() - arrival.began) * 1e6),
    )


def _target(arrival: Arrival) -> str:
    return f"{arrival.path}?{redact_query(arrival.query)}" if arrival.query else arrival.path
