"""Faults that every API can have, made from its contract by rule."""

from __future__ import annotations

from conformance.planted.faults import Fault
from conformance.planted.rules import RULES
from conformance.planted.rules.ground import Ground
from conformance.session import Session


def faults_of(name: str) -> tuple[Fault, ...]:
    """The faults that follow from the contract of an API, or from that of any OpenAPI 3.0 document."""
    return faults_by_rule(Session.of(name))


def faults_by_rule(session: Session) -> tuple[Fault, ...]:
    """The faults of a session's contract that its ledger should catch, each id once."""
    ground = Ground(session.contract, session.api, session.ledger)
    return tuple({fault.id: fault for rule in RULES for fault in rule(ground)}.values())
