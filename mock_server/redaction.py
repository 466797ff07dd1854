"""Secrets in bodies never reach a journal or a log: the members that a contract marks as passwords."""

import re

REDACTED = b"[redacted]"


def redact_body(body: bytes, secrets: frozenset[str]) -> bytes:
    """A JSON or form body with the values of the members named in `secrets` replaced."""
    if not secrets or not body:
        return body
    names = b"|".join(re.escape(name.encode()) for name in sorted(secrets))
    body = re.sub(rb'("(?:' + names + rb')"\s*:\s*)"(?:[^"\\]|\\.)*"', rb'\1"' + REDACTED + b'"', body)
    return re.sub(rb"(^|&)(" + names + rb")=[^&]*", rb"\1\2=" + REDACTED, body)
