"""`report.html`: one self-contained page, readable on a phone and on paper."""

from __future__ import annotations

from typing import Any

from jinja2 import Environment, PackageLoader, select_autoescape

from conformance.reporting.grouping import Defect
from conformance.reporting.redaction import Redactor
from conformance.reporting.report import ALONE
from conformance.results import Results

_ORDER = ("failed", "error", "inconclusive", "skipped", "passed")
_MOST_IDS = 4


def page(report: dict[str, Any], defects: list[dict[str, Any]], matrix: dict[str, Any]) -> str:
    """The page: verdict, defects each once with their exchange, the coverage picture, and the ledger with a filter."""
    environment = Environment(
        loader=PackageLoader("conformance.reporting"), autoescape=select_autoescape(default=True), trim_blocks=True
    )
    environment.globals.update(order=_ORDER, most=_MOST_IDS, alone=ALONE)
    return environment.get_template("report.html").render(report=report, defects=defects, matrix=matrix)


def defects_of(
    report: dict[str, Any], defects: list[Defect], results: Results, redactor: Redactor
) -> list[dict[str, Any]]:
    """Each defect with the requirements that show it and the failure of the report that tells it best."""
    rows = {row["id"]: row for row in report["requirements"]}
    told = []
    for defect in defects:
        failures = rows[defect.teller.requirement.id]["failures"]
        place = defect.teller.failures.index(defect.failure)
        ids = [outcome.requirement.id for outcome in defect.outcomes]
        counts = any(results.rules.binds(outcome.requirement) for outcome in defect.outcomes)
        failure = failures[min(place, len(failures) - 1)]
        told.append(
            {"failure": failure, "ids": ids, "counts": counts, "also": [redactor.text(one) for one in defect.also]}
        )
    return sorted(told, key=lambda one: not one["counts"])


def matrix_of(report: dict[str, Any], declared: dict[str, list[str]]) -> dict[str, Any]:
    """Operations × statuses: how often each answer was seen, which were declared, which were not."""
    seen = {status for row in report["coverage"] for status in (*row["statuses"], *row["undeclared"])}
    known = {status for statuses in declared.values() for status in statuses if status.isdigit()}
    columns = sorted(seen | known)
    rows = [
        {
            "operation": row["operation"],
            "cells": [_cell(row, status, declared.get(row["operation"], [])) for status in columns],
        }
        for row in report["coverage"]
    ]
    return {"columns": columns, "rows": rows}


def _cell(row: dict[str, Any], status: str, declared: list[str]) -> dict[str, Any]:
    undeclared = row["undeclared"].get(status, 0)
    count = row["statuses"].get(status, 0)
    if undeclared:
        return {"count": max(count, undeclared), "kind": "undeclared"}
    if count:
        return {"count": count, "kind": "seen"}
    covered = status in declared or "default" in declared or f"{status[0]}XX" in declared
    return {"count": 0, "kind": "unseen" if status in declared and covered else "none"}
