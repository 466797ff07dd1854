"""What the checks of Zequenze ask for again and again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from conformance.answers import shown
from conformance.apis.zequenze.devices import LIST, WRITE, device
from conformance.context import Context
from conformance.errors import Inconclusive
from conformance.schemas import at, same, shortened
from conformance.types import Exchange


def put(context: Context, body: Any) -> Exchange:
    """Update the fixture device."""
    return context.call(WRITE, path=context.resource().path, body=body)


def taken(context: Context, body: Mapping[str, Any]) -> Exchange | None:
    """The answer to a valid update; None, and a failure, when it is refused."""
    exchange = put(context, body)
    context.case()
    return exchange if context.expect_success(exchange, f"{', '.join(body)} is refused.") else None


def shows(context: Context, exchange: Exchange, wanted: Mapping[str, Any]) -> None:
    """Hold the answer to an update, and that to a later one of another member, to what was written."""
    for place, found in (("The answer", exchange.json()), ("A later update", device(context))):
        for name, value in wanted.items():
            told = f"{place} does not show {name} as it was written."
            if not same(at(found, f"/{name}"), value):
                context.wrong(told, value, at(found, f"/{name}"), exchange, f"not stored {name}")


def rows_of(exchange: Exchange) -> list[Any]:
    """The rows of a page. Raises Inconclusive when it has none."""
    rows = at(exchange.json(), "/results")
    if not exchange.ok or not isinstance(rows, list):
        raise Inconclusive(f"{LIST} answered {shown(exchange, 100)}")
    return rows


def follow(context: Context, link: str) -> Exchange:
    """The page that a link of another page leads to; it must be an address of the same list."""
    base, _, query = link.partition("?")
    path = context.contract.operations[LIST].path
    if not base.endswith(path):
        raise Inconclusive(f"a link leads to {shortened(link, 80)}")
    return context.call(LIST, query=dict(parse_qsl(query, keep_blank_values=True)))


def all_rows(context: Context, **query: Any) -> list[Any]:
    """The rows of at most twenty pages."""
    exchange = context.call(LIST, query={"limit": 100, **query})
    rows = list(rows_of(exchange))
    for _ in range(20):
        link = at(exchange.json(), "/next")
        if not isinstance(link, str):
            break
        exchange = follow(context, link)
        rows += rows_of(exchange)
    return rows
