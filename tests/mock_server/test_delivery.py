"""What is sent of an answer, message for message, and how header values and bodies are spoilt or made safe."""

import asyncio
import json
from typing import Any

import pytest

from mock_server.answers import Answer, header_value, write_refusal
from mock_server.delivery import Message, deliver, deliver_badly, hang_up
from mock_server.refusals import Refusal
from mock_server.world.faults import Fault

HEADERS = ((b"content-type", b"application/json"),)


def answer(body: bytes, status: int = 200) -> Answer:
    return Answer(status, HEADERS, body, "public")


class Connection:
    """A send function that belongs to a connection, as a server's does."""

    def __init__(self) -> None:
        self.sent: list[Message] = []
        self.ended: list[str] = []
        self.transport: Any = self
        self.disconnected = False

    async def send(self, message: Message) -> None:
        self.sent.append(message)

    def close(self) -> None:
        self.ended.append("close")

    def abort(self) -> None:
        self.ended.append("abort")

    def bad(self, body: bytes, fault: Fault, status: int = 200) -> bytes:
        """What is sent of the body when a fault befalls its answer."""
        asyncio.run(deliver_badly(self.send, answer(body, status), fault))
        return b"".join(message.get("body", b"") for message in self.sent)


@pytest.mark.parametrize(
    ("status", "head", "length", "body"),
    [(200, False, [b"2"], b"{}"), (200, True, [b"2"], b""), (204, False, [], b"{}")],
)
def test_an_answer_is_sent_with_its_length_and_its_head_alone_to_a_head(
    status: int, head: bool, length: list[bytes], body: bytes
) -> None:
    connection = Connection()
    asyncio.run(deliver(connection.send, answer(b"{}", status), head=head))
    begin, end = connection.sent
    assert [value for name, value in begin["headers"] if name == b"content-length"] == length
    assert (begin["status"], end.get("body"), end.get("more_body", False)) == (status, body, False)


@pytest.mark.parametrize("body", [b"", b"1", b"123", b"{}", b"[]", b"[[]]", b'{"a": 1}', b'{"a": "bcdefgh", "i": {}}'])
def test_a_malformed_body_is_cut_and_can_never_be_read(body: bytes) -> None:
    spoilt = Connection().bad(body, Fault("1", malformed=True))
    assert spoilt == body[: len(body) * 2 // 3] + b'{"'
    with pytest.raises(ValueError):
        json.loads(spoilt)


def test_a_malformed_body_is_not_sent_to_a_head_either() -> None:
    connection = Connection()
    asyncio.run(deliver_badly(connection.send, answer(b"[1, 2]"), Fault("1", malformed=True), head=True))
    assert [message.get("body") for message in connection.sent] == [None, b""]
    assert dict(connection.sent[0]["headers"])[b"content-length"] == b"6"


def test_a_truncated_body_is_announced_whole_and_the_connection_closed_behind_what_was_sent() -> None:
    connection = Connection()
    assert connection.bad(b"0123456789", Fault("1", truncate=4)) == b"0123"
    begin, part = connection.sent
    assert dict(begin["headers"])[b"content-length"] == b"10"
    assert part["more_body"]
    assert connection.ended == ["close"]


def test_a_body_may_be_malformed_and_truncated() -> None:
    connection = Connection()
    assert connection.bad(b"[1, 2, 3]", Fault("1", malformed=True, truncate=7)) == b"[1, 2,{"
    assert dict(connection.sent[0]["headers"])[b"content-length"] == b"8"


def test_a_dropped_answer_is_not_sent_at_all() -> None:
    connection = Connection()
    assert connection.bad(b"{}", Fault("1", drop=True, malformed=True, truncate=1)) == b""
    assert (connection.sent, connection.ended) == ([], ["abort"])


def test_where_there_is_no_connection_to_close_that_is_said() -> None:
    async def send(_message: Message) -> None:
        raise AssertionError

    with pytest.raises(ConnectionAbortedError):
        asyncio.run(deliver_badly(send, answer(b"{}"), Fault("1", drop=True)))
    connection = Connection()
    assert (hang_up(send), hang_up(connection.send)) == (False, True)
    assert (connection.disconnected, connection.ended) == (True, ["close"])


@pytest.mark.parametrize(
    ("value", "sent"),
    [
        ("a b~!", b"a b~!"),
        ("a\r\nset-cookie: x", b"a%0D%0Aset-cookie: x"),
        ("\x00\x1f\x7f", b"%00%1F%7F"),
        ("\xfc\u20ac", b"%C3%BC%E2%82%AC"),
        ("\ud800", b"%3F"),
    ],
)
def test_a_header_value_holds_nothing_but_what_a_header_can(value: str, sent: bytes) -> None:
    assert header_value(value) == sent


def test_a_refusal_without_a_body_has_no_content_type() -> None:
    """A contract may declare an error with headers alone; one with a body has its type, and comes as JSON else."""
    bare = write_refusal(None, Refusal("LOCKED", 423, None, {"Retry-After": "5"}, "public"), "application/json")
    assert (bare.status, bare.body) == (423, b"")
    assert bare.headers == ((b"mock-basis", b"public"), (b"retry-after", b"5"))
    told = write_refusal(None, Refusal("LOCKED", 423, {"error": "x"}, {}, "public"), "application/xml")
    assert (told.headers[0], told.body) == ((b"content-type", b"application/json"), b'{"error":"x"}')
