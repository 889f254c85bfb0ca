"""Three private MariaDB Galera nodes on the loopback address, to be mistreated."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from tests.servers import free_port

LIBRARIES = ("/usr/lib/galera/libgalera_smm.so", "/usr/lib64/galera-4/libgalera_smm.so")
TOOLS = ("mariadbd", "mariadb-install-db", "rsync", "lsof")
START_SECONDS = 60
NODES = (0, 1, 2)


def missing() -> str | None:
    """Return what is not installed; ``None`` where a cluster can be started."""
    lacking = [tool for tool in TOOLS if shutil.which(tool) is None]
    if not any(Path(library).exists() for library in LIBRARIES):
        lacking.append("galera-4")
    return ", ".join(lacking) or None


class Galera:
    """A cluster; each node is named by its number, from 0."""

    def __init__(self) -> None:
        self.directory = Path(tempfile.mkdtemp(prefix="gassapi-galera-"))
        self.ports = [free_port() for _ in NODES]
        self._talks = [free_port() for _ in NODES]
        self._receives = [(free_port(), free_port()) for _ in NODES]
        self._processes: dict[int, subprocess.Popen[bytes]] = {}

    def start(self) -> None:
        """Set the nodes up, start them one after the other, and make the account ``gassapi``."""
        for node in NODES:
            self._install(node)
            self.launch(node, is_first=node == 0)
            self.wait_until_synced(node)
        self.sql(
            0,
            "CREATE USER gassapi@'127.0.0.1' IDENTIFIED BY 'secret';"
            "GRANT ALL ON *.* TO gassapi@'127.0.0.1'",
        )

    def url(self, name: str, nodes: Sequence[int] = NODES) -> str:
        """Return the URL of a database by these nodes, in this order."""
        hosts = ",".join(f"127.0.0.1:{self.ports[node]}" for node in nodes)
        return f"mysql://gassapi:secret@{hosts}/{name}"

    def launch(self, node: int, *, is_first: bool = False) -> None:
        """Start a node, without waiting; ``is_first``: with a cluster of its own."""
        folder, talk = self._folder(node), self._talks[node]
        ist, sst = self._receives[node]
        library = next(library for library in LIBRARIES if Path(library).exists())
        members = ",".join(f"127.0.0.1:{port}" for port in self._talks)
        options = [
            f"--port={self.ports[node]}",
            "--bind-address=127.0.0.1",
            "--skip-name-resolve",
            f"--pid-file={folder / 'pid'}",
            f"--log-error={folder / 'error.log'}",
            "--innodb-flush-log-at-trx-commit=0",  # what one node loses, the others have
            "--innodb-buffer-pool-size=64M",
            "--binlog-format=ROW",
            "--innodb-autoinc-lock-mode=2",
            "--wsrep-on=ON",
            f"--wsrep-provider={library}",
            "--wsrep-cluster-name=tests",
            f"--wsrep-cluster-address=gcomm://{'' if is_first else members}",
            f"--wsrep-node-name=n{node}",
            f"--wsrep-node-address=127.0.0.1:{talk}",
            f"--wsrep-provider-options=gmcast.listen_addr=tcp://127.0.0.1:{talk};"
            f"ist.recv_addr=127.0.0.1:{ist};gcache.size=32M",
            "--wsrep-sst-method=rsync",
            f"--wsrep-sst-receive-address=127.0.0.1:{sst}",
        ]
        self._processes[node] = subprocess.Popen(
            ["mariadbd", *self._base(node), f"--socket={folder / 'socket'}", *options],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def wait_until_synced(self, node: int) -> None:
        """Wait until a node takes part with all that were started. Raises ``RuntimeError``."""
        end = time.monotonic() + START_SECONDS
        wanted = {"wsrep_local_state_comment": "Synced", "wsrep_cluster_size": f"{self._size}"}
        while time.monotonic() < end:
            try:
                said = self.sql(node, "SHOW STATUS LIKE 'wsrep%'")
            except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
                said = ""
            found = dict(line.split("\t", 1) for line in said.splitlines() if "\t" in line)
            if wanted.items() <= found.items():
                return
            time.sleep(0.1)
        log = (self._folder(node) / "error.log").read_text(errors="replace")
        raise RuntimeError(f"Node {node} does not take part.\n{log[-3000:]}")

    def sql(self, node: int, statements: str) -> str:
        """Run statements as the administrator of a node; return what they print."""
        socket = str(self._folder(node) / "socket")
        command = ["mariadb", "--no-defaults", "-uroot", "-N", "-S", socket, "-e", statements]
        done = subprocess.run(command, capture_output=True, check=True, text=True, timeout=20)
        return done.stdout

    def kill(self, node: int) -> None:
        """End a node at once."""
        self._processes[node].kill()
        self._processes[node].wait()

    def shut_down(self, node: int) -> None:
        """End a node as an administrator does."""
        self._processes[node].terminate()
        self._processes[node].wait(60)

    def rejoin(self, node: int) -> None:
        """Start a node that ended again, and wait until it takes part."""
        self.launch(node)
        self.wait_until_synced(node)

    def freeze(self, node: int) -> None:
        """Stop a node from doing anything; its connections stay open."""
        self._processes[node].send_signal(signal.SIGSTOP)

    def thaw(self, node: int) -> None:
        """Let a frozen node go on."""
        self._processes[node].send_signal(signal.SIGCONT)

    def stop(self) -> None:
        """End all nodes and remove what they left."""
        for process in self._processes.values():
            process.send_signal(signal.SIGCONT)
            process.kill()
            process.wait()
        shutil.rmtree(self.directory, ignore_errors=True)

    @property
    def _size(self) -> int:
        return len(self._processes)

    def _install(self, node: int) -> None:
        folder = self._folder(node)
        folder.mkdir()
        if os.getuid() == 0:
            for path in (self.directory, folder):
                shutil.chown(path, "mysql")
        if node:  # one is like the other until they talk
            shutil.copytree(self._folder(0) / "fresh", folder / "data")
        else:
            options = ["--auth-root-authentication-method=normal", "--skip-test-db"]
            command = ["mariadb-install-db", *self._base(node), *options]
            subprocess.run(command, check=True, capture_output=True)
            shutil.copytree(folder / "data", folder / "fresh")
        if os.getuid() == 0:
            for path in folder.rglob("*"):
                shutil.chown(path, "mysql")

    def _base(self, node: int) -> list[str]:
        folder = self._folder(node)
        as_user = ["--user=mysql"] if os.getuid() == 0 else []
        return ["--no-defaults", f"--datadir={folder / 'data'}", f"--tmpdir={folder}", *as_user]

    def _folder(self, node: int) -> Path:
        return self.directory / f"n{node}"
