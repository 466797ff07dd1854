"""What a list is narrowed down to, a text or errors alone, and the list as a file."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from typing import Any

from conformance.apis.mobilefirst.reading import ask, ids, whole
from conformance.context import Context
from conformance.errors import Skip
from conformance.types import Exchange, Requirement


def mentions(item: Mapping[str, Any], text: str) -> bool:
    names = [item.get("deviceDisplayName"), *(user.get("str") for user in item.get("userIds", ()))]
    return any(text.casefold() in name.casefold() for name in names if isinstance(name, str))


def searches(context: Context, requirement: Requirement) -> None:
    """query finds all devices, and only those, whose name or user contains the text, whatever its case."""
    everything = context.once(("all devices",), lambda: whole(context, "listDevices"))
    users = [user["str"] for item in everything for user in item.get("userIds", ()) if user.get("str")]
    names = [item["deviceDisplayName"] for item in everything if item.get("deviceDisplayName")]
    texts = [text for found in (users, names) if found for text in (found[0], found[0].swapcase(), found[-1][1:4])]
    for text in [*dict.fromkeys(texts), "no device is called like this"]:
        exchange, page = ask(context, "listDevices", {"query": text, "pageSize": 500})
        context.case()
        wanted = {item["id"] for item in everything if mentions(item, text)}
        got = set(ids(page))
        odd = [item for item in page["items"] if not mentions(item, text)]
        if odd or (wanted - got and page.get("nextPageBookmark") in (None, "")):
            context.fail(
                f"query={text} does not find what contains it.",
                expected=f"{len(wanted)} devices",
                actual=f"{len(odd)} others" if odd else f"without {', '.join(sorted(wanted - got)[:3])}",
                exchanges=(exchange,),
                cause="search leaks" if odd else "search misses",
            )
        _total_of_search(context, page, exchange, text)


def _total_of_search(context: Context, page: Mapping[str, Any], exchange: Exchange, text: str) -> None:
    """A search that finds nothing leaves no page to turn to."""
    if not page["items"] and page.get("nextPageBookmark"):
        context.fail(
            f"query={text} finds nothing, and names a next page.",
            expected="no nextPageBookmark",
            actual=str(page["nextPageBookmark"]),
            exchanges=(exchange,),
            cause="search empty with next",
        )


def only_errors(context: Context, requirement: Requirement) -> None:
    """mode=errors shows every transaction that failed, and none that is without fault."""
    everything = whole(context, "listTransactions")
    exchange, page = ask(context, "listTransactions", {"mode": "errors", "pageSize": 500})
    if not any(_erroneous(item) for item in everything) or all(_erroneous(item) for item in everything):
        raise Skip("the runtime has no failed transaction, or no other")
    context.case()
    odd = [item.get("id") for item in page["items"] if not _erroneous(item)]
    failed = {item.get("id") for item in everything if item.get("status") == "FAILURE"}
    missing = sorted(failed - set(ids(page)), key=str) if not page.get("nextPageBookmark") else []
    if odd or missing:
        context.fail(
            "mode=errors does not show the erroneous transactions.",
            expected=f"{len(failed)} that failed, and no other",
            actual=f"also {odd[:5]}" if odd else f"without {missing[:5]}",
            exchanges=(exchange,),
            cause="errors leaks" if odd else "errors misses",
        )


def _erroneous(item: Mapping[str, Any]) -> bool:
    return item.get("status") != "SUCCESS" or bool(item.get("errors"))


def as_file(context: Context, requirement: Requirement) -> None:
    """file=true answers with a zip file that can be opened and holds something."""
    exchange = context.call("listTransactions", query={"file": "true"})
    context.case()
    if not context.expect_success(exchange):
        return
    try:
        names = zipfile.ZipFile(io.BytesIO(exchange.body)).namelist()
    except zipfile.BadZipFile:
        names = []
    if exchange.media_type != "application/zip" or not names:
        context.fail(
            "file=true does not answer with a zip file.",
            expected="application/zip with a file in it",
            actual=f"{exchange.media_type}, {len(exchange.body)} bytes",
            exchanges=(exchange,),
        )
