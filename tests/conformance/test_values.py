"""Generated values: valid ones are valid, invalid ones break exactly the keyword that they name."""

from __future__ import annotations

import json
import random
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.apis import MODULES
from conformance.checks.refusals.mistakes import mistakes
from conformance.schemas import ABSENT, Validator, at, pointer_of, same, standing
from conformance.strategies import matching_texts, smallest, valid_values
from conformance.violations import REMOVE, body_violations, placed
from openapi.contract import Operation, load

OPERATIONS = [one for name in MODULES for one in load(name).operations.values()]
WITH_BODY = [one for one in OPERATIONS if one.request_body is not None and not one.own_servers]


def body_schema(operation: Operation) -> dict[str, object]:
    assert operation.request_body is not None
    return next(iter(operation.request_body.content.values())).schema


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda one: f"{one.api}.{one.id}")
def test_generated_values_are_valid(operation: Operation) -> None:
    """For every member and parameter of every contract; enumerations come whole."""
    schemas = [(one.name, one.schema) for one in operation.parameters]
    if operation.request_body is not None:
        schemas += list(body_schema(operation).get("properties", {}).items())  # type: ignore[attr-defined]
    for name, schema in schemas:
        values = valid_values(schema, random.Random(1), 5, name)
        assert values, name
        validator = Validator(schema, "request")
        assert all(validator.valid(value) for value in values), (name, values)


@pytest.mark.parametrize("operation", WITH_BODY, ids=lambda one: f"{one.api}.{one.id}")
def test_the_smallest_body_is_valid(operation: Operation) -> None:
    schema = body_schema(operation)
    assert Validator(schema, "request").problems(smallest(schema, random.Random(0))) == []


@pytest.mark.parametrize("operation", WITH_BODY, ids=lambda one: f"{one.api}.{one.id}")
def test_a_mistake_breaks_its_keyword_and_has_one_answer(operation: Operation) -> None:
    schema = body_schema(operation)
    validator = Validator(schema, "request")
    for one in mistakes(load(operation.api), operation):
        if one.where != "body":
            continue
        base = smallest(schema, random.Random(0), one.violation.pointer)
        problems = validator.problems(placed(base, one.violation.pointer, one.violation.value))
        assert one.violation.keyword in {problem.keyword for problem in problems}, one
    assert len(mistakes(load(operation.api), operation)) > 0


def test_boundaries_are_broken_by_one() -> None:
    schema = {
        "type": "object",
        "properties": {"a": {"type": "string", "maxLength": 5, "minLength": 2}, "b": {"type": "integer", "maximum": 9}},
    }
    found = {(one.pointer, one.keyword): one.value for one in body_violations(schema)}
    assert found["/a", "maxLength"] == "xxxxxx"
    assert found["/a", "minLength"] == "x"
    assert found["/b", "maximum"] == 10


@pytest.mark.parametrize("pattern", [r"^[1-9]\d*$", r"^[A-Z]{3}-\d+$", "^a|b$"])
def test_matching_texts_match(pattern: str) -> None:
    assert matching_texts(pattern)
    assert all(re.search(pattern, text) for text in matching_texts(pattern))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(JSON)
def test_equal_is_equal_after_a_journey(value: object) -> None:
    assert same(value, json.loads(json.dumps(value)))


def test_equal_as_json_means() -> None:
    assert not same(True, 1)
    assert not same(0, False)
    assert same(1, 1.0)
    assert same({"a": 1, "b": [2]}, {"b": [2], "a": 1})
    assert not same([1, 2], [2, 1])


@given(st.dictionaries(st.text(), st.integers(), min_size=1), st.data())
def test_pointers_find_what_they_name(value: dict[str, int], data: st.DataObject) -> None:
    key = data.draw(st.sampled_from(sorted(value)))
    pointer = pointer_of([key])
    assert at(value, pointer) == value[key]
    assert at(placed(value, pointer, REMOVE), pointer) is ABSENT
    assert at(placed(value, pointer, "new"), pointer) == "new"
    assert at(value, pointer) == value[key]


def test_the_innermost_mark_says_how_sure_a_place_is() -> None:
    schema = {"x-basis": "public", "properties": {"a": {"x-basis": "inferred", "items": {}}}}
    assert standing(schema, ("properties", "a", "items", "type"))[0] == "inferred"
    assert standing(schema, ("properties", "b"))[0] == "public"
