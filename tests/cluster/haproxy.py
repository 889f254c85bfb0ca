"""HAProxy as deploy/haproxy.cfg has it, before a private cluster."""

import re
import shutil
import subprocess
from pathlib import Path

from tests.cluster.galera import Galera
from tests.servers import free_port

CONFIGURATION = Path(__file__).parent.parent.parent / "deploy" / "haproxy.cfg"


class HaProxy:
    """The configuration that is shipped, with addresses of this machine."""

    def __init__(self, cluster: Galera, folder: Path) -> None:
        self.port = free_port()
        text = CONFIGURATION.read_text("utf-8").replace("127.0.0.1:3307", f"127.0.0.1:{self.port}")
        for number, port in enumerate(cluster.ports, 11):
            text, count = re.subn(rf"192\.0\.2\.{number}:3306", f"127.0.0.1:{port}", text)
            assert count == 1
        self._file = folder / "haproxy.cfg"
        self._file.write_text(text)
        self._process: subprocess.Popen[bytes] | None = None

    @staticmethod
    def is_installed() -> bool:
        """Whether there is an HAProxy to start."""
        return shutil.which("haproxy") is not None

    def url(self, name: str) -> str:
        """Return the URL of a database behind it."""
        return f"mysql://gassapi:secret@127.0.0.1:{self.port}/{name}"

    def start(self) -> None:
        """Start it, without waiting for its checks."""
        self._process = subprocess.Popen(
            ["haproxy", "-db", "-f", str(self._file)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def stop(self) -> None:
        """End it."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
