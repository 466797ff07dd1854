"""A JSON Patch engine that can be written wrong: each fault of it is one method that somebody wrote in a hurry.

It stands before the correct server: it reads the device, patches it in its own way, and has the result stored.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

from conformance.planted.faults import Answer, Call, Forward, Modifier
from conformance.schemas import same

PATCH, READ = "patchSubscriptionDevice", "getSubscriptionDevice"
Operation = dict[str, Any]
NEEDED = {"add": "value", "replace": "value", "test": "value", "move": "from", "copy": "from", "remove": "path"}


class Fails(Exception):
    """The operation cannot be carried out."""


class Engine:
    """Right as it stands. `document` may be changed in place by everything that takes it."""

    atomic = True

    def split(self, pointer: str) -> list[str]:
        return [step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:]]

    def index(self, holder: list[Any], step: str, most: int) -> int:
        """The index for a step; up to `most`, which is where the list ends when something may be put there."""
        if step == "-" and most == len(holder):
            return most
        if not (step.isascii() and step.isdigit()) or (step[0] == "0" and step != "0") or int(step) > most:
            raise Fails
        return int(step)

    def get(self, document: Any, steps: list[str]) -> Any:
        for step in steps:
            if isinstance(document, list):
                document = document[self.index(document, step, len(document) - 1)]
            elif isinstance(document, dict) and step in document:
                document = document[step]
            else:
                raise Fails
        return document

    def put(self, document: Any, steps: list[str], value: Any) -> Any:
        if not steps:
            return value
        holder = self.get(document, steps[:-1])
        if isinstance(holder, list):
            holder.insert(self.index(holder, steps[-1], len(holder)), value)
        elif isinstance(holder, dict):
            holder[steps[-1]] = value
        else:
            raise Fails
        return document

    def cut(self, document: Any, steps: list[str]) -> None:
        holder = self.get(document, steps[:-1])
        self.get(holder, steps[-1:])
        del holder[int(steps[-1]) if isinstance(holder, list) else steps[-1]]

    def equal(self, one: Any, other: Any) -> bool:
        return same(one, other)

    def add(self, document: Any, steps: list[str], value: Any) -> Any:
        return self.put(document, steps, value)

    def remove(self, document: Any, steps: list[str]) -> Any:
        self.cut(document, steps)
        return document

    def replace(self, document: Any, steps: list[str], value: Any) -> Any:
        if not steps:
            return value
        self.get(document, steps)
        holder = self.get(document, steps[:-1])
        holder[int(steps[-1]) if isinstance(holder, list) else steps[-1]] = value
        return document

    def move(self, document: Any, source: list[str], steps: list[str]) -> Any:
        value = self.get(document, source)
        if steps == source:
            return document
        if steps[: len(source)] == source:
            raise Fails
        self.cut(document, source)
        return self.put(document, steps, value)

    def copy(self, document: Any, source: list[str], steps: list[str]) -> Any:
        return self.put(document, steps, copy.deepcopy(self.get(document, source)))

    def test(self, document: Any, steps: list[str], value: Any) -> Any:
        if not self.equal(self.get(document, steps), value):
            raise Fails
        return document

    def one(self, document: Any, operation: Operation) -> Any:
        kind, steps = operation["op"], self.split(operation["path"])
        if NEEDED[kind] == "from":
            argument: tuple[Any, ...] = (self.split(operation["from"]), steps)
        else:
            argument = (steps, copy.deepcopy(operation["value"])) if NEEDED[kind] == "value" else (steps,)
        return getattr(self, kind)(document, *argument)

    def order(self, operations: list[Operation]) -> list[Operation]:
        return operations

    def run(self, document: Any, operations: list[Operation]) -> tuple[Any, bool]:
        """The document afterwards, and whether all went well."""
        for operation in self.order(operations):
            try:
                document = self.one(document, operation)
            except (Fails, IndexError, KeyError, TypeError, ValueError):
                return document, False
        return document, True


def well_formed(body: Any) -> bool:
    return isinstance(body, list) and all(
        isinstance(one, dict) and one.get("op") in NEEDED and NEEDED[one["op"]] in one and _pointers(one)
        for one in body
    )


def _pointers(operation: Operation) -> bool:
    texts = [operation.get("path"), operation["from"] if NEEDED[operation["op"]] == "from" else ""]
    return all(isinstance(text, str) and (not text or text[0] == "/") and "~2" not in text for text in texts)


def refusal() -> Answer:
    error = {"code": "INVALID_PATCH", "message": "The patch cannot be applied", "reference": "https://example.com/"}
    return Answer(400).with_json({"error": error})


def patching(make: Callable[[], Engine]) -> Modifier:
    """Devices are patched by this engine. What is no patch, or not allowed, is left to the server."""

    def modifier(call: Call, forward: Forward) -> Answer:
        body = call.json()
        if call.operation != PATCH or not well_formed(body):
            return forward(call)
        now = forward(call.to("GET", call.target))
        if not now.ok:
            return forward(call)
        engine = make()
        document, well = engine.run(now.json(), body)
        if not well and engine.atomic:
            return refusal()
        stored = forward(call.with_json([{"op": "replace", "path": "", "value": document}]))
        return stored if well else refusal()

    return modifier


def text_of(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)
