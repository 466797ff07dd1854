"""`x-violation` is looked up from the innermost scope outward."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openapi.build import build
from openapi.contract import API_IDS, load
from openapi.rules.answers import violations_of
from openapi.words import PROTOCOL_WORDS
from tests.openapi.documents import SHOP

BODY = "body"
STATUS = ("properties", "status")


@pytest.mark.parametrize(
    ("where", "path", "keyword", "error", "basis"),
    [
        (BODY, STATUS, "enum", "STATUS", "inferred"),
        (BODY, STATUS, "type", "INVALID", "documented"),
        (BODY, (), "minProperties", "EMPTY", "documented"),
        (BODY, (), "type", "INVALID", "documented"),
        (BODY, ("properties", "title"), "minLength", "INVALID", "documented"),
        (BODY, ("properties", "nothing"), "required", "INVALID", "documented"),
        (BODY, (), "malformed", "MALFORMED", "documented"),
        (BODY, (), "mediaType", "MEDIA_TYPE", "documented"),
        ("path:id", (), "type", "INVALID", "documented"),
        ("query:none", (), "type", "INVALID", "documented"),
        ("", (), "encoding", "INVALID", "documented"),
    ],
)
def test_the_shop_answers(where: str, path: tuple[str, ...], keyword: str, error: str, basis: str) -> None:
    """Each violation has the answer that the contract names nearest to it."""
    rule = load(SHOP).operations["putLamp"].violation(where, path, keyword)
    assert rule is not None
    assert (rule.error, rule.basis) == (error, basis)


SCOPES = ("property", "object", "media", "body", "operation", "path", "document")
KEYWORDS = ("type", "enum", "required", "malformed", "mediaType", "size")
answers = st.one_of(
    st.none(),
    st.sampled_from(["A", "B"]),
    st.dictionaries(st.sampled_from([*KEYWORDS, "default"]), st.sampled_from(["A", "B", "C"]), min_size=1),
)


def contract_with(said: dict[str, Any]) -> dict[str, Any]:
    """A document of one operation, with an `x-violation` on each scope that has one; names are made unique by scope."""

    def mark(scope: str, node: dict[str, Any]) -> dict[str, Any]:
        return node if said[scope] is None else {**node, "x-violation": unique(scope, said[scope])}

    inner = mark("property", {"type": "string"})
    schema = mark("object", {"type": "object", "properties": {"p": inner}})
    media = mark("media", {"schema": schema})
    body = mark("body", {"content": {"application/json": media}})
    operation = mark("operation", {"operationId": "o", "requestBody": body, "responses": {}})
    return mark("document", {"openapi": "3.0.3", "paths": {"/a": mark("path", {"put": operation})}})


def unique(scope: str, said: Any) -> Any:
    if isinstance(said, dict):
        return {keyword: f"{name}_{scope}" for keyword, name in said.items()}
    return f"{said}_{scope}"


def expected(said: dict[str, Any], keyword: str) -> str | None:
    """The rule in words: innermost first; HTTP's words need naming below the document, a body's skip the schema."""
    skipped = ("property", "object") if keyword in ("malformed", "mediaType", "size") else ()
    for scope in SCOPES:
        answer = said[scope]
        if scope in skipped or answer is None:
            continue
        general = scope == "document" or keyword not in PROTOCOL_WORDS
        names = answer if isinstance(answer, dict) else {"default": answer}
        name = names.get(keyword) or (names.get("default") if general else None)
        if name:
            return f"{name}_{scope}"
    return None


@given(st.fixed_dictionaries(dict.fromkeys(SCOPES, answers)), st.sampled_from(KEYWORDS))
def test_lookup_goes_outward(said: dict[str, Any], keyword: str) -> None:
    """Whatever is marked where, the nearest mark that speaks of the keyword answers."""
    operation = build("x", Path("x.yaml"), contract_with(said)).operations["o"]
    rule = operation.violation("body", ("properties", "p"), keyword)
    assert (rule.error if rule else None) == expected(said, keyword)


@pytest.mark.parametrize("api", API_IDS)
def test_no_violation_of_our_apis_is_without_a_rule(api: str) -> None:
    """Whatever is wrong with a request, the contract has said something about it."""
    for operation in load(api).operations.values():
        for where, path, keyword in violations_of(operation):
            assert operation.violation(where, path, keyword) is not None, (operation.id, where, path, keyword)


def test_an_answer_may_be_left_open() -> None:
    """null ends the search: the contract declares that the answer is open."""
    said = dict.fromkeys(SCOPES, None) | {"property": {"enum": None}, "document": "A"}
    document = contract_with(said | {"property": None})
    property_ = document["paths"]["/a"]["put"]["requestBody"]["content"]["application/json"]["schema"]["properties"][
        "p"
    ]
    property_["x-violation"] = {
        "enum": None,
        "type": {"error": None, "x-basis": "public", "x-source": "https://a.example"},
    }
    operation = build("x", Path("x.yaml"), document).operations["o"]
    rule = operation.violation("body", ("properties", "p"), "enum")
    assert rule is not None
    assert rule.error is None
    rule = operation.violation("body", ("properties", "p"), "type")
    assert rule is not None
    assert (rule.error, rule.basis, rule.source) == (None, "public", "https://a.example")


def test_the_document_always_has_a_rule() -> None:
    """Even one that says nothing: then the answer is open."""
    contract = build("x", Path("x.yaml"), contract_with(dict.fromkeys(SCOPES, None)))
    assert contract.violation("path").error is None
