"""What holds for all five APIs below their own rules: methods, media types, encodings, sizes, hostile bodies.

None of it is ever a 500, changes state, or is answered outside the vendor's own envelope.
"""

import json
import re
import socket
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from openapi.contract import load, weakest
from tests.mock_server.calls import CALLS
from tests.support import Client

Factory = Callable[..., Client]
EVERY_API = pytest.mark.parametrize("api", CALLS)


def _write(client: Client, content: bytes, **headers: str) -> httpx.Response:
    """The API's write with these bytes as its body."""
    call = CALLS[client.api]
    sent = {**call.auth, "Content-Type": "application/json", **headers}
    return client.request(
        call.write_method,
        call.write,
        content=content,
        headers=sent,
    )


def _transport_error(api: str, keyword: str) -> tuple[int, str | None]:
    """Status and code that the contract's document level names for a transport fault."""
    contract = load(api)
    rule = contract.violation(keyword)
    assert rule.error is not None
    entry = contract.errors[rule.error]
    return entry.status, entry.code


def _assert_envelope(api: str, response: httpx.Response, code: str | None) -> None:
    """The body has the shape of the contract's own errors and, where the vendor has codes, this one."""
    body = response.json()
    template = load(api).error_body
    assert set(body) <= set(template) | {"errors"}
    if code is not None and "{code}" in json.dumps(template):
        assert code in json.dumps(body)


@EVERY_API
def test_a_path_that_the_contract_does_not_know_is_404_in_the_vendors_envelope(api: str, double: Factory) -> None:
    response = double(api).get("/no/such/thing", headers=CALLS[api].auth)
    status, code = _transport_error(api, "path")
    assert response.status_code == status == 404
    _assert_envelope(api, response, code)


@EVERY_API
def test_a_method_that_a_path_does_not_have_is_405_with_what_it_allows(api: str, double: Factory) -> None:
    call = CALLS[api]
    response = double(api).request("TRACE", call.write, headers=call.auth)
    status, code = _transport_error(api, "method")
    assert (response.status_code, response.headers["allow"]) == (405, call.allow)
    assert status == 405
    _assert_envelope(api, response, code)


@EVERY_API
def test_options_says_what_a_path_allows_without_a_credential(api: str, double: Factory) -> None:
    response = double(api).options(CALLS[api].write)
    assert (response.status_code, response.headers["allow"], response.content) == (204, CALLS[api].allow, b"")
    assert "content-length" not in response.headers
    assert not any(name.startswith("access-control-allow-") for name in response.headers)


@EVERY_API
def test_a_browsers_preflight_is_allowed_from_any_origin(api: str, double: Factory) -> None:
    call = CALLS[api]
    asked = {
        "Origin": "https://app.example",
        "Access-Control-Request-Method": call.write_method,
        "Access-Control-Request-Headers": "authorization, content-type",
    }
    response = double(api).options(call.write, headers=asked)
    assert response.headers["access-control-allow-origin"] == "*"
    assert response.headers["access-control-allow-headers"] == "authorization, content-type"
    assert call.write_method in response.headers["access-control-allow-methods"].split(", ")
    assert response.headers["access-control-max-age"] == "600"


@EVERY_API
def test_what_the_double_itself_says_is_for_any_origin_once(api: str, double: Factory) -> None:
    """A browser takes a repeated header for a wrong one; a caller without an origin gets none."""
    client, call = double(api), CALLS[api]
    asked = {**call.auth, "Prefer": "error=NO_SUCH_ERROR"}
    headers = client.get(call.read, headers={**asked, "Origin": "https://app.example"}).headers
    assert headers.get_list("access-control-allow-origin") == ["*"]
    assert "access-control-allow-origin" not in client.get(call.read, headers=asked).headers


@EVERY_API
def test_head_is_get_without_the_body(api: str, double: Factory) -> None:
    client, call = double(api), CALLS[api]
    got = client.get(call.read, headers=call.auth)
    head = client.head(call.read, headers=call.auth)
    assert (head.status_code, head.content) == (200, b"")
    for name in ("content-type", "content-length", "mock-basis", "mock-operation"):
        assert head.headers[name] == got.headers[name]


@EVERY_API
def test_answers_say_their_basis_and_operation_and_allow_any_origin(api: str, double: Factory) -> None:
    response = double(api).get(CALLS[api].read, headers={**CALLS[api].auth, "Origin": "https://app.example"})
    assert response.headers["mock-basis"] in {"documented", "public", "inferred"}
    assert response.headers["mock-operation"] in load(api).operations
    assert response.headers["access-control-allow-origin"] == "*"


@EVERY_API
def test_where_no_operation_is_an_answer_names_none(api: str, double: Factory) -> None:
    client, call = double(api), CALLS[api]
    elsewhere = str(client.base_url).replace(client.world.name, "nowhere").rstrip("/")
    for method, path, status in (
        ("GET", "/nothing/here", 404),
        ("TRACE", call.read, 405),
        ("GET", elsewhere + call.read, 404),
    ):
        answer = client.request(method, path, headers=call.auth)
        assert (answer.status_code, answer.headers["mock-basis"]) == (status, "inferred")
        assert "mock-operation" not in answer.headers
    told = client.options(call.read).headers
    assert "mock-basis" not in told
    assert "mock-operation" not in told


MALFORMED = {
    "not JSON": b"{",
    "a trailing comma": b'{"status": "LOST",}',
    "a repeated member": b'{"name": "a", "name": "b"}',
    "NaN": b'{"name": NaN}',
    "Infinity": b'{"name": -Infinity}',
    "a number out of range": b'{"name": 1e999}',
    "not UTF-8": b'{"name": "\xff"}',
    "a byte order mark": b'\xef\xbb\xbf{"name": "a"}',
    "two values": b"{} {}",
    "a bare word": b"name",
    "a number of many digits": b'{"name": ' + b"9" * 5000 + b"}",
}


@EVERY_API
@pytest.mark.parametrize("content", MALFORMED.values(), ids=MALFORMED)
def test_a_body_that_is_not_strict_json_is_refused_and_changes_nothing(
    api: str, content: bytes, double: Factory
) -> None:
    client = double(api)
    before = client.world.state(api)
    response = _write(client, content)
    status, code = _transport_error(api, "malformed")
    assert response.status_code == status == 400
    _assert_envelope(api, response, code)
    assert client.world.state(api) == before


@EVERY_API
@pytest.mark.parametrize("taken", ["a repeated member", "a number out of range", "a number of many digits"])
def test_that_json_is_refused_which_its_rfc_lets_a_reader_take_is_inferred(
    api: str, taken: str, double: Factory
) -> None:
    """A trailing comma breaks the grammar, and the contract says how sure its refusal is. These keep the grammar."""
    client, contract = double(api), load(api)
    rule = contract.operations[_operation(client)].violation("body", (), "malformed")
    assert rule is not None
    assert rule.error is not None
    broken, kept = _write(client, MALFORMED["a trailing comma"]), _write(client, MALFORMED[taken])
    assert broken.headers["mock-basis"] == weakest(rule.basis, contract.errors[rule.error].basis)
    assert (kept.status_code, kept.headers["mock-basis"]) == (broken.status_code, "inferred")


@EVERY_API
@pytest.mark.parametrize(
    "content",
    [b"[" * 101 + b"]" * 101, b'{"a":' * 101 + b"1" + b"}" * 101, b"[" * 100_000],
    ids=["arrays", "objects", "unclosed"],
)
def test_json_deeper_than_100_levels_is_400(api: str, content: bytes, double: Factory) -> None:
    response = _write(double(api), content)
    assert response.status_code == _transport_error(api, "depth")[0] == 400


@EVERY_API
def test_brackets_inside_text_are_not_depth(api: str, double: Factory) -> None:
    """Two hundred brackets in a string are no nesting: whatever the answer, it is not the one for depth."""
    response = _write(double(api), json.dumps({"no_such_member": "[{" * 100}).encode())
    assert "nested" not in response.text


@EVERY_API
def test_a_body_over_1_mib_is_413_and_changes_nothing(api: str, double: Factory) -> None:
    client = double(api)
    before = client.world.state(api)
    response = _write(client, b'{"name": "' + b"a" * (1 << 20) + b'"}')
    assert response.status_code == _transport_error(api, "size")[0] == 413
    _assert_envelope(api, response, None)
    assert client.world.state(api) == before


@EVERY_API
@pytest.mark.parametrize("media_type", ["text/plain", "application/xml", "application/json; charset=latin-1"])
def test_another_media_type_is_415(api: str, media_type: str, double: Factory) -> None:
    content = json.dumps(CALLS[api].body).encode()
    response = _write(double(api), content, **{"Content-Type": media_type})
    assert response.status_code == _transport_error(api, "mediaType")[0] == 415


@EVERY_API
def test_xml_entities_are_never_resolved(api: str, double: Factory) -> None:
    content = b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]><x>&e;</x>'
    response = _write(double(api), content, **{"Content-Type": "application/xml"})
    assert response.status_code == 415
    with open("/etc/hostname") as file:
        assert file.read().strip() not in response.text.split()


@EVERY_API
@pytest.mark.parametrize("spoiled", ["%zz", "%", "%ff", "%c3%28"])
def test_a_path_or_query_that_is_not_percent_encoded_utf_8_is_400(api: str, spoiled: str, double: Factory) -> None:
    call = CALLS[api]
    client = double(api)
    base = client.base_url.raw_path.decode().rstrip("/")
    in_query = _raw(client, "GET", f"{base}{call.read}?x={spoiled}", call.auth)
    assert in_query.startswith(b"HTTP/1.1 400 ")
    trailing = "/" if call.read.endswith("/") else ""
    in_path = _raw(client, "GET", base + call.read.rstrip("/").rpartition("/")[0] + "/" + spoiled + trailing, call.auth)
    assert in_path[9:12] in {b"400", b"404", b"405"}
    assert b" 500 " not in in_path[:20]


UNREADABLE = {
    "fleet": "The address cannot be read: the {part} is not percent-encoded UTF-8",
    "masmovil": "The request is not valid: the {part} is not percent-encoded UTF-8",
    "mobilefirst": "the {part} is not percent-encoded UTF-8",
    "jasper": "Invalid request.",
    "zequenze": "The address is not percent-encoded UTF-8.",
}


@EVERY_API
def test_that_the_address_cannot_be_read_is_said_in_a_sentence(api: str, double: Factory) -> None:
    call, client = CALLS[api], double(api, headers=CALLS[api].auth)
    spoiled = re.sub("myruntime|ABC123456789|[^/]+$", "%ff", call.read, count=1)
    for part, path in (("query", f"{call.read}?x=%ff"), ("path", spoiled)):
        assert f'"{UNREADABLE[api].format(part=part)}"' in client.get(path).text


@EVERY_API
def test_a_method_that_is_not_there_is_said_in_a_sentence(api: str, double: Factory) -> None:
    told = {
        "fleet": "POST is not allowed here, only DELETE, GET, HEAD, OPTIONS, PATCH",
        "masmovil": "POST is not allowed here, only GET, HEAD, OPTIONS, PATCH",
        "mobilefirst": "The path does not answer this method.",
        "jasper": "The method is not allowed here.",
        "zequenze": "The path does not answer this method.",
    }
    assert f'"{told[api]}"' in double(api).post(CALLS[api].write, headers=CALLS[api].auth).text


@EVERY_API
@pytest.mark.parametrize("method", ["FOO", "get", "M-SEARCH+", "DESCRIBE"])
def test_any_other_word_for_a_method_is_405_in_the_vendors_envelope(api: str, method: str, double: Factory) -> None:
    """Also words that the HTTP parser does not know; the call is in the journal like any other."""
    client, call = double(api), CALLS[api]
    target = client.base_url.raw_path.decode().rstrip("/") + call.write
    answer = _parsed(_raw(client, method, target, {**call.auth, "Content-Length": "2"}, b"{}"))
    status, code = _transport_error(api, "method")
    assert (answer.status_code, answer.headers["allow"]) == (status, call.allow)
    _assert_envelope(api, answer, code)
    assert _journalled(client) == [(method, call.write, 405)]


@EVERY_API
@pytest.mark.parametrize("part", ["path", "query", "unknown path"])
def test_bytes_beyond_ascii_in_the_address_are_400_in_the_vendors_envelope(
    api: str, part: str, double: Factory
) -> None:
    client, call = double(api), CALLS[api]
    base = client.base_url.raw_path.decode().rstrip("/")
    known = re.sub("myruntime|ABC123456789|[^/]+$", "caf\u00e9", call.read, count=1)
    path = {"path": known, "query": f"{call.read}?name=caf\u00e9", "unknown path": "/no/such/caf\u00e9"}[part]
    answer = _parsed(_raw(client, "GET", base + path, {}))
    status, code = _transport_error(api, "encoding")
    assert answer.status_code == status == 400
    _assert_envelope(api, answer, code)
    assert [(verb, number) for verb, _, number in _journalled(client)] == [("GET", 400)]


def test_what_is_no_http_at_all_is_refused_and_a_connection_goes_on_after_an_odd_method(double: Factory) -> None:
    client, call = double("fleet"), CALLS["fleet"]
    base = client.base_url.raw_path.decode().rstrip("/")
    for line in ("hello", "GET /a b HTTP/1.1", "FOO /a HTTP/9.9", "GET caf\u00e9 HTTP/1.1", "F@O /a HTTP/1.1"):
        assert b"Invalid HTTP request received." in _sent(client, f"{line}\r\n\r\n".encode())
    odd = f"FOO {base}{call.read} HTTP/1.1\r\nHost: h\r\n\r\n".encode()
    usual = f"GET {base}{call.read} HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n".encode()
    received = _sent(client, odd + usual)
    assert [part[:3] for part in received.split(b"HTTP/1.1 ")[1:]] == [b"405", b"401"]


def _journalled(client: Client) -> list[tuple[str, str, int]]:
    """Method, target and status of the exchanges of the client's world."""
    journal = httpx.get(f"{client.origin}/_mock/worlds/{client.world.name}/journal").json()["exchanges"]
    base = "/" + client.base_url.path.split("/", 3)[3].rstrip("/")
    return [(one["method"], one["path"].removeprefix(base), one["status"]) for one in journal]


def _parsed(received: bytes) -> httpx.Response:
    head, _, body = received.partition(b"\r\n\r\n")
    status, *fields = head.decode("latin-1").split("\r\n")
    headers = {name: value for name, _, value in (line.partition(": ") for line in fields)}
    return httpx.Response(int(status.split()[1]), headers=headers, content=body)


def _sent(client: Client, data: bytes) -> bytes:
    """What comes for these bytes until the connection is closed."""
    host, port = client.origin.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        connection.sendall(data)
        received = b""
        while chunk := connection.recv(65536):
            received += chunk
    return received


def _raw(client: Client, method: str, target: str, headers: dict[str, str], body: bytes = b"") -> bytes:
    """Send a request line exactly as it stands, on a socket of our own."""
    fields = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    head = (
        f"{method} {target} HTTP/1.1\r\nHost: {client.origin.removeprefix('http://')}\r\nConnection: close\r\n{fields}"
    )
    return _sent(client, head.encode() + b"\r\n" + body)


@EVERY_API
def test_an_accept_header_that_nothing_meets_is_406(api: str, double: Factory) -> None:
    response = double(api).get(CALLS[api].read, headers={**CALLS[api].auth, "Accept": "image/png"})
    assert response.status_code == _transport_error(api, "accept")[0] == 406


def _operation(client: Client) -> str:
    call = CALLS[client.api]
    response = client.request(call.write_method, call.write, json=call.body, headers=call.auth)
    return response.headers["mock-operation"]


@EVERY_API
def test_a_world_that_does_not_exist_is_a_404_that_says_so(api: str, server: Any) -> None:
    call = CALLS[api]
    url = server.origin + "/w/nowhere" + server.double.apis[api].api.base_path + call.read
    response = httpx.get(url, headers=call.auth)
    assert (response.status_code, response.json()) == (
        404,
        {"error": "There is no world 'nowhere'; POST /_mock/worlds makes one."},
    )


@EVERY_API
def test_the_header_reaches_the_same_world_as_the_prefix(api: str, double: Factory, server: Any) -> None:
    client, call = double(api), CALLS[api]
    client.request(call.write_method, call.write, json=call.body, headers=call.auth).raise_for_status()
    url = server.origin + server.double.apis[api].api.base_path + call.read
    by_header = httpx.get(url, headers={**call.auth, "Mock-World": client.world.name})
    by_prefix = client.get(call.read, headers=call.auth)
    assert by_header.status_code == 200
    assert _without_origin(by_header.text, client) == _without_origin(by_prefix.text, client)


def _without_origin(text: str, client: Client) -> str:
    return text.replace(f"/w/{client.world.name}/", "/")
