"""The databases that the tests run on: SQLite always, MariaDB and MySQL where there is one.

A server is named by ``GASSAPI_TEST_MARIADB_URL`` or ``GASSAPI_TEST_MYSQL_URL``
(``mysql://user:password@host:port``, allowed to create databases). Without the former, a MariaDB
that is installed here is started privately for the run. ``GASSAPI_TEST_REQUIRE`` (comma-separated
names) makes a missing one an error instead of a skip; ``GASSAPI_TEST_ENGINES`` restricts a run.
"""

import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from urllib.parse import urlsplit

PORTS = range(20_000, 32_000)
_given: set[int] = set()
ENGINES = ("sqlite", "mariadb", "mysql")
VARIABLES = {"mariadb": "GASSAPI_TEST_MARIADB_URL", "mysql": "GASSAPI_TEST_MYSQL_URL"}
MISSING = {
    "mariadb": "install mariadb-server, or set GASSAPI_TEST_MARIADB_URL",
    "mysql": "set GASSAPI_TEST_MYSQL_URL=mysql://user:password@host:port",
}


def available() -> list[str]:
    """Return the engines that tests can use now."""
    there = ["sqlite", *(name for name, variable in VARIABLES.items() if os.environ.get(variable))]
    return [name for name in there if is_wanted(name)]


def missing() -> list[str]:
    """Return the engines that the run does without."""
    return [name for name in ENGINES if name not in available()]


def why_missing(name: str) -> str:
    """Return why the run does without an engine, or how to change that."""
    if not is_wanted(name):
        return f"GASSAPI_TEST_ENGINES asks for {os.environ['GASSAPI_TEST_ENGINES']}"
    return MISSING[name]


def is_wanted(name: str) -> bool:
    """Whether the run is to use an engine, if it is there."""
    wanted = os.environ.get("GASSAPI_TEST_ENGINES")
    return wanted is None or name in wanted.split(",")


def required() -> list[str]:
    """Return the engines that the run must not do without."""
    return [name for name in os.environ.get("GASSAPI_TEST_REQUIRE", "").split(",") if name]


def free_port() -> int:
    """Return a TCP port that nobody uses now, and none that was returned before in this process.

    It is none of those that outgoing connections get, one of which might have it while a server
    that listened on it is started again.
    """
    while True:
        port = PORTS[secrets.randbelow(len(PORTS))]
        if port in _given:
            continue
        with socket.socket() as listener:
            try:
                listener.bind(("", port))
            except OSError:
                continue
        _given.add(port)
        return port


class PrivateMariaDb:
    """A MariaDB server in a temporary directory, on a free port of the loopback address.

    ``options`` are further ones of the server's command line, read at each start.
    """

    def __init__(self, *options: str) -> None:
        self.directory = Path(tempfile.mkdtemp(prefix="gassapi-mariadb-"))
        self.options = list(options)
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
        """Set the server up, start it, and wait until it answers."""
        if os.getuid() == 0:
            shutil.chown(self.directory, "mysql")
        done = subprocess.run(
            [
                "mariadb-install-db",
                "--no-defaults",
                f"--datadir={self.directory / 'data'}",
                f"--tmpdir={self.directory}",  # a server deletes what others have in theirs
                "--auth-root-authentication-method=normal",
                "--skip-test-db",
                *self._as_user,
            ],
            check=False,
            capture_output=True,
            text=True,
        )
        if done.returncode:
            self.stop()
            raise RuntimeError(f"MariaDB could not be set up.\n{done.stdout}{done.stderr}")
        self.run()

    def run(self) -> None:
        """Start the server that is set up already, and wait until it answers."""
        self._process = subprocess.Popen(
            [
                "mariadbd",
                "--no-defaults",
                f"--datadir={self.directory / 'data'}",
                f"--tmpdir={self.directory}",  # a server deletes what others have in theirs
                f"--socket={self.directory / 'socket'}",
                f"--pid-file={self.directory / 'pid'}",
                f"--port={self.port}",
                "--bind-address=127.0.0.1",
                "--skip-name-resolve",
                "--innodb-flush-log-at-trx-commit=0",
                f"--log-error={self.directory / 'error.log'}",
                *self._as_user,
                *self.options,
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        account = (
            "CREATE USER IF NOT EXISTS gassapi@'127.0.0.1' IDENTIFIED BY 'secret';"
            "GRANT ALL ON *.* TO gassapi@'127.0.0.1' WITH GRANT OPTION"
        )
        for _ in range(300):
            try:
                self.sql(account)
            except subprocess.CalledProcessError:
                time.sleep(0.1)
            else:
                return
        self.stop()
        raise RuntimeError("The private MariaDB did not start.")

    def sql(self, statements: str) -> None:
        """Run statements as the server's administrator."""
        command = ["mariadb", "--no-defaults", "-uroot", "-S", str(self.directory / "socket")]
        subprocess.run([*command, "-e", statements], capture_output=True, check=True)

    def kill(self) -> None:
        """End the server at once, as a power cut would; ``run()`` starts it again."""
        self._signal(signal.SIGKILL)
        if self._process is not None:
            self._process.wait()

    def freeze(self) -> None:
        """Stop the server from doing anything; its connections stay open.

        Returns once each of its threads has stopped: until then it goes on answering.
        """
        self._signal(signal.SIGSTOP)
        if self._process is not None:
            tasks = Path(f"/proc/{self._process.pid}/task")
            while tasks.exists() and not all(map(_is_stopped, tasks.iterdir())):
                time.sleep(0.001)

    def thaw(self) -> None:
        """Let a frozen server go on."""
        self._signal(signal.SIGCONT)

    def stop(self) -> None:
        """Stop the server and remove its directory."""
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(20)
            except subprocess.TimeoutExpired:
                self._process.kill()
        shutil.rmtree(self.directory, ignore_errors=True)

    @property
    def _as_user(self) -> list[str]:
        return ["--user=mysql"] if os.getuid() == 0 else []

    def _signal(self, number: int) -> None:
        if self._process is not None:
            self._process.send_signal(number)


def _is_stopped(task: Path) -> bool:
    """Whether a thread, a folder of Linux's, is stopped or gone."""
    try:
        return (task / "stat").read_text("utf-8").rpartition(")")[2].split()[0] in "TtXZ"
    except OSError:
        return True


class PrivateRedis:
    """A Redis server that keeps nothing, on a free port of the loopback address."""

    def __init__(self) -> None:
        self.port = free_port()
        self._process: subprocess.Popen[bytes] | None = None

    @staticmethod
    def is_installed() -> bool:
        """Whether there is a Redis to start."""
        return shutil.which("redis-server") is not None

    @property
    def url(self) -> str:
        """The server's address."""
        return f"redis://:secret@127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """Start it, and wait until it answers."""
        options = ["--bind", "127.0.0.1", "--requirepass", "secret", "--save", ""]
        self._process = subprocess.Popen(
            ["redis-server", "--port", str(self.port), *options],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for _ in range(600):
            with socket.socket() as client:
                if client.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.05)
        raise RuntimeError("The private Redis did not start.")

    def kill(self) -> None:
        """End it at once; ``start()`` starts it again, empty."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def freeze(self) -> None:
        """Stop it from doing anything; its connections stay open."""
        if self._process is not None:
            self._process.send_signal(signal.SIGSTOP)


def database_url(engine: str, name: str) -> str:
    """Return the URL of a database on the server of an engine."""
    parts = urlsplit(os.environ[VARIABLES[engine]])
    return f"{parts.scheme}://{parts.netloc}/{name}"
