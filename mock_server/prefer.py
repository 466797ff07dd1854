"""The `Prefer` request header: forcing the answer of one request, and delaying it (RFC 7240 syntax)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from mock_server.compiler import CompiledApi, Plan
from mock_server.samples import sample
from openapi.contract import ErrorEntry, Response

MAX_DELAY_MS = 60_000


class NotDeclared(Exception):
    """What was asked for is not in the contract; `choices` are what could have been."""

    def __init__(self, sentence: str, choices: list[str]) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.choices = choices


@dataclass(frozen=True, slots=True)
class Preferences:
    """What one request asks of the double. `kind` is `code`, `error`, `example` or None for nothing forced."""

    kind: str | None = None
    value: str = ""
    delay_ms: int = 0


@dataclass(frozen=True, slots=True)
class Forced:
    """The answer that a preference or a fault forces: a catalogue entry, or a declared response's body."""

    entry: ErrorEntry | None
    status: int
    body: Any = None


def parse(header: str) -> Preferences:
    """Read the header; unknown preferences are ignored (RFC 7240, 2). Raises NotDeclared for a bad delay."""
    kind, value, delay = None, "", 0
    for part in header.replace(";", ",").split(","):
        name, _, text = part.partition("=")
        name, text = name.strip().lower(), text.strip().strip('"')
        if name == "delay":
            delay = _delay(text)
        elif name in {"code", "error", "example"}:
            kind, value = name, text
    return Preferences(kind, value, delay)


def _delay(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text[:9]) > MAX_DELAY_MS:
        raise NotDeclared(f"Prefer: delay takes milliseconds from 0 to {MAX_DELAY_MS}, not {text!r}", [])
    return int(text)


def force(api: CompiledApi, plan: Plan, kind: str, value: str) -> Forced:
    """The answer that `kind=value` asks for. Raises NotDeclared, naming the choices."""
    return _FORCERS[kind](api, plan, value)


def errors_of(api: CompiledApi, plan: Plan) -> dict[str, ErrorEntry]:
    """The catalogue entries that the operation may answer: those whose status it declares."""
    return {
        name: entry for name, entry in api.contract.errors.items() if plan.operation.response(entry.status) is not None
    }


def _by_error(api: CompiledApi, plan: Plan, value: str) -> Forced:
    declared = errors_of(api, plan)
    for name, entry in declared.items():
        if value in (name, entry.code):
            return Forced(entry, entry.status)
    choices = sorted({entry.code or name for name, entry in declared.items()})
    raise NotDeclared(f"{plan.operation.id} declares no error {value!r}", choices)


def _by_code(api: CompiledApi, plan: Plan, value: str) -> Forced:
    response = plan.operation.response(int(value)) if value.isdigit() and len(value) == 3 else None
    if response is None:
        raise NotDeclared(f"{plan.operation.id} declares no status {value!r}", sorted(plan.operation.responses))
    status = int(value)
    if status >= 400:
        entry = _likely_entry(api, plan, status)
        if entry is not None:
            return Forced(entry, status)
    return Forced(None, status, _body(response))


def _likely_entry(api: CompiledApi, plan: Plan, status: int) -> ErrorEntry | None:
    entries = errors_of(api, plan)
    own = [rule.error for rule in plan.operation.refusals if rule.error is not None and rule.error in entries]
    for name in [*own, *entries]:
        if entries[name].status == status:
            return entries[name]
    return None


def _body(response: Response) -> Any:
    for media in response.content.values():
        for example in media.examples.values():
            return example
        return sample(media.schema)
    return None


def _by_example(_api: CompiledApi, plan: Plan, value: str) -> Forced:
    names: list[str] = []
    for status, response in plan.operation.responses.items():
        for media in response.content.values():
            if value in media.examples:
                return Forced(None, _status(status), media.examples[value])
            names += media.examples
    raise NotDeclared(f"{plan.operation.id} has no example {value!r}", sorted(set(names)))


def _status(declared: str) -> int:
    if declared.isdigit():
        return int(declared)
    return 500 if declared == "default" else int(declared[0]) * 100


_FORCERS: Mapping[str, Callable[[CompiledApi, Plan, str], Forced]] = {
    "code": _by_code,
    "error": _by_error,
    "example": _by_example,
}
