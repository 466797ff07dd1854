"""The token service: assertions in, access tokens out.

A token is a JWT that the world's seed signs, so that it need not be stored, is good in every world of that seed, and
ends by the world's clock. Assertions are read, not verified: the double has no one's public key.
"""

import base64
import binascii
import hmac
import json
from typing import Any

from mock_server.bodies import Unreadable, read_json
from mock_server.types import Principal, Refused, Reply, Request, World

LIFETIME = 3600
_HEADER = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9"  # {"alg":"HS256","typ":"JWT"}
_MOMENTS = ("exp", "iat", "nbf")


def create_token(world: World, request: Request) -> Reply:
    """An access token for the service account that issued the assertion."""
    claims = _assertion(request.body["assertion"])
    now = int(world.now.timestamp())
    payload = _encode(json.dumps({"sub": claims["iss"], "iat": now, "exp": now + LIFETIME}).encode())
    signed = f"{_HEADER}.{payload}"
    token = f"{signed}.{_signature(world.seed, signed)}"
    answer = {"access_token": token, "expires_in": LIFETIME, "token_type": "Bearer"}
    return Reply(200, answer, {"Cache-Control": "no-store"})


def holder(world: World, token: str, orgs: tuple[str, ...]) -> Principal | None:
    """Whom a token of this service belongs to; None when it is not one, or has ended by the world's clock."""
    signed, _, signature = token.rpartition(".")
    if not signed.startswith(_HEADER + ".") or not token.isascii():
        return None
    if not hmac.compare_digest(signature, _signature(world.seed, signed)):
        return None
    claims = read_json(_decode(signed.partition(".")[2]))
    if claims["exp"] <= world.now.timestamp():
        return None
    return Principal("member", claims["sub"], {"orgs": orgs})


def _assertion(text: str) -> dict[str, Any]:
    """The claims of a JWT that looks as RFC 7523 wants it. Raises Refused."""
    parts = text.split(".")
    if len(parts) != 3 or not all(parts):
        raise Refused("assertion", reason="is not a signed JWT")
    header, claims = _part(parts[0]), _part(parts[1])
    if not isinstance(header, dict) or not isinstance(claims, dict) or header.get("alg") in (None, "none"):
        raise Refused("assertion", reason="is not a signed JWT")
    for name in ("iss", "aud"):
        if not claims.get(name) or not isinstance(claims[name], str):
            raise Refused("assertion", reason=f"lacks the claim {name}")
    for name in _MOMENTS:
        moment = claims.get(name)
        if isinstance(moment, bool) or not isinstance(moment, int | float | None):
            raise Refused("assertion", reason=f"has a claim {name} that is no time")
    if claims.get("exp") is None:
        raise Refused("assertion", reason="lacks the claim exp")
    if claims["exp"] <= (claims.get("iat") or 0):
        raise Refused("assertion", reason="ends before it begins")
    return claims


def _part(text: str) -> Any:
    try:
        return read_json(_decode(text))
    except (Unreadable, binascii.Error, ValueError):
        return None


def _signature(seed: int, text: str) -> str:
    return _encode(hmac.digest(f"masmovil/{seed}".encode(), text.encode(), "sha256"))


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
