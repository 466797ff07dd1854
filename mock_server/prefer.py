"""The `Prefer` request header: forcing the answer of one request, and delaying it (RFC 7240 syntax)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from mock_server.compiler import CompiledApi, Plan
from mock_server.plausible import body_of, by_mistake, details, headers_of, shown_by
from mock_server.refusals import Possible
from openapi.contract import Response

MAX_DELAY_MS = 60_000
DIGITS = len(str(MAX_DELAY_MS))
_STATUSES = {str(status.value): status for status in HTTPStatus}


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
    """The answer that a preference or a fault forces: an error with what fills it, or else a body.

    `headers` are those that the contract promises with it.
    """

    status: int
    headers: Mapping[str, str]
    error: Possible | None = None
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
    number = text.lstrip("0") or text[:1]
    if not text.isascii() or not text.isdigit() or len(number) > DIGITS or int(number) > MAX_DELAY_MS:
        raise NotDeclared(f"Prefer: delay takes milliseconds from 0 to {MAX_DELAY_MS}, not {text!r}", [])
    return int(number)


def force(api: CompiledApi, plan: Plan, kind: str, value: str) -> Forced:
    """The answer that `kind=value` asks for. Raises NotDeclared, naming the choices."""
    return _FORCERS[kind](api, plan, value)


def errors_of(api: CompiledApi, plan: Plan) -> Mapping[str, Possible]:
    """The catalogue entries that the operation may answer, by name: those that fit what it declares for their status.

    The likely ones come first: those that its conditions and mistakes bring, and those that can only be forced.
    """
    known = api.errors.get(plan.operation.id)
    if known is None:
        known = api.errors[plan.operation.id] = _possible(api, plan)
    return known


def _possible(api: CompiledApi, plan: Plan) -> dict[str, Possible]:
    own, errors = by_mistake(api, plan.operation), api.contract.errors
    forced = (name for name, entry in errors.items() if entry.forced_only)
    likely = dict.fromkeys([*(rule.error or "" for rule in plan.operation.refusals), *own, *forced])
    mistaken = dict(own)
    for other in api.contract.operations.values():
        mistaken = {**by_mistake(api, other), **mistaken}
    found = {
        name: Possible(errors[name], details(api.contract, plan.operation, errors[name], mistaken), name in likely)
        for name in dict.fromkeys([*likely, *errors])
        if name in errors
    }
    return {name: error for name, error in found.items() if _fits(api, plan, error)}


def _fits(api: CompiledApi, plan: Plan, error: Possible) -> bool:
    responder = plan.responder(error.entry.status)
    if responder is None:
        return False
    body = api.refusals.of_entry(plan.operation, error.entry, error.details, {}).body
    validators = (writer.validator for writer in responder.writers.values())
    return body is None or all(validator is None or validator.is_valid(body) for validator in validators)


def _error(plan: Plan, error: Possible) -> Forced:
    response = plan.operation.response(error.entry.status)
    return Forced(error.entry.status, headers_of(response) if response else {}, error)


def _by_error(api: CompiledApi, plan: Plan, value: str) -> Forced:
    declared = errors_of(api, plan)
    coded = (error for error in declared.values() if error.entry.code == value)
    error = declared.get(value) or next(coded, None)
    if error is not None:
        return _error(plan, error)
    choices = {error.entry.code or name for name, error in declared.items()}
    raise NotDeclared(f"{plan.operation.id} declares no error {value!r}", sorted(choices))


def _by_code(api: CompiledApi, plan: Plan, value: str) -> Forced:
    response = _declared(plan, value)
    if response is None:
        raise NotDeclared(f"{plan.operation.id} declares no status {value!r}", sorted(plan.operation.responses))
    status = int(value)
    error = _error_of(api, plan, response, status) if status >= 400 else None
    if error is not None:
        return _error(plan, error)
    return Forced(status, headers_of(response), body=body_of(api.contract, response))


def _declared(plan: Plan, value: str) -> Response | None:
    """What is declared for a status as text. A default stands for errors."""
    responses = plan.operation.responses
    if value in responses:
        return responses[value] if value.isdigit() else None
    if value not in _STATUSES:
        return None
    return responses.get(f"{value[0]}XX") or (responses.get("default") if value[0] in "45" else None)


def _error_of(api: CompiledApi, plan: Plan, response: Response, status: int) -> Possible | None:
    """The error that the operation would answer with this status; a general one where only a range declares it."""
    for error in errors_of(api, plan).values():
        if error.likely and error.entry.status == status:
            return error
    if response.status == str(status) and any(media.examples for media in response.content.values()):
        return None
    general = Possible(api.refusals.plain_entry(status), {"sentence": _STATUSES[str(status)].phrase}, likely=False)
    return general if _fits(api, plan, general) else None


def _by_example(api: CompiledApi, plan: Plan, value: str) -> Forced:
    names: list[str] = []
    for response in plan.operation.responses.values():
        for media in response.content.values():
            if value in media.examples:
                example = media.examples[value]
                return Forced(_status(api, plan, response, example), headers_of(response), body=example)
            names += media.examples
    raise NotDeclared(f"{plan.operation.id} has no example {value!r}", sorted(set(names)))


def _status(api: CompiledApi, plan: Plan, response: Response, example: Any) -> int:
    """The status of an example: where a range declares it, that of the error which it shows."""
    if response.status.isdigit():
        return int(response.status)
    for entry in api.contract.errors.values():
        if plan.operation.response(entry.status) is response and shown_by(entry, example) is not None:
            return entry.status
    return 500 if response.status == "default" else int(response.status[0]) * 100


_FORCERS: Mapping[str, Callable[[CompiledApi, Plan, str], Forced]] = {
    "code": _by_code,
    "error": _by_error,
    "example": _by_example,
}
