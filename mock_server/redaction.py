"""Secrets never reach a journal or a log: credentials in headers, and members that the contract marks as passwords."""

import re

REDACTED = b"[redacted]"
_SECRET_HEADERS = frozenset({b"authorization", b"proxy-authorization", b"cookie", b"set-cookie"})


def redact_headers(headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """The headers with the values of credentials replaced; names as they came."""
    return [(name, REDACTED if name in _SECRET_HEADERS else value) for name, value in headers]


def redact_body(body: bytes, secrets: frozenset[str]) -> bytes:
    """A JSON or form body with the values of the members named in `secrets` replaced."""
    if not secrets or not body:
        return body
    names = b"|".join(re.escape(name.encode()) for name in sorted(secrets))
    body = re.sub(rb'("(?:' + names + rb')"\s*:\s*)"(?:[^"\\]|\\.)*"', rb'\1"' + REDACTED + b'"', body)
    return re.sub(rb"(^|&)(" + names + rb")=[^&]*", rb"\1\2=" + REDACTED, body)
