"""Which SIM status may follow which. The contract's `x-lifecycle` says the same; a test holds the two together."""

from mock_server.types import Refused

BEFORE_ACTIVATION = frozenset({"TEST_READY", "ACTIVATION_READY", "INVENTORY"})
_NEXT = {
    "ACTIVATED": frozenset({"DEACTIVATED", "RETIRED", "PURGED"}),
    "DEACTIVATED": frozenset({"ACTIVATED", "DEACTIVATED", "RETIRED", "PURGED"}),
    "RETIRED": frozenset({"RETIRED", "PURGED"}),
    "PURGED": frozenset({"PURGED"}),
    "REPLACED": frozenset[str](),
}

_CONDITIONS = {
    "PRE_ACTIVATION": "pre-activation",
    "ALREADY_ACTIVATED": "already-activated",
    "INVALID_STATUS": "lifecycle",
}


def refusal(old: str, new: str) -> str | None:
    """The catalogue entry that answers a step from `old` to `new`; None when it is allowed."""
    if old in BEFORE_ACTIVATION:
        return None
    if new in BEFORE_ACTIVATION:
        return "PRE_ACTIVATION"
    if old == new == "ACTIVATED":
        return "ALREADY_ACTIVATED"
    return None if new in _NEXT.get(old, ()) else "INVALID_STATUS"


def check(old: str, new: str) -> None:
    """Raises Refused when the step is not allowed: `pre-activation`, `already-activated` or `lifecycle`."""
    error = refusal(old, new)
    if error is not None:
        raise Refused(_CONDITIONS[error])
