"""What CONTRIBUTING says is so: its recipes, followed to the letter in a copy, work."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.checkout import TOP, files

TEXT = (TOP / "CONTRIBUTING.md").read_text(encoding="utf-8")
RECIPES = [part for part in TEXT.split("\n## ")[1:] if part.startswith("Add a ")]

PROGRAMS = {
    "make format": ["-m", "ruff", "check", "--fix", "--quiet", "."],
    ".venv/bin/pytest": ["-m", "pytest", "-q", "-x", "-p", "no:cacheprovider"],
    ".venv/bin/python": [],
    ".venv/bin/gassapi-backend": ["-m", "gassapi_backend"],
}


class Step(NamedTuple):
    """A block of a recipe, and the sentence before it, which says where it goes."""

    sentence: str
    language: str
    text: str


def steps(recipe: str) -> list[Step]:
    """Return the blocks of a recipe, in their order."""
    found = re.findall(r"(?s)((?:(?!```).)*?)```(\w+)\n(.*?)```", recipe)
    return [Step(*one) for one in found]


def put(top: Path, step: Step, last: Path) -> Path:
    """Write a block where its sentence says; return the file. ``last`` is the one before it."""
    place = " ".join(re.split(r"\. ", step.sentence.replace("\n", " ").strip())[-1:])
    named = re.findall(r"`([\w./*]+\.(?:py|md))`", place)
    path = next(iter(top.glob(named[-1]))) if named else last
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    if "the end of" in place:
        at, text = len(lines), f"\n\n{step.text}"
    elif "below the docstring" in place:
        at, text = 1, f"\n{step.text}"
    elif "the empty text" in place:
        at, text = lines.index('    return """\n') + 1, step.text
    else:
        anchor = re.findall(r"below the\s+line `(.+)`:", place)[0]
        at, text = [line.strip() for line in lines].index(anchor.strip()) + 1, step.text
    lines.insert(at, text)
    path.write_text("".join(lines), encoding="utf-8")
    return path


def run(top: Path, command: str) -> None:
    """Run a command of a recipe in the copy."""
    program = next(name for name in PROGRAMS if command.startswith(name))
    rest = re.findall(r'"[^"]*"|\S+', command.removeprefix(program).partition("#")[0])
    arguments = [*PROGRAMS[program], *(part.strip('"') for part in rest)]
    env = {**os.environ, "PYTHONPATH": str(top), "GASSAPI_TEST_ENGINES": "sqlite"}
    env["GASSAPI_HOME"] = str(top / "home")
    done = subprocess.run(
        [sys.executable, *arguments], cwd=top, env=env, capture_output=True, text=True
    )
    assert done.returncode == 0, f"{command}\n{done.stdout[-3000:]}{done.stderr[-3000:]}"


@pytest.mark.engines("sqlite")
@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.splitlines()[0])
def test_a_recipe_works_as_it_is_written(recipe: str, tmp_path: Path) -> None:
    for name in files():
        copy = tmp_path / name
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes((TOP / name).read_bytes())
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)  # which tests ask for files
    last = tmp_path
    for step in steps(recipe):
        if step.language == "sh":
            for command in step.text.strip().splitlines():
                run(tmp_path, command)
        else:
            last = put(tmp_path, step, last)


def test_there_is_a_recipe_for_what_is_added_most() -> None:
    titles = [recipe.splitlines()[0] for recipe in RECIPES]
    assert titles == [
        "Add a route",
        "Add a tool for assistants",
        "Add a migration",
        "Add a command",
    ]


def test_every_file_that_is_named_is_there() -> None:
    named = set(re.findall(r"`([\w.-]+(?:/[\w.-]+)+\.\w+)`", TEXT))
    assert named
    assert [name for name in named if not (TOP / name).exists()] == []
