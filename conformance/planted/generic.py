"""Faults that every API can have, made from its contract: wrong shapes, statuses and credentials, and lost work."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from conformance.api import Api, Resource
from conformance.apis import api_of
from conformance.planted.faults import Answer, Call, Fault, Forward, Modifier
from conformance.planted.tools import Memory, always, edit_answer, on, setting, without
from conformance.requirements import kebab
from conformance.resources import read_operation
from conformance.schemas import pointer_of
from openapi.contract import Contract, Operation, load


def faults_of(name: str) -> tuple[Fault, ...]:
    """The generic faults of one API."""
    contract, api = load(name), api_of(name)
    made = [*_credentials(contract, api), *_shapes(contract)]
    for resource in api.resources:
        made += _writes(contract, api, resource)
    made += _errors(contract)
    unique = {fault.id: fault for fault in made}
    return tuple(unique.values())


def _main(contract: Contract) -> list[Operation]:
    """Operations whose faults are planted: one that reads one object or a list, and those that write."""
    own = [one for one in contract.operations.values() if not one.own_servers and one.method != "DELETE"]
    return own[:4]


def _credentials(contract: Contract, api: Api) -> Iterator[Fault]:
    del api
    for operation in _main(contract):
        if not operation.security:
            continue
        slug = kebab(operation.id)
        prefix = f"{contract.api}.{slug}."
        for word, ids in (
            ("no-credential", ("no-credential", "needs-credential")),
            ("wrong-credential", ("wrong-credential", "needs-credential")),
        ):
            yield Fault(
                f"{contract.api}-{slug}-lets-in-{word}",
                contract.api,
                f"{operation.id} lets in who has {'no' if word.startswith('no') else 'a wrong'} credential",
                tuple(prefix + one for one in ids),
                lambda operation=operation, word=word: _lets_in(operation.id, word),  # type: ignore[misc]
            )


def _lets_in(operation: str, word: str) -> Modifier:
    memory = Memory()

    def modifier(call: Call, forward: Forward) -> Answer:
        answer = forward(call)
        memory.learn(call, answer)
        given = call.header("Authorization")
        fits = given is None if word == "no-credential" else given is not None
        if answer.status == 401 and fits and memory.right and call.operation == operation:
            return forward(call.with_header("Authorization", memory.right))
        return answer

    return modifier


def _shapes(contract: Contract) -> Iterator[Fault]:
    for operation in _main(contract):
        success = next((s for s in operation.responses if s.startswith("2") and s.isdigit()), None)
        if success is None:
            continue
        slug = kebab(operation.id)
        caught = (f"{contract.api}.{slug}.answers-{success}*",)
        media = operation.responses[success].content.get("application/json")
        if media is None:
            continue
        for told, pointer, wrong in _members(media.schema):
            where = kebab(told)
            yield Fault(
                f"{contract.api}-{slug}-leaves-out-{where}",
                contract.api,
                f"{operation.id} leaves out {pointer}",
                caught,
                always(on(operation.id, edit_answer(without(pointer)))),
            )
            yield Fault(
                f"{contract.api}-{slug}-mistypes-{where}",
                contract.api,
                f"{operation.id} shows {pointer} with the wrong type",
                caught,
                always(on(operation.id, edit_answer(setting(pointer, wrong)))),
            )
        yield Fault(
            f"{contract.api}-{slug}-as-text",
            contract.api,
            f"{operation.id} answers JSON under the name text/plain",
            caught,
            always(on(operation.id, _as_text)),
        )
        yield Fault(
            f"{contract.api}-{slug}-other-success",
            contract.api,
            f"{operation.id} answers a success with 207",
            (f"{contract.api}.{slug}.succeeds", f"{contract.api}.{slug}.declared-statuses"),
            always(on(operation.id, _with_207)),
        )


def _members(schema: dict[str, Any], pointer: str = "", depth: int = 0) -> list[tuple[str, str, Any]]:
    """The first required member on the way down: name, pointer, and a value of a type that it has not."""
    if schema.get("type") == "array":
        return _members(schema.get("items", {}), f"{pointer}/0", depth + 1) if depth < 3 else []
    required = [name for name in schema.get("required", ()) if name in schema.get("properties", {})]
    if not required:
        return []
    name = required[0]
    node = schema["properties"][name]
    here = pointer + pointer_of([name])
    deeper = _members(node, here, depth + 1) if depth < 3 else []
    return deeper or [(name, here, 17 if node.get("type") == "object" else {"wrong": True})]


def _as_text(call: Call, forward: Forward) -> Answer:
    answer = forward(call)
    return answer.with_header("Content-Type", "text/plain") if answer.ok else answer


def _with_207(call: Call, forward: Forward) -> Answer:
    answer = forward(call)
    return answer.with_status(207) if answer.ok else answer


def _errors(contract: Contract) -> Iterator[Fault]:
    """Refusals under another status than the catalogue's."""
    for operation in _main(contract):
        slug = kebab(operation.id)
        if operation.request_body is not None:
            yield Fault(
                f"{contract.api}-{slug}-fails-on-malformed",
                contract.api,
                f"{operation.id} answers malformed JSON with a 500",
                (f"{contract.api}.{slug}.*",),
                always(on(operation.id, _fails_on_malformed)),
            )
        if operation.refusal("unknown") is not None:
            yield Fault(
                f"{contract.api}-{slug}-unknown-is-empty",
                contract.api,
                f"{operation.id} answers 200 and an empty object for what does not exist",
                (f"{contract.api}.{slug}.refuses-unknown", f"{contract.api}.{slug}.answers-unknown-with-404"),
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


def _writes(contract: Contract, api: Api, resource: Resource) -> Iterator[Fault]:
    """Writes that are not done, or only seem to be."""
    operation = contract.operations[resource.write]
    slug = kebab(operation.id)
    prefix = f"{contract.api}.{slug}."
    yield Fault(
        f"{contract.api}-{slug}-forgets",
        contract.api,
        f"{operation.id} answers well and stores nothing",
        (prefix + "reads-back", prefix + "status-from*", prefix + "takes-every-value"),
        lambda: _forgets(resource.write),
    )
    reader = read_operation(contract, resource)
    if reader is not None and resource.read_back is None:
        yield Fault(
            f"{contract.api}-{slug}-reads-stale",
            contract.api,
            f"{reader.id} goes on showing what it showed first",
            (prefix + "reads-back",),
            lambda: _stale(reader.id),
        )
    if resource.read_back is not None:
        return  # Reading back may itself be a write, sent again and again.
    yield Fault(
        f"{contract.api}-{slug}-once-only",
        contract.api,
        f"{operation.id} refuses a change that was made before",
        (prefix + "repeats", prefix + "status-from*", prefix + "succeeds", prefix + "reads-back"),
        lambda: _once_only(resource.write),
    )
    del api


def _forgets(write: str) -> Modifier:
    """The first good answer is given again, and the request dropped."""
    memory = Memory()

    def modifier(call: Call, forward: Forward) -> Answer:
        if call.operation != write:
            return forward(call)
        known = memory.seen.get("answer")
        if known is not None and call.json() is not None and memory.right == call.header("Authorization"):
            return known  # type: ignore[no-any-return]
        answer = forward(call)
        memory.learn(call, answer)
        if answer.ok:
            memory.seen["answer"] = answer
        return answer

    return modifier


def _stale(read: str) -> Modifier:
    memory = Memory()

    def modifier(call: Call, forward: Forward) -> Answer:
        answer = forward(call)
        if call.operation != read or not answer.ok:
            return answer
        key = call.target.partition("?")[0]
        return memory.seen.setdefault(key, answer)  # type: ignore[no-any-return]

    return modifier


def _once_only(write: str) -> Modifier:
    memory = Memory()

    def modifier(call: Call, forward: Forward) -> Answer:
        answer = forward(call)
        if call.operation != write or not answer.ok:
            return answer
        key = f"{call.target} {call.body!r}"
        if memory.seen.setdefault("last", "") == key:
            return Answer(409).with_json({"error": "CONFLICT"})
        memory.seen["last"] = key
        return answer

    return modifier
