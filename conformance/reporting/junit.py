"""`junit.xml`: a testcase per requirement, as CI servers read it."""

from __future__ import annotations

import re
from typing import Any
from xml.etree import ElementTree

_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def junit(report: dict[str, Any]) -> str:
    """The report as JUnit XML. A deviation that does not count is a passed case that says so in its output."""
    rows = report["requirements"]
    fatal = [row for row in rows if row["status"] == "failed" and not row.get("deviation")]
    suite = ElementTree.Element(
        "testsuite",
        name=f"devicedouble {report['api']}",
        tests=str(len(rows)),
        failures=str(len(fatal)),
        errors=str(sum(row["status"] == "error" for row in rows)),
        skipped=str(sum(row["status"] in ("skipped", "inconclusive") for row in rows)),
        time=str(report["duration_s"]),
        timestamp=report["started"].removesuffix("Z"),
    )
    for row in rows:
        _case(suite, report["api"], row)
    root = ElementTree.Element("testsuites")
    root.append(suite)
    return ElementTree.tostring(root, encoding="unicode", xml_declaration=True)


def _case(suite: ElementTree.Element, api: str, row: dict[str, Any]) -> None:
    group = ".".join(row["id"].split(".")[:-1]) or api
    case = ElementTree.SubElement(suite, "testcase", classname=_legal(group), name=_legal(row["id"]))
    status = row["status"]
    if status == "failed" and not row.get("deviation"):
        _child(case, "failure", row["failures"][0]["message"] if row["failures"] else row["text"], _told(row))
    elif status == "failed":
        ElementTree.SubElement(case, "system-out").text = _legal("deviation, not counted\n" + _told(row))
    elif status == "error":
        _child(case, "error", row["reason"] or "the suite failed", "")
    elif status in ("skipped", "inconclusive"):
        _child(case, "skipped", f"{status}: {row['reason'] or ''}", "")


def _child(case: ElementTree.Element, name: str, message: str, text: str) -> None:
    ElementTree.SubElement(case, name, message=_legal(message)).text = _legal(text) or None


def _told(row: dict[str, Any]) -> str:
    lines = [row["text"]]
    for failure in row["failures"]:
        lines += ["", failure["message"], f"expected: {failure['expected']}", f"actual:   {failure['actual']}"]
        lines += [request["curl"] for request in failure["requests"]]
        lines.append(failure["replay"])
    return "\n".join(lines)


def _legal(text: str) -> str:
    return _ILLEGAL.sub("\ufffd", text)
