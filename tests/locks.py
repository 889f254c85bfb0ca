"""Reads the locks: which package is pinned to what, and where it is needed at all."""

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

TOP = Path(__file__).parent.parent
RUN = TOP / "requirements.lock"
DEV = TOP / "requirements-dev.lock"


@dataclass(frozen=True)
class Pin:
    """A package of a lock, at the one version that may be installed."""

    name: str
    version: Version
    marker: Marker | None
    hashes: tuple[str, ...]

    @property
    def is_needed_here(self) -> bool:
        """Whether this Python on this system wants it."""
        return self.marker is None or self.marker.evaluate()


def pins(path: Path) -> list[Pin]:
    """Return what a lock pins; a package more than once if its markers exclude each other.

    :raises ValueError: if a line is anything but ``name==version ; marker --hash=sha256:…``
    """
    found = []
    text = path.read_text("utf-8").replace("\\\n", " ")
    for line in filter(None, map(str.strip, text.splitlines())):
        wanted, *hashes = re.split(r"\s+--hash=sha256:", line)
        if not all(re.fullmatch(r"[0-9a-f]{64}", hashed) for hashed in hashes):
            raise ValueError(line)
        requirement = Requirement(wanted)
        (specifier,) = requirement.specifier
        if specifier.operator != "==" or "*" in specifier.version or requirement.extras:
            raise ValueError(line)
        name, version = canonicalize_name(requirement.name), Version(specifier.version)
        found.append(Pin(name, version, requirement.marker, tuple(hashes)))
    return found


def needed(path: Path) -> dict[str, Pin]:
    """Return what a lock pins for this Python on this system, by name.

    :raises ValueError: if a package is there twice
    """
    found: dict[str, Pin] = {}
    for pin in pins(path):
        if pin.is_needed_here and pin.name in found:
            raise ValueError(f"{pin.name} is there twice")
        if pin.is_needed_here:
            found[pin.name] = pin
    return found


def wanted(*parts: str) -> list[Requirement]:
    """Return the requirements of tables of ``pyproject.toml``, like ``project.dependencies``."""
    tables = tomllib.loads((TOP / "pyproject.toml").read_text("utf-8"))
    found = []
    for part in parts:
        table: Any = tables
        for key in part.split("."):
            table = table[key]
        lists = table.values() if isinstance(table, dict) else [table]
        found += [Requirement(line) for lines in lists for line in lines]
    return found
