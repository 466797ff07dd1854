"""What a set of worlds is opened with."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Settings:
    """How the worlds are kept and how the default world begins.

    `state` is `memory`, `sqlite:///FILE` or `postgresql://…`. `devices` is the size of each population.
    `at` is the default world's time at its beginning (aware); None means the computer's own time.
    """

    state: str = "memory"
    seed: int = 0
    devices: int = 200
    at: datetime | None = None
