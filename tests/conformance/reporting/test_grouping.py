"""One defect is told once, and two are told twice: a table of what is one, and of what is not."""

from __future__ import annotations

from itertools import combinations

import pytest

from conformance.reporting.grouping import defects
from conformance.types import Outcome
from tests.conformance.reporting.failures import (
    answered,
    coded,
    disagrees,
    failed,
    lost,
    not_json,
    other_media,
    patch_taken,
    patched,
    shape,
    taken,
)

LONG = "x" * 400
NUMBER = '7 is not of type "string"'
TEXT = '"7" is not of type "integer"'
STRINGS, INTEGERS, ARRAYS = 'type: "string"', 'type: "integer"', 'type: "array"'
LIST = '"a" is not of type "array"'

ONE: dict[str, list[Outcome]] = {
    "a code written as a number": [
        shape("get.refusal-shape", "/code", NUMBER, STRINGS, {"code": 7}, 401),
        shape("change.refusal-shape", "/code", NUMBER, STRINGS, {"code": 8}, 404),
        coded("get.refuses-unknown", 7, "7", pointer="/code"),
        failed("change.taken", "An address is not refused.", "400 with code 8", "400 …", answered(400, {"code": 8})),
        failed("change.date", "A date is not refused.", "400 with a code", "400 …", answered(400, {"code": 9})),
    ],
    "a code that no document names": [
        shape("get.refusal-shape", "/error", '"GONE" is not one of "NONE"', 'enum: ["NONE"]', {"error": "GONE"}, 404),
        coded("get.refuses-unknown", "GONE", "NONE"),
        coded("remove.refuses-unknown", "GONE", "NONE", operation="removeThing"),
    ],
    "a list that is no list, wherever the member is shown": [
        shape("listThings.answers-200", "/data/0/traits/ports", LIST, ARRAYS, {"data": [{"traits": {"ports": "a"}}]}),
        shape("getThing.answers-200", "/data/traits/ports", LIST, ARRAYS, {"data": {"traits": {"ports": "a"}}}),
        lost("change.reads-back", "ports", ["a"], "a"),
        failed("change.sequences", "ports is not what was last written.", '["a"]', '"a"', answered(200, {})),
    ],
    "a number read as a text": [
        shape("getThing.answers-200", "/account", TEXT, INTEGERS, {"account": "7"}),
        patched("change.nested", "replace inside an object", "/account", "7", 7),
        failed("list.agrees", "/account of an object is different in the list.", '"7"', "7", answered(200, {})),
        failed("add.succeeds", "A valid request is refused.", "2xx", "400 …", answered(400, {}, body={"account": "7"})),
        failed("change.leaves", "A patch has left a thing.", "a refusal", f"/account: {TEXT}", answered(200, {})),
    ],
    "wrong types taken, whatever the member and the operation": [
        taken("change.refuses-body-type", "brand", 17, "type"),
        taken("change.refuses-body-type", "price", 17, "type"),
        taken("add.refuses-body-type", "things.0.brand", 17, "type", operation="addThing", status=201),
    ],
    "false is not stored": [
        lost("change.reads-back", "camera", False, True),
        lost("change.takes-every-value", "stool", False, None),
        failed("change.sequences", "camera is not what was last written.", "false", "null", answered(200, {})),
    ],
    "long texts are cut": [lost("change.reads-back", name, LONG, LONG[:255]) for name in ("custom1", "custom2")],
    "one check says the same of each member": [
        failed("change.length", f"custom{n} does not keep 2000 characters.", "2000", "255", answered(200, {}))
        for n in (1, 2, 3)
    ],
    "answers that show what was before": [
        *(disagrees(pointer) for pointer in ("/a", "/b/id", "/c")),
        patched("change.array", "add of a list", "/list", [1], []),
        patched("change.move", "move from /a to /b", "/a", None, 1),
    ],
    "an answer that shows one member as before": [disagrees("/a"), patched("change.x", "add of a text", "/a", 1, 2)],
    "a test that tests nothing": [
        patch_taken("change.refuses", "a test that fails", "patch_refuses"),
        patch_taken("change.compares", 'test of 1 against "1"', "patch_test"),
        patch_taken("change.pointers", "A patch with a test at /a~1b", "patch_pointers"),
        patch_taken("change.sequences", "A patch with 1 operation (test)", "patch_sequences"),
    ],
    "XML that is called JSON": [
        not_json("list.answers-200", "listThings"),
        not_json("get.answers-200", "getThing"),
        other_media("list.offers", "application/xml", "listThings"),
        other_media("list.offers", "text/xml", "listThings"),
    ],
    "an operation that refuses what is valid": [
        failed(
            "change.succeeds",
            "A valid request is refused.",
            "2xx",
            "403 …",
            answered(403, {"id": 1}),
            check="succeeds",
            cause="refused changeThing 403",
        ),
        failed("change.a", "a = 1 is not refused as it must be: …", "400", "403 …", answered(403, {"id": 2})),
        failed("change.b", "A patch of the whole is refused.", "2xx", "403 …", answered(403, {"id": 3})),
    ],
}

MANY: dict[str, list[Outcome]] = {
    "two members with wrong types": [
        shape("getThing.answers-200", "/data/a", NUMBER, STRINGS, {"data": {"a": 7}}),
        shape("getThing.answers-200", "/data/b", NUMBER, STRINGS, {"data": {"b": 7}}),
    ],
    "members of one name in two objects": [
        shape("getThing.answers-200", "/user/id", NUMBER, STRINGS, {"user": {"id": 7}}),
        shape("getThing.answers-200", "/site/id", NUMBER, STRINGS, {"site": {"id": 7}}),
    ],
    "two wrong codes": [
        coded("get.refuses-unknown", "GONE", "NONE"),
        coded("get.refuses-foreign", "GONE", "FORBIDDEN"),
    ],
    "a code of the wrong type that is also the wrong one": [
        shape("get.refusal-shape", "/code", NUMBER, STRINGS, {"code": 7}, 401),
        coded("change.refuses-empty", 7, "8", pointer="/code"),
    ],
    "two kinds of mistakes of one member": [
        taken("change.refuses-body-type", "brand", 17, "type"),
        taken("change.refuses-body-pattern", "brand", "", "pattern"),
    ],
    "accepted, and refused with another status": [
        taken("change.refuses-body-type", "brand", 17, "type"),
        taken("add.refuses-body-type", "brand", 17, "type", operation="addThing", status=422),
    ],
    "numbers taken for texts, and texts for numbers": [
        taken("change.refuses-body-type", "brand", 17, "type"),
        taken("change.refuses-body-type", "count", "text", "type"),
    ],
    "two members that are lost": [lost("change.reads-back", "a", "x", None), lost("change.reads-back", "b", "x", None)],
    "a member lost and false not stored": [
        lost("change.reads-back", "a", "x", None),
        lost("change.reads-back", "b", False, True),
    ],
    "a member of a wrong type that also loses its value": [
        shape("getThing.answers-200", "/traits/ports", LIST, ARRAYS, {"traits": {"ports": "a"}}),
        lost("change.reads-back", "ports", ["a", "b"], "a"),
    ],
    "one member of the answers as before, another one not moved": [
        disagrees("/a"),
        patched("change.x", "move from /b to /c", "/c", 1, 2),
    ],
    "tests that compare laxly, and pointers read wrongly": [
        patch_taken("change.compares", 'test of 1 against "1"', "patch_test"),
        patch_taken("change.pointers", "A patch with a test at /a~1b", "patch_pointers"),
    ],
    "a body that is no JSON, and JSON where XML was wanted": [
        not_json("get.answers-200", "getThing"),
        other_media("list.offers", "application/xml", "listThings", raw=b"{}"),
    ],
    "refused at all, and refused otherwise": [
        failed("change.succeeds", "A valid request is refused.", "2xx", "403 …", answered(403, {}), check="succeeds"),
        failed("change.a", "a = 1 is not refused as it must be: …", "400", "404 …", answered(404, {})),
    ],
}

WITHIN = ("answers that show what was before", "an answer that shows one member as before")
"""Where all answers are as before, one member that is cannot be told apart."""


@pytest.mark.parametrize("name", ONE)
def test_one_defect_is_one_block(name: str) -> None:
    """However many requirements show it, in whatever words."""
    found = defects(ONE[name])
    assert [defect.failure.message for defect in found] == [found[0].failure.message]
    assert {one.requirement.id for one in found[0].outcomes} == {one.requirement.id for one in ONE[name]}
    messages = {failure.message for one in ONE[name] for failure in one.failures}
    assert {found[0].failure.message, *found[0].also} == messages


@pytest.mark.parametrize("name", MANY)
def test_two_defects_are_two_blocks(name: str) -> None:
    """Likeness alone makes nothing the same."""
    assert len(defects(MANY[name])) == len(MANY[name])


@pytest.mark.parametrize(("one", "other"), [pair for pair in combinations(ONE, 2) if pair != WITHIN])
def test_planted_at_once_both_are_told(one: str, other: str) -> None:
    """Neither hides in the other's block."""
    assert len(defects([*ONE[one], *ONE[other]])) == 2
    assert len(defects([*ONE[other], *ONE[one]])) == 2


def test_what_counts_tells_its_block() -> None:
    """A block is told, and replayed, by a failure that counts, if it has one."""
    outcomes = ONE["a code that no document names"]
    told = defects(outcomes, binds=lambda requirement: requirement.id == "api.remove.refuses-unknown")[0]
    assert told.teller.requirement.id == "api.remove.refuses-unknown"
    assert told.outcomes[0] is told.teller


def test_the_basic_failure_tells_its_block() -> None:
    """What the others follow from is told, not what follows."""
    for name, expected in (
        ("a number read as a text", f"/account: {TEXT}"),
        ("an operation that refuses what is valid", "A valid request is refused."),
        ("XML that is called JSON", "The body is not JSON: Expecting value: line 1 column 1 (char 0)."),
    ):
        assert defects(ONE[name])[0].failure.message == expected
