"""`requests.har`: every exchange of a run (HTTP Archive 1.2), without secrets."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import harfile

from conformance.reporting.redaction import Redactor
from conformance.types import Exchange


def write_har(path: Path, exchanges: Iterable[Exchange], redactor: Redactor, version: str) -> None:
    """Write the exchanges in the order given."""
    creator = harfile.Creator(name="devicedouble", version=version)
    with path.open("w", encoding="utf-8") as file, harfile.HarFile.open(file, creator=creator) as har:
        for exchange in exchanges:
            milliseconds = round(exchange.elapsed * 1000, 3)
            har.add_entry(
                startedDateTime=datetime.fromtimestamp(exchange.started, UTC),
                time=milliseconds,
                request=_request(exchange, redactor),
                response=_response(exchange, redactor),
                timings=harfile.Timings(send=0, wait=milliseconds, receive=0),
            )


def _request(exchange: Exchange, redactor: Redactor) -> harfile.Request:
    sent = exchange.sent
    query = parse_qsl(urlsplit(sent.url).query, keep_blank_values=True, errors="replace")
    types = [value for name, value in sent.headers if name.lower() == "content-type"]
    body = redactor.body(sent.body)
    return harfile.Request(
        method=sent.method,
        url=redactor.text(sent.url),
        httpVersion="HTTP/1.1",
        headers=_headers(sent.headers, redactor),
        queryString=[harfile.Record(name=name, value=redactor.text(value)) for name, value in query],
        cookies=[],
        postData=harfile.PostData(mimeType=types[0] if types else "", text=body) if sent.body else None,
        headersSize=-1,
        bodySize=len(sent.body),
    )


def _response(exchange: Exchange, redactor: Redactor) -> harfile.Response:
    return harfile.Response(
        status=exchange.status,
        statusText="",
        httpVersion="HTTP/1.1",
        headers=_headers(exchange.headers, redactor),
        cookies=[],
        content=harfile.Content(
            size=len(exchange.body), mimeType=exchange.media_type, text=redactor.body(exchange.body)
        ),
        redirectURL="",
        headersSize=-1,
        bodySize=len(exchange.body),
    )


def _headers(pairs: Iterable[tuple[str, str]], redactor: Redactor) -> list[harfile.Record]:
    return [harfile.Record(name=name, value=redactor.header(name, value)) for name, value in pairs]
