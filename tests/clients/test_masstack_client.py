"""The published Python client of the MasStack APIs (masstack-python-client), unchanged, against the double.

The client wants https and a host of its own for each API, `subscriptions.` and its domain. So the double gets a
front with a certificate for such names, and the names lead to this machine.
"""

import base64
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from masstack_python_client.client import MasstackClient
from masstack_python_client.exceptions import ErrorFetchingToKen, ErrorPostingData, ErrorRetrievingData
from masstack_python_client.resources.base import BaseResource

from tests.clients.tls import certificate, private_pem, tls_front
from tests.support import Client, Server, WorldHandle

DOMAIN = "masstack.test"
SUBSCRIPTION = "subscriptions/5b0a3a52-5d5b-4b3e-9c7f-6d3c0c1f0a11"
DEVICE_ID = "ce2f20cb-8c2a-4f1b-9d38-0c4c3f0b7a21"
NEW = {"catalogue_commercial_device_id": "CDCVPU_1", "legacy_account_id": 7}

pytestmark = pytest.mark.filterwarnings("ignore:datetime.datetime.utcnow:DeprecationWarning")


class SubscriptionDevices(BaseResource):  # type: ignore[misc]
    """The client's own way of adding an API: a resource by its place."""

    _api_domain = "subscriptions"
    _version = "v2"
    _api_path = f"{SUBSCRIPTION}/devices"


@pytest.fixture(scope="module")
def key() -> rsa.RSAPrivateKey:
    """A service account's key, which serves for the certificate too."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture(scope="module")
def front(
    server: Server, key: rsa.RSAPrivateKey, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[int, Path]]:
    """The double behind TLS: the port, and the certificate to trust."""
    folder = tmp_path_factory.mktemp("tls")
    keys, trusted = folder / "key.pem", folder / "certificate.pem"
    keys.write_bytes(private_pem(key))
    trusted.write_bytes(certificate(key, f"*.{DOMAIN}"))
    with tls_front(int(server.origin.rpartition(":")[2]), trusted, keys) as port:
        yield port, trusted


@pytest.fixture
def world(
    double: Callable[..., Client],
    front: tuple[int, Path],
    key: rsa.RSAPrivateKey,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> WorldHandle:
    """The environment that the client's own documentation asks for, pointing at a world of the double."""
    port, trusted = front
    world = double("masmovil").world
    resolve = socket.getaddrinfo

    def to_this_machine(host: Any, *rest: Any, **more: Any) -> Any:
        return resolve("127.0.0.1" if str(host).endswith(f".{DOMAIN}") else host, *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", to_this_machine)
    for name, value in {
        "MASSTACK_CLIENT_EMAIL": "shop@example.org",
        "MASSTACK_PRIVATE_KEY_ID": "k1",
        "MASSTACK_PRIVATE_KEY_BASE64": base64.b64encode(private_pem(key)).decode(),
        "MASSTACK_TOKEN_URI": f"https://auth.{DOMAIN}:{port}/w/{world.name}/masmovil/token",
        "MASSTACK_TOKEN_STORE_PATH": str(tmp_path / "token"),
        "MASSTACK_DOMAIN": f"{DOMAIN}:{port}/w/{world.name}/masmovil",
        "MASSTACK_ORG_ID": "yoigo",
        "REQUESTS_CA_BUNDLE": str(trusted),
        "NO_PROXY": f".{DOMAIN}",
    }.items():
        monkeypatch.setenv(name, value)
    return world


@pytest.mark.usefixtures("world")
def test_the_client_reads_adds_and_searches_devices() -> None:
    listed = SubscriptionDevices._request(method="get")
    assert DEVICE_ID in [device["id"] for device in listed]
    assert SubscriptionDevices._request(method="get", suffix=DEVICE_ID) == listed[0]
    added = SubscriptionDevices._request(method="post", data={**NEW, "serial_number": "S-1"})
    assert SubscriptionDevices._request(method="get", suffix=added["id"]) == added
    found = MasstackClient().get("subscriptions", "v2", "devices", params={"serial_number": "S-1"})
    assert found == [added]


def test_the_client_asks_for_one_token_and_keeps_it(world: WorldHandle) -> None:
    for _ in range(3):
        SubscriptionDevices._request(method="get")
    assert [entry.operation for entry in world.open.journal].count("createToken") == 1


def test_the_client_is_turned_away_when_its_token_has_ended(world: WorldHandle) -> None:
    """By the world's clock, of which the client knows nothing: it would renew by its own."""
    SubscriptionDevices._request(method="get")
    world.advance(hours=1)
    with pytest.raises(ErrorRetrievingData, match="The access token is not valid") as refused:
        SubscriptionDevices._request(method="get")
    assert refused.value.status_code == 401


@pytest.mark.usefixtures("world")
def test_the_clients_errors_carry_the_vendors_answer() -> None:
    with pytest.raises(ErrorRetrievingData, match="DEVICE_NOT_FOUND") as missing:
        SubscriptionDevices._request(method="get", suffix="11111111-1111-4111-8111-111111111111")
    assert missing.value.status_code == 404
    with pytest.raises(ErrorPostingData, match="legacy_account_id is required") as invalid:
        SubscriptionDevices._request(method="post", data={"catalogue_commercial_device_id": "X"})
    assert invalid.value.status_code == 400


@pytest.mark.usefixtures("world")
def test_the_client_of_another_organization_is_turned_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MASSTACK_ORG_ID", "pepephone")
    with pytest.raises(ErrorRetrievingData, match="FORBIDDEN_ORGANIZATION") as refused:
        SubscriptionDevices._request(method="get")
    assert refused.value.status_code == 403


@pytest.mark.usefixtures("world")
def test_a_client_without_an_account_gets_no_token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MASSTACK_CLIENT_EMAIL", "")
    with pytest.raises(ErrorFetchingToKen, match="lacks the claim iss") as refused:
        SubscriptionDevices._request(method="get")
    assert refused.value.status_code == 400
