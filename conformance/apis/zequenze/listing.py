"""The list, its links and filters, and what becomes of a device that was removed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from conformance.apis.zequenze.asking import all_rows, follow, rows_of
from conformance.apis.zequenze.devices import DELETE, LIST, PATCH, READ, WRITE, one_to_delete
from conformance.context import UNSET, Context
from conformance.errors import Inconclusive, Skip
from conformance.schemas import at
from conformance.types import Exchange, Requirement


def links(context: Context, requirement: Requirement) -> None:
    """`previous` of the first page and `next` of the last are null; going on and back leads to the same page."""
    first = context.call(LIST, query={"limit": 5})
    context.case()
    serials = [at(row, "/serial_number") for row in rows_of(first)]
    if at(first.json(), "/previous") is not None:
        context.wrong("The first page has a page before it.", None, at(first.json(), "/previous"), first)
    link = at(first.json(), "/next")
    if not isinstance(link, str):
        if at(first.json(), "/count") != len(serials):
            context.wrong("There are more devices, but no next page.", at(first.json(), "/count"), len(serials), first)
        return
    second = follow(context, link)
    back = at(second.json(), "/previous")
    context.case()
    if not isinstance(back, str):
        context.wrong("The second page has no page before it.", "an address", back, second)
        return
    again = [at(row, "/serial_number") for row in rows_of(follow(context, back))]
    if again != serials:
        context.wrong("`previous` of the second page does not lead to the first.", serials, again, second)
    count = at(first.json(), "/count")
    if isinstance(count, int) and count > 0:
        last = context.call(LIST, query={"limit": 5, "offset": count - 1})
        context.case()
        if at(last.json(), "/next") is not None:
            context.wrong("The last page has a page after it.", None, at(last.json(), "/next"), last)


def links_filter(context: Context, requirement: Requirement) -> None:
    """Following `next` of a filtered list gives as many devices as its count says, each of them once."""
    for status in ("true", "false"):
        exchange = context.call(LIST, query={"status": status, "limit": 3})
        count = at(exchange.json(), "/count")
        rows = list(rows_of(exchange))
        for _ in range(3):
            link = at(exchange.json(), "/next")
            if not isinstance(link, str):
                break
            exchange = follow(context, link)
            rows += rows_of(exchange)
            context.case()
            if at(exchange.json(), "/count") != count:
                context.wrong("The next page has lost the filter.", count, at(exchange.json(), "/count"), exchange)
                break
            ups = {at(row, "/status") for row in rows if isinstance(at(row, "/status"), bool)}
            if ups - {status == "true"}:
                context.wrong("The next page has lost the filter.", status, sorted(map(str, ups)), exchange)
    if not context.cases:
        raise Skip("neither list has a second page")


def up_and_down(context: Context, requirement: Requirement) -> None:
    """Devices that are up and devices that are down are all devices, and no device is both; spellings are the same."""
    whole = {at(row, "/serial_number") for row in all_rows(context)}
    found = {value: {at(r, "/serial_number") for r in all_rows(context, status=value)} for value in ("true", "false")}
    exchange = context.call(LIST, query={"status": "true"})
    context.case()
    if found["true"] & found["false"]:
        context.wrong("A device is both up and down.", [], sorted(found["true"] & found["false"]), exchange)
    if found["true"] | found["false"] != whole:
        context.wrong(
            "Up and down together are not all devices.",
            len(whole),
            {k: len(v) for k, v in found.items()},
            exchange,
        )
    counts = {v: at(context.call(LIST, query={"status": v}).json(), "/count") for v in ("1", "True", "true")}
    counts |= {v: at(context.call(LIST, query={"status": v}).json(), "/count") for v in ("0", "False", "false")}
    for spelling, like in (("1", "true"), ("True", "true"), ("0", "false"), ("False", "false")):
        context.case()
        if counts[spelling] != counts[like]:
            context.wrong(
                f"status={spelling} is not the same as status={like}.",
                counts[like],
                counts[spelling],
                exchange,
            )


def parameters(context: Context, requirement: Requirement) -> None:
    """Every parameter in every form that the page shows is taken."""
    forms: tuple[dict[str, Any], ...] = (
        {"last_status_change_from": "2000-01-01"},
        {"last_status_change_from": "2000-01-01 00:01:00"},
        {"last_status_change_from": "2000-01-01 00:01:00+00:00"},
        {"pending": "true"},
        {"pending": "false"},
        {"update_status": "true"},
        {"update_status": "false"},
        {"type": 1},
        {"organization": 1},
        {"limit": 10, "offset": 10},
    )
    for query in forms:
        exchange = context.call(LIST, query=query)
        context.case()
        context.expect_success(exchange, f"{query} is refused.")


def impossible_date(context: Context, requirement: Requirement) -> None:
    """The 30th of February, with and without a time, gets the catalogue's answer."""
    for day in ("2000-02-30", "2001-02-29 00:01:00"):
        exchange = context.call(LIST, query={"last_status_change_from": day})
        context.case()
        context.expect_error(exchange, "INVALID_PARAMETER", f"last_status_change_from={day} is not refused")


def deleted(context: Context, requirement: Requirement) -> None:
    """The device that was removed in this run is neither read, nor written, nor listed any more."""
    path = one_to_delete(context)
    exchange = context.once(("removed", path["serial_number"]), lambda: _removed(context, path))
    for name in (READ, WRITE, PATCH):
        answer = context.call(name, path=path, body=UNSET if name == READ else {"name": "devicedouble"})
        context.case()
        if answer.status != 404:
            context.wrong(f"{name} finds a device that was removed.", 404, answer.status, answer)
    if path["serial_number"] in {at(row, "/serial_number") for row in all_rows(context)}:
        context.wrong("The list has a device that was removed.", "not among them", path["serial_number"], exchange)


def _removed(context: Context, path: Mapping[str, str]) -> Exchange:
    from conformance.checks.success import baseline

    exchange = baseline(context, DELETE)
    if not exchange.ok or not exchange.sent.target.rstrip("/").endswith(path["serial_number"]):
        raise Inconclusive(f"{DELETE} answered {exchange.status}")
    return exchange


CHECKS = {
    "links": links,
    "links_filter": links_filter,
    "up_and_down": up_and_down,
    "parameters": parameters,
    "impossible_date": impossible_date,
    "deleted": deleted,
}
