"""`conformance.svg`: a small picture for a README."""

from __future__ import annotations

from html import escape
from typing import Any

_COLOURS = {"conformant": "#1a7f37", "nonconformant": "#c4231c", "error": "#6e7781"}
_PER_CHARACTER = 6.6


def badge(report: dict[str, Any]) -> str:
    """The verdict as an SVG badge: API, verdict, and how many requirements passed of those checked."""
    summary = report["summary"]
    checked = summary["passed"] + summary["failed"]  # which includes the deviations
    left, right = f"{report['api']} contract", f"{report['verdict']} {summary['passed']}/{checked}"
    first, second = (round(len(text) * _PER_CHARACTER + 14) for text in (left, right))
    width, title = first + second, escape(f"{left}: {right}")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="20" role="img" aria-label="{title}">'
        f"<title>{title}</title>"
        f'<rect width="{width}" height="20" rx="3" fill="#24292f"/>'
        f'<path d="M{first} 0h{second - 3}a3 3 0 0 1 3 3v14a3 3 0 0 1-3 3h-{second - 3}z"'
        f' fill="{_COLOURS[report["verdict"]]}"/>'
        '<g fill="#fff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11" text-anchor="middle">'
        f'<text x="{first / 2}" y="14">{escape(left)}</text>'
        f'<text x="{first + second / 2}" y="14">{escape(right)}</text></g></svg>\n'
    )
