"""What a container asks of a server: a read-only file system, signals, a health check."""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.process.running import log_lines
from tests.processes import PROGRAM, Cli, Server

READ_ONLY = """
set -e
mount --make-rprivate /
mount --bind "$GASSAPI_HOME" "$GASSAPI_HOME"
mount -o remount,bind,ro /
exec "$@"
"""


@pytest.mark.skipif(os.getuid() != 0 or not shutil.which("unshare"), reason="needs root, unshare")
@pytest.mark.parametrize("workers", ["1", "2"])
def test_nothing_but_the_data_directory_has_to_be_writable(cli: Cli, workers: str) -> None:
    cli.user()
    program = ["unshare", "--mount", "bash", "-c", READ_ONLY, "bash", *PROGRAM]
    env = {"HOME": "/nowhere"}
    with Server(cli, program=program, flags=["--workers", workers], env=env) as server:
        access = server.sign_in()["accessToken"]
        project = server.project(access)
        wanted = {"projectId": project["id"], "data": "curl https://example.com"}
        path = "/api/v1/collections/import"
        assert server.call("POST", path, wanted, access=access).status == 201
        server.signal(signal.SIGTERM)
        assert server.wait() == 0
    assert not [line for line in log_lines(server) if line["level"] == "error"]


@pytest.mark.skipif(os.getuid() != 0 or not shutil.which("unshare"), reason="needs root, unshare")
@pytest.mark.parametrize("workers", ["1", "2"])
def test_the_first_process_of_a_container_ends_when_told_to(cli: Cli, workers: str) -> None:
    cli.user()
    program = ["unshare", "--pid", "--fork", "--kill-child", *PROGRAM]
    with Server(cli, program=program, flags=["--workers", workers]) as server:
        (child,) = Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text().split()
        assert Path(f"/proc/{child}/status").read_text().split("NSpid:")[1].split()[1] == "1"
        server.sign_in()
        os.kill(int(child), signal.SIGTERM)
        assert server.wait() == 0
    assert log_lines(server)[-1]["event"] == "stopped"


def test_a_health_check_knows_the_port_of_the_server(cli: Cli) -> None:
    cli.user()

    def check() -> int:
        command = [sys.executable, "-m", "gassapi_backend.running"]
        return subprocess.run(command, env=cli.env, check=False).returncode

    assert check() == 1
    everywhere = ["--host", "0.0.0.0"]  # noqa: S104 - as in a container
    with Server(cli, program=PROGRAM, flags=everywhere) as server:
        assert check() == 0  # the settings name another port
        server.stop()
    assert check() == 1
