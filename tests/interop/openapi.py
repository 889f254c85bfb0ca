"""What redocly and openapi-spec-validator say of OpenAPI documents."""

import json
import os
import re
import subprocess
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from openapi_spec_validator import OpenAPIV30SpecValidator, OpenAPIV31SpecValidator
from openapi_spec_validator.validation.exceptions import OpenAPIValidationError

from gassapi_backend.exchange.loading import json_text, load
from gassapi_backend.exchange.tree import Json
from tests.interop import npm
from tests.interop.exports import collection_of, documents, written

FAILED = "the tool fails on it"
VERSIONS = ("3.1", "3.0", "3.2")
_PATIENCE = 100
_VALIDATORS = {"3.0": OpenAPIV30SpecValidator, "3.1": OpenAPIV31SpecValidator}


def is_described(path: Path) -> bool:
    """Whether a document came as OpenAPI: then it comes back with the faults that it had."""
    return collection_of(path).format == "openapi"


@cache
def judged() -> dict[tuple[Path, str], list[str]]:
    """Return what redocly calls errors in every document, in each version that we write.

    In those that came as OpenAPI, what it calls so in the original is there as version ``""``.
    """
    texts = {(path, one): written(path, "openapi", one) for path in documents() for one in VERSIONS}
    texts |= {
        (path, ""): path.read_bytes()
        for path in documents()
        if path.is_file() and is_described(path)
    }
    keys = list(texts)
    with TemporaryDirectory() as folder:
        for number, key in enumerate(keys):
            end = "yaml" if texts[key].lstrip()[:1] != b"{" else "json"
            Path(folder, f"{number:04}.{end}").write_bytes(texts[key])
        answers = _linted(Path(folder))
    return {key: answers.get(number, []) for number, key in enumerate(keys)}


def _linted(folder: Path) -> dict[int, list[str]]:
    """Return the errors in the files of a folder, by their numbers; a run ends where one fails."""
    found: dict[int, list[str]] = {}
    while names := sorted(one.name for one in folder.iterdir()):
        done = _run(folder, names)
        for answer in _each(done.stdout):
            for problem in answer["problems"]:
                if problem["severity"] == "error":
                    name = Path(problem["location"][0]["source"]["ref"]).stem
                    found.setdefault(int(name), []).append(_told(problem))
        judged = [name for name in names if f"{name}: validated" in done.stderr]
        failed = re.findall(r"Something went wrong when processing (\d+)(\.\w+)", done.stderr)
        assert judged or failed, done.stderr[-2000:]
        for number, end in failed:
            found[int(number)] = [FAILED]
            judged.append(number + end)
        for name in judged:
            (folder / name).unlink()
    return found


def _run(folder: Path, names: list[str]) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [
            *(str(npm.HOME / "node_modules" / ".bin" / "redocly"), "lint", *names),
            *("--extends", "spec", "--format", "json", "--max-problems", "1000"),
        ],
        cwd=folder,
        env={**os.environ, "REDOCLY_TELEMETRY": "off", "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true"},
        capture_output=True,
        text=True,
        check=False,
        timeout=_PATIENCE,
    )


def _each(text: str) -> Sequence[Json]:
    """Return the values of a text in which one JSON value follows the other."""
    decoder, found, at = json.JSONDecoder(), [], 0
    while (at := text.find("{", at)) >= 0:
        value, at = decoder.raw_decode(text, at)
        found.append(value)
    return found


def _told(problem: Json) -> str:
    place = problem["location"][0].get("pointer") or ""
    return f"{problem['ruleId']} {place}"


def invalid(text: bytes) -> str:
    """Return what openapi-spec-validator calls wrong in a document; empty where nothing is."""
    described = json.loads(json_text(load(text, "openapi.json").data))  # plain numbers
    try:
        _VALIDATORS[str(described["openapi"])[:3]](described).validate()
    except OpenAPIValidationError as problem:
        return str(problem.message)  # type: ignore[attr-defined]  # jsonschema's
    except RecursionError:  # of what refers to itself
        return FAILED
    return ""
