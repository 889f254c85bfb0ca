"""A package index on this machine: made-up wheels under the names and versions of a lock.

A wheel asks for what the package of its name asks for, and has nothing in it. Of each package there
is a later release too, as some day there will be on the real index.
"""

import functools
import hashlib
import threading
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from importlib import metadata
from pathlib import Path
from typing import Any

from tests.locks import Pin

LATER = "9999"

_BUILDS_EDITABLE = '''
"""Stands for Hatchling: installs the folder it is called in."""

import pathlib, tomllib, zipfile

def build_editable(wheel_directory, config_settings=None, metadata_directory=None):
    project = tomllib.loads(pathlib.Path("pyproject.toml").read_text("utf-8"))["project"]
    info = "gassapi_backend-0.1.0.dist-info"
    asks = "".join(f"Requires-Dist: {line}\\n" for line in project["dependencies"])
    name = "gassapi_backend-0.1.0-py3-none-any.whl"
    with zipfile.ZipFile(pathlib.Path(wheel_directory) / name, "w") as wheel:
        wheel.writestr("gassapi_backend.pth", str(pathlib.Path.cwd()) + "\\n")
        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\\nTag: py3-none-any\\n")
        about = f"Metadata-Version: 2.1\\nName: gassapi-backend\\nVersion: 0.1.0\\n{asks}"
        wheel.writestr(f"{info}/METADATA", about)
        wheel.writestr(f"{info}/RECORD", "")
    return name
'''


def _wheel(folder: Path, name: str, version: str, asks: str) -> Path:
    """Make a wheel; ``asks`` is the part of its metadata about what it needs."""
    stem = f"{name.replace('-', '_')}-{version}"
    info = f"{stem}.dist-info"
    about = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{asks}"
    path = folder / f"{stem}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as wheel:
        if name == "hatchling":
            wheel.writestr("hatchling/build.py", _BUILDS_EDITABLE)
        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        wheel.writestr(f"{info}/METADATA", about)
        wheel.writestr(f"{info}/RECORD", "")
    return path


def _asks(name: str) -> str:
    """Return what the installed package of a name asks for, as lines of metadata."""
    about = metadata.metadata(name)
    fields = ("Provides-Extra", "Requires-Dist")
    return "".join(f"{key}: {line}\n" for key in fields for line in about.get_all(key) or ())


def make_index(folder: Path, pins: Iterable[Pin]) -> dict[str, str]:
    """Write an index with two releases of each package; return the hashes of the pinned ones."""
    hashes = {}
    for pin in pins:
        page = folder / "simple" / pin.name
        page.mkdir(parents=True)
        asks = _asks(pin.name)
        wheels = [_wheel(page, pin.name, release, asks) for release in (str(pin.version), LATER)]
        sums = [hashlib.sha256(wheel.read_bytes()).hexdigest() for wheel in wheels]
        links = [
            f'<a href="{wheel.name}#sha256={hashed}">{wheel.name}</a>'
            for wheel, hashed in zip(wheels, sums, strict=True)
        ]
        (page / "index.html").write_text(f"<!DOCTYPE html><html><body>{''.join(links)}")
        hashes[pin.name] = sums[0]
    return hashes


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name is http.server's
        pass


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """Serve an index; give its address."""
    handler = functools.partial(_Quiet, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/simple"
        finally:
            server.shutdown()


def lock_of(pins: Iterable[Pin], hashes: dict[str, str]) -> str:
    """Return a lock of the same pins for the made-up wheels."""
    lines = [
        f"{pin.name}=={pin.version}{f' ; {pin.marker}' if pin.marker else ''}"
        f" --hash=sha256:{hashes.get(pin.name) or pin.hashes[0]}\n"
        for pin in pins
    ]
    return "".join(lines)
