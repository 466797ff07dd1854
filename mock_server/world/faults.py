"""Fault rules: which calls go wrong, how, and how often; all chance follows from the world's seed."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from random import Random
from typing import Any

from mock_server.world.errors import BadWorld

WHICH = ("api", "operation", "key", "method")
WHEN = ("after", "nth", "every", "probability", "times")
_NOTHING = "A fault must do something: give error, status, drop (true), truncate, malformed (true) or a delay above 0."


class Fault:
    """What goes wrong with one call.

    `error` and `status` are answered instead of carrying the call out. `delay` is in seconds. `drop` closes the
    connection without an answer, `truncate` after that many bytes of the body, `malformed` spoils the body; these
    three leave the call carried out unless `error` or `status` is there too.
    """

    __slots__ = ("delay", "drop", "error", "id", "malformed", "status", "truncate")

    def __init__(
        self,
        id: str,  # noqa: A002 - the name that the control plane shows
        error: str | None = None,
        status: int | None = None,
        delay: float = 0.0,
        drop: bool = False,
        truncate: int | None = None,
        malformed: bool = False,
    ) -> None:
        self.id = id
        self.error = error
        self.status = status
        self.delay = delay
        self.drop = drop
        self.truncate = truncate
        self.malformed = malformed


class Rule:
    """One rule, as the control plane takes it, and how often it was met (`seen`) and used (`fired`)."""

    __slots__ = ("definition", "fired", "id", "seen")

    def __init__(self, id: str, definition: Mapping[str, Any], seen: int = 0, fired: int = 0) -> None:  # noqa: A002
        self.id = id
        self.definition = dict(definition)
        self.seen = seen
        self.fired = fired

    def meets(self, call: tuple[str, str | None, str | None, str]) -> bool:
        """Whether the rule is about this call: every given one of api, operation, key and method is the same."""
        definition = self.definition
        for name, value in zip(WHICH, call, strict=True):
            wanted = definition.get(name)
            if wanted is not None and wanted != value:
                return False
        return True

    def due(self, seed: int) -> bool:
        """Count a call that the rule is about, and say whether it goes wrong."""
        definition = self.definition
        self.seen += 1
        times = definition.get("times")
        turn = self.seen - int(definition.get("after") or 0)
        if turn < 1 or (times is not None and self.fired >= times):
            return False
        nth, every, probability = _numbers(definition), definition.get("every"), definition.get("probability")
        if nth is not None and turn not in nth:
            return False
        if every is not None and turn % every:
            return False
        if probability is not None and self._chance(seed).random() >= probability:
            return False
        self.fired += 1
        return True

    def fault(self, seed: int) -> Fault:
        """What happens to the call just found due."""
        definition = self.definition
        return Fault(
            self.id,
            definition.get("error"),
            definition.get("status"),
            self._delay(seed),
            bool(definition.get("drop")),
            definition.get("truncate"),
            bool(definition.get("malformed")),
        )

    def _delay(self, seed: int) -> float:
        delay = self.definition.get("delay")
        if delay is None:
            return 0.0
        if isinstance(delay, int | float):
            return delay / 1000
        chance = self._chance(seed, "delay")
        if "uniform" in delay:
            low, high = delay["uniform"]
            return chance.uniform(low, high) / 1000
        shape = delay["lognormal"]
        drawn = shape["median"] * chance.lognormvariate(0, shape["sigma"])
        return float(min(drawn, shape.get("max", 600_000))) / 1000

    def _chance(self, seed: int, purpose: str = "") -> Random:
        return Random(f"{seed}/{self.id}/{self.seen}/{purpose}")


class Faults:
    """The rules of one world, looked at in the order of adding: the first that is due decides. False when empty."""

    __slots__ = ("_last", "_rules", "seed")

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self._rules: dict[str, Rule] = {}
        self._last = 0

    def __bool__(self) -> bool:
        return bool(self._rules)

    def __len__(self) -> int:
        return len(self._rules)

    def __iter__(self) -> Iterator[Rule]:
        return iter(list(self._rules.values()))

    def match(
        self,
        api: str,
        operation: str | None,
        key: str | None,
        method: str,
        answerable: Callable[[Mapping[str, Any]], bool] = bool,
    ) -> Fault | None:
        """The fault that befalls this call, or None. Counts the call with the rules that are about it.

        `answerable` says of a rule's definition whether the call can be answered so.
        """
        call = (api, operation, key, method)

        def about(rule: Rule) -> bool:
            return rule.meets(call) and answerable(rule.definition)

        return self._counted(about) if any(about(rule) for rule in self) else None

    def _counted(self, about: Callable[[Rule], bool]) -> Fault | None:
        """What the first rule that is due does, each one that comes before it counted too."""
        for rule in self:
            if about(rule) and rule.due(self.seed):
                return rule.fault(self.seed)
        return None

    def get(self, id: str) -> Rule | None:  # noqa: A002
        """The rule with this id, or None."""
        return self._rules.get(id)

    def add(self, definition: Mapping[str, Any]) -> Rule:
        """Add a rule behind the others. Raises BadWorld when it does nothing or is never due."""
        if not _acts(definition):
            raise BadWorld(_NOTHING)
        nth, every = _numbers(definition), definition.get("every")
        if nth is not None and every is not None and all(number % every for number in nth):
            raise BadWorld(f"A fault must be due at some time: no call that nth names is one of every {every}.")
        rule = Rule(str(self._last + 1), definition)
        self._last += 1
        self._rules[rule.id] = rule
        return rule

    def remove(self, id: str) -> bool:  # noqa: A002
        """Remove a rule; False when there is none with this id."""
        return self._rules.pop(id, None) is not None

    def clear(self) -> None:
        """Remove all rules."""
        self._rules.clear()


def _numbers(rule: Mapping[str, Any]) -> Sequence[int] | None:
    """The numbers of the calls that are meant; None for all."""
    nth = rule.get("nth")
    return [nth] if isinstance(nth, int) else nth


def _acts(rule: Mapping[str, Any]) -> bool:
    """Whether a rule does anything: false does not, nor does a delay that is always 0."""
    if any(rule.get(name) is not None for name in ("error", "status", "truncate")):
        return True
    return bool(rule.get("drop") or rule.get("malformed") or _longest(rule.get("delay")) > 0)


def _longest(delay: Any) -> float:
    """The longest that a delay can be, in milliseconds; 0 for none."""
    if isinstance(delay, dict):
        shape = delay.get("lognormal")
        return float(min(shape["median"], shape.get("max", shape["median"])) if shape else max(delay["uniform"]))
    return float(delay or 0)
