"""Journal entries as the control plane shows them, and the conditions under which it lists them."""

import base64
from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from typing import Any

from mock_server.world.journal import Entry, Journal, unpacked
from mock_server.world.snapshot import timestamp


def view(entry: Entry, bodies: bool = True) -> dict[str, Any]:
    """One exchange, with headers and bodies unless told otherwise."""
    shown: dict[str, Any] = {
        "id": entry.id,
        "time": timestamp(entry.time),
        "api": entry.api,
        "operation": entry.operation,
        "key": entry.key,
        "basis": entry.basis,
        "method": entry.method,
        "path": entry.target,
        "status": entry.status or None,
        "duration_ms": entry.duration_ms,
        "role": entry.principal,
        "violations": [
            {"where": where, "keyword": keyword, "message": message} for where, keyword, message in entry.violations
        ],
        "fault": entry.fault,
    }
    if bodies:
        shown["request"] = {"headers": request_headers(entry), **_body(entry.request_body)}
        shown["response"] = {"headers": response_headers(entry), **_body(entry.response_body)}
    return shown


def request_headers(entry: Entry) -> dict[str, str]:
    """Names in lower case to values."""
    return _headers(unpacked(entry.request_headers))


def response_headers(entry: Entry) -> dict[str, str]:
    """Names in lower case to values."""
    return _headers(list(entry.response_headers))


def _headers(pairs: list[tuple[bytes, bytes]]) -> dict[str, str]:
    headers: dict[str, str] = {}
    for raw_name, raw_value in pairs:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return headers


def _body(body: bytes) -> dict[str, str]:
    try:
        return {"body": body.decode()}
    except UnicodeDecodeError:
        return {"body": base64.b64encode(body).decode(), "encoding": "base64"}


def listed(journal: Journal, wanted: Mapping[str, Any], limit: int) -> list[Entry]:
    """The newest entries that meet all conditions, newest first."""
    conditions = [_CONDITIONS[name](value) for name, value in wanted.items() if value is not None]
    return list(islice(_meeting(journal, conditions), limit))


def _meeting(journal: Journal, conditions: list[Callable[[Entry], bool]]) -> Iterator[Entry]:
    for entry in reversed(journal):
        if all(condition(entry) for condition in conditions):
            yield entry


def status_meets(status: int, wanted: str | int | None) -> bool:
    """Whether a status is the wanted one, or in the wanted class such as 4XX; 0 is an answer that was dropped."""
    if wanted is None or wanted == "dropped":
        return status == 0
    text = str(wanted)
    return str(status) == text or (text.endswith("XX") and str(status)[0] == text[0])


def _equal(attribute: str) -> Callable[[Any], Callable[[Entry], bool]]:
    return lambda wanted: lambda entry: getattr(entry, attribute) == wanted


def _searched(text: str) -> Callable[[Entry], bool]:
    needle = text.lower()

    def found(entry: Entry) -> bool:
        places = (entry.target, entry.key or "", entry.request_body.decode("utf-8", "replace"))
        return any(needle in place.lower() for place in (*places, entry.response_body.decode("utf-8", "replace")))

    return found


_CONDITIONS: Mapping[str, Callable[[Any], Callable[[Entry], bool]]] = {
    "api": _equal("api"),
    "operation": _equal("operation"),
    "key": _equal("key"),
    "method": lambda wanted: lambda entry: entry.method == wanted.upper(),
    "basis": _equal("basis"),
    "fault": _equal("fault"),
    "status": lambda wanted: lambda entry: status_meets(entry.status, wanted),
    "after": lambda wanted: lambda entry: entry.id > wanted,
    "before": lambda wanted: lambda entry: entry.id < wanted,
    "search": _searched,
}
