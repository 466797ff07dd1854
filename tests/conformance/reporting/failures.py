"""Failures as the checks make them, for the tests of what is one defect."""

from __future__ import annotations

import json
from typing import Any

from conformance.types import Exchange, Failure, Headers, Outcome, Requirement, Sent

CHANGE = "changeThing"


def answered(
    status: int,
    answer: Any = None,
    *,
    body: Any = None,
    operation: str = CHANGE,
    media: str = "application/json",
    raw: bytes | None = None,
) -> Exchange:
    """An exchange of an operation, by status, the answer's value or bytes, and the request's body."""
    sent = Sent("PATCH", "http://x/1", "/1", (), b"" if body is None else json.dumps(body).encode())
    content = raw if raw is not None else json.dumps(answer).encode()
    return Exchange(sent, status, Headers([("Content-Type", media)]), content, 0.1, operation)


def failed(
    name: str,
    message: str,
    expected: str,
    actual: str,
    exchange: Exchange | None = None,
    *,
    cause: str | None = None,
    check: str = "",
    **data: Any,
) -> Outcome:
    """A requirement `api.NAME` with one failure."""
    exchanges = (exchange,) if exchange is not None else ()
    requirement = Requirement(f"api.{name}", "", operation=CHANGE, check=check, data=data)
    return Outcome(requirement, "failed", None, 1, [Failure(message, expected, actual, exchanges, cause or message)])


def shape(name: str, pointer: str, said: str, expected: str, answer: Any, status: int = 200) -> Outcome:
    """What a check of shapes finds wrong with a member of an answer."""
    keyword, operation = expected.partition(":")[0], name.partition(".")[0]
    kind = str(status) if status < 400 else "refusal"
    exchange = answered(status, answer, operation=operation)
    cause = f"{operation} {kind}: {keyword} at {pointer}"
    return failed(name, f"{pointer}: {said}", expected, f"{status} …", exchange, cause=cause, check="answers")


def taken(name: str, member: str, value: Any, keyword: str, *, operation: str = CHANGE, status: int = 200) -> Outcome:
    """An invalid value that was not refused."""
    exchange = answered(status, {}, body={member.rpartition(".")[2]: value}, operation=operation)
    message = f"{member} = {json.dumps(value)} is not refused as it must be: status {status} instead of 400"
    came = "accepted" if status < 400 else str(status)
    cause = f"{operation} {member}|{came}"
    told = {"where": "body", "keyword": keyword, "error": "VALIDATION"}
    return failed(name, message, "400", f"{status} {{}}", exchange, cause=cause, check="refuses", **told)


def coded(name: str, got: Any, wanted: str, *, operation: str = CHANGE, pointer: str = "/error") -> Outcome:
    """A refusal with another code than the one expected."""
    told = f"unknown is not refused as it must be: code {json.dumps(got)} instead of {json.dumps(wanted)} at {pointer}"
    exchange = answered(404, {pointer[1:]: got}, operation=operation)
    return failed(
        name, told, f"404 with code {wanted}", f"404 {got}", exchange, cause=f"{operation} unknown|404", check="refuses"
    )


def lost(name: str, member: str, wanted: Any, found: Any) -> Outcome:
    """A value that was written and is not read."""
    return failed(
        name,
        f"{member} does not read back as it was written.",
        f"{member} = {json.dumps(wanted)}",
        f"/{member} = {json.dumps(found)}",
        answered(200, {}, body={member: wanted}),
        cause=f"not stored {CHANGE} {member}",
    )


def patched(name: str, what: str, pointer: str, wanted: Any, found: Any) -> Outcome:
    """A patch after which the answer is wrong."""
    return failed(
        name,
        f"After {what}, the answer shows {pointer} wrong.",
        f"{pointer} = {json.dumps(wanted)}",
        f"{pointer} = {json.dumps(found)}",
        answered(200, {}, body=[]),
        cause=f"patch {what}",
    )


def disagrees(pointer: str) -> Outcome:
    """An answer to a write that is not what is read afterwards."""
    message = f"The answer to the write and a read afterwards differ at {pointer}."
    cause = f"answer disagrees {CHANGE} {pointer}"
    return failed("change.answer-agrees", message, '"a"', '"b"', answered(200, {}), cause=cause)


def patch_taken(name: str, what: str, check: str) -> Outcome:
    """A patch that should have been refused."""
    exchange = answered(200, {}, body=[{"op": "test"}])
    return failed(
        name, f"{what} is not refused.", "4xx", "200 {}", exchange, cause=f"patch accepted {what}", check=check
    )


def not_json(name: str, operation: str, raw: bytes = b"<a/>") -> Outcome:
    """An answer that says it is JSON, and is not."""
    exchange = answered(200, operation=operation, raw=raw)
    told = "The body is not JSON: Expecting value: line 1 column 1 (char 0)."
    return failed(name, told, "JSON", "200 …", exchange, cause=f"{operation} 200: not json", check="answers")


def other_media(name: str, wanted: str, operation: str, raw: bytes = b"<a/>") -> Outcome:
    """One media type asked for, another one answered."""
    exchange = answered(200, operation=operation, raw=raw)
    told = f"Accept: {wanted} is answered with application/json."
    return failed(name, told, wanted, "application/json", exchange, cause=f"{operation} media {wanted}")
