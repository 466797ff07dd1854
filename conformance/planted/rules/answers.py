"""Wrong shapes: members missing, of another type or under another name, statuses and media types off."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from conformance.answers import code_pointer
from conformance.planted.faults import Answer, Call, Fault, Forward
from conformance.planted.rules.ground import Ground
from conformance.planted.tools import always, changing, edit_answer, on, setting, with_status, without
from conformance.requirements import kebab
from conformance.schemas import pointer_of
from openapi.contract import Operation

Node = dict[str, Any]


def shapes(ground: Ground) -> Iterator[Fault]:
    """Successes that are not as declared."""
    for operation in ground.main():
        found = _success(operation)
        if found is None:
            continue
        caught, schema = (f"answers-{found[0]}*",), found[1]
        required = _first(schema, lambda holder, name, _: name in holder.get("required", ()))
        if required:
            pointer, node = required
            name = kebab(pointer.rsplit("/", 1)[-1])
            for slug, breaks, edit in (
                ("leaves-out", f"leaves out {pointer}", without(pointer)),
                ("mistypes", f"shows {pointer} with the wrong type", setting(pointer, {"wrong": True})),
                *(
                    (("empties", f"shows {pointer} as null", setting(pointer, None)),)
                    if not node.get("nullable")
                    else ()
                ),
            ):
                yield from ground.fault(
                    operation, f"{slug}-{name}", breaks, caught, always(on(operation.id, edit_answer(edit)))
                )
        yield from _enumerations(ground, operation, schema, caught)
        yield from ground.fault(
            operation, "as-text", "answers JSON under the name text/plain", caught, always(on(operation.id, _as_text))
        )
        yield from ground.fault(
            operation,
            "other-success",
            "answers a success with 207",
            ("succeeds", "declared-statuses"),
            always(on(operation.id, _with_207)),
        )


def _enumerations(ground: Ground, operation: Operation, schema: Node, caught: tuple[str, ...]) -> Iterator[Fault]:
    found = _first(schema, lambda holder, name, node: name in holder.get("required", ()) and "enum" in node)
    if found and all(isinstance(value, str) for value in found[1]["enum"] if value is not None):
        edit = changing(found[0], lambda value: str(value).swapcase())
        yield from ground.fault(
            operation,
            f"other-case-{kebab(found[0].rsplit('/', 1)[-1])}",
            f"shows {found[0]} in another case",
            caught,
            always(on(operation.id, edit_answer(edit))),
        )


def _success(operation: Operation) -> tuple[str, Node] | None:
    for status, response in operation.responses.items():
        if status.startswith("2") and "application/json" in response.content:
            return status.lower(), response.content["application/json"].schema
    return None


def _first(schema: Node, wanted: Any, pointer: str = "", depth: int = 0) -> tuple[str, Node] | None:
    """The deepest first member on the way down through required members and first items that is `wanted`."""
    if depth > 3:
        return None
    if schema.get("type") == "array":
        return _first(schema.get("items", {}), wanted, f"{pointer}/0", depth + 1)
    here = None
    for name, node in schema.get("properties", {}).items():
        if name in schema.get("required", ()):
            deeper = _first(node, wanted, pointer + pointer_of([name]), depth + 1)
            if deeper:
                return deeper
        if here is None and wanted(schema, name, node):
            here = (pointer + pointer_of([name]), node)
    return here


def _as_text(call: Call, forward: Forward) -> Answer:
    answer = forward(call)
    return answer.with_header("Content-Type", "text/plain") if answer.ok else answer


def _with_207(call: Call, forward: Forward) -> Answer:
    answer = forward(call)
    return answer.with_status(207) if answer.ok else answer


def refusals(ground: Ground) -> Iterator[Fault]:
    """Refusals that are not the catalogue's: status, code, form."""
    code = code_pointer(ground.contract.error_body)
    for operation in ground.main():
        for right, wrong in ((404, 400), (400, 422), (422, 400), (403, 401)):
            yield from ground.fault(
                operation,
                f"{wrong}-for-{right}",
                f"answers {wrong} where {right} is the answer",
                ground.refusals(operation, right, "refuses", "refuses_transport", "refuses_condition", "role_refused"),
                always(on(operation.id, with_status({right: wrong}))),
            )
        statuses = {
            entry.status for entry in ground.contract.errors.values() if entry.code and 400 <= entry.status < 500
        }
        if code is not None:
            caught = ground.coded_refusals(operation)
            yield from ground.fault(
                operation,
                "no-code",
                f"leaves out {code} of a refusal",
                caught,
                always(on(operation.id, edit_answer(without(code), statuses=statuses))),
            )
        yield from ground.fault(
            operation,
            "refuses-with-200",
            "answers what it refuses with 200",
            (*ground.refusals(operation, 400), *ground.refusals(operation, 404), "no-credential", "needs-credential"),
            always(on(operation.id, _polite)),
        )
        unknown = ground.refusals(operation, 404, "refuses_condition")
        yield from ground.fault(
            operation,
            "unknown-as-page",
            "answers what does not exist with a web page",
            (*unknown, "refusal-shape*") if unknown else (),
            always(on(operation.id, _page)),
        )


def _polite(call: Call, forward: Forward) -> Answer:
    answer = forward(call)
    return answer.with_status(200) if 400 <= answer.status < 500 else answer


def _page(call: Call, forward: Forward) -> Answer:
    answer = forward(call)
    page = b"<!DOCTYPE html><html><body><h1>Not Found</h1></body></html>"
    return Answer(404, (("Content-Type", "text/html"),), page) if answer.status == 404 else answer


def crashes(ground: Ground) -> Iterator[Fault]:
    """Errors that nobody caught."""
    for operation in ground.main():
        if operation.request_body is not None:
            yield from ground.fault(
                operation,
                "fails-on-malformed",
                "answers malformed JSON with a 500",
                ("refuses-malformed", "rejects-malformed", "no-server-error"),
                always(on(operation.id, _fails_on_malformed)),
            )
        yield from ground.fault(
            operation,
            "unknown-is-empty",
            "answers 200 and an empty object for what does not exist",
            ground.refusals(operation, 404, "refuses_condition"),
            always(on(operation.id, _found_nothing)),
        )


def _fails_on_malformed(call: Call, forward: Forward) -> Answer:
    answer = forward(call)
    if call.body and call.json() is None and call.body.strip() != b"null" and 400 <= answer.status < 500:
        return Answer(500).with_json({"error": "SyntaxError"})
    return answer


def _found_nothing(call: Call, forward: Forward) -> Answer:
    answer = forward(call)
    return Answer(200).with_json({}) if answer.status == 404 else answer
