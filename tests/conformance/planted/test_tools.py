"""The strokes: what each does to a request on its way and to the answer on its way back."""

from __future__ import annotations

import json
from typing import Any

import pytest

from conformance.planted.faults import Answer, Call, Modifier
from conformance.planted.tools import (
    accepting,
    always,
    answer_with,
    as_if_by,
    changing,
    edit_answer,
    edit_request,
    edit_text,
    for_each,
    forget,
    ignore_members,
    ignoring,
    instead_of,
    not_done,
    on,
    setting,
    with_status,
    without,
)


class Server:
    """A correct server of one object: reads give it, writes change it, a null is refused."""

    def __init__(self) -> None:
        self.state: dict[str, Any] = {"name": "old", "size": 1}
        self.calls: list[Call] = []

    def __call__(self, call: Call) -> Answer:
        self.calls.append(call)
        body = call.json()
        if isinstance(body, dict):
            if None in body.values():
                return Answer(400).with_json({"code": "NO"})
            self.state = {**self.state, **body}
        return Answer(200).with_json(self.state)


def read(target: str = "/one") -> Call:
    return Call("GET", target, (("Authorization", "Bearer right"),), operation="readOne", path={"id": "one"})


def write(value: Any) -> Call:
    return Call("PUT", "/one", (("Authorization", "Bearer right"),), json.dumps(value).encode(), "writeOne")


def test_a_stroke_is_made_on_the_named_operations_alone() -> None:
    server = Server()
    modifier = on(("readOne",), answer_with(500))
    assert modifier(read(), server).status == 500
    assert modifier(write({"name": "new"}), server).status == 200
    assert len(server.calls) == 1


@pytest.mark.parametrize(
    ("modifier", "seen"),
    [
        (edit_answer(setting("/name", "x")), {"name": "x", "size": 1}),
        (edit_answer(without("/name")), {"size": 1}),
        (edit_answer(changing("/size", lambda value: value + 1)), {"name": "old", "size": 2}),
        (edit_answer(changing("/nowhere/at/all", lambda _: 1)), {"name": "old", "size": 1}),
        (edit_answer(setting("/name", "x"), statuses=(404,)), {"name": "old", "size": 1}),
        (edit_text(lambda text: text.replace("old", "young")), {"name": "young", "size": 1}),
        (instead_of(200, 404, {"code": "GONE"}), {"code": "GONE"}),
    ],
)
def test_answers_are_edited(modifier: Modifier, seen: Any) -> None:
    assert modifier(read(), Server()).json() == seen


def test_items_are_edited_one_by_one() -> None:
    edit = for_each("/items", setting("/a", 0))
    assert edit({"items": [{"a": 1}, {"a": 2}]}) == {"items": [{"a": 0}, {"a": 0}]}
    assert for_each("", setting("/a", 0))([{"a": 1}]) == [{"a": 0}]
    assert edit({"items": None}) == {"items": None}


@pytest.mark.parametrize(
    ("modifier", "stored"),
    [
        (edit_request(setting("/name", "x")), {"name": "x", "size": 2}),
        (edit_request(ignoring(("name",))), {"name": "old", "size": 2}),
        (ignore_members("name"), {"name": "old", "size": 2}),
        (not_done(lambda _: read()), {"name": "old", "size": 1}),
    ],
)
def test_requests_are_edited(modifier: Modifier, stored: Any) -> None:
    server = Server()
    modifier(write({"name": "new", "size": 2}), server)
    assert server.state == stored


def test_a_forgetting_server_gives_its_last_good_answer_again() -> None:
    server = Server()
    modifier = forget()
    first = modifier(write({"name": "a"}), server)
    assert modifier(write({"name": "b"}), server) == first
    assert server.state["name"] == "a"


def test_members_that_are_all_there_is_are_ignored_too() -> None:
    server = Server()
    modifier = ignore_members("name")
    modifier(write({"size": 2}), server)
    assert modifier(write({"name": "b"}), server).status == 200
    assert server.state == {"name": "old", "size": 2}


def test_a_broken_request_is_mended_so_that_it_is_accepted() -> None:
    server = Server()
    modifier = accepting(lambda body: None in body.values(), lambda _: {"size": 5})
    assert modifier(write({"name": None}), server).status == 200
    assert server.state == {"name": "old", "size": 5}


def test_statuses_are_exchanged_and_credentials_lent() -> None:
    server = Server()
    assert with_status({400: 422})(write({"name": None}), server).status == 422
    as_if_by("Bearer other")(read(), server)
    assert server.calls[-1].header("authorization") == "Bearer other"


def test_always_gives_the_same_modifier() -> None:
    modifier = answer_with(204)
    assert always(modifier)() is modifier
    assert modifier(read(), Server()) == Answer(204, (), b"")


def test_calls_and_answers_are_changed_by_copying() -> None:
    call = read("/one?limit=1&limit=&x=%20")
    assert call.query == {"limit": "", "x": " "}
    assert call.with_query({"a": "b c"}).target == "/one?a=b+c"
    assert call.with_query({}).target == "/one"
    assert call.with_header("authorization", None).headers == ()
    assert call.with_(method="HEAD").method == "HEAD"
    assert call.to("DELETE", "/two").operation is None
    answer = Answer(200).with_header("content-type", "text/plain")
    assert answer.headers == (("content-type", "text/plain"),)
    assert answer.with_(body=b"{").json() is None
