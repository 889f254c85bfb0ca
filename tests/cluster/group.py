"""Three private MySQL servers in one replication group on the loopback address, to be mistreated.

``GASSAPI_TEST_GROUP_LAUNCHER`` names a program that starts such a group, for bash to run:
``start DIR PORT`` (servers on PORT + 1 to 3 with an account ``gassapi``, password ``secret``; they
talk on PORT + 11 to 13), ``one N DIR PORT`` starts server N again, ``sql N DIR STATEMENT`` runs a
statement as its administrator, ``stop DIR`` ends them all.
"""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from tests.cluster.galera import NODES
from tests.servers import free_port

VARIABLE = "GASSAPI_TEST_GROUP_LAUNCHER"
START_SECONDS = 120
SETTINGS = {
    "group_replication_member_expel_timeout": 0,  # seconds, after the five that make it suspected
    "group_replication_recovery_reconnect_interval": 1,  # seconds
    "sync_binlog": 0,  # what one server loses, the others have
}


def missing() -> str | None:
    """Return what is to be set; ``None`` where a group can be started."""
    launcher = os.environ.get(VARIABLE)
    if launcher and Path(launcher).is_file():
        return None
    return f"{VARIABLE}, a program that starts one (tests/cluster/group.py says how)"


class Group:
    """A group with one primary; each server is named by its number, from 0."""

    def __init__(self) -> None:
        self.directory = Path(tempfile.mkdtemp(prefix="gassapi-group-"))
        self._base = _free_ports()
        self.ports = [self._base + 1 + node for node in NODES]
        self._pid_files: list[Path] = []

    def start(self) -> None:
        """Start the servers, and have them give up a silent one after five seconds."""
        self.directory.chmod(0o755)
        self._launch("start", str(self.directory), str(self._base))
        for node in NODES:
            for name, value in SETTINGS.items():
                self.sql(node, f"SET PERSIST {name} = {value}")
            self._pid_files.append(Path(self.sql(node, "SELECT @@pid_file").strip()))
        self.wait_until_online()

    def url(self, name: str, nodes: Sequence[int] = NODES) -> str:
        """Return the URL of a database by these servers, in this order."""
        hosts = ",".join(f"127.0.0.1:{self.ports[node]}" for node in nodes)
        return f"mysql://gassapi:secret@{hosts}/{name}"

    def sql(self, node: int, statement: str) -> str:
        """Run a statement as the administrator of a server; return what it prints."""
        return self._launch("sql", str(node + 1), str(self.directory), statement)

    def primary(self, asked: int = 0) -> int:
        """Return which server takes the writes, as one of the others knows it."""
        port = self.sql(
            asked,
            "SELECT member_port FROM performance_schema.replication_group_members"
            " WHERE member_role = 'PRIMARY'",
        )
        return self.ports.index(int(port))

    def switch_over(self, node: int) -> None:
        """Make another server the primary, as an administrator does."""
        self.sql(node, "SELECT group_replication_set_as_primary(@@server_uuid)")

    def wait_until_online(self) -> None:
        """Wait until all servers take part. Raises ``RuntimeError``."""
        end = time.monotonic() + START_SECONDS
        asked = "SELECT member_state FROM performance_schema.replication_group_members"
        found: list[list[str]] = []
        while time.monotonic() < end:
            found = [self._try(node, asked).split() for node in NODES]
            if found == [["ONLINE"] * len(NODES)] * len(NODES):
                return
            time.sleep(0.2)
        raise RuntimeError(f"The group is not complete: {found}")

    def kill(self, node: int) -> None:
        """End a server at once."""
        self._signal(node, signal.SIGKILL)

    def shut_down(self, node: int) -> None:
        """End a server as an administrator does."""
        pid = int(self._pid_files[node].read_text())
        os.kill(pid, signal.SIGTERM)
        while Path(f"/proc/{pid}").exists():
            time.sleep(0.1)

    def rejoin(self, node: int) -> None:
        """Start a server that ended again, and wait until it takes part."""
        self._launch("one", str(node + 1), str(self.directory), str(self._base))
        self.wait_until_online()

    def freeze(self, node: int) -> None:
        """Stop a server from doing anything; its connections stay open."""
        self._signal(node, signal.SIGSTOP)

    def thaw(self, node: int) -> None:
        """Let a frozen server go on."""
        self._signal(node, signal.SIGCONT)

    def stop(self) -> None:
        """End all servers and remove what they left."""
        for node, _ in enumerate(self._pid_files):
            self.thaw(node)
        self._launch("stop", str(self.directory))
        shutil.rmtree(self.directory, ignore_errors=True)

    def _try(self, node: int, statement: str) -> str:
        try:
            return self.sql(node, statement)
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
            return ""

    def _launch(self, *arguments: str) -> str:
        command = ["bash", os.environ[VARIABLE], *arguments]
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            check=True,
            text=True,
            timeout=120,
        )
        return done.stdout

    def _signal(self, node: int, number: int) -> None:
        with suppress(ProcessLookupError, FileNotFoundError):
            os.kill(int(self._pid_files[node].read_text()), number)


def _free_ports() -> int:
    """Return a port after which thirteen more are likely to be free."""
    while (base := free_port()) > 65_000:
        pass
    return base
