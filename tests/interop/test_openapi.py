"""What we write as OpenAPI follows the specification, as others' tools see it."""

from pathlib import Path

import pytest

from gassapi_backend.exchange.loading import load
from tests.interop.exports import collection_of, paths, written
from tests.interop.openapi import FAILED, VERSIONS, invalid, is_described, judged


def own_version(path: Path) -> str:
    """Return the version that a document came in; empty where it came as something else."""
    return collection_of(path).version[:3] if is_described(path) else ""


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("path", paths())
def test_redocly_finds_no_error_that_was_not_there(path: Path, version: str) -> None:
    own = own_version(path)
    if own == version and path.is_dir():
        pytest.skip("what its references lead to is another test's matter")
    if own not in ("", "2.0", version):
        pytest.skip("an imported document is judged in its own version")
    before = judged().get((path, ""), []) if own == version else []
    if before == [FAILED]:
        pytest.skip("redocly fails on the original")
    assert [problem for problem in judged()[path, version] if problem not in before] == []


@pytest.mark.parametrize("version", ["3.1", "3.0"])
@pytest.mark.parametrize("path", paths())
def test_openapi_spec_validator_finds_nothing_wrong(path: Path, version: str) -> None:
    own = own_version(path)
    if own not in ("", "2.0", version):
        pytest.skip("an imported document is judged in its own version")
    if own == version and (path.is_dir() or invalid(path.read_bytes())):
        pytest.skip("the document had faults when it came")
    assert invalid(written(path, "openapi", version)) == ""


def test_a_document_of_several_files_becomes_one_that_is_valid() -> None:
    [path] = [one.values[0] for one in paths() if one.id == "openapi/files"]  # type: ignore[attr-defined]  # a parameter set
    described = load(written(path, "openapi", "3.0"), "a.json").data
    assert set(described["components"]) <= {"schemas", "parameters", "responses"}
