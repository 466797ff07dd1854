"""Checks of this API alone, named by its requirements.yaml."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from conformance.context import Context
from conformance.types import Check


def recently(context: Context) -> str:  # noqa: ARG001
    """A moment 300 days ago: a search may not look back a whole year."""
    return (datetime.now(UTC) - timedelta(days=300)).strftime("%Y-%m-%dT00:00:00Z")


CHECKS: dict[str, Check] = {}
