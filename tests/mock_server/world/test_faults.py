"""Fault rules: which calls they are about, when they are due, what they do, and that chance follows the seed."""

from typing import Any

import pytest

from mock_server.world.errors import BadWorld
from mock_server.world.faults import Fault, Faults


def fired(definition: dict[str, Any], calls: int, seed: int = 0) -> list[int]:
    """The calls, counted from 1, that a rule befalls."""
    faults = Faults(seed)
    faults.add({"drop": True, **definition})
    return [n for n in range(1, calls + 1) if faults.match("fleet", "updateDevice", "42", "PATCH")]


@pytest.mark.parametrize(
    ("definition", "expected"),
    [
        ({}, [1, 2, 3, 4, 5, 6]),
        ({"nth": 3}, [3]),
        ({"nth": [1, 4]}, [1, 4]),
        ({"every": 2}, [2, 4, 6]),
        ({"times": 2}, [1, 2]),
        ({"after": 4}, [5, 6]),
        ({"after": 2, "nth": 1}, [3]),
        ({"after": 1, "every": 2, "times": 2}, [3, 5]),
        ({"probability": 0}, []),
        ({"probability": 1}, [1, 2, 3, 4, 5, 6]),
        ({"api": "fleet", "operation": "updateDevice", "key": "42", "method": "PATCH"}, [1, 2, 3, 4, 5, 6]),
        ({"api": "jasper"}, []),
        ({"operation": "getDevice"}, []),
        ({"key": "43"}, []),
        ({"method": "GET"}, []),
    ],
)
def test_a_rule_befalls_the_calls_that_it_names(definition: dict[str, Any], expected: list[int]) -> None:
    assert fired(definition, 6) == expected


def test_chance_follows_the_seed_and_is_about_right() -> None:
    hits = fired({"probability": 0.3}, 1000)
    assert hits == fired({"probability": 0.3}, 1000)
    assert hits != fired({"probability": 0.3}, 1000, seed=1)
    assert 250 < len(hits) < 350


def test_two_rules_alike_have_chances_of_their_own() -> None:
    faults = Faults(0)
    for key in ("1", "2"):
        faults.add({"drop": True, "key": key, "probability": 0.5})
    one, two = ([faults.match("fleet", None, key, "GET") is not None for _ in range(64)] for key in ("1", "2"))
    assert one != two


def delays(delay: Any, calls: int = 200, **definition: Any) -> list[float]:
    faults = Faults(0)
    faults.add({"delay": delay, **definition})
    found = [faults.match("fleet", None, None, "GET") for _ in range(calls)]
    return [fault.delay for fault in found if fault is not None]


def test_delays_are_fixed_uniform_or_log_normal() -> None:
    assert delays(250, 2) == [0.25, 0.25]
    uniform = delays({"uniform": [10, 20]})
    assert min(uniform) >= 0.010
    assert max(uniform) <= 0.020
    assert len(set(uniform)) > 100
    lognormal = sorted(delays({"lognormal": {"median": 100, "sigma": 0.5}}))
    assert 0.08 < lognormal[100] < 0.12
    assert max(delays({"lognormal": {"median": 100, "sigma": 2, "max": 300}})) <= 0.3


def test_no_delay_is_longer_than_ten_minutes() -> None:
    assert max(delays({"lognormal": {"median": 100_000, "sigma": 3}})) == 600.0


def test_how_long_a_delay_is_has_nothing_to_do_with_whether_there_is_one() -> None:
    drawn = delays({"uniform": [0, 100]}, probability=0.3)
    assert 40 < len(drawn) < 80
    assert min(drawn) < 0.01
    assert max(drawn) > 0.09


def test_the_first_rule_that_is_due_decides_and_later_ones_do_not_see_the_call() -> None:
    faults = Faults(0)
    first = faults.add({"status": 503, "times": 1})
    second = faults.add({"error": "DEVICE_NOT_FOUND", "truncate": 3, "malformed": True})
    found = [faults.match("fleet", "getDevice", "42", "GET") for _ in range(2)]
    assert [fault.id for fault in found if fault] == [first.id, second.id]
    assert (first.seen, first.fired, second.seen, second.fired) == (2, 1, 1, 1)
    fault = found[1]
    assert isinstance(fault, Fault)
    assert (fault.error, fault.status, fault.truncate, fault.malformed, fault.drop) == (
        "DEVICE_NOT_FOUND",
        None,
        3,
        True,
        False,
    )


def test_rules_are_removed_one_by_one_or_all() -> None:
    faults = Faults(0)
    one, two = faults.add({"drop": True}), faults.add({"delay": 1})
    assert faults
    assert len(faults) == 2
    assert faults.remove(one.id)
    assert not faults.remove(one.id)
    assert [rule.id for rule in faults] == [two.id]
    faults.clear()
    assert not faults
    assert faults.add({"drop": True}).id == "3"


def test_rules_may_be_removed_while_they_are_gone_through() -> None:
    faults = Faults(0)
    for _ in range(3):
        faults.add({"drop": True})
    assert [rule.id for rule in faults if faults.remove(rule.id)] == ["1", "2", "3"]
    assert not faults


@pytest.mark.parametrize("rule", [{}, {"drop": False}, {"malformed": False}, {"delay": 0}, {"error": None}])
def test_a_rule_that_does_nothing_is_refused(rule: dict[str, Any]) -> None:
    with pytest.raises(BadWorld, match="must do something"):
        Faults(0).add({"api": "fleet", **rule})


def test_to_cut_a_body_off_at_once_is_something() -> None:
    assert Faults(0).add({"truncate": 0}).definition == {"truncate": 0}


def test_a_delay_that_may_be_none_is_something() -> None:
    assert Faults(0).add({"delay": {"uniform": [0, 20]}}).definition == {"delay": {"uniform": [0, 20]}}
