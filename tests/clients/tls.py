"""TLS for tests: a certificate that vouches for itself, and a front that decrypts for a server without one."""

import asyncio
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID


def private_pem(key: rsa.RSAPrivateKey) -> bytes:
    """A private key as an unencrypted PEM file has it."""
    form = serialization.PrivateFormat.PKCS8
    return key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())


def certificate(key: rsa.RSAPrivateKey, name: str) -> bytes:
    """A certificate for a host name (or `*.domain`), signed by its own key, good for a day."""
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "devicedouble tests")])
    now = datetime.now(UTC)
    usage = x509.KeyUsage(True, False, False, False, False, True, True, False, False)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    return made.public_bytes(serialization.Encoding.PEM)


@contextmanager
def tls_front(port: int, certificate_file: Path, key_file: Path) -> Iterator[int]:
    """A port of this machine that speaks TLS and hands everything on to `port`."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate_file, key_file)
    front = _Front(port, context)
    thread = threading.Thread(target=asyncio.run, args=(front.serve(),), daemon=True)
    thread.start()
    if not front.ready.wait(10):
        raise RuntimeError("the TLS front did not start")
    try:
        yield front.port
    finally:
        front.stop()
        thread.join(10)


class _Front:
    def __init__(self, behind: int, context: ssl.SSLContext) -> None:
        self._behind = behind
        self._context = context
        self.ready = threading.Event()
        self.port = 0

    async def serve(self) -> None:
        """Relay until `stop` is called."""
        self._loop = asyncio.get_running_loop()
        self._stopped = asyncio.Event()
        server = await asyncio.start_server(self._relay, "127.0.0.1", 0, ssl=self._context)
        self.port = server.sockets[0].getsockname()[1]
        self.ready.set()
        async with server:
            await self._stopped.wait()
        await asyncio.sleep(0.1)  # until the connections that were cut have ended

    def stop(self) -> None:
        """May be called from another thread."""
        self._loop.call_soon_threadsafe(self._stopped.set)

    async def _relay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Both ways, until either side ends; then both are cut, since clients seldom say goodbye in TLS."""
        inner_reader, inner_writer = await asyncio.open_connection("127.0.0.1", self._behind)
        ways = [asyncio.ensure_future(_copy(reader, inner_writer)), asyncio.ensure_future(_copy(inner_reader, writer))]
        await asyncio.wait([*ways, asyncio.ensure_future(self._stopped.wait())], return_when=asyncio.FIRST_COMPLETED)
        for way in ways:
            way.cancel()
        writer.transport.abort()
        inner_writer.transport.abort()


async def _copy(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    try:
        while data := await source.read(65536):
            sink.write(data)
            await sink.drain()
    except OSError:
        return
