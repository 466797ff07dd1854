"""Generated patches: what became of the device is compared with what RFC 6902 makes of the same operations.

A sequence that comes out wrong is cut down, operation by operation, to the shortest that still does.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from conformance.answers import shown
from conformance.apis.masmovil import devices
from conformance.apis.masmovil.devices import Document, Patch
from conformance.apis.masmovil.rfc6902 import Impossible, applied
from conformance.checks.state.showing import shows
from conformance.context import Context
from conformance.jsontext import text_of
from conformance.schemas import ABSENT, Validator, at, shortened
from conformance.types import Exchange, Requirement

TEXTS = ("/reservation_id", "/signature_process_id", "/shipping_order_id", "/pickup_order_id")
NESTED = ("/manufacturing_info/id", "/manufacturing_info/id_type")
LONGEST = 4


def difference(wanted: Any, found: Any, schema: Mapping[str, Any], pointer: str = "") -> str | None:
    """Where two documents differ in what the contract declares; None where nowhere. Other members are the server's."""
    if isinstance(wanted, dict) and isinstance(found, dict) and schema.get("properties"):
        for name, node in schema["properties"].items():
            inner = difference(wanted.get(name, ABSENT), found.get(name, ABSENT), node, f"{pointer}/{name}")
            if inner is not None:
                return inner
        return None
    if isinstance(wanted, list) and isinstance(found, list) and len(wanted) == len(found):
        for index, pair in enumerate(zip(wanted, found, strict=True)):
            inner = difference(*pair, schema.get("items", {}), f"{pointer}/{index}")
            if inner is not None:
                return inner
        return None
    if wanted is ABSENT or wanted is None:
        return None if found is ABSENT or found is None else pointer
    return None if found is not ABSENT and shows(found, wanted, schema) else pointer


def expect(context: Context, operations: Patch, told: str) -> bool:
    """Send a patch that can be carried out, and hold the device to its outcome. True when all is well."""
    before = devices.device(context)
    try:
        wanted = applied(before, operations)[-1] if operations else before
    except Impossible:
        return True  # Something has gone wrong before, and has been told.
    exchange = devices.patched(context, operations)
    if not context.expect_success(exchange, f"{told[0].upper()}{told[1:]} is refused."):
        return False
    after = devices.device(context)
    for name, document in (("", after), ("answer", exchange.json())):
        pointer = difference(wanted, document, devices.schema(context))
        if pointer is not None:
            _wrong(context, told, name, pointer, wanted, document, exchange)
            return False
    return True


def _wrong(context: Context, told: str, where: str, pointer: str, wanted: Any, found: Any, exchange: Exchange) -> None:
    place = f"the {where} shows" if where else "the device has"
    context.fail(
        f"After {told}, {place} {pointer} wrong.",
        expected=shortened(f"{pointer} = {text_of(at(wanted, pointer))}"),
        actual=shortened(f"{pointer} = {text_of(at(found, pointer))}"),
        exchanges=(exchange,),
        cause=f"patch {told}",
    )


def expect_refusal(context: Context, operations: Any, told: str) -> bool:
    """Send a patch that must fail: it is refused, and the device is what it was. True when all is well."""
    before = devices.device(context)
    exchange = devices.patched(context, operations)
    after = devices.device(context)
    pointer = difference(before, after, devices.schema(context))
    if not 400 <= exchange.status < 500:
        context.fail(
            f"A patch with {told} is not refused.",
            expected="4xx",
            actual=shown(exchange, 120),
            exchanges=(exchange,),
            cause=f"patch accepted {told}",
        )
    elif pointer is not None:
        context.fail(
            f"A patch refused for {told} has changed {pointer}.",
            expected=shortened(f"{pointer} = {text_of(at(before, pointer))}"),
            actual=shortened(f"{pointer} = {text_of(at(after, pointer))}"),
            exchanges=(exchange,),
            cause="patch not atomic",
        )
    else:
        return True
    return False


def pools(document: Document) -> tuple[list[str], list[str]]:
    """Pointers of texts that may be put there, and of all that may be looked at."""
    commitments = document.get("commitments")
    count = len(commitments) if isinstance(commitments, list) else 0
    inside = [f"/commitments/{i}/cancellation_user" for i in range(count)]
    texts = [*TEXTS, *(NESTED if isinstance(document.get("manufacturing_info"), dict) else ()), *inside]
    return texts, [*texts, *(f"/commitments/{i}" for i in range(count)), "/commitments", "/insurable_amount"]


def operation(context: Context, document: Document) -> dict[str, Any]:
    """One operation, more often than not one that can be carried out."""
    chance = context.random
    texts, all_places = pools(document)
    there = [place for place in texts if at(document, place) is not ABSENT]
    kind = chance.choice(("add", "replace", "remove", "move", "copy", "test", "add", "replace", "array"))
    source = chance.choice(there if there and chance.random() < 0.8 else texts)
    value = f"{chance.choice(('north', 'amber', 'relay'))} {chance.randint(10, 999)}"
    match kind:
        case "array":
            return _on_array(context, document)
        case "add":
            return {"op": "add", "path": chance.choice(texts), "value": value}
        case "replace":
            return {"op": "replace", "path": source, "value": value}
        case "remove":
            return {"op": "remove", "path": source}
        case "test":
            place = chance.choice(all_places)
            now = at(document, place)
            right = now is not ABSENT and chance.random() < 0.8
            return {"op": "test", "path": place, "value": now if right else value}
    return {"op": kind, "from": source, "path": chance.choice(texts)}


def _on_array(context: Context, document: Document) -> dict[str, Any]:
    """An operation on the list of commitments as such."""
    chance = context.random
    now = document.get("commitments")
    if not isinstance(now, list):
        return {"op": "add", "path": "/commitments", "value": []}
    last = len(now)
    places = [f"/commitments/{i}" for i in range(last)]
    made: list[dict[str, Any]] = [
        {
            "op": "add",
            "path": f"/commitments/{chance.choice(['-', *range(last + 1)])}",
            "value": devices.promise(context),
        }
    ]
    if last > 1:
        one, two = chance.sample(places, 2)
        made += [{"op": "move", "from": one, "path": two}, {"op": "remove", "path": one}] * (1 if last < 4 else 3)
    if last:
        made.append({"op": "replace", "path": chance.choice(places), "value": devices.promise(context)})
        made.append({"op": "remove", "path": f"/commitments/{last}"})
    return chance.choice(made)


def generated(context: Context, document: Document) -> Patch:
    """A patch of a few operations, each drawn for the document that the ones before leave."""
    made: Patch = []
    now = document
    for _ in range(context.random.randint(1, LONGEST)):
        one = operation(context, now)
        made.append(one)
        try:
            now = applied(now, [one])[-1]
        except Impossible:
            continue
    return made


def outcome(context: Context, document: Document, operations: Patch) -> bool | None:
    """Whether a patch must succeed; None when a server may see that in one way or the other."""
    try:
        stages = applied(document, operations)
    except Impossible:
        return False
    validator = context.once(("masmovil", "device validator"), lambda: Validator(devices.schema(context), "request"))
    return True if all(validator.valid(stage) for stage in stages) else None


def tried(context: Context, operations: Patch) -> bool:
    """Send one patch and hold the device to it; True when all is well, or when the outcome is open."""
    expected = outcome(context, devices.device(context), operations)
    if expected is None:
        return True
    told = f"{len(operations)} operation{'s' * (len(operations) > 1)} ({', '.join(one['op'] for one in operations)})"
    if expected:
        return expect(context, operations, told)
    return expect_refusal(context, operations, told)


def patch_sequences(context: Context, requirement: Requirement) -> None:
    """Patches of up to four operations, drawn at random for the device as it is, some of which must fail: after each,
    the device is exactly what RFC 6902 makes of it, and after one that must fail, exactly what it was."""
    handle = context.resource("device")
    with context.keep(handle) as before:
        for _ in range(context.options.examples):
            operations = generated(context, devices.device(context))
            if not tried(context, operations):
                _shrink(context, handle.path, before[""], operations)
                return
        _listed_alike(context)


def _listed_alike(context: Context) -> None:
    """After all that, the subscription's list shows the device as it reads alone."""
    now = devices.device(context)
    exchange, items = devices.listed(context)
    for item in items:
        if str(at(item, "/id")).lower() == str(now.get("id")).lower():
            pointer = difference(now, item, devices.schema(context))
            if pointer is not None:
                _wrong(context, "many patches", "list", pointer, now, item, exchange)


def _shrink(context: Context, path: Mapping[str, str], before: Any, operations: Patch) -> None:
    """Report the shortest part of a patch that goes wrong on the device as it was in the beginning, if one does."""
    found = list(context.failures)
    index = 0
    while index < len(operations) and len(operations) > 1:
        devices.put_back(context, path, before)
        context.failures = []
        shorter = operations[:index] + operations[index + 1 :]
        if tried(context, shorter):
            index += 1
        else:
            operations, found = shorter, list(context.failures)
    context.failures = found
