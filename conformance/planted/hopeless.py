"""Servers that are none: the same answer to everything. No run against one may come out conformant."""

from __future__ import annotations

from conformance.planted.faults import Fault
from conformance.planted.tools import always, answering

ANSWERS = {
    "always-500": (500, {"error": "Internal Server Error"}, "everything is answered with 500"),
    "always-404": (404, {}, "everything is answered with 404"),
    "always-ok": (200, {}, "everything is answered with 200 and an empty object"),
}


def hopeless(api: str) -> tuple[Fault, ...]:
    """The three servers, as faults that every requirement may catch: what counts is the verdict."""
    return tuple(
        Fault(f"{api}-{name}", api, breaks, (f"{api}.*",), always(answering(status, body)))
        for name, (status, body, breaks) in ANSWERS.items()
    )
