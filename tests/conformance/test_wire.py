"""The wire and the client: every form of answer is read right, every trouble is one sentence."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest

from conformance.client import Client, Pace, retry_after
from conformance.errors import BrokenOff, Unavailable
from conformance.target import Target
from conformance.wire import RawAnswer, RawRequest, Wire

OK = b"HTTP/1.1 200 OK\r\n"


@contextmanager
def scripted(*answers: bytes, close: bool = False) -> Iterator[tuple[str, list[bytes]]]:
    """A server that gives these answers to the requests that come, one connection after another."""
    seen: list[bytes] = []
    left = list(answers)
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            while left:
                try:
                    peer, _ = listener.accept()
                except OSError:
                    return
                with peer, suppress(ConnectionError):
                    while left:
                        request = peer.recv(65536)
                        if not request:
                            break
                        seen.append(request)
                        peer.sendall(left.pop(0))
                        if close:
                            break

        threading.Thread(target=serve, daemon=True).start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}", seen


def ask(*answers: bytes, method: str = "GET", close: bool = False) -> RawAnswer:
    with scripted(*answers, close=close) as (url, _):
        wire = Wire(url, 2)
        try:
            return wire.send(RawRequest(method, "/x?y=1", ()))
        finally:
            wire.close()


@pytest.mark.parametrize(
    ("answer", "body"),
    [
        (OK + b"Content-Length: 5\r\n\r\nhello", b"hello"),
        (OK + b"Transfer-Encoding: chunked\r\n\r\n3;x=y\r\nhel\r\n2\r\nlo\r\n0\r\nTrailer: x\r\n\r\n", b"hello"),
        (b"HTTP/1.1 100 Continue\r\n\r\n" + OK + b"Content-Length: 2\r\n\r\nok", b"ok"),
        (b"HTTP/1.1 204 No Content\r\n\r\n", b""),
        (OK + b"Content-Length: 0\r\n\r\n", b""),
    ],
)
def test_answers_are_read_to_their_end(answer: bytes, body: bytes) -> None:
    assert ask(answer).body == body


def test_an_answer_may_end_with_the_connection() -> None:
    assert ask(OK + b"\r\nhello", close=True).body == b"hello"


def test_the_answer_to_head_has_no_body() -> None:
    assert ask(OK + b"Content-Length: 5\r\n\r\n", method="HEAD").body == b""


def test_header_fields_keep_their_order_and_case() -> None:
    answer = ask(OK + b"X-A: 1\r\nx-a: 2\r\nContent-Length: 0\r\n\r\n")
    assert answer.headers[:2] == (("X-A", "1"), ("x-a", "2"))


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (b"nonsense\r\n\r\n", "does not speak HTTP/1.1"),
        (OK + b"Content-Length: 50\r\n\r\nshort", "in the middle of an answer"),
        (OK + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n", "broken chunked body"),
        (OK + b"Content-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc", "broken gzip body"),
        (b"", "closed the connection without an answer"),
    ],
)
def test_what_is_no_answer_is_one_sentence(answer: bytes, sentence: str) -> None:
    with pytest.raises(Unavailable, match=sentence):
        ask(answer, close=True, method="POST")


def test_a_connection_is_used_again_and_replaced_when_it_was_closed() -> None:
    good = OK + b"Content-Length: 2\r\n\r\nok"
    with scripted(good, good) as (url, seen):
        wire = Wire(url, 2)
        assert [wire.send(RawRequest("GET", "/", ())).body for _ in range(2)] == [b"ok", b"ok"]
        assert len(seen) == 2
    with scripted(good, good, close=True) as (url, _):
        wire = Wire(url, 2)
        assert wire.send(RawRequest("GET", "/", ())).body == b"ok"
        time.sleep(0.05)
        assert wire.send(RawRequest("GET", "/", ())).body == b"ok"


def test_an_interrupted_answer_is_not_that_of_the_next_request(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C while an answer is awaited: the next request has a connection of its own."""
    late, own = (OK + b"Content-Length: 4\r\n\r\n" + body for body in (b"late", b"mine"))
    with scripted(late, own) as (url, _):
        wire = Wire(url, 2)
        honest = wire._receive

        def interrupted(_: float) -> bool:
            monkeypatch.setattr(wire, "_receive", honest)
            raise KeyboardInterrupt

        monkeypatch.setattr(wire, "_receive", interrupted)
        with pytest.raises(KeyboardInterrupt):
            wire.send(RawRequest("GET", "/first", ()))
        assert wire.send(RawRequest("GET", "/second", ())).body == b"mine"
        wire.close()


def test_a_gateway_that_stays_in_trouble_is_unavailable() -> None:
    bad = b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n"
    with scripted(*[bad] * 9) as (url, seen):
        client = Client(Target("tiny", url), 2)
        with pytest.raises(Unavailable, match="503: the server is not available"):
            client.send("GET", "/")
        assert len(seen) == 4


def test_a_5xx_is_an_answer_when_it_comes_every_time() -> None:
    """More often where the server was seen to be unsteady: there, four times may be chance."""
    bad, good = b"HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n", OK + b"Content-Length: 0\r\n\r\n"
    with scripted(*[bad] * 4, bad, good, *[bad] * 8) as (url, seen):
        client = Client(Target("tiny", url), 2)
        always, passing, unsteady = (client.send("PATCH", "/") for _ in range(3))
        assert (always.status, always.repeated, always.doubtful) == (500, (), False)
        assert (passing.status, passing.repeated, passing.doubtful) == (200, ("500",), True)
        assert (unsteady.status, len(seen)) == (500, 14)


def test_what_is_otherwise_each_time_is_no_answer() -> None:
    bad, other = (b"HTTP/1.1 %d Oh\r\nContent-Length: 0\r\n\r\n" % status for status in (500, 501))
    with scripted(bad, other, bad, other) as (url, _):
        client = Client(Target("tiny", url), 2)
        with pytest.raises(Unavailable, match="otherwise each time: 500, 501, 500, 501"):
            client.send("GET", "/")


def test_a_connection_that_is_broken_off_every_time_is_told_apart() -> None:
    with scripted(*[b""] * 9, close=True) as (url, seen):
        client = Client(Target("tiny", url), 2)
        with pytest.raises(BrokenOff):
            client.send("POST", "/")
        assert len(seen) == 4


def test_a_gateway_that_recovers_is_not_told() -> None:
    with scripted(b"HTTP/1.1 502 X\r\nContent-Length: 0\r\n\r\n", OK + b"Content-Length: 0\r\n\r\n") as (url, _):
        assert Client(Target("tiny", url), 2).send("GET", "/").status == 200


def test_the_pace_is_kept_by_all_threads_together() -> None:
    pace = Pace(100)
    begin = time.monotonic()

    def five() -> None:
        for _ in range(5):
            pace.wait()

    threads = [threading.Thread(target=five) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert time.monotonic() - begin >= 0.18


def test_retry_after_in_both_forms() -> None:
    assert retry_after("7") == 7
    assert retry_after("Wed, 21 Oct 2015 07:28:00 GMT") == 0
    assert retry_after(None) is None
    assert retry_after("soon") is None
