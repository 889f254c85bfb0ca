"""TLS to the database server: encrypted when required, and with the right server when verified."""

from pathlib import Path
from typing import Any

import pytest
from tortoise.exceptions import DBConnectionError, OperationalError

from gassapi_backend.database import is_away, open_database, row
from gassapi_backend.settings import Settings, load
from tests.database.conftest import make_certificate
from tests.servers import PrivateMariaDb


async def test_without_tls_nothing_is_encrypted(own_server: PrivateMariaDb, tmp_path: Path) -> None:
    assert not await cipher(to(own_server, tmp_path, database_tls="off"))


async def test_tls_that_is_required_is_used_whoever_signed(
    own_server: PrivateMariaDb, tmp_path: Path
) -> None:
    assert await cipher(to(own_server, tmp_path, database_tls="require"))


async def test_a_server_is_believed_that_the_ca_file_vouches_for(
    own_server: PrivateMariaDb, tmp_path: Path
) -> None:
    ca = own_server.directory / "certificate.pem"
    assert await cipher(to(own_server, tmp_path, database_tls="verify", database_tls_ca=ca))


async def test_a_server_that_the_system_does_not_know_is_refused(
    own_server: PrivateMariaDb, tmp_path: Path
) -> None:
    await assert_refused(to(own_server, tmp_path, database_tls="verify"))


async def test_a_server_that_another_ca_would_vouch_for_is_refused(
    own_server: PrivateMariaDb, tmp_path: Path
) -> None:
    ca, _ = make_certificate("127.0.0.1", tmp_path)
    await assert_refused(to(own_server, tmp_path, database_tls="verify", database_tls_ca=ca))


async def test_a_server_of_another_name_is_refused(
    own_server: PrivateMariaDb, tmp_path: Path
) -> None:
    ca = own_server.directory / "certificate.pem"
    url = own_server.url.replace("127.0.0.1", "localhost") + "/mysql"
    await assert_refused(
        to(own_server, tmp_path, database_url=url, database_tls="verify", database_tls_ca=ca)
    )


def to(server: PrivateMariaDb, home: Path, **settings: Any) -> Settings:
    return load(**{"home": home, "database_url": f"{server.url}/mysql", **settings})


async def cipher(settings: Settings) -> str:
    """Return how the connection is encrypted; nothing if it is not."""
    async with open_database(settings):
        found = await row("SHOW STATUS LIKE 'Ssl_cipher'")
    return str(found and found["Value"])


async def assert_refused(settings: Settings) -> None:
    async with open_database(settings):
        with pytest.raises((DBConnectionError, OperationalError)) as caught:
            await row("SELECT 1 AS one")
    assert is_away(caught.value)
