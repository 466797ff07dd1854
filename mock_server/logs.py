"""One line a request, as text or as JSON, on stderr."""

import json
import sys
from collections.abc import Callable

from mock_server.world.journal import Entry, Record


def _text(entry: Entry) -> str:
    problem = f"  {entry.violations[0][2]}" if entry.violations else ""
    operation = entry.operation or "no operation"
    return f"{entry.method} {entry.target} {entry.status} {operation} {entry.duration_ms:.1f} ms{problem}"


def _json(entry: Entry) -> str:
    return json.dumps(
        {
            "time": entry.time.isoformat(),
            "api": entry.api,
            "method": entry.method,
            "target": entry.target,
            "status": entry.status,
            "operation": entry.operation,
            "duration_ms": entry.duration_ms,
            "violations": [sentence for _where, _keyword, sentence in entry.violations],
        }
    )


_FORMATS: dict[str, Callable[[Entry], str]] = {"text": _text, "json": _json}


def logger(kind: str) -> Callable[[Record], None] | None:
    """What writes records as `text` or `json`; None for `none`."""
    line = _FORMATS.get(kind)
    if line is None:
        return None

    def log(record: Record) -> None:
        sys.stderr.write(line(Entry.of(0, record)) + "\n")

    return log
