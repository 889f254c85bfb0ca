"""What we write, judged by redocly, if GASSAPI_TEST_NODE_MODULES names a folder that has it."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from gassapi_backend.exchange import formats
from gassapi_backend.exchange.tree import Document
from tests.exchange import documents
from tests.exchange.openapi.documents import stored, written
from tests.exchange.openapi.samples import read_data, sample

MODULES = os.environ.get("GASSAPI_TEST_NODE_MODULES", "")
REDOCLY = Path(MODULES) / ".bin" / "redocly"
pytestmark = pytest.mark.skipif(
    not MODULES or not REDOCLY.exists(),
    reason="GASSAPI_TEST_NODE_MODULES names no folder with npm's @redocly/cli",
)
STYLE = ("no-path-trailing-slash",)
"""Rules of taste: a path that ends with a slash is another one than without."""


def problems(folder: Path, rules: str) -> list[str]:
    """Return what redocly calls errors in the documents of a folder."""
    files = sorted(map(str, folder.glob("*.json")))
    skipped = [part for rule in STYLE for part in ("--skip-rule", rule)]
    run = subprocess.run(
        [str(REDOCLY), "lint", *files, "--extends", rules, "--format", "stylish", *skipped],
        capture_output=True,
        text=True,
        env={**os.environ, "REDOCLY_TELEMETRY": "off"},
        check=False,
    )
    if run.returncode == 0:
        return []
    return [line for line in (run.stdout + run.stderr).splitlines() if "error" in line.lower()]


def write_all(folder: Path, name: str, document: Document) -> None:
    for version in ("3.0", "3.1", "3.2"):
        result = json.loads(written(document, version).content())
        (folder / f"{name}-{version}.json").write_text(json.dumps(result), encoding="utf-8")


def test_what_came_from_other_formats_follows_the_recommended_rules(tmp_path: Path) -> None:
    for real in documents.samples("postman", "hoppscotch"):
        (one,) = real.values  # type: ignore[attr-defined]  # a parameter set
        if one is None:
            pytest.skip("GASSAPI_TEST_CORPUS names no folder of real files")
        document = formats.read(documents.source_of(one.path))
        if document.collections:
            write_all(tmp_path, one.path.name, document)
    assert problems(tmp_path, "recommended") == []


def test_imported_documents_follow_the_specification(tmp_path: Path) -> None:
    shop = sample("shop.yaml")
    del shop["paths"]["/orders/{id}/lines"]["parameters"][1]  # its path has no such variable
    for name, data in (("shop", shop), ("old", sample("old.json"))):
        write_all(tmp_path, name, stored(read_data(data)))
    assert problems(tmp_path, "spec") == []
