"""Secrets in what is sent never reach a journal or a log.

In bodies these are the members that a contract marks as passwords; a body that cannot be read, of an operation that
takes such members, is left out whole. In queries they are parameters whose names are known to hold credentials.
"""

import json
import re
from typing import Any
from urllib.parse import unquote_plus

REDACTED = "[redacted]"
CREDENTIALS = frozenset(
    {
        "access_token",
        "api_key",
        "apikey",
        "assertion",
        "auth",
        "authorization",
        "client_secret",
        "id_token",
        "key",
        "password",
        "refresh_token",
        "secret",
        "token",
    }
)
"""Names of query parameters that hold credentials wherever they are used; none is a parameter of a contract."""

_SEPARATOR = re.compile("([&;])")


def redact_body(body: bytes, secrets: frozenset[str]) -> bytes:
    """A JSON or form body with the values of the members named in `secrets` replaced."""
    if not secrets or not body:
        return body
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return REDACTED.encode()
    if text.lstrip()[:1] in {"{", "["}:
        return _redact_json(text, secrets).encode()
    if any(char in text for char in "\r\n\0"):
        return REDACTED.encode()
    return _redact_pairs(text, secrets).encode()


def redact_query(query: str) -> str:
    """A query with the values of credentials replaced."""
    return _redact_pairs(query, CREDENTIALS) if "=" in query else query


def _redact_json(text: str, secrets: frozenset[str]) -> str:
    found: list[str] = []

    def members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found.extend(name for name, _ in pairs if name in secrets)
        return {name: REDACTED if name in secrets else value for name, value in pairs}

    try:
        value = json.loads(text, object_pairs_hook=members)
    except (ValueError, RecursionError):
        return REDACTED
    return json.dumps(value, ensure_ascii=False) if found else text


def _redact_pairs(text: str, secrets: frozenset[str]) -> str:
    """`name=value` pairs as sent but for the values of secrets; a name is compared decoded, without regard to case."""
    return "".join(_redact_pair(part, secrets) for part in _SEPARATOR.split(text))


def _redact_pair(part: str, secrets: frozenset[str]) -> str:
    name, equals, _ = part.partition("=")
    return name + equals + REDACTED if equals and unquote_plus(name).strip().lower() in secrets else part
