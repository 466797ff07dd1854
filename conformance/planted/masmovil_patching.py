"""JSON Patch as it is often written: the mistakes of engines that look right until somebody tries."""

from __future__ import annotations

import copy
from typing import Any
from urllib.parse import unquote

from conformance.planted.masmovil_engine import Engine, Fails, Operation, text_of


class Partial(Engine):
    """Stores what was done before the operation that failed."""

    atomic = False


class Skips(Engine):
    """Passes over operations that cannot be carried out."""

    def one(self, document: Any, operation: Operation) -> Any:
        try:
            return super().one(document, operation)
        except (Fails, IndexError, KeyError, TypeError):
            return document


class FirstOnly(Engine):
    def order(self, operations: list[Operation]) -> list[Operation]:
        return operations[:1]


class Backwards(Engine):
    def order(self, operations: list[Operation]) -> list[Operation]:
        return operations[::-1]


class TestsFirst(Engine):
    """Makes all tests before all changes."""

    def order(self, operations: list[Operation]) -> list[Operation]:
        return sorted(operations, key=lambda one: one["op"] != "test")


class Overwrites(Engine):
    """add at an index puts the new item in the place of the old."""

    def put(self, document: Any, steps: list[str], value: Any) -> Any:
        holder = self.get(document, steps[:-1]) if steps else None
        if isinstance(holder, list) and steps[-1].isdigit() and int(steps[-1]) < len(holder):
            holder[int(steps[-1])] = value
            return document
        return super().put(document, steps, value)


class NoDash(Engine):
    """Does not know what `-` means."""

    def index(self, holder: list[Any], step: str, most: int) -> int:
        if step == "-":
            raise Fails
        return super().index(holder, step, most)


class DashIsLast(Engine):
    """Takes `-` for the last item, wherever it stands."""

    def index(self, holder: list[Any], step: str, most: int) -> int:
        return most if step == "-" else super().index(holder, step, most)

    def cut(self, document: Any, steps: list[str]) -> None:
        holder = self.get(document, steps[:-1])
        super().cut(document, [*steps[:-1], str(len(holder) - 1)] if steps[-1] == "-" else steps)


class LeavesGap(Engine):
    """remove empties the place of an item, and leaves the place."""

    def cut(self, document: Any, steps: list[str]) -> None:
        holder = self.get(document, steps[:-1])
        if isinstance(holder, list):
            holder[self.index(holder, steps[-1], len(holder) - 1)] = {}
        else:
            super().cut(document, steps)


class RemovesNothing(Engine):
    """remove of what is not there is fine."""

    def remove(self, document: Any, steps: list[str]) -> Any:
        try:
            return super().remove(document, steps)
        except (Fails, IndexError):
            return document


class ReplaceAdds(Engine):
    """replace is add."""

    def replace(self, document: Any, steps: list[str], value: Any) -> Any:
        try:
            return super().replace(document, steps, value)
        except Fails:
            return self.put(document, steps, value)


class AddOnlyNew(Engine):
    """add of a member that is there fails."""

    def add(self, document: Any, steps: list[str], value: Any) -> Any:
        holder = self.get(document, steps[:-1])
        if isinstance(holder, dict) and steps[-1] in holder:
            raise Fails
        return super().add(document, steps, value)


class AddMerges(Engine):
    """add of an object onto an object merges the two."""

    def add(self, document: Any, steps: list[str], value: Any) -> Any:
        holder = self.get(document, steps[:-1]) if steps else None
        old = holder.get(steps[-1]) if isinstance(holder, dict) else None
        return super().add(
            document, steps, {**old, **value} if isinstance(old, dict) and isinstance(value, dict) else value
        )


class MoveCopies(Engine):
    """move leaves the source where it is."""

    def move(self, document: Any, source: list[str], steps: list[str]) -> Any:
        return self.copy(document, source, steps)


class MoveCountsFirst(Engine):
    """move puts the item in before it takes the old one out."""

    def move(self, document: Any, source: list[str], steps: list[str]) -> Any:
        if source[:-1] != steps[:-1] or not isinstance(self.get(document, source[:-1]), list):
            return super().move(document, source, steps)
        place = int(source[-1])
        held = self.get(document, source[:-1])
        target = len(held) if steps[-1] == "-" else int(steps[-1])
        held.insert(target, copy.deepcopy(held[place]))
        del held[place + 1 if target <= place else place]
        return document


class MovesInward(Engine):
    """A move into itself does nothing, and succeeds."""

    def move(self, document: Any, source: list[str], steps: list[str]) -> Any:
        return document if steps[: len(source)] == source else super().move(document, source, steps)


class CopyShares(Engine):
    """A copy and its source are one and the same object for the rest of the patch."""

    def copy(self, document: Any, source: list[str], steps: list[str]) -> Any:
        return self.put(document, steps, self.get(document, source))


class NeverTests(Engine):
    """test is not written yet."""

    def equal(self, one: Any, other: Any) -> bool:  # noqa: ARG002
        return True


class TestsText(Engine):
    """test compares as text."""

    def equal(self, one: Any, other: Any) -> bool:
        return text_of(one) == text_of(other)


class TestsLoosely(Engine):
    """test takes true for 1, as Python does."""

    def equal(self, one: Any, other: Any) -> bool:
        return bool(one == other)


class TestsUnordered(Engine):
    """test compares lists as sets."""

    def equal(self, one: Any, other: Any) -> bool:
        if isinstance(one, list) and isinstance(other, list):
            return len(one) == len(other) and all(any(self.equal(a, b) for b in other) for a in one)
        return super().equal(one, other)


class TestsPart(Engine):
    """test passes when an object has all that it is tested for, and maybe more."""

    def equal(self, one: Any, other: Any) -> bool:
        if isinstance(one, dict) and isinstance(other, dict):
            return all(name in one and self.equal(one[name], value) for name, value in other.items())
        return super().equal(one, other)


class TestsAbsent(Engine):
    """What is absent equals null."""

    def test(self, document: Any, steps: list[str], value: Any) -> Any:
        try:
            return super().test(document, steps, value)
        except Fails:
            if value is None:
                return document
            raise


class AnyInteger(Engine):
    """Indices are whatever int() takes: leading zeros, signs, spaces."""

    def index(self, holder: list[Any], step: str, most: int) -> int:
        if step == "-":
            return super().index(holder, step, most)
        number = int(step)
        if not 0 <= number <= most:
            raise Fails
        return number


class NegativeIndex(Engine):
    """Negative indices count from the end."""

    def index(self, holder: list[Any], step: str, most: int) -> int:
        return most + int(step) + 1 if step == "-1" else super().index(holder, step, most)

    def cut(self, document: Any, steps: list[str]) -> None:
        holder = self.get(document, steps[:-1])
        super().cut(document, [*steps[:-1], str(len(holder) - 1)] if steps[-1] == "-1" else steps)


class Appends(Engine):
    """An index beyond the end is the end."""

    def put(self, document: Any, steps: list[str], value: Any) -> Any:
        holder = self.get(document, steps[:-1]) if steps else None
        if isinstance(holder, list) and steps[-1].isdigit() and steps[-1] == str(int(steps[-1])):
            steps = [*steps[:-1], str(min(int(steps[-1]), len(holder)))]
        return super().put(document, steps, value)


class NoEscapes(Engine):
    """Escapes stay as they are."""

    def split(self, pointer: str) -> list[str]:
        return pointer.split("/")[1:]


class EscapesBackwards(Engine):
    """`~0` is unescaped before `~1`."""

    def split(self, pointer: str) -> list[str]:
        return [step.replace("~0", "~").replace("~1", "/") for step in pointer.split("/")[1:]]


class EscapesEarly(Engine):
    """Escapes are resolved before the pointer is split."""

    def split(self, pointer: str) -> list[str]:
        return pointer.replace("~1", "/").replace("~0", "~").split("/")[1:]


class DropsEmpty(Engine):
    """Empty names in a pointer are passed over."""

    def split(self, pointer: str) -> list[str]:
        return [step for step in super().split(pointer) if step]


class Percent(Engine):
    """Pointers are percent-decoded, like the fragment of a URL."""

    def split(self, pointer: str) -> list[str]:
        return super().split(unquote(pointer))


class WholePasses(Engine):
    """The empty pointer is not thought of: a test there passes."""

    def test(self, document: Any, steps: list[str], value: Any) -> Any:
        return super().test(document, steps, value) if steps else document


class WholeMerges(Engine):
    """A device put in place of the whole is merged into it."""

    def replace(self, document: Any, steps: list[str], value: Any) -> Any:
        if not steps and isinstance(value, dict):
            return {**document, **value}
        return super().replace(document, steps, value)


class NestedReplaces(Engine):
    """A member inside an object takes the place of the object's others."""

    def put(self, document: Any, steps: list[str], value: Any) -> Any:
        if len(steps) == 2 and isinstance(self.get(document, steps[:-1]), dict):
            document[steps[0]] = {steps[1]: value}
            return document
        return super().put(document, steps, value)
