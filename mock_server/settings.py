"""What a double is started with."""

import os
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from mock_server.world.settings import Settings as WorldSettings
from openapi.contract import API_IDS

ENVIRONMENT = "DEVICEDOUBLE_SETTINGS"
"""The variable through which a worker process is given its settings, as JSON."""


@dataclass(frozen=True, slots=True)
class Settings:
    """One server. `loopback` says whether only this machine can reach it; `control_token` guards the control plane.

    `strict` answers 500, the reason on stderr, rather than send what breaks the contract. `body_limit` is in bytes.
    `log` is `text`, `json` or `none`.
    """

    apis: tuple[str, ...] = API_IDS
    world: WorldSettings = field(default_factory=WorldSettings)
    strict: bool = False
    body_limit: int = 1 << 20
    log: str = "none"
    control_token: str | None = None
    loopback: bool = True


def to_plain(settings: Settings) -> dict[str, Any]:
    """The settings as JSON-like values; `from_plain` is the inverse."""
    plain = asdict(settings)
    at = plain["world"]["at"]
    plain["world"]["at"] = at.isoformat() if at is not None else None
    return plain


def from_plain(plain: dict[str, Any]) -> Settings:
    """The settings that `to_plain` gave."""
    world = dict(plain["world"])
    world["at"] = datetime.fromisoformat(world["at"]) if world["at"] else None
    return Settings(**{**plain, "apis": tuple(plain["apis"]), "world": WorldSettings(**world)})


def control_token_of_environment() -> str | None:
    """The token given through `DEVICEDOUBLE_CONTROL_TOKEN`, or None."""
    return os.environ.get("DEVICEDOUBLE_CONTROL_TOKEN") or None
