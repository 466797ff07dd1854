"""What changed between two contracts is told, with whether it breaks clients."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from openapi.contract import API_IDS, load
from openapi.diff import Change, diff
from openapi.diff_schema import schemas
from tests.openapi.documents import SHOP, shop

PUT = "#/paths/~1lamps~1{id}/put"
GET = "#/paths/~1lamps~1{id}/get"
BODY = f"{PUT}/requestBody/content/application~1json/schema"
ANSWER = f"{GET}/responses/200/content/application~1json/schema"

CASES = yaml.safe_load((SHOP.parent / "changes.yaml").read_text())
SHORT = {"BODY": BODY, "PUT": PUT}


@pytest.mark.parametrize("case", CASES["requests"], ids=[case["name"] for case in CASES["requests"]])
def test_one_change_is_told_once(tmp_path: Path, case: dict[str, Any]) -> None:
    """One change to a contract is one sentence, where it is, with its consequence."""
    start, slash, rest = case["pointer"].partition("/")
    pointer = SHORT.get(start, start) + slash + rest
    changed = shop(tmp_path, (case["old"], case["new"]))
    assert diff(load(SHOP), changed) == [Change(pointer, case["sentence"], case["breaking"])]


@pytest.mark.parametrize("case", CASES["answers"], ids=[case["sentence"] for case in CASES["answers"]])
def test_answers_break_the_other_way_round(tmp_path: Path, case: dict[str, Any]) -> None:
    """What is wider breaks who receives; both operations that answer with a lamp are told."""
    changes = diff(load(SHOP), shop(tmp_path, (case["old"], case["new"])))
    assert [(change.sentence, change.breaking) for change in changes] == [(case["sentence"], case["breaking"])] * 2
    assert changes[0].pointer.startswith(ANSWER)


def test_operations_come_and_go(tmp_path: Path) -> None:
    """A removed operation breaks clients, an added one does not."""
    more = shop(
        tmp_path,
        ("  /lamps/{id}:\n", "  /lamps:\n    get: {responses: {'200': {description: All.}}}\n  /lamps/{id}:\n"),
    )
    less = load(SHOP)
    assert diff(less, more) == [Change("#/paths/~1lamps/get", "GET /lamps was added", False)]
    assert diff(more, less) == [Change("#/paths/~1lamps/get", "GET /lamps was removed", True)]


def test_parameters_come_and_go(tmp_path: Path) -> None:
    """An added parameter breaks clients when it is required, a removed one always."""
    place = "      summary: Read a lamp\n"
    optional = shop(
        tmp_path, (place, place + "      parameters: [{name: q, in: query, schema: {type: string}}]\n"), name="a.yaml"
    )
    required = shop(
        tmp_path,
        (place, place + "      parameters: [{name: q, in: query, required: true, schema: {type: string}}]\n"),
        name="b.yaml",
    )
    none = load(SHOP)
    pointer = f"{GET}/parameters"
    assert diff(none, optional) == [Change(pointer, "the optional query parameter 'q' was added", False)]
    assert diff(none, required) == [Change(pointer, "the required query parameter 'q' was added", True)]
    assert diff(required, none) == [Change(pointer, "the query parameter 'q' was removed", True)]
    assert diff(optional, required) == [Change(f"{pointer}/q", "'q' became required", True)]
    assert diff(required, optional) == [Change(f"{pointer}/q", "'q' became optional", False)]


def test_the_name_of_a_path_parameter_is_nothing_that_clients_send(tmp_path: Path) -> None:
    """Only its place in the path is."""
    renamed = shop(
        tmp_path,
        ("  /lamps/{id}:", "  /lamps/{lamp}:"),
        ("      name: id\n", "      name: lamp\n"),
        ("                id: $request.path.id", "                lamp: $request.path.lamp"),
    )
    assert diff(load(SHOP), renamed) == []


def test_media_types_come_and_go(tmp_path: Path) -> None:
    """Another media type for requests breaks who sends the old one."""
    body = "        required: true\n        content:\n          application/json:"
    changed = shop(tmp_path, (body, body.replace("application/json", "text/json")))
    pointer = f"{PUT}/requestBody/content"
    assert diff(load(SHOP), changed) == [
        Change(pointer, "application/json is no longer accepted", True),
        Change(pointer, "text/json is accepted too", False),
    ]


def test_security_that_is_asked_for_breaks(tmp_path: Path) -> None:
    """An open contract that asks for a key breaks its clients; the reverse does not."""
    opened = shop(tmp_path, ("security:\n  - key: []\n", "security: []\n"))
    closed = load(SHOP)
    assert {(change.sentence, change.breaking) for change in diff(opened, closed)} == {
        ("the credential key is taken now", True)
    }
    assert {(change.sentence, change.breaking) for change in diff(closed, opened)} == {
        ("the credential key is no longer taken", False)
    }


@pytest.mark.parametrize("api", API_IDS)
def test_nothing_changed_is_nothing_told(api: str, tmp_path: Path) -> None:
    """A contract does not differ from its copy."""
    copy = tmp_path / f"{api}.yaml"
    copy.write_text(Path(load(api).file).read_text())
    assert diff(load(api), load(copy)) == []


leaves = st.fixed_dictionaries(
    {"type": st.sampled_from(["string", "integer", "number"])},
    optional={
        "enum": st.lists(st.sampled_from(["a", "b", "c"]), min_size=1, unique=True),
        "nullable": st.booleans(),
        "minLength": st.integers(0, 3),
        "maximum": st.integers(0, 3),
    },
)
some_schemas = st.recursive(
    leaves,
    lambda inner: st.fixed_dictionaries(
        {"type": st.just("object"), "properties": st.dictionaries(st.sampled_from("xyz"), inner)},
        optional={"required": st.lists(st.sampled_from("xyz"), unique=True), "additionalProperties": st.booleans()},
    ),
    max_leaves=5,
)


@given(some_schemas)
def test_a_schema_does_not_differ_from_itself(schema: dict[str, object]) -> None:
    """No change is found where there is none."""
    assert list(schemas(schema, dict(schema), (), "request")) == []


@given(leaves, leaves)
def test_sides_mirror_each_other(old: dict[str, object], new: dict[str, object]) -> None:
    """What breaks requests going there breaks answers coming back."""
    there = [change.breaking for change in schemas(old, new, (), "request")]
    back = [change.breaking for change in schemas(new, old, (), "response")]
    assert sorted(there) == sorted(back)
