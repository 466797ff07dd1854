"""JSON Patch (RFC 6902): what each operation does to the object, and that a patch is applied whole or not at all.

The expected document is computed here, by a small implementation of the RFC written for this purpose, from the
document that was read before. Where the vendor might hold the result to a schema, only members that the schema
leaves free are touched.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from typing import Any

from conformance.answers import shown
from conformance.context import Context
from conformance.differences import read_schema
from conformance.errors import Skip
from conformance.jsontext import text_of
from conformance.requirements import Book
from conformance.resources import Handle, changed_pointers
from conformance.schemas import ABSENT, at, shortened, steps_of
from conformance.types import Exchange, Requirement, weakest

RFC = "RFC 6902"
Operation = dict[str, Any]


def derive(book: Book) -> Iterator[Requirement]:
    name = book.api.json_patch
    if name is None or name not in book.contract.operations:
        return
    operation = book.contract.operations[name]
    basis = weakest(operation.basis, "public")
    for slug, check, text, section in (
        (
            "patch-applies",
            "patch_applies",
            "add, replace, remove, move, copy and test do what they are defined to do.",
            "4",
        ),
        (
            "patch-order",
            "patch_order",
            "Operations take effect one after another, each on what the one before left.",
            "3",
        ),
        (
            "patch-test-compares",
            "patch_test",
            "test compares values as JSON: by type, numbers by value, objects without order.",
            "4.6",
        ),
        ("patch-refuses", "patch_refuses", "An operation that cannot be carried out fails the patch.", "5"),
        ("patch-atomic", "patch_atomic", "A patch that fails at any operation changes nothing at all.", "5"),
        (
            "patch-ignores-unknown",
            "patch_ignores",
            "Members of an operation that are not defined for it are ignored.",
            "4",
        ),
        ("patch-malformed", "patch_malformed", "A document that is no JSON Patch is refused.", "3"),
    ):
        yield book.make(
            operation,
            slug,
            text,
            check,
            basis=basis,
            source=f"{RFC} section {section}",
            sends="changes",
            needs=(f"success:{name}",),
            order=35,
        )


def _handle(context: Context) -> Handle:
    handle = context.resource_written_by(str(context.api.json_patch))
    if handle is None:
        raise Skip("the suite knows no object to patch")
    return handle


def _texts(context: Context, handle: Handle) -> list[str]:
    """Pointers of members that take any text and are not required: free to be set and removed."""
    required = set()
    if handle.resource.members is not None:
        required = set(handle.resource.members(context).get("required", ()))
    free = [
        f"/{m.name}"
        for m in handle.usable()
        if m.schema.get("type") == "string"
        and not {"enum", "format", "pattern"} & set(m.schema)
        and m.name not in required
        and m.name not in ("mac_address", "serial_number", "imei")
    ]
    if len(free) < 3:
        raise Skip("the object has fewer than three free text members")
    return free[:3]


def patch(context: Context, handle: Handle, operations: Any) -> Exchange:
    return context.call(handle.resource.write, path=handle.path, body=operations)


def applied(document: Any, operations: list[Operation]) -> Any:
    """The document after a patch that is valid for it (RFC 6902, the plain reading)."""
    made = copy.deepcopy(document)
    for one in operations:
        kind = one["op"]
        if kind in ("move", "copy"):
            value = copy.deepcopy(at(made, one["from"]))
            if kind == "move":
                _cut(made, one["from"])
            _put(made, one["path"], value)
        elif kind == "remove":
            _cut(made, one["path"])
        elif kind == "add":
            _put(made, one["path"], copy.deepcopy(one["value"]))
        elif kind == "replace":
            _cut(made, one["path"])
            _put(made, one["path"], copy.deepcopy(one["value"]))
    return made


def _holder(document: Any, pointer: str) -> tuple[Any, str]:
    *way, last = steps_of(pointer)
    for step in way:
        document = document[int(step)] if isinstance(document, list) else document[step]
    return document, last


def _cut(document: Any, pointer: str) -> None:
    holder, last = _holder(document, pointer)
    del holder[int(last) if isinstance(holder, list) else last]


def _put(document: Any, pointer: str, value: Any) -> None:
    holder, last = _holder(document, pointer)
    if isinstance(holder, list):
        holder.insert(len(holder) if last == "-" else int(last), value)
    else:
        holder[last] = value


def _expect(context: Context, handle: Handle, operations: list[Operation], told: str) -> None:
    """Send a valid patch, and compare the object with what it must have become."""
    before = handle.read()[""]
    exchange = patch(context, handle, operations)
    context.case()
    if not context.expect_success(exchange, f"{told} is refused."):
        return
    after = handle.read()[""]
    wanted = applied(before, operations)
    touched = {one.get(key, "") for one in operations for key in ("path", "from")}
    for pointer in changed_pointers(wanted, after):
        if not any(pointer == t or pointer.startswith(t + "/") or t.startswith(pointer + "/") for t in touched if t):
            continue
        one, two = at(wanted, pointer), at(after, pointer)
        if {repr(one), repr(two)} == {"(absent)", "None"}:
            continue
        context.fail(
            f"{told} leaves {pointer} wrong.",
            expected=shortened(text_of(one)),
            actual=shortened(text_of(two)),
            exchanges=(exchange,),
            cause=f"patch {operations[-1]['op']} {told}",
        )


def patch_applies(context: Context, requirement: Requirement) -> None:  # noqa: ARG001
    """Each kind of operation alone, on members that exist and on members that do not."""
    handle = _handle(context)
    one, two, three = _texts(context, handle)
    with context.keep(handle):
        ready = [{"op": "add", "path": one, "value": "first"}, {"op": "add", "path": two, "value": "second"}]
        cases: tuple[tuple[str, list[Operation]], ...] = (
            ("add", ready),
            ("add on an existing member", [{"op": "add", "path": one, "value": "replaced"}]),
            ("replace", [{"op": "replace", "path": one, "value": "again"}]),
            ("test", [{"op": "test", "path": one, "value": "again"}]),
            ("copy", [{"op": "copy", "from": one, "path": three}]),
            ("move", [{"op": "move", "from": two, "path": three}]),
            ("remove", [{"op": "remove", "path": three}]),
            ("copy onto itself", [{"op": "copy", "from": one, "path": one}]),
            ("a patch of no operations", []),
        )
        for told, operations in cases:
            _expect(context, handle, operations, told)
        _expect(context, handle, [{"op": "add", "path": one, "value": ""}], "add of an empty text")


def patch_order(context: Context, requirement: Requirement) -> None:  # noqa: ARG001
    """A later operation sees what an earlier one did."""
    handle = _handle(context)
    one, two, three = _texts(context, handle)
    with context.keep(handle):
        _expect(
            context,
            handle,
            [
                {"op": "add", "path": one, "value": "1"},
                {"op": "test", "path": one, "value": "1"},
                {"op": "copy", "from": one, "path": two},
                {"op": "replace", "path": one, "value": "2"},
                {"op": "move", "from": two, "path": three},
                {"op": "test", "path": three, "value": "1"},
            ],
            "a sequence",
        )
        _expect(
            context,
            handle,
            [
                {"op": "add", "path": two, "value": "x"},
                {"op": "remove", "path": two},
                {"op": "add", "path": two, "value": "y"},
            ],
            "add, remove, add",
        )


def patch_test(context: Context, requirement: Requirement) -> None:  # noqa: ARG001
    """test of an equal value passes, test of any other fails the patch."""
    handle = _handle(context)
    one, _, _ = _texts(context, handle)
    with context.keep(handle):
        _expect(context, handle, [{"op": "add", "path": one, "value": "1"}], "add")
        for wrong in ("2", 1, True, None, ["1"], {"1": 1}, ""):
            _must_fail(
                context, handle, [{"op": "test", "path": one, "value": wrong}], f'test of {text_of(wrong)} against "1"'
            )
        document = handle.read()[""]
        known = read_schema(handle).get("properties", {})
        for name, value in document.items():
            if name in known and isinstance(value, dict) and value:
                backwards = dict(reversed(list(value.items())))
                _passes(
                    context,
                    handle,
                    [{"op": "test", "path": f"/{name}", "value": backwards}],
                    "members in another order",
                )
            if isinstance(value, int) and not isinstance(value, bool):
                _passes(
                    context,
                    handle,
                    [{"op": "test", "path": f"/{name}", "value": float(value)}],
                    "the same number as 1.0",
                )
                _must_fail(
                    context,
                    handle,
                    [{"op": "test", "path": f"/{name}", "value": str(value)}],
                    "a number against its digits",
                )


def _passes(context: Context, handle: Handle, operations: list[Operation], told: str) -> None:
    exchange = patch(context, handle, operations)
    context.case()
    context.expect_success(exchange, f"test of {told} fails.")


def _must_fail(context: Context, handle: Handle, operations: Any, told: str) -> Exchange:
    exchange = patch(context, handle, operations)
    context.case()
    if not 400 <= exchange.status < 500:
        context.fail(
            f"{told} is not refused.",
            expected="4xx",
            actual=shown(exchange, 120),
            exchanges=(exchange,),
            cause=f"patch accepted {told}",
        )
    return exchange


def impossible(one: str) -> tuple[tuple[str, Operation], ...]:
    """Operations that cannot be carried out on any object that has the member `one` and nothing named `nowhere`."""
    return (
        ("replace of what is not there", {"op": "replace", "path": "/devicedouble_nowhere", "value": 1}),
        ("remove of what is not there", {"op": "remove", "path": "/devicedouble_nowhere"}),
        ("move from where nothing is", {"op": "move", "from": "/devicedouble_nowhere", "path": one}),
        ("copy from where nothing is", {"op": "copy", "from": "/devicedouble_nowhere", "path": one}),
        ("test of what is not there", {"op": "test", "path": "/devicedouble_nowhere", "value": None}),
        ("add below what is not there", {"op": "add", "path": "/devicedouble_nowhere/a", "value": 1}),
        ("add below a text", {"op": "add", "path": f"{one}/a", "value": 1}),
        ("a test that fails", {"op": "test", "path": one, "value": "devicedouble-other"}),
    )


def patch_refuses(context: Context, requirement: Requirement) -> None:  # noqa: ARG001
    """Targets that do not exist, tests that fail, moves into oneself: each is refused."""
    handle = _handle(context)
    one, two, _ = _texts(context, handle)
    with context.keep(handle):
        patch(context, handle, [{"op": "add", "path": one, "value": "x"}])
        for told, operation in impossible(one):
            _must_fail(context, handle, [operation], told)
        if at(handle.read()[""], two) is not ABSENT:
            patch(context, handle, [{"op": "remove", "path": two}])
        if at(handle.read()[""], two) is ABSENT:
            for operation in ({"op": "replace", "path": two, "value": "x"}, {"op": "remove", "path": two}):
                _must_fail(context, handle, [operation], f"{operation['op']} of a member that the object has not now")


def patch_atomic(context: Context, requirement: Requirement) -> None:  # noqa: ARG001
    """Good operations before (and after) an impossible one leave no trace."""
    handle = _handle(context)
    one, two, _ = _texts(context, handle)
    with context.keep(handle):
        patch(context, handle, [{"op": "add", "path": one, "value": "before"}])
        good = [{"op": "replace", "path": one, "value": "trace"}, {"op": "add", "path": two, "value": "trace"}]
        for told, bad in impossible(one):
            for operations in ([*good, bad], [good[0], bad, good[1]]):
                before = handle.read()
                exchange = patch(context, handle, operations)
                context.case()
                if exchange.ok:
                    continue
                changed = changed_pointers(before[""], handle.read()[""])
                if any(pointer in (one, two) for pointer in changed):
                    context.fail(
                        f"A patch that failed at {told} has changed {', '.join(changed)}.",
                        expected="nothing changed",
                        actual=", ".join(changed),
                        exchanges=(exchange,),
                        cause="patch not atomic",
                    )
                    patch(context, handle, [{"op": "add", "path": one, "value": "before"}])


def patch_ignores(context: Context, requirement: Requirement) -> None:  # noqa: ARG001
    """Unknown members of an operation, and members that other operations have, make no difference."""
    handle = _handle(context)
    one, two, _ = _texts(context, handle)
    extra: Mapping[str, Any] = {"reason": "SUBSCRIBER_REQUESTED", "xyz": 123}
    with context.keep(handle):
        _expect(context, handle, [{"op": "add", "path": one, "value": "a", **extra}], "add with unknown members")
        _expect(context, handle, [{"op": "copy", "from": one, "path": two, **extra}], "copy with unknown members")
        _expect(context, handle, [{"op": "remove", "path": two, "value": 5}], "remove with a value")


def patch_malformed(context: Context, requirement: Requirement) -> None:  # noqa: ARG001
    """No array, no objects, no op, unknown op, no path, bad pointer, no value, no from: each is refused."""
    handle = _handle(context)
    one, two, _ = _texts(context, handle)
    broken: tuple[tuple[str, Any], ...] = (
        ("an object instead of an array", {"op": "add", "path": one, "value": "x"}),
        ("a text in the array", ["add"]),
        ("no op", [{"path": one, "value": "x"}]),
        ("an unknown op", [{"op": "spam", "path": one, "value": "x"}]),
        ("an op in capitals", [{"op": "ADD", "path": one, "value": "x"}]),
        ("no path", [{"op": "add", "value": "x"}]),
        ("a path without slash", [{"op": "add", "path": one[1:], "value": "x"}]),
        ("a path with a bad escape", [{"op": "add", "path": f"{one}~2", "value": "x"}]),
        ("a path that is null", [{"op": "add", "path": None, "value": "x"}]),
        ("add without value", [{"op": "add", "path": one}]),
        ("replace without value", [{"op": "replace", "path": one}]),
        ("test without value", [{"op": "test", "path": one}]),
        ("move without from", [{"op": "move", "path": two}]),
        ("copy without from", [{"op": "copy", "path": two}]),
    )
    with context.keep(handle):
        patch(context, handle, [{"op": "add", "path": one, "value": "x"}])
        for told, body in broken:
            _must_fail(context, handle, body, told)


CHECKS = {
    "patch_applies": patch_applies,
    "patch_order": patch_order,
    "patch_test": patch_test,
    "patch_refuses": patch_refuses,
    "patch_atomic": patch_atomic,
    "patch_ignores": patch_ignores,
    "patch_malformed": patch_malformed,
}
