"""The two ways a run can end badly, and the two ways a check can end without a verdict.

A *failure* (the server is wrong) is data, not an exception: see `types.Failure`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conformance.types import Sent


class WrongUse(Exception):
    """The command line, the target file or the environment cannot be used: one sentence, exit status 2."""


class SuiteError(Exception):
    """The server could not be reached or the suite itself failed: one sentence, exit status 3."""


class Unavailable(SuiteError):
    """No answer came: refused, unresolvable, timed out, cut off, or a gateway said 502, 503 or 504."""


class BrokenOff(Unavailable):
    """What came on a connection that the server took is no whole answer, or nothing came before it was closed."""

    sent: Sent | None = None
    """The request that has no answer."""


class Skip(Exception):
    """The check cannot be made on this target; the argument is the reason shown."""


class Inconclusive(Exception):
    """What the check rests on did not work; the argument is the reason shown."""
