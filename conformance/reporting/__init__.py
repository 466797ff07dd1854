"""Reports of a finished run: JSON, JUnit, an HTML page, a badge and the exchanges as HAR."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from conformance.reporting.badge import badge
from conformance.reporting.grouping import defects
from conformance.reporting.har import write_har
from conformance.reporting.junit import junit
from conformance.reporting.page import defects_of, matrix_of, page
from conformance.reporting.redaction import Redactor
from conformance.reporting.report import About, report_of
from conformance.results import Results
from conformance.run import Run
from conformance.types import Exchange

__all__ = ["About", "Redactor", "report_of", "write_reports"]


def write_reports(
    folder: Path, results: Results, run: Run, about: About, exchanges: Iterable[Exchange]
) -> dict[str, object]:
    """Write all reports into `folder` (made when missing) and return what `report.json` says.

    Raises OSError when the folder cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    report = report_of(results, run, about)
    marked = _marked(report, results)
    declared = {name: list(operation.responses) for name, operation in run.contract.operations.items()}
    failed = [one for one in results.outcomes if one.status == "failed"]
    found = defects(failed, run.contract, results.rules.binds)
    redactor = Redactor.of(run)
    html = page(report, defects_of(report, found, results, redactor), matrix_of(report, declared))
    texts = {
        "report.json": json.dumps(report, indent=2, ensure_ascii=False) + "\n",
        "junit.xml": junit(marked),
        "conformance.svg": badge(report),
        "report.html": html,
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8", errors="replace")
    write_har(folder / "requests.har", exchanges, redactor, about.suite_version)
    return report


def _marked(report: dict[str, object], results: Results) -> dict[str, object]:
    """The report with the failures that do not count marked so."""
    ids = {one.requirement.id for one in results.deviations()}
    rows = report["requirements"]
    assert isinstance(rows, list)
    return {**report, "requirements": [{**row, "deviation": row["id"] in ids} for row in rows]}
