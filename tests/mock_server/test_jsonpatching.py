"""JSON Patch: the public cases for RFC 6902, what they leave out, and what must hold of every patch."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.bodies import Unreadable, read_json
from mock_server.jsonpatching import Inapplicable, apply_patch
from mock_server.schemas import Validator
from openapi import contract

_DATA = Path(__file__).parent / "data" / "json_patch_tests"
_BODY = contract.load("masmovil").operations["patchSubscriptionDevice"].request_body
assert _BODY is not None
_WELL_FORMED = Validator(_BODY.content["application/json-patch+json"].schema)
REFUSED = object()


def _cases() -> list[Any]:
    cases = []
    for name in ("tests", "spec_tests"):
        for number, case in enumerate(json.loads((_DATA / f"{name}.json").read_text())):
            twice = "two 'op' members" in case.get("error", "")  # only to be seen in the text, see below
            if "patch" in case and not twice:
                cases.append(pytest.param(case, id=f"{name}-{number}"))
    return cases


def outcome(document: Any, patch: Any) -> Any:
    """What a well-formed patch makes of the document, or REFUSED, whether for its form or for its effect."""
    if not _WELL_FORMED.is_valid(patch):
        return REFUSED
    try:
        return apply_patch(document, patch)
    except Inapplicable:
        return REFUSED


def same(left: Any, right: Any) -> bool:
    """Equality as JSON has it: true is not 1."""
    return json.dumps(left, sort_keys=True) == json.dumps(right, sort_keys=True)


@pytest.mark.parametrize("case", _cases())
def test_the_public_case_has_the_published_outcome(case: dict[str, Any]) -> None:
    """All cases of the public suite, those included that it switches off for weaker implementations."""
    result = outcome(case["doc"], case["patch"])
    if "error" in case:
        assert result is REFUSED
    else:
        assert same(result, case.get("expected", case["doc"]))


@pytest.mark.parametrize(
    "text",
    [
        '[{"op": "add", "path": "/baz", "value": "qux", "op": "move", "from": "/foo"}]',
        '[{"op": "add", "path": "/baz", "value": "qux", "op": "remove"}]',
    ],
)
def test_an_operation_that_says_op_twice_is_not_even_read(text: str) -> None:
    """The cases that need the text: a repeated member (RFC 6902, A.13) is refused before the patch is looked at."""
    with pytest.raises(Unreadable):
        read_json(text.encode())


@pytest.mark.parametrize(
    ("document", "operation", "expected"),
    [
        ({"a": 1}, {"op": "test", "path": "/a", "value": True}, REFUSED),
        ({"a": False}, {"op": "test", "path": "/a", "value": 0}, REFUSED),
        ({"a": [1]}, {"op": "test", "path": "/a", "value": [True]}, REFUSED),
        ({"a": {"b": 0}}, {"op": "test", "path": "/a", "value": {"b": False}}, REFUSED),
        ({"a": 1}, {"op": "test", "path": "/a", "value": 1.0}, {"a": 1}),
        ({"a": 2**53 + 1}, {"op": "test", "path": "/a", "value": float(2**53)}, REFUSED),
        ({"a": "1"}, {"op": "test", "path": "/a", "value": 1}, REFUSED),
        ({"a": None}, {"op": "test", "path": "/a", "value": None}, {"a": None}),
        ({}, {"op": "test", "path": "/a", "value": None}, REFUSED),
        ({"a": [1, 2]}, {"op": "test", "path": "/a", "value": [2, 1]}, REFUSED),
        ({"a": [1]}, {"op": "test", "path": "/a/-", "value": None}, REFUSED),
        ({"a": [1, 2]}, {"op": "test", "path": "/a/01", "value": 2}, REFUSED),
        ({"a": [1, 2]}, {"op": "test", "path": "/a/+1", "value": 2}, REFUSED),
        ({"a": [1, 2]}, {"op": "test", "path": "/a/ 1", "value": 2}, REFUSED),
        ({"a": [1, 2]}, {"op": "test", "path": "/a/1\n", "value": 2}, REFUSED),
        ({"a": [1, 2]}, {"op": "test", "path": "/a/\u0661", "value": 2}, REFUSED),
        ({"a": [1, 2]}, {"op": "test", "path": "/a/-1", "value": 2}, REFUSED),
        ({"a": "xy"}, {"op": "test", "path": "/a/0", "value": "x"}, REFUSED),
        ({"a": [1]}, {"op": "add", "path": "/a/00", "value": 0}, REFUSED),
        ({"a": [1]}, {"op": "add", "path": "/a/" + "1" * 5000, "value": 0}, REFUSED),
        ({"a": [1]}, {"op": "add", "path": "/a/-/b", "value": 0}, REFUSED),
        ({"a": "xy"}, {"op": "add", "path": "/a/-", "value": 0}, REFUSED),
        ({"a": None}, {"op": "add", "path": "/a/b", "value": 0}, REFUSED),
        ({}, {"op": "add", "path": "/-", "value": 0}, {"-": 0}),
        ({"01": 1}, {"op": "replace", "path": "/01", "value": 2}, {"01": 2}),
        ({}, {"op": "add", "path": "/a/b", "value": 0}, REFUSED),
        ({}, {"op": "add", "path": "a", "value": 0}, REFUSED),
        ({}, {"op": "add", "path": "/~2", "value": 0}, REFUSED),
        ({}, {"op": "add", "path": "/~", "value": 0}, REFUSED),
        ({}, {"op": "add", "path": "/~01", "value": 0}, {"~1": 0}),
        ({}, {"op": "add", "path": "/~1~0", "value": 0}, {"/~": 0}),
        ({}, {"op": "add", "path": "/%7E", "value": 0}, {"%7E": 0}),
        ({"a": [1]}, {"op": "replace", "path": "/a/-", "value": 0}, REFUSED),
        ({"a": [1]}, {"op": "replace", "path": "/a/1", "value": 0}, REFUSED),
        ({}, {"op": "replace", "path": "/a", "value": 0}, REFUSED),
        ({"a": 1}, {"op": "remove", "path": "/b"}, REFUSED),
        ({"a": [1]}, {"op": "remove", "path": "/a/-"}, REFUSED),
        ({"a": 1}, {"op": "remove", "path": ""}, REFUSED),
        ({"a": None}, {"op": "remove", "path": "/a"}, {}),
        ({"a": {"b": 1}}, {"op": "move", "from": "/a", "path": "/a/b"}, REFUSED),
        ({"a": {"b": 1}}, {"op": "move", "from": "", "path": "/a"}, REFUSED),
        ({"a": 1, "ab": {}}, {"op": "move", "from": "/a", "path": "/ab/c"}, {"ab": {"c": 1}}),
        ({"a": {"b": 1}}, {"op": "move", "from": "/a/b", "path": "/a"}, {"a": 1}),
        ({"a": [1, 2]}, {"op": "move", "from": "/a/0", "path": "/a/2"}, REFUSED),
        ({"a": [1, 2]}, {"op": "move", "from": "/a/0", "path": "/a/-"}, {"a": [2, 1]}),
        ({"a": 1}, {"op": "move", "from": "/b", "path": "/b"}, REFUSED),
        ({"a": 1}, {"op": "move", "path": "/b"}, REFUSED),
        ({"a": 1}, {"op": "move", "from": "a", "path": "/b"}, REFUSED),
        ({"a": [1]}, {"op": "copy", "from": "/a/-", "path": "/b"}, REFUSED),
        ({"a": 1}, {"op": "copy", "from": "", "path": "/b"}, {"a": 1, "b": {"a": 1}}),
        ({"a": 1}, {"op": "Add", "path": "/b", "value": 0}, REFUSED),
        ({"a": 1}, {"op": "append", "path": "/b", "value": 0}, REFUSED),
        ({"a": 1}, {"op": "add", "path": "/b"}, REFUSED),
        ({"a": 1}, {"op": "add", "path": None, "value": 0}, REFUSED),
        ({"a": 1}, {"path": "/a", "value": 0}, REFUSED),
        ({"a": 1}, {"op": "remove", "path": "/a", "value": 7, "from": 5, "reason": ["x"], "": 0}, {}),
        ({"a": 1}, {"op": "add", "path": "/b", "value": 0, "from": "no pointer"}, {"a": 1, "b": 0}),
        ({"a": 1}, ["op"], REFUSED),
    ],
)
def test_one_operation(document: Any, operation: Any, expected: Any) -> None:
    """Where implementations are lax: what is compared, what an index is, what escapes are, what is passed over."""
    result = outcome(document, [operation])
    assert (result is REFUSED) if expected is REFUSED else same(result, expected)


def test_a_copy_is_independent_of_what_it_was_copied_from() -> None:
    patch: list[dict[str, Any]] = [
        {"op": "copy", "from": "/a", "path": "/b"},
        {"op": "add", "path": "/b/-", "value": 2},
    ]
    assert apply_patch({"a": [1]}, patch) == {"a": [1], "b": [1, 2]}


def test_an_added_value_is_independent_of_the_patch() -> None:
    patch: list[dict[str, Any]] = [
        {"op": "add", "path": "/a", "value": [1]},
        {"op": "add", "path": "/a/-", "value": 2},
    ]
    assert apply_patch({}, patch) == {"a": [1, 2]}
    assert patch[0]["value"] == [1]


@pytest.mark.parametrize(
    ("operation", "sentence"),
    [
        ({"op": "remove", "path": "/x"}, "there is nothing at '/x'"),
        ({"op": "copy", "from": "/a/-", "path": "/x"}, "there is nothing at '/a/-'"),
        ({"op": "test", "path": "/b", "value": 2}, "/b does not hold the value that is tested for"),
        ({"op": "move", "from": "/a", "path": "/a/0"}, "'/a' cannot be moved into itself"),
        ({"op": "add", "path": "/a/2", "value": 0}, "nothing can be placed at '/a/2'"),
        ({"op": "remove", "path": ""}, "the whole document cannot be removed"),
    ],
)
def test_a_failure_names_the_operation_and_says_why(operation: dict[str, Any], sentence: str) -> None:
    with pytest.raises(Inapplicable) as caught:
        apply_patch({"a": [1], "b": 1}, [{"op": "add", "path": "/c", "value": 1}, operation])
    assert (caught.value.index, caught.value.reason) == (1, sentence)


def test_copies_that_double_the_document_are_stopped_before_they_fill_the_memory() -> None:
    patch = [{"op": "copy", "from": "/a", "path": "/a/-"}] * 40
    with pytest.raises(Inapplicable) as caught:
        apply_patch({"a": [1]}, patch)
    assert caught.value.index < 20
    assert caught.value.reason == "a patch may copy 100000 values and no more"


def test_a_document_is_not_nested_without_end() -> None:
    """Nesting that no single request could send, built up operation by operation, is refused, not a crash."""
    patch = [{"op": "copy", "from": "", "path": ""}]
    document: Any = 1
    for _ in range(5000):
        document = [document]
    with pytest.raises(Inapplicable, match="nested too deeply"):
        apply_patch({"a": 1}, [{"op": "add", "path": "/b", "value": document}, *patch])


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.sampled_from([0.0, 1.0, "", "a", "~1", "é"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["", "a", "~", "/", "0", "-"]), inner),
    max_leaves=6,
)
_POINTERS = st.lists(st.sampled_from(["", "a", "~0", "~1", "0", "1", "-", "01"]), max_size=3).map(
    lambda parts: "".join("/" + part for part in parts)
)
_OPERATIONS = st.one_of(
    st.fixed_dictionaries({"op": st.sampled_from(["add", "replace", "test"]), "path": _POINTERS, "value": _VALUES}),
    st.fixed_dictionaries({"op": st.sampled_from(["move", "copy"]), "path": _POINTERS, "from": _POINTERS}),
    st.fixed_dictionaries({"op": st.just("remove"), "path": _POINTERS}),
)


@given(document=_VALUES, patch=st.lists(_OPERATIONS, max_size=5))
def test_neither_the_document_nor_the_patch_is_changed(document: Any, patch: list[Any]) -> None:
    before = copy.deepcopy((document, patch))
    outcome(document, patch)
    assert same([document, patch], list(before))


@given(document=_VALUES, patch=st.lists(_OPERATIONS, max_size=5))
def test_a_patch_is_its_operations_one_after_another(document: Any, patch: list[Any]) -> None:
    step = document
    for operation in patch:
        step = outcome(step, [operation])
        if step is REFUSED:
            break
    whole = outcome(document, patch)
    assert (whole is REFUSED) if step is REFUSED else same(whole, step)


@given(document=_VALUES)
def test_a_document_passes_a_test_for_itself(document: Any) -> None:
    assert same(apply_patch(document, [{"op": "test", "path": "", "value": document}]), document)
