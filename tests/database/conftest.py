"""Fixtures: databases without a table, and a server of our own to mistreat."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from uuid import uuid4

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from gassapi_backend.settings import Settings, load
from tests import servers
from tests.conftest import on_server


@asynccontextmanager
async def new_database(engine: str, home: Path) -> AsyncIterator[Settings]:
    """Make a database without a table; drop it in the end."""
    name = f"gassapi_test_{uuid4().hex}"
    if engine == "sqlite":
        yield load(home=home, database_url=f"sqlite:///{home / name}.db")
        return
    await on_server(engine, f"CREATE DATABASE {name}")
    try:
        yield load(home=home, database_url=servers.database_url(engine, name))
    finally:
        await on_server(engine, f"DROP DATABASE {name}")


@pytest.fixture
async def bare(engine: str, tmp_path: Path) -> AsyncIterator[Settings]:
    """Settings over a database without a table."""
    async with new_database(engine, tmp_path) as settings:
        yield settings


@pytest.fixture(scope="session")
def own_server() -> Iterator[servers.PrivateMariaDb]:
    """A MariaDB of this test process alone, to kill and to freeze. It offers TLS."""
    if not servers.PrivateMariaDb.is_installed():
        pytest.skip("there is no MariaDB installed to mistreat")
    server = servers.PrivateMariaDb("--innodb-flush-log-at-trx-commit=2")  # a kill loses nothing
    certificate, key = make_certificate("127.0.0.1", server.directory)
    server.options += [f"--ssl-cert={certificate}", f"--ssl-key={key}"]
    server.start()
    yield server
    server.stop()


def make_certificate(address: str, directory: Path) -> tuple[Path, Path]:
    """Write a certificate for an IP address, signed by itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test")])
    moment = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(moment - timedelta(days=1))
        .not_valid_after(moment + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(address))]), False)
        .sign(key, hashes.SHA256())
    )
    files = directory / "certificate.pem", directory / "key.pem"
    files[0].write_bytes(certificate.public_bytes(Encoding.PEM))
    files[1].write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    )
    return files
