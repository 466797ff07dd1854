"""What one check has found: how many cases it has seen, and what was wrong in them."""

from __future__ import annotations

from typing import Any

from conformance.answers import described, error_matches, shown
from conformance.jsontext import text_of
from conformance.run import MOST_FAILURES
from conformance.schemas import shortened
from conformance.types import Exchange, Failure
from openapi.contract import Contract


class Findings:
    """The cases and failures of one check, and the two verdicts that most of them pass."""

    def __init__(self, contract: Contract) -> None:
        self.contract = contract
        self.cases = 0
        self.failures: list[Failure] = []
        self.doubts: list[Exchange] = []
        """Writes that were sent again, so that what this check sees may come of the first time."""

    def case(self, count: int = 1) -> None:
        self.cases += count

    def wrong(self, told: str, expected: Any, actual: Any, exchange: Exchange, cause: str = "") -> None:
        """Record a failure about one answer, in which a value is another than expected."""
        self.fail(
            told,
            expected=shortened(text_of(expected)),
            actual=shortened(text_of(actual)),
            exchanges=(exchange,),
            cause=cause or told,
        )

    def fail(
        self,
        message: str,
        *,
        expected: str,
        actual: str,
        exchanges: tuple[Exchange, ...] = (),
        cause: str | None = None,
    ) -> None:
        """Record a failure of the requirement in hand, and go on. `cause` tells one defect from another.

        Raises what `blamed` raises.
        """
        self.blamed(exchanges)
        failure = Failure(message, expected, actual, exchanges, cause or message)
        known = {one.cause for one in self.failures}
        if failure.cause not in known and len(self.failures) < MOST_FAILURES:
            self.failures.append(failure)

    def blamed(self, exchanges: tuple[Exchange, ...]) -> None:
        """Raise SuiteError when a failure that these exchanges show is not the server's."""

    def expect_success(self, exchange: Exchange, what: str = "A valid request is refused.") -> bool:
        """True when the answer is a declared success; otherwise a failure is recorded."""
        if exchange.ok:
            return True
        self.fail(
            what,
            expected="2xx",
            actual=shown(exchange),
            exchanges=(exchange,),
            cause=f"refused {exchange.operation} {exchange.status}",
        )
        return False

    def expect_error(
        self, exchange: Exchange, name: str | None, what: str, *, cause: str = "", also: tuple[int, ...] = ()
    ) -> bool:
        """True when the answer is the catalogue's entry `name` (None: any 4xx that is no 401, 405, 415 or 429)."""
        if name is None:
            fits = (400 <= exchange.status < 500 and exchange.status not in (401, 405, 415, 429)) or (
                exchange.status in also
            )
            difference = None if fits else f"status {exchange.status}"
            wanted = "a refusal (4xx)"
        else:
            entry = self.contract.errors[name]
            difference = error_matches(entry, exchange, self.contract)
            wanted = described(entry, self.contract)
        if difference is None:
            return True
        self.fail(
            f"{what}: {difference}" if name is not None else what,
            expected=wanted,
            actual=shown(exchange),
            exchanges=(exchange,),
            cause=f"{cause}|{'accepted' if exchange.ok else exchange.status}",
        )
        return False
