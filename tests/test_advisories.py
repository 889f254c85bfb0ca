"""An audit says what is known about the locked packages, and never that all is well unasked."""

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.advisories import Findings
from tests.indexes import lock_of
from tests.locks import DEV, TOP, needed
from tests.processes import environment
from tests.servers import free_port

FLAW = {
    "id": "GHSA-0000-0000-0000",
    "aliases": ["CVE-2026-0001"],
    "summary": "It says too much.",
    "affected": [
        {
            "package": {"name": "aiohttp", "ecosystem": "PyPI"},
            "versions": ["3.14.5"],
            "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "3.99"}]}],
        }
    ],
}


@dataclass
class Source:
    """A source of advisories on this machine, which knows flaws of some packages."""

    flaws: dict[str, list[dict[str, Any]]]
    status: int = 200
    asked: list[tuple[str, str]] = field(default_factory=list)
    url: str = ""


@contextmanager
def answering(source: Source) -> Iterator[Source]:
    """Serve a source."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            name = body["package"]["name"]
            source.asked.append((name, body["version"]))
            self.send_response(source.status)
            self.end_headers()
            self.wfile.write(json.dumps({"vulns": source.flaws.get(name, [])}).encode())

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name is http.server's
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        source.url = f"http://127.0.0.1:{server.server_port}/v1/query"
        try:
            yield source
        finally:
            server.shutdown()


@pytest.fixture
def lock(tmp_path: Path) -> Path:
    """A lock of three packages."""
    path = tmp_path / "few.lock"
    kept = [needed(DEV)[name] for name in ("aiohttp", "attrs", "pytest")]
    path.write_text(lock_of(kept, {}))
    return path


def audit(home: Path, *arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tests.advisories", "--timeout", "5", *arguments],
        cwd=TOP,
        env=environment(home, **env),
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_known_flaw_is_named_and_fails(lock: Path, tmp_path: Path) -> None:
    with answering(Source({"aiohttp": [FLAW]})) as source:
        done = audit(tmp_path, "--osv-url", source.url, "--lock", str(lock))
    assert done.returncode == 1
    version = needed(DEV)["aiohttp"].version
    assert f"aiohttp {version} (of what runs): " in done.stdout
    assert "CVE-2026-0001" in done.stdout
    assert "mended in 3.99" in done.stdout
    assert "1 known vulnerability in the 3 packages" in done.stdout


def test_a_lock_without_flaws_passes_and_each_package_was_asked_for_at_its_version(
    tmp_path: Path,
) -> None:
    with answering(Source({})) as source:
        done = audit(tmp_path, "--osv-url", source.url, "--strict")
    assert done.returncode == 0, done.stdout + done.stderr
    assert set(source.asked) >= {(pin.name, str(pin.version)) for pin in needed(DEV).values()}
    assert "No known vulnerabilities in the" in done.stdout


@pytest.mark.parametrize(("flags", "code"), [([], 0), (["--strict"], 1)])
def test_where_no_source_can_be_reached_it_says_so_and_fails_only_when_asked_to(
    lock: Path, tmp_path: Path, flags: list[str], code: int
) -> None:
    nowhere = f"http://127.0.0.1:{free_port()}"
    done = audit(tmp_path, "--lock", str(lock), *flags, HTTPS_PROXY=nowhere)
    assert done.returncode == code
    assert "No source of advisories could be asked, so nothing was checked" in done.stdout
    assert "PyPI: it did not answer" in done.stdout
    assert "OSV: it did not answer" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr


def test_a_source_that_fails_is_one_that_cannot_be_asked(lock: Path, tmp_path: Path) -> None:
    with answering(Source({}, status=500)) as source:
        done = audit(tmp_path, "--osv-url", source.url, "--lock", str(lock), "--strict")
    assert done.returncode == 1
    assert "nothing was checked" in done.stdout


def test_a_lock_that_cannot_be_read_is_a_failure_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "bad.lock").write_text("aiohttp==\n")
    done = audit(tmp_path, "--lock", str(tmp_path / "bad.lock"))
    assert done.returncode == 1
    assert "pip-audit failed" in done.stderr


def test_packages_that_a_source_does_not_know_are_not_counted_as_sound() -> None:
    known = {"name": "attrs", "version": "26.1.0", "vulns": []}
    unknown = {"name": "aiohttp", "skip_reason": "Dependency not found on PyPI"}
    assert Findings.of({"dependencies": [known, unknown]}) == Findings(1, ["aiohttp"], [])
