"""How a credential may be written, and that what cannot be read is a wrong one: never a 500."""

import base64
from collections.abc import Callable

import httpx
import pytest

from tests.mock_server.calls import CALLS
from tests.support import Client

Factory = Callable[..., Client]
EVERY_API = pytest.mark.parametrize("api", CALLS)


def read(client: Client, authorization: bytes | None) -> httpx.Response:
    """The API's read with this header, byte for byte."""
    return client.get(
        CALLS[client.api].read, headers=[] if authorization is None else [(b"authorization", authorization)]
    )


def parts(api: str) -> tuple[bytes, bytes]:
    """The scheme and the rest of the credential that is good."""
    scheme, _, rest = CALLS[api].authorization.encode().partition(b" ")
    return scheme, rest


@EVERY_API
def test_a_scheme_may_be_in_any_case_and_blanks_around_what_follows_are_none_of_it(api: str, double: Factory) -> None:
    client, (scheme, rest) = double(api), parts(api)
    usual = read(client, scheme + b" " + rest)
    assert usual.status_code == 200
    for sent in (scheme.upper() + b" " + rest, scheme.lower() + b"   " + rest):
        answer = read(client, sent)
        assert (answer.status_code, answer.content) == (200, usual.content)


@EVERY_API
@pytest.mark.parametrize(
    "spoiled",
    [b"\xff\xfe", b"caf\xc3\xa9", b"//79", b"b3BlcmF0b3I", b"="],
    ids=["not UTF-8", "not ASCII", "encoded but not UTF-8", "cut short", "padding alone"],
)
def test_a_credential_that_cannot_be_read_is_answered_as_a_wrong_one(api: str, spoiled: bytes, double: Factory) -> None:
    client, (scheme, _) = double(api), parts(api)
    wrong = read(client, scheme + b" " + base64.b64encode(b"nobody:nothing"))
    answer = read(client, scheme + b" " + spoiled)
    assert (answer.status_code, answer.json()) == (wrong.status_code, wrong.json())
    assert answer.status_code == 401


@EVERY_API
def test_no_character_of_a_credential_is_passed_over(api: str, double: Factory) -> None:
    client, (scheme, rest) = double(api), parts(api)
    assert read(client, scheme + b" " + rest[:4] + b"!" + rest[4:]).status_code == 401


@EVERY_API
def test_an_empty_header_is_none(api: str, double: Factory) -> None:
    client = double(api)
    empty, none = read(client, b""), read(client, None)
    assert (empty.status_code, empty.json()) == (none.status_code, none.json())
    assert none.status_code == 401


def test_a_credential_of_another_scheme_is_a_wrong_one_and_none_is_none(double: Factory) -> None:
    """Fleet tells the two apart."""
    client = double("fleet")
    wrong, other, none = (read(client, sent) for sent in (b"Bearer nobodys", b"Basic ZmxlZXQtd3JpdGUta2V5", None))
    assert other.json() == wrong.json() != none.json()
