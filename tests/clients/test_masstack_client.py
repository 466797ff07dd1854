"""The published Python client of the MasStack APIs (masstack-python-client), unchanged, against the double.

The client wants https and a host of its own for each API, `subscriptions.` and its domain. So the double gets a
certificate for such names, and the names lead to this machine.
"""

import base64
import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from masstack_python_client.client import MasstackClient
from masstack_python_client.exceptions import ErrorFetchingToKen, ErrorPostingData, ErrorRetrievingData
from masstack_python_client.resources.base import BaseResource

from mock_server.app import Double, create_app
from mock_server.settings import Settings
from tests.support import running

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


def _pem(key: rsa.RSAPrivateKey) -> bytes:
    form = serialization.PrivateFormat.PKCS8
    return key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())


def _certificate(key: rsa.RSAPrivateKey) -> bytes:
    """A certificate that vouches for itself, for every name under the domain."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, DOMAIN)])
    now = datetime.now(UTC)
    usage = x509.KeyUsage(True, False, False, False, False, True, True, False, False)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(f"*.{DOMAIN}")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    return certificate.public_bytes(serialization.Encoding.PEM)


@pytest.fixture(scope="module")
def key() -> rsa.RSAPrivateKey:
    """A service account's key, which serves for the certificate too."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture(scope="module")
def certificate(key: rsa.RSAPrivateKey, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tls")
    (folder / "key.pem").write_bytes(_pem(key))
    (folder / "certificate.pem").write_bytes(_certificate(key))
    return folder / "certificate.pem"


@pytest.fixture(scope="module")
def secure(certificate: Path) -> Iterator[tuple[Double, str]]:
    """A double of its own behind TLS, and its port."""
    double = create_app(Settings(strict=True, apis=("masmovil",)))
    keys = {"ssl_certfile": certificate, "ssl_keyfile": certificate.with_name("key.pem")}
    with running(double, timeout_graceful_shutdown=1, **keys) as origin:
        yield double, origin.rpartition(":")[2]


@pytest.fixture
def double(
    secure: tuple[Double, str],
    key: rsa.RSAPrivateKey,
    certificate: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Double]:
    """The environment that the client's own documentation asks for, pointing at the double."""
    double, port = secure
    resolve = socket.getaddrinfo

    def to_this_machine(host: Any, *rest: Any, **more: Any) -> Any:
        return resolve("127.0.0.1" if str(host).endswith(f".{DOMAIN}") else host, *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", to_this_machine)
    for name, value in {
        "MASSTACK_CLIENT_EMAIL": "shop@example.org",
        "MASSTACK_PRIVATE_KEY_ID": "k1",
        "MASSTACK_PRIVATE_KEY_BASE64": base64.b64encode(_pem(key)).decode(),
        "MASSTACK_TOKEN_URI": f"https://auth.{DOMAIN}:{port}/masmovil/token",
        "MASSTACK_TOKEN_STORE_PATH": str(tmp_path / "token"),
        "MASSTACK_DOMAIN": f"{DOMAIN}:{port}/masmovil",
        "MASSTACK_ORG_ID": "yoigo",
        "REQUESTS_CA_BUNDLE": str(certificate),
        "NO_PROXY": f".{DOMAIN}",
    }.items():
        monkeypatch.setenv(name, value)
    yield double
    double.worlds.reset("default")


@pytest.mark.usefixtures("double")
def test_the_client_reads_adds_and_searches_devices() -> None:
    listed = SubscriptionDevices._request(method="get")
    assert DEVICE_ID in [device["id"] for device in listed]
    assert SubscriptionDevices._request(method="get", suffix=DEVICE_ID) == listed[0]
    added = SubscriptionDevices._request(method="post", data={**NEW, "serial_number": "S-1"})
    assert SubscriptionDevices._request(method="get", suffix=added["id"]) == added
    found = MasstackClient().get("subscriptions", "v2", "devices", params={"serial_number": "S-1"})
    assert found == [added]


def test_the_client_asks_for_one_token_and_keeps_it(double: Double) -> None:
    for _ in range(3):
        SubscriptionDevices._request(method="get")
    world = double.worlds.get("default")
    assert world is not None
    assert [entry.operation for entry in world.journal].count("createToken") == 1


@pytest.mark.usefixtures("double")
def test_the_clients_errors_carry_the_vendors_answer() -> None:
    with pytest.raises(ErrorRetrievingData, match="DEVICE_NOT_FOUND") as missing:
        SubscriptionDevices._request(method="get", suffix="11111111-1111-4111-8111-111111111111")
    assert missing.value.status_code == 404
    with pytest.raises(ErrorPostingData, match="legacy_account_id is required") as invalid:
        SubscriptionDevices._request(method="post", data={"catalogue_commercial_device_id": "X"})
    assert invalid.value.status_code == 400


@pytest.mark.usefixtures("double")
def test_the_client_of_another_organization_is_turned_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MASSTACK_ORG_ID", "pepephone")
    with pytest.raises(ErrorRetrievingData, match="FORBIDDEN_ORGANIZATION") as refused:
        SubscriptionDevices._request(method="get")
    assert refused.value.status_code == 403


@pytest.mark.usefixtures("double")
def test_a_client_without_an_account_gets_no_token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MASSTACK_CLIENT_EMAIL", "")
    with pytest.raises(ErrorFetchingToKen, match="lacks the claim iss") as refused:
        SubscriptionDevices._request(method="get")
    assert refused.value.status_code == 400
