"""Secrets in what is sent never reach a journal or a log.

Of an operation that a contract marks members of as passwords, only the values of the other declared members are kept:
whatever else is in a body, or a body that cannot be read, may be such a password in the wrong place. In queries
secrets are parameters whose names are known to hold credentials.
"""

import json
import re
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Secrecy:
    """The names of an operation's members: those whose values are secrets, and the other declared ones."""

    secrets: frozenset[str]
    open: frozenset[str]


_SEPARATOR = re.compile("([&;])")


def redact_body(body: bytes, secrecy: Secrecy) -> bytes:
    """A JSON or form body with all values replaced but those of open members."""
    if not body:
        return body
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return REDACTED.encode()
    redacted = _redact_json(text, secrecy) if text.lstrip()[:1] in {"{", "["} else _redact_form(text, secrecy)
    return redacted.encode()


def redact_query(query: str) -> str:
    """A query with the values of credentials replaced."""
    if "=" not in query:
        return query
    return "".join(_redact_parameter(part) for part in _SEPARATOR.split(query))


def _redact_json(text: str, secrecy: Secrecy) -> str:
    hidden = False

    def members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        nonlocal hidden
        shown = [(name, value) if name in secrecy.open else _hidden(name, secrecy) for name, value in pairs]
        hidden = hidden or shown != pairs
        return dict(shown)

    try:
        value = json.loads(text, object_pairs_hook=members)
    except (ValueError, RecursionError):
        return REDACTED
    if not isinstance(value, dict):
        return REDACTED
    return json.dumps(value, ensure_ascii=False) if hidden else text


def _hidden(name: str, secrecy: Secrecy) -> tuple[str, str]:
    return name if name in secrecy.secrets else REDACTED, REDACTED


def _redact_form(text: str, secrecy: Secrecy) -> str:
    """`name=value` pairs as sent but for what is hidden; a name is compared decoded, without regard to case."""
    return "".join(_redact_pair(part, secrecy) for part in _SEPARATOR.split(text))


def _redact_pair(part: str, secrecy: Secrecy) -> str:
    if part in {"", "&", ";"}:
        return part
    name, equals, _ = part.partition("=")
    if equals and _plain(name) in secrecy.open:
        return part
    return f"{name}={REDACTED}" if equals and _plain(name) in secrecy.secrets else REDACTED


def _redact_parameter(part: str) -> str:
    name, equals, _ = part.partition("=")
    return name + equals + REDACTED if equals and _plain(name) in CREDENTIALS else part


def _plain(name: str) -> str:
    return unquote_plus(name).strip().lower()
