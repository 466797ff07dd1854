"""The strokes that several of these faults are drawn with: what is asked for, and what is told of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from conformance.planted.faults import Answer, Call, Forward, Modifier
from conformance.planted.tools import edit_answer, setting

ADMIN = "Basic YWRtaW46YWRtaW4="
Item = Any


# ---- what is asked for


def asked(call: Call) -> Any:
    """The status that a change asks for."""
    value = call.json()
    return value.get("status") if isinstance(value, dict) else None


def is_later(call: Call) -> bool:
    return call.query.get("async") == "true"


def when(condition: Callable[[Call], bool], modifier: Modifier) -> Modifier:
    return lambda call, forward: modifier(call, forward) if condition(call) else forward(call)


def asking(change: Callable[[dict[str, str]], Mapping[str, str]]) -> Modifier:
    """The query is changed before the server sees it."""
    return lambda call, forward: forward(call.with_query(change(call.query)))


def without(name: str) -> Modifier:
    """A parameter of the query is not looked at."""
    return asking(lambda query: {key: value for key, value in query.items() if key != name})


def default(name: str, value: str) -> Modifier:
    """A parameter that is left out of the query has this value."""
    return asking(lambda query: {name: value, **query})


def put(call: Call, target: str, status: str) -> Call:
    """A change of a status, made by who made this call."""
    body = json.dumps({"status": status}).encode()
    return call.to("PUT", target, body).with_header("Content-Type", "application/json")


# ---- what is told of it


def refused(status: int) -> Modifier:
    return lambda call, forward: Answer(status).with_json({})  # noqa: ARG005


def says(pointer: str, value: Any) -> Modifier:
    """Good answers say this at a pointer, whatever is so."""
    return edit_answer(setting(pointer, value))


def telling(change: Callable[[Any, Call], Any]) -> Modifier:
    """The objects of good answers are changed."""

    def modifier(call: Call, forward: Forward) -> Answer:
        answer = forward(call)
        value = answer.json()
        return answer.with_json(change(value, call)) if answer.ok and isinstance(value, dict) else answer

    return modifier


def items(change: Callable[[list[Item], Call], list[Item]]) -> Modifier:
    """The items of a page are changed."""
    return telling(lambda value, call: {**value, "items": change(value["items"], call)} if "items" in value else value)
