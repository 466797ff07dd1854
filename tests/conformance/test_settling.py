"""How later work is waited for: every state is seen, the end is noticed soon, and no server is pestered meanwhile."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from types import SimpleNamespace

import pytest

from conformance import context as module
from conformance.context import Context
from conformance.types import Requirement
from tests.conformance.tiny import session, target


class Waiting:
    """A context whose time passes only while it pauses, and the moments at which it looked."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, settle_seconds: float) -> None:
        self.now = 0.0
        self.looks: list[float] = []
        monkeypatch.setattr(module, "time", SimpleNamespace(monotonic=lambda: self.now, sleep=self._pause))
        patient = replace(target("http://127.0.0.1:9"), settle_seconds=settle_seconds)
        run = session().open(patient, remember=False)
        self.context = Context(run, Requirement("tiny.some.thing", ""))

    def _pause(self, seconds: float) -> None:
        self.now += seconds

    def until(self, end: float) -> bool:
        """Wait for work that ends then."""

        def done() -> bool:
            self.looks.append(self.now)
            return self.now >= end

        return self.context.settle(done)


@pytest.mark.parametrize("phase", [0.125, 0.3, 1.0])
def test_each_of_three_phases_is_looked_at_twice_and_the_end_noticed_soon(
    phase: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting = Waiting(monkeypatch, 5.0)
    assert waiting.until(3 * phase)
    looks = Counter(int(moment / phase) for moment in waiting.looks if moment < 3 * phase)
    assert min(looks[number] for number in range(3)) >= 2
    assert waiting.now < 3 * phase * 1.2 + 0.02


def test_what_never_ends_is_given_up_in_time_and_not_asked_for_more_than_twice_a_second_in_the_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    waiting = Waiting(monkeypatch, 30.0)
    assert not waiting.until(float("inf"))
    assert 30 <= waiting.now <= 30.5
    assert len([moment for moment in waiting.looks if moment > 10]) <= 41
