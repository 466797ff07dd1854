"""Contracts are loaded typed, resolved, and with every mark in place."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from openapi import contract as module
from openapi.contract import API_IDS, CONTRACT_IDS, Contract, ContractError, lifecycle_of, load, weakest
from tests.openapi.documents import EMPTY, HEAD, SHOP, shop, written


def nodes(value: Any) -> Iterator[dict[str, Any]]:
    """Every object in a value."""
    if isinstance(value, dict):
        yield value
        for child in value.values():
            yield from nodes(child)
    elif isinstance(value, list):
        for child in value:
            yield from nodes(child)


@pytest.mark.parametrize("api", CONTRACT_IDS)
def test_resolved_documents_hold_no_references(api: str) -> None:
    """Readers never meet a $ref."""
    assert not [node for node in nodes(load(api).resolved) if "$ref" in node]


@pytest.mark.parametrize("api", CONTRACT_IDS)
def test_every_schema_says_how_sure_it_is(api: str) -> None:
    """Marks are inherited into every schema node that an operation uses."""
    for operation in load(api).operations.values():
        schemas = [parameter.schema for parameter in operation.parameters]
        contents = [operation.request_body.content] if operation.request_body else []
        for content in (*contents, *(response.content for response in operation.responses.values())):
            schemas += [media.schema for media in content.values()]
        for schema in schemas:
            for property_ in (schema, *schema.get("properties", {}).values()):
                assert property_["x-basis"] in ("documented", "public", "inferred")
                assert property_["x-source"]


def test_all_contracts_load_quickly() -> None:
    """The five contracts together take less than a quarter of a second."""
    best = 9.9
    for _ in range(5):
        module._load_own.cache_clear()
        start = time.perf_counter()
        for api in API_IDS:
            load(api)
        best = min(best, time.perf_counter() - start)
    assert best < 0.25


def test_a_contract_is_loaded_once() -> None:
    """An id gives the same object every time."""
    assert load("fleet") is load("fleet")


def test_the_shop_reads_as_it_is_written() -> None:
    """Every part of a contract is where the types say."""
    contract = load(SHOP)
    assert (contract.api, contract.title, contract.base_url) == ("shop", "A shop of lamps", "https://shop.example/v1")
    assert (contract.basis, contract.source) == ("documented", "000 The shop")
    put = contract.operations["putLamp"]
    assert (put.api, put.method, put.path, put.own_servers) == ("shop", "PUT", "/lamps/{id}", False)
    assert [(p.name, p.location, p.required, p.explode) for p in put.parameters] == [("id", "path", True, False)]
    assert put.request_body is not None
    assert put.request_body.required
    assert put.request_body.content["application/json"].examples == {"rename": {"title": "Desk"}}
    links = put.responses["200"].links
    assert (links["read"].operation_id, links["read"].parameters) == ("getLamp", {"id": "$request.path.id"})
    assert [(rule.when, rule.error) for rule in put.refusals] == [
        ("unauthenticated", "NO_KEY"),
        ("forbidden", "FORBIDDEN"),
        ("unknown", "NOT_FOUND"),
        ("violation", None),
        ("conflict", "TAKEN"),
    ]


def test_the_catalogue_reads_as_it_is_written() -> None:
    """Entries without a body have the document's; a code is text."""
    errors = load(SHOP).errors
    assert (errors["STATUS"].status, errors["STATUS"].code) == (400, "17")
    assert errors["STATUS"].body == {"error": "{message}", "code": "{code}"}
    assert errors["INVALID"].code is None
    assert errors["NO_KEY"].headers == {"WWW-Authenticate": "Bearer"}
    assert errors["ASLEEP"].forced_only
    assert not errors["TAKEN"].forced_only


def test_an_entry_may_have_no_body(tmp_path: Path) -> None:
    """`body: null` is an empty body, not the document's."""
    contract = shop(tmp_path, ("TAKEN: {status: 409,", "TAKEN: {status: 409, body: null,"))
    assert contract.errors["TAKEN"].body is None


def test_responses_are_found_by_status_class_and_default() -> None:
    """The exact status wins, then its class, then the default."""
    contract = load(SHOP)
    put, get = contract.operations["putLamp"], contract.operations["getLamp"]
    assert [getattr(put.response(status), "status", None) for status in (200, 404, 415, 500)] == [
        "200",
        "404",
        "4XX",
        None,
    ]
    assert [getattr(get.response(status), "status", None) for status in (200, 404)] == ["200", "default"]


def test_roles_may_call_what_they_may() -> None:
    """`*` is everything; a list is just that."""
    roles = load(SHOP).security_schemes["key"].roles
    assert roles["owner"].may_call("putLamp")
    assert roles["guest"].may_call("getLamp")
    assert not roles["guest"].may_call("putLamp")
    assert roles["guest"].refuses == {"FORBIDDEN": ("owner",)}


def test_a_mark_of_a_component_wins_over_its_referrer(tmp_path: Path) -> None:
    """Without a mark of its own, a component is as sure as the place that refers to it."""
    text = HEAD + (
        "x-basis: documented\nx-source: 000 A\npaths:\n  /a:\n    get:\n      operationId: a\n      x-basis: public\n"
        "      x-source: https://a.example\n      responses:\n        '200':\n          description: D\n"
        "          content:\n            application/json:\n              schema:\n                properties:\n"
        "                  own: {$ref: '#/components/schemas/Own'}\n"
        "                  not: {$ref: '#/components/schemas/Not'}\n"
        "                  beside: {$ref: '#/components/schemas/Own', x-basis: documented, x-reads-as: /b}\n"
        "components:\n  schemas:\n    Own: {type: string, x-basis: inferred}\n    Not: {type: string}\n"
    )
    operation = load(written(tmp_path, text)).operations["a"]
    properties = operation.responses["200"].content["application/json"].schema["properties"]
    assert [properties[name]["x-basis"] for name in ("own", "not", "beside")] == ["inferred", "public", "documented"]
    assert properties["own"]["x-source"] == "https://a.example"
    assert properties["beside"]["x-reads-as"] == "/b"


def test_a_schema_that_contains_itself_ends(tmp_path: Path) -> None:
    """Where a schema recurs, anything is allowed further in."""
    text = HEAD + (
        "paths: {}\ncomponents:\n  schemas:\n    Tree:\n      type: object\n      properties:\n"
        "        leaf: {type: string}\n        branch: {$ref: '#/components/schemas/Tree'}\n"
    )
    tree = load(written(tmp_path, text)).resolved["components"]["schemas"]["Tree"]
    assert tree["properties"]["branch"]["properties"]["branch"] == {"x-basis": "documented"}


def test_references_in_examples_are_values(tmp_path: Path) -> None:
    """A `$ref` in an example is part of the example."""
    text = EMPTY + "components:\n  schemas:\n    A: {type: object, example: {$ref: nowhere}}\n"
    assert load(written(tmp_path, text)).resolved["components"]["schemas"]["A"]["example"] == {"$ref": "nowhere"}


def test_parameters_of_an_operation_replace_those_of_its_path(tmp_path: Path) -> None:
    """Same name and place: the operation's counts."""
    text = HEAD + (
        "paths:\n  /a:\n    parameters:\n    - {name: n, in: query, schema: {type: string}}\n"
        "    - {name: m, in: query, schema: {}}\n"
        "    get:\n      parameters: [{name: n, in: query, required: true, schema: {type: integer}}]\n"
        "      responses: {'200': {description: D}}\n"
    )
    operation = load(written(tmp_path, text)).operations["get_a"]
    assert [(p.name, p.required, p.schema.get("type")) for p in operation.parameters] == [
        ("n", True, "integer"),
        ("m", False, None),
    ]
    assert operation.parameter("query", "n") is operation.parameters[0]
    assert operation.parameter("header", "n") is None


@pytest.mark.parametrize(
    ("text", "line", "sentence"),
    [
        ("swagger: '2.0'\n", 1, "this is Swagger 2.0: convert it to OpenAPI 3.0 first"),
        ("info: {}\nopenapi: 3.1.0\n", 2, "this is OpenAPI 3.1.0: only 3.0 is read, convert it first"),
        ("info: {}\n", 1, "this is not an OpenAPI document: it has no `openapi` member, such as `openapi: 3.0.3`"),
        ("- a\n", 1, "this is not an OpenAPI document: give one whose first line says `openapi: 3.0.3`"),
        (
            EMPTY + "components:\n  schemas:\n    A: {$ref: '#/components/schemas/B'}\n",
            6,
            "the reference '#/components/schemas/B' leads nowhere: define it or correct the name",
        ),
        (
            EMPTY + "components:\n  schemas:\n    A: {$ref: 'other.yaml#/B'}\n",
            6,
            "the reference 'other.yaml#/B' leaves the file: bundle the contract into one file first",
        ),
        (
            HEAD + "paths:\n  /a: {get: {operationId: x}}\n  /b:\n    get:\n      operationId: x\n",
            7,
            "the operationId 'x' is given twice: rename one",
        ),
    ],
)
def test_what_is_no_contract_is_told(tmp_path: Path, text: str, line: int, sentence: str) -> None:
    """The error names file and line, and says what to do."""
    file = written(tmp_path, text)
    with pytest.raises(ContractError) as caught:
        load(file)
    assert (caught.value.file, caught.value.line, caught.value.sentence) == (str(file), line, sentence)


def test_an_unsound_document_is_told(tmp_path: Path) -> None:
    """What breaks OpenAPI's own rules too badly is sent to the lint."""
    file = written(tmp_path, HEAD + "paths:\n  /a:\n    get: {parameters: 7}\n")
    with pytest.raises(
        ContractError, match=f"no sound OpenAPI document: see what `devicedouble contract lint {file}` says"
    ):
        load(file)


def test_the_weakest_mark_counts() -> None:
    """Of several marks the least sure one."""
    assert weakest("documented", "public") == "public"
    assert weakest("inferred", "public", "documented") == "inferred"
    assert weakest() == "documented"


def status_of(contract: Contract) -> dict[str, Any]:
    body = contract.operations["putLamp"].request_body
    assert body is not None
    status = body.content["application/json"].schema["properties"]["status"]
    assert isinstance(status, dict)
    return status


def test_a_lifecycle_answers_each_transition(tmp_path: Path) -> None:
    """Allowed is None; a rule of the state left is nearer than the default; staying is allowed unless it is named."""
    rules = '{default: BROKEN_LAMP, "ON": {"ON": TAKEN}, "OFF": {default: STATUS}}'
    contract = shop(
        tmp_path,
        ("refused: {default: BROKEN_LAMP}", f'refused: {rules}\n            bases: {{"ON": {{BROKEN: public}}}}'),
        ('"OFF": ["ON", BROKEN]', '"OFF": ["ON"]'),
    )
    lifecycle = lifecycle_of(status_of(contract))
    assert lifecycle is not None
    edges = [("ON", "OFF"), ("ON", "ON"), ("OFF", "OFF"), ("OFF", "BROKEN"), ("BROKEN", "ON"), ("BROKEN", "BROKEN")]
    assert [lifecycle.answer(*edge) for edge in edges] == [None, "TAKEN", None, "STATUS", "BROKEN_LAMP", None]
    assert lifecycle.edge_basis("ON", "BROKEN") == "public"
    assert lifecycle.edge_basis("ON", "OFF") == "inferred"


def test_a_lifecycle_without_an_answer_is_an_error(tmp_path: Path) -> None:
    """What is forbidden without a named answer cannot be answered."""
    contract = shop(tmp_path, ("            refused: {default: BROKEN_LAMP}\n", ""))
    lifecycle = lifecycle_of(status_of(contract))
    assert lifecycle is not None
    with pytest.raises(LookupError, match="from BROKEN to ON"):
        lifecycle.answer("BROKEN", "ON")


def test_no_lifecycle_is_none() -> None:
    """Most properties have none."""
    assert lifecycle_of({"type": "string"}) is None
