"""What RFC 6902 makes of a device beyond the generic rules: lists, nested members, pointers, values, all or nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from conformance.answers import shown
from conformance.apis.masmovil import devices
from conformance.apis.masmovil.devices import Document, Patch
from conformance.apis.masmovil.sequences import difference, expect, expect_refusal
from conformance.context import Context
from conformance.errors import Inconclusive
from conformance.jsontext import text_of
from conformance.schemas import ABSENT, at, shortened
from conformance.types import Requirement

TEXT, OTHER_TEXT = "/reservation_id", "/signature_process_id"


@contextmanager
def with_commitments(context: Context) -> Iterator[list[Document]]:
    """The device with three commitments that the suite has made; put back at the end."""
    with context.keep(context.resource("device")):
        made = [devices.promise(context) for _ in range(3)]
        exchange = devices.patched(context, [{"op": "add", "path": "/commitments", "value": made}])
        if not exchange.ok:
            raise Inconclusive(f"the list of commitments cannot be set: {shown(exchange, 80)}")
        yield made


def add(path: str, value: Any) -> dict[str, Any]:
    return {"op": "add", "path": path, "value": value}


def patch_array_add(context: Context, requirement: Requirement) -> None:
    """A list is set by add; then add at its indices, at its length and at `-` moves what stood there one place on."""
    with context.keep(context.resource("device")):
        made = [devices.promise(context) for _ in range(3)]
        if not expect(context, [add("/commitments", made)], "add of a list"):
            return
        for place in ("-", "0", "1", "5"):
            expect(context, [add(f"/commitments/{place}", devices.promise(context))], f"add at /commitments/{place}")
        twice = [add("/commitments/0", devices.promise(context)) for _ in range(2)]
        expect(context, twice, "add of two items at one index")


def patch_array_cut(context: Context, requirement: Requirement) -> None:
    """remove takes out one item and closes the gap, replace puts another in its place, add of a list replaces it."""
    with with_commitments(context) as made:
        expect(
            context,
            [{"op": "replace", "path": "/commitments/1", "value": devices.promise(context)}],
            "replace of an item",
        )
        expect(context, [{"op": "remove", "path": "/commitments/1"}], "remove of an item")
        expect(context, [add("/commitments", made[:1])], "add of a list over a list")
        expect(context, [{"op": "replace", "path": "/commitments", "value": []}], "replace of a list by an empty one")
        expect(context, [add("/commitments/-", made[2])], "add to an empty list")


def patch_array_move(context: Context, requirement: Requirement) -> None:
    """move within the list counts the target's place after the item is out; copy leaves the source where it is."""
    with with_commitments(context):
        for source, target in (("0", "2"), ("2", "0"), ("0", "1"), ("1", "-"), ("1", "1")):
            told = f"move from /commitments/{source} to /commitments/{target}"
            expect(context, [{"op": "move", "from": f"/commitments/{source}", "path": f"/commitments/{target}"}], told)
        expect(
            context,
            [
                {"op": "copy", "from": "/commitments/0", "path": "/commitments/-"},
                {"op": "replace", "path": "/commitments/3/id", "value": devices.new_id(context)},
                {"op": "replace", "path": "/commitments/3/legacy_id", "value": 4711},
            ],
            "a copied item that is changed",
        )
        expect(
            context,
            [
                {"op": "copy", "from": "/commitments/1", "path": "/commitments/0"},
                {"op": "replace", "path": "/commitments/0/id", "value": devices.new_id(context)},
                {"op": "replace", "path": "/commitments/2/cancellation_system", "value": "the source alone"},
            ],
            "a copied item whose source is changed",
        )


def patch_array_bounds(context: Context, requirement: Requirement) -> None:
    """Indices beyond the list, with leading zeros, signs, letters, or `-` where an item must be, fail the patch."""
    with with_commitments(context) as made:
        for token in ("4", "9", "-1", "00", "01", "1e0", "1.0", "first", "", "+1", " 1"):
            expect_refusal(context, [add(f"/commitments/{token}", made[0])], f"add at index {token!r} of a list of 3")
        for token in ("3", "-", "01", "-1"):
            place, told = f"/commitments/{token}", f"index {token!r} of a list of 3"
            expect_refusal(context, [{"op": "remove", "path": place}], f"remove at {told}")
            expect_refusal(context, [{"op": "replace", "path": place, "value": made[0]}], f"replace at {told}")
            expect_refusal(context, [{"op": "copy", "from": place, "path": "/commitments/0"}], f"copy from {told}")


def patch_nested(context: Context, requirement: Requirement) -> None:
    """A member inside an object or an item is added, replaced, copied and removed, and its neighbours stay."""
    info = {"id_type": "SERIAL_NUMBER", "id": "9876543-AB-345"}
    with with_commitments(context):
        expect(context, [add("/manufacturing_info", info)], "add of an object")
        for told, patch in (
            ("replace inside an object", [{"op": "replace", "path": "/manufacturing_info/id", "value": "35-1"}]),
            ("copy out of an object", [{"op": "copy", "from": "/manufacturing_info/id", "path": TEXT}]),
            ("remove inside an object", [{"op": "remove", "path": "/manufacturing_info/id_type"}]),
            ("add inside an object", [add("/manufacturing_info/id_type", "IMEI")]),
            ("replace inside an item", [{"op": "replace", "path": "/commitments/1/legacy_id", "value": 17}]),
            ("add inside an item", [add("/commitments/2/cancellation_user", "someone@example.com")]),
            ("add over an object", [add("/manufacturing_info", {"id": "7"})]),
        ):
            expect(context, patch, told)


def patch_move_inward(context: Context, requirement: Requirement) -> None:
    """move of a list or object into itself fails the patch."""
    with with_commitments(context):
        for source, target in (
            ("/commitments", "/commitments/0"),
            ("/commitments/0", "/commitments/0/cancellation_user"),
            ("/commitments", "/commitments/-"),
        ):
            expect_refusal(context, [{"op": "move", "from": source, "path": target}], f"a move of {source} to {target}")


NO_PATHS = ("/manufacturing_info~1id", "/manufacturing%5Finfo/id", "/manufacturing_info//id", "//manufacturing_info")
ESCAPES = {"a~1b": "a/b", "m~0n": "m~n", "x~01y": "x~1y", "": "", "p%25q": "p%25q", 'q"\\': 'q"\\'}


def patch_pointers(context: Context, requirement: Requirement) -> None:
    """`~1` and `~0` are unescaped after the pointer is split, and nothing else is: such a name is no path into an
    object. Where the server keeps members of any name in a commitment, they are kept under the unescaped name."""
    with with_commitments(context):
        now = devices.device(context)
        text = at(now, "/manufacturing_info/id")
        value = None if text is ABSENT else text
        for path in NO_PATHS:
            expect_refusal(context, [{"op": "test", "path": path, "value": value}], f"a test at {path}")
        expect_refusal(context, [{"op": "copy", "from": "/manufacturing_info/id/", "path": TEXT}], "a slash too many")
        for token, name in ESCAPES.items():
            _kept_under(context, token, name)


def _kept_under(context: Context, token: str, name: str) -> None:
    exchange = devices.patched(context, [add(f"/commitments/0/{token}", "here")])
    item = at(devices.device(context), "/commitments/0")
    if not exchange.ok or not isinstance(item, dict):
        return
    known = set(devices.schema(context)["properties"]["commitments"]["items"]["properties"])
    new = {key for key, value in item.items() if key not in known and value == "here"}
    if not new:
        return
    if new != {name}:
        context.fail(
            f"A member added at …/{token} is kept under another name.",
            expected=text_of(name),
            actual=text_of(sorted(new)),
            exchanges=(exchange,),
            cause="pointer escapes",
        )
    devices.patched(context, [{"op": "remove", "path": f"/commitments/0/{token}"}])


def patch_test_values(context: Context, requirement: Requirement) -> None:
    """test looks into lists and objects, in their depth and order, tells null from what is absent and true from 1."""
    with with_commitments(context):
        now = devices.device(context)
        items = now.get("commitments")
        if not isinstance(items, list) or len(items) != 3:
            raise Inconclusive("the commitments that were set are not shown")
        right: tuple[tuple[str, str, Any], ...] = (
            ("a list as it is", "/commitments", items),
            ("an item with its members in another order", "/commitments/0", dict(reversed(items[0].items()))),
            ("a number written as 1.0", "/commitments/0/legacy_id", float(items[0]["legacy_id"])),
        )
        for told, path, value in right:
            expect(context, [{"op": "test", "path": path, "value": value}], f"test of {told}")
        wrong: tuple[tuple[str, str, Any], ...] = (
            ("a list in another order", "/commitments", items[::-1]),
            ("the beginning of a list", "/commitments", items[:2]),
            ("an item with one value changed", "/commitments/0", {**items[0], "legacy_id": items[0]["legacy_id"] + 1}),
            ("an item without one of its members", "/commitments/0", _without(items[0], "legacy_id")),
            ("a number against its digits", "/commitments/0/legacy_id", str(items[0]["legacy_id"])),
            ("a list against null", "/commitments", None),
        )
        for told, path, value in wrong:
            expect_refusal(context, [{"op": "test", "path": path, "value": value}], f"a test of {told}")
        expect(context, [{"op": "replace", "path": "/commitments/0/legacy_id", "value": 1}], "replace by 1")
        expect_refusal(
            context, [{"op": "test", "path": "/commitments/0/legacy_id", "value": True}], "a test of 1 against true"
        )


def _without(item: Document, name: str) -> Document:
    return {key: value for key, value in item.items() if key != name}


def patch_whole_test(context: Context, requirement: Requirement) -> None:
    """test at the empty pointer compares the whole device: the one shown passes, any other fails."""
    now = devices.device(context)
    with context.keep(context.resource("device")):
        expect(context, [{"op": "test", "path": "", "value": now}], "test of the whole device")
        for told, other in (("an empty device", {}), ("the device in a list", [now]), ("null", None)):
            expect_refusal(context, [{"op": "test", "path": "", "value": other}], f"a test of the whole against {told}")


def patch_whole_replace(context: Context, requirement: Requirement) -> None:
    """replace at the empty pointer puts another device of the same id in place of the device."""
    with context.keep(context.resource("device")):
        now = devices.device(context)
        known = devices.schema(context)["properties"]
        other = {name: value for name, value in now.items() if name in known and f"/{name}" != OTHER_TEXT}
        other["reservation_id"] = f"another {context.random.randint(100, 999)}"
        expect(context, [{"op": "replace", "path": "", "value": other}], "replace of the whole device")


def patch_atomic_each(context: Context, requirement: Requirement) -> None:
    """Each of the six operations is the one that fails, first, in the middle and last, among operations of each kind on
    texts, lists and nested members: nothing of the patch is carried out."""
    bad: tuple[dict[str, Any], ...] = (
        add("/commitments/9", {}),
        {"op": "remove", "path": "/devicedouble_nowhere"},
        {"op": "replace", "path": "/commitments/7/legacy_id", "value": 1},
        {"op": "move", "from": "/commitments", "path": "/commitments/0"},
        {"op": "copy", "from": "/devicedouble_nowhere", "path": TEXT},
        {"op": "test", "path": TEXT, "value": "devicedouble-other"},
    )
    with with_commitments(context) as made:
        devices.patched(
            context, [add(TEXT, "before"), add(OTHER_TEXT, "before"), add("/manufacturing_info", {"id": "1"})]
        )
        good: Patch = [
            {"op": "replace", "path": OTHER_TEXT, "value": "trace"},
            {"op": "remove", "path": "/commitments/2"},
            add("/commitments/-", {**made[0], "legacy_id": 1}),
            {"op": "move", "from": "/manufacturing_info/id", "path": "/manufacturing_info/id_type"},
            {"op": "copy", "from": "/commitments/0", "path": "/commitments/1"},
        ]
        for one in bad:
            for index in (0, 2, len(good)):
                expect_refusal(
                    context, [*good[:index], one, *good[index:]], f"{one['op']} that fails at place {index + 1}"
                )


def patch_atomic_result(context: Context, requirement: Requirement) -> None:
    """A patch refused for the device it would leave, or for a mistake in a later operation, has done nothing."""
    with context.keep(context.resource("device")):
        for told, last in (
            ("a value that is not listed", {"op": "add", "path": "/acquisition_type", "value": "STOLEN"}),
            ("a required member removed", {"op": "remove", "path": "/legacy_account_id"}),
            ("an operation that does not exist", {"op": "merge", "path": TEXT, "value": "x"}),
            ("an operation without path", {"op": "remove"}),
            ("an operation that is a text", "remove"),
        ):
            before = devices.device(context)
            exchange = devices.patched(context, [add(TEXT, f"trace {context.random.randint(100, 999)}"), last])
            after = devices.device(context)
            pointer = difference(before, after, devices.schema(context))
            if not exchange.ok and pointer is not None:
                context.fail(
                    f"A patch refused for {told} has changed {pointer}.",
                    expected=shortened(f"{pointer} = {text_of(at(before, pointer))}"),
                    actual=shortened(f"{pointer} = {text_of(at(after, pointer))}"),
                    exchanges=(exchange,),
                    cause="patch not atomic",
                )
