"""JSON as it is sent, and as it is told."""

from __future__ import annotations

import json
from typing import Any

from conformance.schemas import ABSENT


def encoded(value: Any) -> bytes:
    """JSON as it is sent: UTF-8, compact."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")


def text_of(value: Any) -> str:
    """A JSON value for people."""
    return repr(value) if value is ABSENT else json.dumps(value, ensure_ascii=False, default=repr)
