"""Sending a request with one mistake, and putting back what a server that takes it has changed."""

from __future__ import annotations

import re
from typing import Any

from conformance.checks.refusals.bodies import Unfit, broken
from conformance.checks.refusals.mistakes import Mistake
from conformance.checks.success import disposable, valid_body
from conformance.context import Context
from conformance.jsontext import text_of
from conformance.schemas import Validator
from conformance.types import Exchange
from conformance.violations import REMOVE
from openapi.contract import Operation


def attempt(context: Context, operation: Operation, one: Mistake) -> Exchange | None:
    """The answer to a request with one mistake, sent once a run; None when more than it would be wrong."""
    key = ("mistake", operation.id, one.where, one.name, one.violation.keyword, text_of(one.violation.value))
    exchange: Exchange | None = context.once(key, lambda: _attempt(context, operation, one))
    return exchange


def _attempt(context: Context, operation: Operation, one: Mistake) -> Exchange | None:
    if one.where == "body":
        body = broken_body(context, operation, one)
        if isinstance(body, Unfit):
            return None
        return guarded(context, operation, body=body)
    value = one.violation.value
    if one.where == "path":
        path = {**context.path_of(operation), one.name: _nobodys(context, operation, one.name, value)}
        return guarded(context, operation, path=path)
    query = context.query_of(operation)
    if value is REMOVE:
        query.pop(one.name, None)
    else:
        query[one.name] = value
    return guarded(context, operation, query=query)


def _nobodys(context: Context, operation: Operation, name: str, value: Any) -> Any:
    """The wrong text of a path, about no object: who reads `042` as 42 must not find one to change or delete."""
    if operation.method == "GET" or not isinstance(value, str):
        return value
    missing = context.path_of(operation, "unknown")[name]
    if not missing.isdecimal() or missing == context.path_of(operation)[name]:
        return value
    return re.sub(r"[1-9]\d*", missing, value, count=1)


def broken_body(context: Context, operation: Operation, one: Mistake) -> Any:
    """A valid body with one mistake in it; verified to have no other with another answer."""
    assert operation.request_body is not None
    schema = next(iter(operation.request_body.content.values())).schema
    validator = context.once(("request validator", operation.id), lambda: Validator(schema, "request"))
    return broken(operation, validator, valid_body(context, operation.id), one.violation)


def guarded(context: Context, operation: Operation, **request: Any) -> Exchange:
    """Send a request that must be refused; if it is accepted, put back what it may have changed."""
    if operation.method == "GET":
        return context.call(operation.id, **request)
    if "body" not in request and "raw" not in request:
        request["body"] = valid_body(context, operation.id)
    if operation.method == "DELETE" and "path" not in request:
        request["path"] = disposable(context, operation.id)  # A server that passes over the mistake carries it out.
    handle = context.resource_reached_by(operation.id)
    if handle is None or "path" in request:
        return context.call(operation.id, **request)
    before = context.once(("state before refusals", handle.resource.name), lambda: context.note(handle))
    exchange = context.call(operation.id, **request)
    if exchange.ok:
        context.put_back_now(handle, before)
    return exchange
