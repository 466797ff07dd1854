"""Requests that should be refused and are not, and refusals that did what they refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from conformance.checks.state.members import static_members
from conformance.planted.faults import Answer, Call, Fault, Forward, Modifier
from conformance.planted.rules.ground import Ground, Memory
from conformance.planted.tools import always
from conformance.requirements import Book, kebab
from conformance.schemas import Problem, Validator
from openapi.contract import Operation

Judge = Callable[[Call], bool]


def bodies(ground: Ground) -> Iterator[Fault]:
    """One keyword of the request's schema is not enforced."""
    writes = [one for one in ground.main() if one.request_body is not None]
    for operation in writes:
        keywords: dict[str, list[str]] = {}
        for one in ground.requirements(operation, "refuses"):
            if one.data["where"] == "body":
                keywords.setdefault(str(one.data["keyword"]), []).append(one.id)
        for keyword, ids in keywords.items():
            yield from ground.fault(
                operation,
                f"passes-over-{kebab(keyword)}",
                f"does not look at {keyword} in the body",
                tuple(ids),
                _taken(operation, _breaks(operation, keyword)),
            )
    for operation in writes[:1]:
        yield from _transport(ground, operation)
        if _has_members(ground, operation):
            yield from ground.fault(
                operation,
                "refuses-and-does",
                "writes the good members of a request before it refuses the bad one",
                ("refused-changes-nothing",),
                always(_refuses_and_does(operation)),
            )


def _has_members(ground: Ground, operation: Operation) -> bool:
    """A request can hold a good member beside a bad one."""
    resource = next((one for one in ground.api.resources if one.write == operation.id), None)
    if resource is None or resource.changes is not None:
        return False
    return len(static_members(Book(ground.contract, ground.api), resource) or ()) > 1


def _validator(operation: Operation) -> Validator:
    assert operation.request_body is not None
    return Validator(next(iter(operation.request_body.content.values())).schema, "request")


def _breaks(operation: Operation, keyword: str) -> Judge:
    """Whether a body's problems are all of one keyword."""
    validator = _validator(operation)

    def judge(call: Call) -> bool:
        value = call.json()
        problems = validator.problems(value) if value is not None else []
        return bool(problems) and all(_is(problem, keyword) for problem in problems)

    return judge


def _is(problem: Problem, keyword: str) -> bool:
    null = problem.message.startswith("null ")
    if keyword == "null":
        return null
    return problem.keyword == keyword


def _taken(operation: Operation, judge: Judge) -> Callable[[], Modifier]:
    """What is refused although only `judge` says why is answered like the last request that succeeded."""

    def make() -> Modifier:
        memory = Memory()

        def modifier(call: Call, forward: Forward) -> Answer:
            answer = memory.learn(call, forward(call))
            if call.operation == operation.id and 400 <= answer.status < 500 and judge(call):
                return memory.answers.get(operation.id, answer)
            return answer

        return modifier

    return make


def _transport(ground: Ground, operation: Operation) -> Iterator[Fault]:
    malformed: Judge = lambda call: bool(call.body) and call.json() is None  # noqa: E731
    empty: Judge = lambda call: not call.body  # noqa: E731
    for slug, breaks, caught, judge in (
        ("takes-malformed", "takes malformed JSON for nothing", ("refuses-malformed", "rejects-malformed"), malformed),
        ("takes-empty", "takes a missing body for an empty one", ("refuses-empty",), empty),
        ("takes-any-media-type", "reads any body as JSON", ("refuses-media-type",), _is_text),
    ):
        yield from ground.fault(operation, slug, breaks, caught, _taken(operation, judge))


def _is_text(call: Call) -> bool:
    return (call.header("Content-Type") or "").startswith("text/plain")


def _refuses_and_does(operation: Operation) -> Modifier:
    validator = _validator(operation)

    def modifier(call: Call, forward: Forward) -> Answer:
        answer = forward(call)
        value = call.json()
        if call.operation == operation.id and 400 <= answer.status < 500 and isinstance(value, dict):
            good = {name: one for name, one in value.items() if validator.valid({name: one})}
            if good and good != value:
                forward(call.with_json(good))
        return answer

    return modifier


def urls(ground: Ground) -> Iterator[Fault]:
    """Parameters of path and query that are not looked at, and conditions that make no difference."""
    for operation in ground.main():
        queries = tuple(one.id for one in ground.requirements(operation, "refuses") if one.data["where"] == "query")
        yield from ground.fault(
            operation,
            "passes-over-query",
            "takes any query",
            queries,
            _taken(operation, lambda call: "?" in call.target),
        )
        paths = tuple(one.id for one in ground.requirements(operation, "refuses") if one.data["where"] == "path")
        yield from ground.fault(
            operation, "passes-over-path", "takes any path for one that it knows", paths, _taken(operation, _any)
        )
        for one in ground.requirements(operation, "refuses_condition"):
            if "status" not in one.data:
                word = str(one.data["word"])
                yield from ground.fault(
                    operation,
                    f"passes-over-{word}",
                    f"does not look whether it is refused for {word}",
                    (one.id,),
                    _taken(operation, _any),
                )


def _any(call: Call) -> bool:
    del call
    return True
