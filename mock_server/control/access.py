"""Who may use the control plane: this machine, or who bears the token; never a page of another origin.

On loopback any program of this machine may call, but a browser's page is not a program of this machine: calls of
other origins are refused, and so are names that a foreign DNS server could have pointed here (DNS rebinding).
"""

import ipaddress
from collections.abc import Mapping
from hmac import compare_digest

from mock_server.control.context import Problem

PUBLIC = ("/_mock/console/", "/_mock/docs", "/_mock/openapi.")
"""Pages that hold no data: a browser cannot send a token along with opening them."""


def check(path: str, headers: Mapping[str, str], token: str | None, loopback: bool) -> None:
    """Raise Problem unless a call with these headers (names in lower case) is allowed."""
    _check_origin(headers)
    if token is not None and _bears(headers, token):
        return
    if not loopback:
        if not path.startswith(PUBLIC) and path not in ("/_mock", "/_mock/"):
            raise Problem(401, "The control plane needs its token here: send Authorization: Bearer and the token.")
    elif not _is_this_machine(headers.get("host", "")):
        raise Problem(403, "The control plane answers under the names localhost and 127.0.0.1 only.")


def _check_origin(headers: Mapping[str, str]) -> None:
    origin = headers.get("origin")
    if origin is not None and origin.partition("://")[2] != headers.get("host"):
        raise Problem(403, "The control plane answers no page of another origin.")
    foreign = headers.get("sec-fetch-site") in {"cross-site", "same-site"}
    if foreign and headers.get("sec-fetch-mode") != "navigate":
        raise Problem(403, "The control plane answers no page of another origin.")


def _bears(headers: Mapping[str, str], token: str) -> bool:
    scheme, _, given = headers.get("authorization", "").partition(" ")
    same = compare_digest(given.strip().encode("latin-1"), token.encode())
    return same and scheme.lower() == "bearer"


def _is_this_machine(host: str) -> bool:
    name = host.rpartition(":")[0] if host.rpartition(":")[2].isdigit() else host
    name = name.strip("[]").lower().rstrip(".")
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False
