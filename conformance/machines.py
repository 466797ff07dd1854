"""State machines: sequences of requests made by Hypothesis, compared with a model, cut down to the shortest that fails.

A machine's rules send through `call` and say what must be with `hold`; `play` runs it as a check. What the model knows
comes from an API's documents; the machines themselves stand in the APIs' folders.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from itertools import count
from typing import Any

from hypothesis import HealthCheck, Phase, Verbosity, seed, settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

from conformance.context import Context
from conformance.errors import Inconclusive, Skip, SuiteError
from conformance.jsontext import text_of
from conformance.run import Stopped
from conformance.schemas import shortened
from conformance.types import Exchange

STEPS = 12
SHOWN = 10
"""How many of a sequence's last requests a failure shows."""
SHRINKING, SHRINKING_PACED = 800, 150
"""How many requests a failure is worth to be cut down; on a server that must be paced."""


class Mismatch(Exception):
    """The server is in another state than the model."""

    def __init__(self, told: str, expected: Any, actual: Any, exchanges: list[Exchange]) -> None:
        super().__init__(told)
        self.told, self.expected, self.actual = told, expected, actual
        self.exchanges = tuple(exchanges[-SHOWN:])
        self.length = len(exchanges)


class Ended(BaseException):
    """No more sequences: a failure was cut down for long enough, or something else than the server's state is wrong.

    No Exception, because Hypothesis would take one for a failure of the server and try to cut it down.
    """


class Play:
    """What all sequences of one check share: the context, the shortest mismatch, and what ended it early."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.mismatch: Mismatch | None = None
        self.trouble: BaseException | None = None
        self.numbers = count(1)
        """For what must be another in every sequence."""
        self._until = 0

    def differs(self, mismatch: Mismatch) -> None:
        """Keep the shortest."""
        if self.mismatch is None:
            paced = self.context.target.requests_per_second is not None
            self._until = self.context.run.client.requests + (SHRINKING_PACED if paced else SHRINKING)
        if self.mismatch is None or mismatch.length <= self.mismatch.length:
            self.mismatch = mismatch

    def begin(self) -> None:
        """Before each sequence. Raises Ended when there need not be another."""
        if self.mismatch is not None and self.context.run.client.requests > self._until:
            raise Ended

    def watched(self, work: Callable[[], Any]) -> Any:
        """Do something that may fail for reasons that are not the server's state; then no more is sent."""
        try:
            return work()
        except (Skip, Inconclusive, SuiteError, Stopped, KeyboardInterrupt) as error:
            self.trouble = error
            raise Ended from error


class Machine(RuleBasedStateMachine):
    """A sequence in the making. Rules of subclasses change server and model alike."""

    def __init__(self, play: Play) -> None:
        super().__init__()
        play.begin()
        self.play = play
        self.context = play.context
        self.done: list[Exchange] = []

    def call(self, operation: str, **request: Any) -> Exchange:
        """Send, and remember the request for the report."""
        exchange: Exchange = self.play.watched(lambda: self.context.call(operation, **request))
        self.done.append(exchange)
        return exchange

    def hold(self, fits: bool, told: str, expected: Any, actual: Any) -> None:
        """End the sequence with a mismatch unless it `fits`."""
        self.context.case()
        if not fits:
            mismatch = Mismatch(told, expected, actual, self.done)
            self.play.differs(mismatch)
            raise mismatch

    def teardown(self) -> None:
        """Put back what the sequence has changed; subclasses say how in `undo`."""
        if self.play.trouble is None:
            self.play.watched(self.undo)

    def undo(self) -> None:
        """Nothing to put back."""


def play(context: Context, machine: type[Machine]) -> None:
    """Run sequences of a machine, and report the shortest that shows a mismatch."""
    shared = Play(context)
    number = zlib.crc32(f"{context.options.seed}:{context.requirement.id}".encode())

    @seed(number)
    def make() -> Machine:
        return machine(shared)

    chosen = settings(
        max_examples=max(4, context.options.examples // 5),
        stateful_step_count=STEPS,
        database=None,
        deadline=None,
        phases=(Phase.generate, Phase.shrink),
        verbosity=Verbosity.quiet,
        suppress_health_check=list(HealthCheck),
        report_multiple_bugs=False,
        print_blob=False,
    )
    try:
        run_state_machine_as_test(make, settings=chosen)  # type: ignore[arg-type]  # any maker will do
    except BaseException:
        if shared.trouble is not None:
            raise shared.trouble from None
        if shared.mismatch is None:
            raise
    if shared.mismatch is not None:
        found = shared.mismatch
        context.fail(
            found.told,
            expected=shortened(text_of(found.expected)),
            actual=shortened(text_of(found.actual)),
            exchanges=found.exchanges,
            cause=f"sequence {found.told}",
        )
