"""Looks for known vulnerabilities of what the locks pin: ``make audit``.

pip-audit asks PyPI, or else OSV. It takes a package that a source does not know for a sound one,
and a mirror of PyPI may know none: what was not looked at is said here, and is no success with
``--strict``. Exits with 1 if a package has a known vulnerability.
"""

import argparse
import json
import re
import subprocess
import sys
import tempfile
import textwrap
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.locks import DEV, RUN, needed

SOURCES = {"PyPI": ["--vulnerability-service", "pypi"], "OSV": ["--vulnerability-service", "osv"]}


@dataclass(frozen=True)
class Findings:
    """What a source says about the packages of a lock."""

    checked: int
    unknown: list[str]
    vulnerable: list[str]

    @classmethod
    def of(cls, report: dict[str, Any]) -> "Findings":
        """Read pip-audit's report."""
        asked = [entry for entry in report["dependencies"] if "vulns" in entry]
        unknown = [entry["name"] for entry in report["dependencies"] if "vulns" not in entry]
        return cls(len(asked), unknown, [_line(e, v) for e in asked for v in e["vulns"]])


def _line(entry: dict[str, Any], vulnerability: dict[str, Any]) -> str:
    names = ", ".join([vulnerability["id"], *vulnerability["aliases"]])
    fixed = ", ".join(vulnerability["fix_versions"])
    cure = f"mended in {fixed}" if fixed else "not mended yet"
    part = "what runs" if entry["name"] in needed(RUN) else "the test tools"
    return f"{entry['name']} {entry['version']} (of {part}): {names}; {cure}"


def ask(lock: Path, source: list[str], timeout: int) -> Findings | str:
    """Return what a source says about a lock, or why it says nothing.

    :raises SystemExit: if pip-audit fails for a reason that is not the source's
    """
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        command = [sys.executable, "-m", "pip_audit", "--requirement", str(lock), "--disable-pip"]
        command += ["--require-hashes", "--progress-spinner", "off", "--timeout", str(timeout)]
        command += ["--format", "json", "--output", str(report), *source]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if not report.exists():
            return _why_silent(done.stderr)
        found = Findings.of(json.loads(report.read_text("utf-8")))
    return found if found.checked else "it knows none of the packages"


def _why_silent(error: str) -> str:
    if not re.search(r"requests\.exceptions\.|ServiceError|network may be blocking", error):
        raise SystemExit(f"pip-audit failed:\n{error}")
    last = error.strip().splitlines()[-1]
    return f"it did not answer ({textwrap.shorten(last.partition('Caused by ')[2] or last, 120)})"


def audit(lock: Path, sources: dict[str, list[str]], *, timeout: int, is_strict: bool) -> int:
    """Ask the sources in turn until one answers; print what it says, and return an exit code."""
    silent = []
    for name, source in sources.items():
        found = ask(lock, source, timeout)
        if isinstance(found, Findings):
            return _tell(name, found, is_strict=is_strict)
        silent.append(f"  {name}: {found}")
    print("No source of advisories could be asked, so nothing was checked:", *silent, sep="\n")
    if not is_strict:
        print("This is no failure unless asked for: make audit STRICT=1")
    return int(is_strict)


def _tell(source: str, found: Findings, *, is_strict: bool) -> int:
    print(*found.vulnerable, sep="\n", end="\n" if found.vulnerable else "")
    count = len(found.vulnerable)
    word = "1 known vulnerability" if count == 1 else f"{count or 'No'} known vulnerabilities"
    print(f"{word} in the {found.checked} packages that {source} knows.")
    if found.unknown:
        print(f"Not checked, for {source} does not know them: {', '.join(found.unknown)}")
    if found.vulnerable:
        print("Take newer versions: make lock UPGRADE=1")
    return int(bool(found.vulnerable) or (is_strict and bool(found.unknown)))


def main() -> int:
    """Audit the lock that has everything, or another."""
    parser = argparse.ArgumentParser(description="Looks for known vulnerabilities in the locks.")
    parser.add_argument("--strict", action="store_true", help="fail where nothing can be asked")
    parser.add_argument("--osv-url", help="ask this source only, which speaks like OSV")
    parser.add_argument("--lock", type=Path, default=DEV, help="what to look at")
    parser.add_argument("--timeout", type=int, default=15, help="seconds that an answer may take")
    given = parser.parse_args()
    own = {given.osv_url: [*SOURCES["OSV"], "--osv-url", given.osv_url]}
    sources = own if given.osv_url else SOURCES
    return audit(given.lock, sources, timeout=given.timeout, is_strict=given.strict)


if __name__ == "__main__":
    sys.exit(main())
