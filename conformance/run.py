"""What the checks of one run share: the target, how much to check, and what has been found so far."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from conformance.answers import Judge, declared_for
from conformance.api import Api
from conformance.client import Client
from conformance.errors import Inconclusive, Skip, SuiteError
from conformance.routes import Router
from conformance.target import Target
from conformance.types import Exchange, Failure
from conformance.undo import RestoreLedger
from openapi.contract import Contract, Operation

MOST_FAILURES = 5


@dataclass(frozen=True, slots=True)
class Options:
    """How much to check, and with which luck."""

    examples: int = 50
    seed: int = 0
    safe: bool = False


class Stopped(SuiteError):
    """The run was interrupted; nothing more is sent except what puts things back."""


@dataclass
class Run:
    """Everything that the checks of one run share. Thread-safe."""

    contract: Contract
    api: Api
    target: Target
    client: Client
    options: Options = field(default_factory=Options)
    undo: RestoreLedger = field(default_factory=lambda: RestoreLedger(None))

    def __post_init__(self) -> None:
        self.judge = Judge(self.contract)
        self.router = Router(self.contract)
        self.coverage: dict[str, dict[int, int]] = defaultdict(lambda: defaultdict(int))
        self.undeclared: dict[str, dict[int, int]] = defaultdict(lambda: defaultdict(int))
        self.found: dict[str, list[Failure]] = defaultdict(list)
        """Failures that a check met for another requirement than its own, by requirement id."""
        self.observed: dict[str, int] = defaultdict(int)
        """How often a passive requirement was put to the test."""
        self.unsteady: dict[str, Exchange] = {}
        """An answer of each operation that came only when the request was sent again, after a 5xx of the server's."""
        self.let_in: set[str] = set()
        """The roles whose credential was answered with anything but 401."""
        self.warnings: list[str] = []
        self.stopping = threading.Event()
        self.putting_back = threading.Lock()
        self.remembered: dict[Any, Any] = {}
        self._locks: dict[Any, threading.Lock] = defaultdict(threading.Lock)
        self._lock = threading.RLock()

    def once(self, key: Any, make: Callable[[], Any]) -> Any:
        """The value of `key`, made by the first who asks; an exception is remembered, too."""
        with self._lock:
            lock = self._locks[key]
        with lock:
            if key not in self.remembered:
                try:
                    self.remembered[key] = (make(), None)
                except (Skip, Inconclusive) as reason:
                    self.remembered[key] = (None, reason)
        value, raised = self.remembered[key]
        if raised is not None:
            raise raised
        return value

    def report(self, requirement: str, failure: Failure) -> None:
        """Note a failure of a requirement; of one cause only the first is kept."""
        with self._lock:
            known = self.found[requirement]
            if len(known) < MOST_FAILURES and failure.cause not in {one.cause for one in known}:
                known.append(failure)

    def count(self, exchange: Exchange, operation: Operation) -> None:
        with self._lock:
            self.coverage[operation.id][exchange.status] += 1
            if declared_for(operation, exchange.status) is None:
                self.undeclared[operation.id][exchange.status] += 1

    def notice(self, exchange: Exchange) -> None:
        """Tell of a request that had to be sent again."""
        if not exchange.repeated:
            return
        if {"500", "501", "505"} & set(exchange.repeated):
            self.unsteady.setdefault(str(exchange.operation), exchange)
        self.warn("Requests were answered only when they were sent again: the server, or the way to it, is not steady.")

    def put_to_test(self, requirement: str) -> None:
        with self._lock:
            self.observed[requirement] += 1

    def warn(self, sentence: str) -> None:
        with self._lock:
            if sentence not in self.warnings:
                self.warnings.append(sentence)
