"""One mistake at a time, and the contract's answer to exactly that mistake.

For every constraint of every parameter and member there are values that break it and nothing else. All mistakes of
one operation that break the same keyword and have the same answer are one requirement. Where the contract is surer
that a mistake is refused than of the answer it gets, the two are two requirements.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from conformance.answers import code_of
from conformance.checks.success import baseline, disposable, valid_body
from conformance.context import Context, encoded, text_of
from conformance.errors import Inconclusive, Skip
from conformance.requirements import Book, kebab
from conformance.schemas import Validator, same, shortened, standing, steps_of
from conformance.strategies import smallest
from conformance.types import Exchange, Failure, Requirement, weakest
from conformance.violations import REMOVE, Violation, body_violations, placed, text_violations
from openapi.contract import Contract, Operation, Rule

SURELY_REFUSED = frozenset(
    ("type", "enum", "format", "pattern", "minLength", "maxLength", "minimum", "maximum", "exclusiveMinimum",
     "exclusiveMaximum", "required", "anyOf", "oneOf")
)  # fmt: skip
"""Keywords that a server must hold bodies to when its documents state them; unknown members and nulls it may take."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """A violation, where it is made, and what the contract says of it."""

    where: str
    """`body`, `query` or `path`."""
    name: str
    violation: Violation
    error: str | None
    basis: str
    constraint: str
    """How sure the contract is of the broken rule itself."""
    source: str

    @property
    def keyword(self) -> str:
        return "null" if self.violation.kind == "null" else self.violation.keyword

    @property
    def key(self) -> tuple[str, str, str | None, str]:
        return (self.where, self.keyword, self.error, self.basis)


def mistakes(contract: Contract, operation: Operation) -> list[Mistake]:
    """Every single mistake that a request to an operation can make by its schemas."""
    found: list[Mistake] = []
    body = operation.request_body
    if body is not None:
        schema = next(iter(body.content.values())).schema
        found += [_mistake(contract, operation, "body", "body", schema, one) for one in body_violations(schema)]
        validator = Validator(schema, "request")
        found = [one for one in found if not isinstance(_broken(operation, validator, None, one), Unfit)]
    for parameter in operation.parameters:
        if parameter.location not in ("query", "path"):
            continue
        for violation in text_violations(parameter.schema):
            if violation.value == "" or (parameter.location == "path" and "/" in str(violation.value)):
                continue  # Another path, or a parameter of which nobody says whether it is there.
            where = f"{parameter.location}:{parameter.name}"
            found.append(_mistake(contract, operation, where, parameter.name, parameter.schema, violation))
        if parameter.location == "query" and parameter.required:
            missing = Violation("required", "", (), REMOVE)
            where = f"query:{parameter.name}"
            found.append(_mistake(contract, operation, where, parameter.name, parameter.schema, missing))
    return found


def _mistake(
    contract: Contract, operation: Operation, where: str, name: str, schema: Mapping[str, Any], violation: Violation
) -> Mistake:
    rule = operation.violation(where, violation.path, violation.keyword)
    basis, source = standing(schema, violation.path)
    parameter = operation.parameter(*where.split(":", 1)) if ":" in where else None
    if parameter is not None:
        basis = weakest(basis, parameter.basis)
    return Mistake(
        where.split(":")[0],
        name if where != "body" else violation.name,
        violation,
        rule.error if rule else None,
        weakest(basis, *_sureness(contract, rule)),
        basis,
        source or str(operation.source or ""),
    )


def _sureness(contract: Contract, rule: Rule | None) -> Iterable[str]:
    if rule is None:
        return ()
    entry = contract.errors.get(rule.error or "")
    return (rule.basis, entry.basis) if entry else (rule.basis,)


def derive(book: Book) -> Iterator[Requirement]:
    for operation in book.operations():
        yield from _by_schema(book, operation)
        yield from _by_transport(book, operation)
        yield from _by_condition(book, operation)
        if book.api.resources and any(r.write == operation.id for r in book.api.resources):
            yield book.make(
                operation,
                "refused-changes-nothing",
                "A refused request leaves the object exactly as it was.",
                "refused_changes_nothing",
                source="RFC 9110 section 15.5",
                needs=(f"success:{operation.id}",),
                sends="changes",
                order=60,
            )


def _by_schema(book: Book, operation: Operation) -> Iterator[Requirement]:
    groups: dict[tuple[Any, ...], list[Mistake]] = {}
    for mistake in mistakes(book.contract, operation):
        groups.setdefault(mistake.key, []).append(mistake)
    for (where, keyword, error, basis), members in groups.items():
        names = list(dict.fromkeys(one.name for one in members))
        yield book.make(
            operation,
            _slug(where, keyword, error, basis, operation),
            f"{_sentence(where, keyword)} is refused with {_answer(book.contract, error)}: {_listed(names)}.",
            "refuses",
            basis=basis,
            source=members[0].source,
            data={"where": where, "keyword": keyword, "error": error, "basis": basis},
            needs=(f"success:{operation.id}",),
        )
    yield from _refused_at_all(book, operation, groups)


def _refused_at_all(
    book: Book, operation: Operation, groups: Mapping[tuple[Any, ...], list[Mistake]]
) -> Iterator[Requirement]:
    """For mistakes of which it is surer that they are refused than how."""
    surer: dict[tuple[str, str], list[Mistake]] = {}
    for (where, keyword, error, basis), members in groups.items():
        if where != "body" or keyword not in SURELY_REFUSED or error is None:
            continue
        for one in members:
            if weakest(one.constraint, basis) != one.constraint:
                surer.setdefault((keyword, one.constraint), []).append(one)
    for (keyword, basis), members in surer.items():
        names = list(dict.fromkeys(one.name for one in members))
        yield book.make(
            operation,
            f"rejects-body-{kebab(keyword)}" + ("" if basis == operation.basis else f"-{basis}"),
            f"{_sentence('body', keyword)} is refused, whatever the code: {_listed(names)}.",
            "refuses",
            basis=basis,
            source=members[0].source,
            data={"where": "body", "keyword": keyword, "error": "", "constraint": basis},
            needs=(f"success:{operation.id}",),
        )


def _slug(where: str, keyword: str, error: str | None, basis: str, operation: Operation) -> str:
    slug = f"refuses-{where}-{kebab(keyword)}-{kebab(error or 'any')}"
    return slug if basis == operation.basis else f"{slug}-{basis}"


def _sentence(where: str, keyword: str) -> str:
    place = {"body": "in the body", "query": "in the query", "path": "in the path"}[where]
    told = {
        "type": "A value of the wrong type",
        "null": "A null where none is allowed",
        "required": "A missing required member",
        "additionalProperties": "An unknown member",
        "enum": "A value that is not listed",
    }.get(keyword, f"A value that breaks {keyword}")
    return f"{told} {place}"


def _answer(contract: Contract, error: str | None) -> str:
    entry = contract.errors.get(error or "")
    if entry is None:
        return "4xx"
    return f"{entry.status} {code_of(entry, contract) or ''}".strip()


def _listed(names: list[str], most: int = 6) -> str:
    shown = ", ".join(names[:most])
    return shown if len(names) <= most else f"{shown} and {len(names) - most} more"


def refuses(context: Context, requirement: Requirement) -> None:
    """Each request with exactly this one mistake gets exactly the catalogue's answer (any, where none is named)."""
    assert requirement.operation is not None
    operation = context.contract.operations[requirement.operation]
    wanted = requirement.data
    chosen = [one for one in mistakes(context.contract, operation) if _belongs(one, wanted)]
    error = wanted.get("error") or None
    for one in sampled(chosen, max(context.options.examples, 20)):
        exchange = attempt(context, operation, one)
        if exchange is None:
            continue
        context.case()
        value = "null" if one.keyword == "null" else shortened(text_of(one.violation.value), 60)
        context.expect_error(
            exchange, error, f"{one.name} = {value} is not refused as it must be", cause=f"{operation.id} {one.name}"
        )
    if not context.cases:
        raise Skip("no request could be made whose only mistake is this one")


def _belongs(one: Mistake, wanted: Mapping[str, Any]) -> bool:
    if (one.where, one.keyword) != (wanted["where"], wanted["keyword"]):
        return False
    if wanted.get("error") == "":
        return bool(one.constraint == wanted["constraint"])
    return (one.error, one.basis) == (wanted.get("error"), wanted["basis"])


def sampled(found: list[Mistake], most: int) -> list[Mistake]:
    """At most about `most`, but every member at least once: first values first."""
    rounds: dict[str, int] = {}
    ranked = []
    for index, one in enumerate(found):
        turn = rounds[one.name] = rounds.get(one.name, -1) + 1
        ranked.append((turn, index, one))
    ranked.sort(key=lambda row: row[:2])
    least = len(rounds)
    return [one for _, _, one in ranked[: max(most, least)]]


def attempt(context: Context, operation: Operation, one: Mistake) -> Exchange | None:
    """The answer to a request with one mistake, sent once a run; None when more than it would be wrong."""
    key = ("mistake", operation.id, one.where, one.name, one.violation.keyword, text_of(one.violation.value))
    exchange: Exchange | None = context.once(key, lambda: _attempt(context, operation, one))
    return exchange


def _attempt(context: Context, operation: Operation, one: Mistake) -> Exchange | None:
    if one.where == "body":
        body = broken_body(context, operation, one)
        if isinstance(body, Unfit):
            return None
        return guarded(context, operation, body=body)
    value = one.violation.value
    if one.where == "path":
        path = {**context.path_of(operation), one.name: value}
        return guarded(context, operation, path=path)
    query = context.query_of(operation)
    if value is REMOVE:
        query.pop(one.name, None)
    else:
        query[one.name] = value
    return guarded(context, operation, query=query)


class Unfit:
    """No body has this one mistake alone."""


def broken_body(context: Context, operation: Operation, one: Mistake) -> Any:
    """A valid body with one mistake in it; verified to have no other with another answer."""
    assert operation.request_body is not None
    schema = next(iter(operation.request_body.content.values())).schema
    validator = context.once(("request validator", operation.id), lambda: Validator(schema, "request"))
    return _broken(operation, validator, valid_body(context, operation.id), one)


def _broken(operation: Operation, validator: Validator, base: Any, one: Mistake) -> Any:
    """`base` (None: the smallest valid body) with one mistake, if that is the only one."""
    pointer = one.violation.pointer
    steps = steps_of(pointer)
    way = smallest(validator.schema, random.Random(0), pointer)
    try:
        base = way if base is None else _with_way(base, way, steps)
        body = placed(base, pointer, one.violation.value)
    except (KeyError, IndexError, TypeError, AttributeError):
        return Unfit()
    errors = {
        _error_of(operation, problem.path, problem.keyword, problem.message) for problem in validator.problems(body)
    }
    return body if len(errors) == 1 else Unfit()


def _with_way(base: Any, way: Any, steps: list[str]) -> Any:
    """The valid body, with the members that lead to a nested place."""
    if len(steps) < 2:
        return base
    if not isinstance(base, dict) or not isinstance(way, dict) or steps[0] in base:
        return base
    return {**base, steps[0]: way[steps[0]]}


def _error_of(operation: Operation, path: tuple[str | int, ...], keyword: str, message: str) -> str | None:
    steps = path[:-1]
    if keyword == "required" and '"' in message:
        steps = (*steps, "properties", message.split('"')[1])
    rule = operation.violation("body", steps, keyword)
    return rule.error if rule else None


def guarded(context: Context, operation: Operation, **request: Any) -> Exchange:
    """Send a request that must be refused; if it is accepted, put back what it may have changed."""
    if operation.method == "GET":
        return context.call(operation.id, **request)
    if "body" not in request and "raw" not in request:
        request["body"] = valid_body(context, operation.id)
    if operation.method == "DELETE" and "path" not in request:
        request["path"] = disposable(context, operation.id)  # A server that passes over the mistake carries it out.
    handle = context.resource_reached_by(operation.id)
    if handle is None or "path" in request:
        return context.call(operation.id, **request)
    before = context.once(("state before refusals", handle.resource.name), lambda: context.note(handle))
    exchange = context.call(operation.id, **request)
    if exchange.ok:
        context.put_back_now(handle, before)
    return exchange


def refused_changes_nothing(context: Context, requirement: Requirement) -> None:
    """The object reads the same before and after requests that were refused, one mistake of each kind."""
    assert requirement.operation is not None
    operation = context.contract.operations[requirement.operation]
    handle = context.resource_written_by(operation.id)
    assert handle is not None
    volatile = handle.resource.volatile
    for one in _one_of_each_kind(context, operation):
        body = broken_body(context, operation, one)
        if isinstance(body, Unfit):
            continue
        body = _with_a_change(context, handle, body, one)
        with context.keep(handle) as before:
            exchange = context.call(operation.id, path=handle.path, body=body)
            if exchange.ok:
                continue
            after = handle.read()
        context.case()
        changed = _changed(before, after, volatile)
        if changed:
            context.fail(
                f"A refused request has changed {', '.join(changed)}.",
                expected="nothing changed",
                actual=f"{exchange.status}, and {', '.join(changed)} differ",
                exchanges=(exchange,),
                cause=f"refused but changed {operation.id}",
            )
    if not context.cases:
        raise Inconclusive("no request was refused")


def _with_a_change(context: Context, handle: Any, body: Any, one: Mistake) -> Any:
    """Beside the mistake a valid change, before and after it, that must not be carried out."""
    if not isinstance(body, dict) or handle.resource.changes is not None:
        return body
    reading = handle.read()
    wrong = steps_of(one.violation.pointer)[:1]
    for member in handle.usable():
        if [member.name] == wrong or member.name in body:
            continue
        values = handle.values(member, 1, context.random, member.seen(reading))
        if values and not same(values[0], member.seen(reading)):
            return {member.name: values[0], **body}
    return body


def _one_of_each_kind(context: Context, operation: Operation) -> list[Mistake]:
    kinds: dict[str, Mistake] = {}
    for one in mistakes(context.contract, operation):
        if one.where == "body" and one.keyword not in ("minProperties", "minItems") and one.violation.pointer:
            kinds.setdefault(one.keyword, one)
    return list(kinds.values())


def _changed(before: Mapping[str, Any], after: Mapping[str, Any], volatile: tuple[str, ...]) -> list[str]:
    from conformance.resources import changed_pointers

    found = []
    for key in before:
        found += changed_pointers(before[key], after.get(key))
    return [p for p in found if not any(p == v or p.startswith(v + "/") for v in volatile)]


# ---- what is wrong with the body as such

TRANSPORT = {
    "malformed": (
        b'{"', b'{"name": "x",}', b"{name: 1}", b"[1, 2", b'{"a": 1} {"b": 2}', b"not json", b"{'a': 1}",
    ),
    "empty": (b"",),
}  # fmt: skip
TEXTS = {
    "malformed": "A body that is not well-formed JSON",
    "empty": "A missing body",
    "mediaType": "A body in a media type that is not offered",
}


def _by_transport(book: Book, operation: Operation) -> Iterator[Requirement]:
    if operation.request_body is None:
        return
    for word, text in TEXTS.items():
        if word == "empty" and not operation.request_body.required:
            continue
        rule = operation.violation("body", (), word)
        if rule is None or rule.error is None:
            continue
        entry = book.contract.errors[rule.error]
        basis = weakest(operation.request_body.basis, rule.basis, entry.basis)
        slug = f"refuses-{kebab(word)}"
        yield book.make(
            operation,
            slug,
            f"{text} is refused with {_answer(book.contract, rule.error)}.",
            "refuses_transport",
            basis=basis,
            source=str(rule.source or entry.source or ""),
            data={"word": word, "error": rule.error},
            needs=(f"success:{operation.id}",),
        )
        if word == "malformed" and basis == "inferred" and operation.basis != "inferred":
            yield book.make(
                operation,
                "rejects-malformed",
                f"{text} is refused, whatever the code.",
                "refuses_transport",
                basis=weakest(operation.basis, "public"),
                source="RFC 8259",
                data={"word": word, "error": None},
                needs=(f"success:{operation.id}",),
            )


def refuses_transport(context: Context, requirement: Requirement) -> None:
    """A body that is broken as such gets exactly the catalogue's answer, whichever way it is broken."""
    assert requirement.operation is not None
    operation = context.contract.operations[requirement.operation]
    word, error = requirement.data["word"], requirement.data["error"]
    if word == "mediaType":
        body = valid_body(context, operation.id)
        exchange = guarded(context, operation, body=body, media_type="text/plain")
        context.case()
        context.expect_error(exchange, error, "A text/plain body is not refused as it must be", cause=word)
        return
    for raw in TRANSPORT[word]:
        exchange = guarded(context, operation, raw=raw)
        context.case()
        told = f"The body {raw.decode()!r} is not refused as it must be"
        context.expect_error(exchange, error, told, cause=f"{operation.id} {word}")


# ---- conditions that are no matter of a schema


def _by_condition(book: Book, operation: Operation) -> Iterator[Requirement]:
    seen = set()
    for refusal in operation.refusals:
        word = refusal.when
        if (
            word in ("violation", "unauthenticated", "credentials", "forbidden")
            or refusal.error is None
            or word in seen
        ):
            continue
        seen.add(word)
        entry = book.contract.errors[refusal.error]
        basis = weakest(refusal.basis, entry.basis)
        text = f"Refused with {_answer(book.contract, refusal.error)}: {refusal.description.strip()}"
        known = f"{operation.id}:{word}" in book.api.conditions or word in book.api.conditions
        base = book.make(
            operation,
            f"refuses-{word}",
            text,
            "refuses_condition",
            basis=basis,
            source=str(refusal.source or entry.source or operation.source or ""),
            data={"word": word, "error": refusal.error},
        )
        if known:
            yield base
            if basis == "inferred" and word.startswith("unknown") and operation.basis != "inferred":
                yield from _not_found_at_all(book, operation, word, entry.status)
        else:
            yield Requirement(
                **{f: getattr(base, f) for f in ("id", "text", "level", "basis", "source", "operation", "needs")},
                unchecked="nothing in a target file says how to bring this about",
            )


def _not_found_at_all(book: Book, operation: Operation, word: str, status: int) -> Iterator[Requirement]:
    """The status is declared by the page even where its code is a guess."""
    response = operation.responses.get(str(status))
    if response is not None and response.basis != "inferred":
        yield book.make(
            operation,
            f"answers-{word}-with-{status}",
            f"What does not exist is answered with {status}, whatever the code.",
            "refuses_condition",
            basis=response.basis,
            source=response.source,
            data={"word": word, "error": None, "status": status},
        )


def refuses_condition(context: Context, requirement: Requirement) -> None:
    """A valid request about an object in this condition gets exactly the catalogue's answer."""
    assert requirement.operation is not None
    operation = context.contract.operations[requirement.operation]
    word, error = requirement.data["word"], requirement.data["error"]
    path = context.path_of(operation, word)
    if operation.method != "DELETE":
        context.need_success(operation.id)
    body = valid_body(context, operation.id)
    exchange = context.once(("condition", operation.id, word), lambda: context.call(operation.id, path=path, body=body))
    context.case()
    status = requirement.data.get("status")
    if status is not None:
        if exchange.status != status:
            context.fail(
                f"{word} is not answered with {status}.",
                expected=str(status),
                actual=str(exchange.status),
                exchanges=(exchange,),
                cause=f"{operation.id} {word} {exchange.status}",
            )
        return
    context.expect_error(exchange, error, f"{word} is not refused as it must be", cause=f"{operation.id} {word}")


CHECKS = {
    "refuses": refuses,
    "refuses_transport": refuses_transport,
    "refuses_condition": refuses_condition,
    "refused_changes_nothing": refused_changes_nothing,
}
__all__ = ["CHECKS", "Failure", "attempt", "baseline", "broken_body", "derive", "encoded", "guarded", "mistakes"]
