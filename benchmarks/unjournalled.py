"""The double without its journal, which nobody can have: only to measure what the journal costs.

python -m benchmarks.unjournalled PORT
"""

import sys
from typing import Any

from devicedouble.cli import main
from mock_server import recording


def _nothing(*_facts: Any) -> None:
    return None


if __name__ == "__main__":
    recording.record = _nothing  # type: ignore[assignment]
    main(["serve", "--port", sys.argv[1], "--quiet"])
