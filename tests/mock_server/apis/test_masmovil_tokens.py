"""MasSubscriptions: access tokens for assertions, and how long they last."""

import base64
import json
from typing import Any

import httpx
import pytest

from tests.mock_server.apis.test_masmovil import DEVICE, TOKEN, Factory
from tests.support import Client

GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
CLAIMS = {"iss": "shop@example.org", "aud": "https://auth.example/token", "iat": 1_735_689_600, "exp": 1_735_693_200}
HEADER = {"alg": "RS256", "kid": "k1"}


def assertion(claims: Any = CLAIMS, header: Any = HEADER, signature: str = "c2ln") -> str:
    parts = [base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in (header, claims)]
    return ".".join([*parts, signature])


def ask(client: Client, **form: str) -> httpx.Response:
    """The token service's answer, in the client's own world; it stands beside the API's base path."""
    url = f"{client.base_url}".rstrip("/").removesuffix("/v2") + "/token"
    return httpx.post(url, data=form)


@pytest.fixture
def client(double: Factory) -> Client:
    return double("masmovil")


def test_an_assertion_is_exchanged_for_a_token_that_opens_the_api(client: Client) -> None:
    answer = ask(client, grant_type=GRANT, assertion=assertion())
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    token = answer.json()
    assert (token["expires_in"], token["token_type"]) == (3600, "Bearer")
    headers = {"Authorization": f"Bearer {token['access_token']}"}
    assert client.get(DEVICE, headers=headers).json() == client.get(DEVICE, headers=TOKEN).json()
    assert client.get(DEVICE.replace("yoigo", "pepephone"), headers=headers).status_code == 403


def test_a_token_ends_by_the_worlds_clock(client: Client) -> None:
    token = ask(client, grant_type=GRANT, assertion=assertion()).json()["access_token"]
    headers = {"Authorization": f"Bearer {token}"}
    client.world.freeze()
    client.world.advance(minutes=59)
    assert client.get(DEVICE, headers=headers).status_code == 200
    client.world.advance(minutes=1)
    answer = client.get(DEVICE, headers=headers)
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "UNAUTHORIZED")
    renewed = ask(client, grant_type=GRANT, assertion=assertion()).json()["access_token"]
    assert client.get(DEVICE, headers={"Authorization": f"Bearer {renewed}"}).status_code == 200


def test_the_fixed_token_does_not_end(client: Client) -> None:
    client.world.advance(days=4000)
    assert client.get(DEVICE, headers=TOKEN).status_code == 200


@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_token_that_was_tampered_with_is_not_valid(client: Client, place: int) -> None:
    parts = ask(client, grant_type=GRANT, assertion=assertion()).json()["access_token"].split(".")
    parts[place] = parts[place][:-2] + ("AA" if parts[place][-2:] != "AA" else "BB")
    assert client.get(DEVICE, headers={"Authorization": "Bearer " + ".".join(parts)}).status_code == 401


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({}, "invalid_request"),
        ({"grant_type": GRANT}, "invalid_request"),
        ({"grant_type": GRANT, "assertion": ""}, "invalid_request"),
        ({"assertion": assertion()}, "invalid_request"),
        ({"grant_type": "client_credentials", "assertion": assertion()}, "unsupported_grant_type"),
        ({"grant_type": GRANT, "assertion": "x"}, "invalid_grant"),
        ({"grant_type": GRANT, "assertion": "a.b.c"}, "invalid_grant"),
        ({"grant_type": GRANT, "assertion": "é.é.é"}, "invalid_grant"),
        ({"grant_type": GRANT, "assertion": assertion(signature="")}, "invalid_grant"),
        ({"grant_type": GRANT, "assertion": assertion(header={"alg": "none"})}, "invalid_grant"),
        ({"grant_type": GRANT, "assertion": assertion(header=[])}, "invalid_grant"),
        ({"grant_type": GRANT, "assertion": assertion(claims=7)}, "invalid_grant"),
        *(
            ({"grant_type": GRANT, "assertion": assertion(CLAIMS | change)}, "invalid_grant")
            for change in (
                {"iss": None},
                {"iss": 7},
                {"aud": ""},
                {"exp": None},
                {"exp": "tomorrow"},
                {"exp": True},
                {"exp": CLAIMS["iat"]},
            )
        ),
    ],
)
def test_a_grant_that_is_not_accepted_is_refused_as_rfc_6749_has_it(client: Client, form: Any, error: str) -> None:
    answer = ask(client, **form)
    assert answer.status_code == 400
    assert answer.json()["error"] == error
    assert set(answer.json()) == {"error", "error_description"}


def test_an_issuer_of_any_script_gets_a_token(client: Client) -> None:
    answer = ask(client, grant_type=GRANT, assertion=assertion({**CLAIMS, "iss": "tienda-ñ-\ud800"}))
    assert answer.status_code == 200


def test_the_journal_has_neither_assertion_nor_token(client: Client) -> None:
    form = {"grant_type": GRANT, "assertion": assertion()}
    token = ask(client, **form).json()["access_token"]
    client.get(DEVICE, headers={"Authorization": f"Bearer {token}"})
    entries = repr(list(client.world.open.journal))
    assert token.split(".")[2] not in entries
    assert form["assertion"] not in entries
    assert "grant_type" in entries


def test_the_journal_shows_why_a_grant_is_refused(client: Client) -> None:
    ask(client, grant_type="password", assertion=assertion())
    (entry,) = client.world.open.journal
    assert entry.request_body == b"grant_type=password&assertion=[redacted]"
    assert json.loads(entry.response_body)["error"] == "unsupported_grant_type"
