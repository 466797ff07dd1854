"""Who calls: the Authorization header held to what an operation's security scheme takes."""

import base64

from mock_server.compiler import Plan
from mock_server.types import Api, Principal, Refused, World


def authenticate(api: Api, plan: Plan, sent: bytes | None, world: World) -> Principal:
    """The caller by its Authorization header. Raises Refused `unauthenticated` or `credentials`."""
    if not sent:
        raise Refused("unauthenticated")
    credential = _credential(sent.decode("latin-1"), plan.operation.security[0].kind)
    principal = _known(api, credential, world) if credential is not None else None
    if principal is None:
        raise Refused("credentials")
    return principal


def permit(plan: Plan, principal: Principal) -> None:
    """Raise Refused `forbidden` when the caller's role may not call the operation."""
    role = plan.operation.security[0].roles.get(principal.role)
    if role is not None and role.operations is not None and plan.operation.id not in role.operations:
        raise Refused("forbidden")


def _known(api: Api, credential: str, world: World) -> Principal | None:
    principal = api.credentials.get(credential)
    if principal is None and api.authenticate is not None:
        principal = api.authenticate(world, credential)
    return principal


def _credential(header: str, kind: str) -> str | None:
    """The token, or `user:password`, of an Authorization header; None when it is of another scheme or unreadable."""
    scheme, _, rest = header.partition(" ")
    if scheme.lower() != kind:
        return None
    if kind != "basic":
        return rest.strip()
    try:
        return base64.b64decode(rest.strip(), validate=True).decode()
    except ValueError:  # no base64, no UTF-8 in it, or not even ASCII
        return None
