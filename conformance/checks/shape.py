"""The shape of every answer: status, media type, header fields and body, also of refusals.

These checks are passive: they judge all answers that the others get, and send something of their own only when
nothing has been sent yet.
"""

from __future__ import annotations

from collections.abc import Iterator

from conformance.answers import declared_for, repeated, shape_bases, shown
from conformance.checks.success import baseline
from conformance.context import Context
from conformance.errors import Inconclusive, Skip, SuiteError
from conformance.requirements import Book
from conformance.run import Run
from conformance.types import BASES, Exchange, Failure, Requirement, weakest
from openapi.contract import Operation

LAST = 90
NAMES = {"documented": "", "public": "-public", "inferred": "-inferred"}


def slug(operation: Operation, status: int, basis: str, about: str) -> str:
    """The requirement that a finding belongs to."""
    if about == "status":
        return "declared-statuses" if status < 400 else "declared-refusals"
    if status < 400:
        own = declared_for(operation, status)
        surest = shape_bases(own)[0] if own else "documented"
        return f"answers-{status}" + ("" if basis == surest else NAMES[basis])
    return "refusal-shape" + NAMES[basis]


def derive(book: Book) -> Iterator[Requirement]:
    for operation in book.operations():
        for status, response in operation.responses.items():
            if not status.startswith("2"):
                continue
            for basis in shape_bases(response):
                yield book.make(
                    operation,
                    slug(operation, int(status), basis, "shape") if status.isdigit() else f"answers-{status.lower()}",
                    f"An answer {status} has the media type, header fields and members that the contract declares"
                    + (f", as far as they are {basis}." if basis != shape_bases(response)[0] else "."),
                    "answers",
                    basis=basis,
                    source=response.source,
                    data={"status": status},
                    sends="reads" if operation.method == "GET" else "changes",
                    order=LAST,
                )
        yield from _refusals(book, operation)


def _refusals(book: Book, operation: Operation) -> Iterator[Requirement]:
    refusals = [r for status, r in operation.responses.items() if not status.startswith("2")]
    for basis in BASES:
        if any(basis in shape_bases(response) for response in refusals):
            yield book.make(
                operation,
                "refusal-shape" + NAMES[basis],
                "A refusal has the media type, header fields and members that the contract declares for its status"
                + (f", as far as they are {basis}." if basis != "documented" else "."),
                "refusal_shape",
                basis=basis,
                order=LAST,
                sends="reads",
            )
    yield book.make(
        operation,
        "declared-statuses",
        "No success or redirection is answered with a status that the contract does not declare.",
        "answers",
        order=LAST,
        sends="reads" if operation.method == "GET" else "changes",
    )
    if "default" not in operation.responses:
        yield book.make(
            operation,
            "declared-refusals",
            "No refusal is answered with a status that the contract does not declare.",
            "refusal_shape",
            basis="inferred",
            level="SHOULD",
            order=LAST,
            sends="reads",
        )
    yield book.make(
        operation,
        "no-server-error",
        "No request is answered with a 500.",
        "no_server_error",
        basis=weakest(operation.basis, "public"),
        source="RFC 9110 section 15.6.1",
        order=LAST,
        sends="reads",
    )


def observe(run: Run, exchange: Exchange, operation: Operation) -> None:
    """Judge one answer, and note what is wrong with the requirement that it breaks."""
    prefix = f"{_kebab(run.contract.api)}.{_kebab(operation.id)}."
    if exchange.status == 500 or exchange.status in (501, 505):
        run.report(
            prefix + "no-server-error",
            Failure(
                f"The server fails: {exchange.status}.",
                "no 5xx",
                shown(exchange),
                (exchange,),
                f"{operation.id} {exchange.status}",
            ),
        )
        run.put_to_test(prefix + "no-server-error")
        return
    run.put_to_test(prefix + "no-server-error")
    kind = "declared-statuses" if exchange.status < 400 else "declared-refusals"
    run.put_to_test(prefix + kind)
    response = declared_for(operation, exchange.status)
    if response is not None:
        for basis in shape_bases(response):
            run.put_to_test(prefix + slug(operation, exchange.status, basis, "shape"))
    for finding in run.judge.findings(exchange, operation):
        failure = Failure(
            finding.message,
            finding.expected,
            finding.actual,
            (exchange,),
            f"{operation.id} {exchange.status if exchange.status < 400 else 'refusal'}: {finding.cause}",
        )
        run.report(prefix + slug(operation, exchange.status, finding.basis, finding.about), failure)


def _kebab(name: str) -> str:
    from conformance.requirements import kebab

    return kebab(name)


def answers(context: Context, requirement: Requirement) -> None:
    """Every answer of this status that came in the run has the declared shape; at least one came."""
    assert requirement.operation is not None
    if not context.run.observed[requirement.id]:
        exchange = baseline(context, requirement.operation)
        wanted = requirement.data.get("status")
        if wanted is not None and not context.run.observed[requirement.id]:
            raise Inconclusive(f"no answer {wanted} came; the valid request was answered {exchange.status}")
    settle(context, requirement)


def no_server_error(context: Context, requirement: Requirement) -> None:
    """No answer in the run was a 500; at least a valid request and some that are refused were sent."""
    assert requirement.operation is not None
    if context.run.observed[requirement.id] < 3:
        baseline(context, requirement.operation)
        provoke(context, context.contract.operations[requirement.operation])
    if set(context.run.coverage.get(requirement.operation, ())) == {404}:
        raise Inconclusive("every answer was 404, as where no API is")
    unsteady = context.run.unsteady.get(requirement.operation)
    if unsteady is not None and not context.run.found[requirement.id]:
        raise SuiteError(repeated(unsteady))
    settle(context, requirement)


def refusal_shape(context: Context, requirement: Requirement) -> None:
    """Every refusal that came in the run has the shape declared for its status; at least one came."""
    assert requirement.operation is not None
    operation = context.contract.operations[requirement.operation]
    if not context.run.observed[requirement.id]:
        provoke(context, operation)
    if not context.run.observed[requirement.id]:
        raise Skip("no refusal of this kind could be brought about")
    settle(context, requirement)


def provoke(context: Context, operation: Operation) -> None:
    """Get some refusals that harm nothing."""
    if operation.method != "GET" and context.options.safe:
        raise Skip("--safe: nothing but reads is sent")
    path = context.path_of(operation, "unknown") if operation.method == "DELETE" else None
    if operation.security:
        context.call(operation.id, role=None, path=path)
    words = [r.when for r in operation.refusals if r.when in ("unknown", "unknown-parent", "foreign")]
    for word in words:
        try:
            context.call(operation.id, path=context.path_of(operation, word))
        except Skip:
            continue


def settle(context: Context, requirement: Requirement) -> None:
    """Count what was observed for a requirement; the runner adds what was found wrong with it."""
    context.case(context.run.observed[requirement.id])


CHECKS = {"answers": answers, "no_server_error": no_server_error, "refusal_shape": refusal_shape}
