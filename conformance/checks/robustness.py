"""Hostile but harmless requests: whatever comes, never a 5xx."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from conformance.answers import shown
from conformance.checks.success import valid_body
from conformance.context import UNSET, Context
from conformance.errors import BrokenOff, Skip
from conformance.requirements import Book
from conformance.routes import Raw, encode, parameters_in, path_of, query_of
from conformance.schemas import shortened
from conformance.types import Exchange, Headers, Requirement, weakest
from openapi.contract import Operation

NEED = ("capability:robustness",)
NO_METHOD = "PROPFIND"
"""A method that no such API has, and that changes nothing where it is there (safe, RFC 4918 section 9.1).

One that some server has might be carried out, for what is not declared may exist; and a word that is no method at all
is refused by HTTP parsers before a server sees it.
"""


def derive(book: Book) -> Iterator[Requirement]:
    for operation in book.operations():
        if operation.method == "GET":
            yield _robust(
                book, operation, "robust-query", "Odd, repeated, unknown and very long query parameters", "reads"
            )
            if parameters_in(operation.path):
                yield _robust(book, operation, "robust-path", "Odd path parameters", "reads")
            yield book.make(
                operation,
                "head-like-get",
                "HEAD, where it is answered at all, has the status of GET and no body.",
                "head_like_get",
                basis="public",
                level="SHOULD",
                source="RFC 9110 section 9.3.2",
                needs=(f"success:{operation.id}",),
            )
        if operation.request_body is not None:
            yield _robust(book, operation, "robust-body", "Odd, deep, large and wrong bodies", "changes")
    yield from _methods(book)


def _robust(book: Book, operation: Operation, slug: str, text: str, sends: Any) -> Requirement:
    return book.make(
        operation,
        slug,
        f"{text} never bring the server down: no 5xx, no broken connection.",
        slug.replace("-", "_"),
        basis=weakest(operation.basis, "public"),
        source="RFC 9110 section 15.6",
        sends=sends,
        needs=(*NEED, f"success:{operation.id}"),
    )


def _methods(book: Book) -> Iterator[Requirement]:
    """One requirement a path: what it does not have is refused."""
    seen: set[str] = set()
    rule = book.contract.violation("method")
    for operation in book.operations():
        if operation.path in seen or rule.error is None:
            continue
        seen.add(operation.path)
        entry = book.contract.errors[rule.error]
        yield book.make(
            operation,
            "refuses-other-methods",
            f"A method that the path does not have is answered {entry.status}, with Allow, or 501.",
            "refuses_other_methods",
            basis=weakest(rule.basis, entry.basis),
            level="SHOULD",
            source="RFC 9110 sections 15.5.6 and 15.6.2",
            sends="refused",
            needs=NEED,
        )


def survive(context: Context, what: str, send: Callable[[], Exchange], *, may_close: bool = False) -> None:
    """Send one odd request; anything but a 5xx and a broken connection is fine. `may_close`: that is fine, too.

    Only what comes every time is held against the server: a slow one, or one behind a gateway in trouble, is an error.
    """
    context.case()
    try:
        exchange = send()
    except BrokenOff as error:
        _still_there(context)
        if may_close:
            return
        context.fail(
            f"{what}: {error}",
            expected="an answer",
            actual=str(error),
            exchanges=(Exchange(error.sent, 0, Headers([]), b"", 0.0),) if error.sent else (),
            cause=f"{context.requirement.id} broken off",
        )
        return
    if exchange.status >= 500:
        context.fail(
            f"{what} brings the server down.",
            expected="no 5xx",
            actual=shown(exchange),
            exchanges=(exchange,),
            cause=f"{exchange.operation} {exchange.status}",
        )


def _still_there(context: Context) -> None:
    """Is it the request, or is the server away? A plain read tells: Unavailable ends the check as an error."""
    for operation in context.contract.operations.values():
        if operation.method == "GET" and not operation.own_servers:
            context.call(operation.id, judged=False)
            return


def robust_query(context: Context, requirement: Requirement) -> None:
    """Unknown, empty, repeated, very long and badly encoded query parameters get any answer but a 5xx."""
    name = str(requirement.operation)
    operation = context.contract.operations[name]
    usual = list(context.query_of(operation).items())
    known = [p.name for p in operation.parameters if p.location == "query"]
    odd: list[list[tuple[str, Any]]] = [
        [("devicedouble_unknown", "x")],
        [("x" * 500, "y")],
        [("unknown", "x" * 2000)],
        [("unknown[]", "1"), ("unknown[a]", "2")],
        [("", "")],
        [("devicedouble_unknown", Raw("%zz"))],
        [("devicedouble_unknown", Raw("%ff%fe"))],
    ]
    values: tuple[Any, ...] = (
        "",
        "-1",
        "9" * 40,
        "0",
        "1e3",
        "null",
        "%",
        Raw("%zz"),
        Raw("%ff%fe"),
        Raw("%00"),
        "é日本",
    )
    for parameter in known[:8]:
        odd += [[(parameter, value)] for value in values]
        odd.append([(parameter, "1"), (parameter, "2")])
    for pairs in odd:
        told = f"The query {shortened(query_of(pairs), 80)}"
        query = [pair for pair in usual if pair[0] not in dict(pairs)] + pairs
        survive(context, told, partial(context.call, name, query=query, judged=False))


def robust_path(context: Context, requirement: Requirement) -> None:
    """Path parameters of any kind get any answer but a 5xx."""
    name = str(requirement.operation)
    operation = context.contract.operations[name]
    values = context.path_of(operation)
    if not values:
        raise Skip("the path has no parameters")
    odd: tuple[Any, ...] = (
        "0",
        "-1",
        "9" * 60,
        "x" * 300,
        "é日本",
        " ",
        "a b",
        "'",
        '"',
        Raw("%2F"),
        Raw("%00"),
        Raw("%zz"),
        Raw("%ff"),
        "null",
        "{}",
    )
    for parameter in values:
        for value in odd:
            told = f"{parameter} = {shortened(encode(value), 60)}"
            survive(context, told, partial(context.call, name, path={**values, parameter: value}, judged=False))


def odd_bodies() -> list[tuple[str, bytes]]:
    """Bodies that are wrong in ways that parsers trip over."""
    return [
        ("null", b"null"),
        ("a number", b"1"),
        ("a text", b'"text"'),
        ("an array", b"[]"),
        ("a number too large", b'{"name": 1e999}'),
        ("NaN", b'{"name": NaN}'),
        ("a lone surrogate", b'{"name": "\\ud800"}'),
        ("bad UTF-8", b'{"name": "\xff\xfe"}'),
        ("a NUL", b'{"name": "\\u0000"}'),
        ("a byte order mark", b'\xef\xbb\xbf{"name": 1}'),
        ("UTF-16", '{"name": "x"}'.encode("utf-16")),
        ("a repeated member", b'{"devicedouble_unknown": 1, "devicedouble_unknown": 2}'),
        ("depth 101", b'{"devicedouble_unknown": ' + b"[" * 101 + b"]" * 101 + b"}"),
        ("depth 20000", b"[" * 20000 + b"]" * 20000),
        ("an integer of 400 digits", b'{"devicedouble_unknown": ' + b"9" * 400 + b"}"),
        ("XML", b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'),
        ("__proto__", b'{"__proto__": {"x": 1}}'),
    ]


def robust_body(context: Context, requirement: Requirement) -> None:
    """Bodies of any kind get any answer but a 5xx; what is taken by mistake is put back."""
    name = str(requirement.operation)
    operation = context.contract.operations[name]
    handle = context.resource_reached_by(name)
    path = context.path_of(operation)

    def send_all() -> None:
        for told, raw in odd_bodies():
            survive(context, f"A body that is {told}", partial(context.call, name, path=path, raw=raw, judged=False))
        big = b'{"devicedouble_unknown": "' + b"x" * (2 * 1024 * 1024) + b'"}'
        # RFC 9110 section 15.5.14: who refuses a large body may close the connection instead of reading on.
        survive(
            context, "A body of 2 MiB", partial(context.call, name, path=path, raw=big, judged=False), may_close=True
        )
        body = valid_body(context, name)
        for kind in ("text/xml", "application/x-www-form-urlencoded", "application/json; charset=utf-16", "x", ""):
            send = partial(context.call, name, path=path, body=body, media_type=kind or " ", judged=False)
            survive(context, f"Content-Type: {kind}", send)

    if handle is None:
        send_all()
        return
    with context.keep(handle):
        send_all()


def head_like_get(context: Context, requirement: Requirement) -> None:
    """HEAD is answered like GET, without a body; or refused with 405 or 501."""
    name = str(requirement.operation)
    exchange = context.call(name, method="HEAD")
    context.case()
    if exchange.status in (405, 501):
        return
    wanted = context.call(name)
    if exchange.status != wanted.status or exchange.body:
        context.fail(
            "HEAD is not answered like GET.",
            expected=f"{wanted.status} without a body",
            actual=str(exchange.status),
            exchanges=(exchange,),
            cause=f"head {name}",
        )


def refuses_other_methods(context: Context, requirement: Requirement) -> None:
    """A method that is not there is refused: by the contract's answer, whose Allow names the path's own, or by 501."""
    operation = context.contract.operations[str(requirement.operation)]
    here = {one.method for one in context.contract.operations.values() if one.path == operation.path}
    error = context.contract.errors[str(context.contract.violation("method").error)]
    target = path_of(operation.path, context.path_of(operation)) + query_of(context.query_of(operation))
    role = context.role_for(operation)
    fields = context.headers_for(operation, None, None, role, UNSET)
    exchange = context.send(NO_METHOD, target, headers=tuple(fields), role=role)
    context.case()
    if exchange.status not in (error.status, 501):
        context.fail(
            f"The method {NO_METHOD} is not refused with {error.status}.",
            expected=f"{error.status} or 501",
            actual=shown(exchange, 100),
            exchanges=(exchange,),
            cause=f"other methods {exchange.status}",
        )
    elif exchange.status == 405 and not here & {
        name.strip() for name in (exchange.headers.get("allow") or "").split(",")
    }:
        context.fail(
            "A 405 has no Allow that names the methods of the path.",
            expected=", ".join(sorted(here)),
            actual=exchange.headers.get("allow") or "no Allow",
            exchanges=(exchange,),
            cause="allow",
        )


CHECKS = {
    "robust_query": robust_query,
    "robust_path": robust_path,
    "robust_body": robust_body,
    "head_like_get": head_like_get,
    "refuses_other_methods": refuses_other_methods,
}
