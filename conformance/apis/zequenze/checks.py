"""Checks of this API alone, named by its requirements.yaml."""

from __future__ import annotations

from conformance.types import Check

CHECKS: dict[str, Check] = {}
