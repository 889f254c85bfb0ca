"""TLS to the database server: encrypted when required, and with the right server when verified."""

from pathlib import Path
from typing import Any

import pytest
from asyncmy import errors
from tortoise.exceptions import DBConnectionError, OperationalError

from gassapi_backend.database import is_away, open_database, row
from gassapi_backend.database.probe import look
from gassapi_backend.database.reasons import explain
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


async def test_a_server_that_wants_encryption_is_told_of_with_the_setting(
    own_server: PrivateMariaDb, tmp_path: Path
) -> None:
    settings = to(own_server, tmp_path, database_tls="off")
    own_server.sql("SET GLOBAL require_secure_transport = 1")
    try:
        with pytest.raises(errors.OperationalError) as refused:
            await look(settings)
        reason = explain(refused.value, settings)
        assert reason.endswith("whether the server wants encryption: GASSAPI_DATABASE_TLS.")
        of_mysql = explain(errors.OperationalError(3159, "prohibited"), settings)
        assert "takes encrypted connections only. Set GASSAPI_DATABASE_TLS=verify" in of_mysql
        assert (await look(to(own_server, tmp_path, database_tls="require"))).is_encrypted
    finally:
        own_server.sql("SET GLOBAL require_secure_transport = 0")


async def test_an_account_that_has_to_encrypt_or_signs_in_in_another_way_is_told_of(
    own_server: PrivateMariaDb, tmp_path: Path
) -> None:
    own_server.sql("CREATE USER 'secure'@'127.0.0.1' IDENTIFIED BY 'secret' REQUIRE SSL")
    own_server.sql("INSTALL SONAME 'auth_ed25519'")
    own_server.sql("CREATE USER ed@'127.0.0.1' IDENTIFIED VIA ed25519 USING PASSWORD('secret')")
    told = {}
    for user in ("secure", "ed"):
        url = own_server.url.replace("gassapi", user) + "/mysql"
        settings = to(own_server, tmp_path, database_url=url)
        with pytest.raises(Exception, match=r"Access denied|ed25519") as refused:
            await look(settings)
        told[user] = explain(refused.value, settings)
    assert told["secure"].endswith("whether the server wants encryption: GASSAPI_DATABASE_TLS.")
    assert "caching_sha2_password or mysql_native_password" in told["ed"]
