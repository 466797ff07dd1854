"""Secrets are left out however they are written."""

import json

import pytest

from mock_server.app import create_app
from mock_server.redaction import CREDENTIALS, Secrecy, redact_body, redact_query

SECRECY = Secrecy(frozenset({"assertion", "access_token"}), frozenset({"grant_type", "n", "a"}))


@pytest.mark.parametrize(
    ("body", "kept"),
    [
        (b"grant_type=jwt&assertion=s3cret&n=1&", b"grant_type=jwt&assertion=[redacted]&n=1&"),
        (b"grant_type=jwt&%61ssertion=s3cret", b"grant_type=jwt&%61ssertion=[redacted]"),
        (b"a=1;assertion=s3cret", b"a=1;assertion=[redacted]"),
        (b"Assertion=s3cret", b"Assertion=[redacted]"),
        (b'{"assertion":"s3cret","n":1}', b'{"assertion": "[redacted]", "n": 1}'),
        (b'{"\\u0061ssertion":"s3cret"}', b'{"assertion": "[redacted]"}'),
        (b'{"a":[{"access_token":"s3cret"}]}', b'{"a": [{"access_token": "[redacted]"}]}'),
        ('{"assertion":"s3cret","n":"ñ"}'.encode(), '{"assertion": "[redacted]", "n": "ñ"}'.encode()),
        (b' \n{"assertion":"s3cret","n":1}', b'{"assertion": "[redacted]", "n": 1}'),
        (b"grant_type=jwt&+assertion+=s3cret", b"grant_type=jwt&+assertion+=[redacted]"),
        (b'{"assertion":["s3cret"]}', b'{"assertion": "[redacted]"}'),
        (b'{"assertion":"s3cre', b"[redacted]"),
        (b"--x\r\nname=assertion\r\n\r\ns3cret\r\n--x--", b"[redacted]"),
        (b"\xffassertion=s3cret", b"[redacted]"),
        (b"s3cret", b"[redacted]"),
        (b"grant_type=jwt&s3cret", b"grant_type=jwt&[redacted]"),
        (b"grant_type=jwt&asertion=s3cret", b"grant_type=jwt&[redacted]"),
        (b"assertion%3Ds3cret", b"[redacted]"),
        (b"assertion: s3cret", b"[redacted]"),
        (b'<assertion n="1">s3cret</assertion>', b"[redacted]"),
        (b'"s3cret"', b"[redacted]"),
        (b'[["assertion", "s3cret"]]', b"[redacted]"),
        (b'{"n":1,"asertion":"s3cret"}', b'{"n": 1, "[redacted]": "[redacted]"}'),
        (b"[" * 50_000, b"[redacted]"),
    ],
)
def test_a_secret_member_is_left_out_of_a_body_however_it_is_written(body: bytes, kept: bytes) -> None:
    assert redact_body(body, SECRECY) == kept


@pytest.mark.parametrize("body", [b"", b'{"a": "x",  "n": 1.0}', b' \r\n{"n":1}', b"grant_type=jwt&n=%20"])
def test_a_body_without_secrets_stays_as_it_was_sent(body: bytes) -> None:
    assert redact_body(body, SECRECY) == body


@pytest.mark.parametrize(
    ("query", "kept"),
    [
        ("limit=5&access_token=s3cret", "limit=5&access_token=[redacted]"),
        ("API_Key=s3cret&a", "API_Key=[redacted]&a"),
        ("ap%69_key=s3cret", "ap%69_key=[redacted]"),
        ("search=a%20b&token", "search=a%20b&token"),
        ("access_token", "access_token"),
        ("%20token+=s3cret", "%20token+=[redacted]"),
        ("limit=5;token=s3cret", "limit=5;token=[redacted]"),
        ("token=s3=cr=et", "token=[redacted]"),
        ("id_token=s3cret&refresh_token=s3cret", "id_token=[redacted]&refresh_token=[redacted]"),
        ("client_secret=s3cret&password=s3cret", "client_secret=[redacted]&password=[redacted]"),
    ],
)
def test_credentials_are_left_out_of_a_query(query: str, kept: str) -> None:
    assert redact_query(query) == kept


def test_no_parameter_of_a_contract_is_taken_for_a_credential() -> None:
    names = {
        parameter.name.lower()
        for api in create_app().apis.values()
        for operation in api.contract.operations.values()
        for parameter in operation.parameters
        if parameter.location == "query"
    }
    assert len(names) > 20
    assert names.isdisjoint(CREDENTIALS)
    assert json.dumps(sorted(names))
