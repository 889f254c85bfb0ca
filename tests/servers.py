"""The databases that the tests run on: SQLite always, MariaDB and MySQL where there is one.

A server is named by ``GASSAPI_TEST_MARIADB_URL`` or ``GASSAPI_TEST_MYSQL_URL``
(``mysql://user:password@host:port``, allowed to create databases). Without the former, a MariaDB
that is installed here is started privately for the run. ``GASSAPI_TEST_REQUIRE`` (comma-separated
names) makes a missing one an error instead of a skip.
"""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from urllib.parse import urlsplit

ENGINES = ("sqlite", "mariadb", "mysql")
VARIABLES = {"mariadb": "GASSAPI_TEST_MARIADB_URL", "mysql": "GASSAPI_TEST_MYSQL_URL"}
MISSING = {
    "mariadb": "install mariadb-server, or set GASSAPI_TEST_MARIADB_URL",
    "mysql": "set GASSAPI_TEST_MYSQL_URL=mysql://user:password@host:port",
}


def available() -> list[str]:
    """Return the engines that tests can use now."""
    return ["sqlite", *(name for name, variable in VARIABLES.items() if os.environ.get(variable))]


def missing() -> list[str]:
    """Return the engines that there is no server for."""
    return [name for name in ENGINES if name not in available()]


def required() -> list[str]:
    """Return the engines that the run must not do without."""
    return [name for name in os.environ.get("GASSAPI_TEST_REQUIRE", "").split(",") if name]


def free_port() -> int:
    """Return a TCP port of the loopback address that nobody listens on now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


class PrivateMariaDb:
    """A MariaDB server in a temporary directory, on a free port of the loopback address."""

    def __init__(self) -> None:
        self._directory = Path(tempfile.mkdtemp(prefix="gassapi-mariadb-"))
        self._process: subprocess.Popen[bytes] | None = None
        self.port = free_port()

    @staticmethod
    def is_installed() -> bool:
        """Whether there is a MariaDB to start."""
        return bool(shutil.which("mariadbd") and shutil.which("mariadb-install-db"))

    @property
    def url(self) -> str:
        """The server's address, with an account that may do everything."""
        return f"mysql://gassapi:secret@127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start the server and wait until it answers."""
        data, socket_file = self._directory / "data", self._directory / "socket"
        as_user: list[str] = []
        if os.getuid() == 0:
            shutil.chown(self._directory, "mysql")
            as_user = ["--user=mysql"]
        subprocess.run(
            [
                "mariadb-install-db",
                "--no-defaults",
                f"--datadir={data}",
                "--auth-root-authentication-method=normal",
                "--skip-test-db",
                *as_user,
            ],
            check=True,
            capture_output=True,
        )
        self._process = subprocess.Popen(
            [
                "mariadbd",
                "--no-defaults",
                f"--datadir={data}",
                f"--socket={socket_file}",
                f"--pid-file={self._directory / 'pid'}",
                f"--port={self.port}",
                "--bind-address=127.0.0.1",
                "--skip-name-resolve",
                "--innodb-flush-log-at-trx-commit=0",
                f"--log-error={self._directory / 'error.log'}",
                *as_user,
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        account = (
            "CREATE USER gassapi@'127.0.0.1' IDENTIFIED BY 'secret';"
            "GRANT ALL ON *.* TO gassapi@'127.0.0.1'"
        )
        command = ["mariadb", "--no-defaults", "-uroot", "-S", str(socket_file), "-e", account]
        for _ in range(300):
            if subprocess.run(command, capture_output=True, check=False).returncode == 0:
                return
            time.sleep(0.1)
        self.stop()
        raise RuntimeError("The private MariaDB did not start.")

    def stop(self) -> None:
        """Stop the server and remove its directory."""
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(20)
            except subprocess.TimeoutExpired:
                self._process.kill()
        shutil.rmtree(self._directory, ignore_errors=True)


def database_url(engine: str, name: str) -> str:
    """Return the URL of a database on the server of an engine."""
    parts = urlsplit(os.environ[VARIABLES[engine]])
    return f"{parts.scheme}://{parts.netloc}/{name}"
