"""The map of rooms is complete, and every file that a walk comes by is there."""

import re
from pathlib import Path

import pytest

from tests.checkout import TOP

TEXT = (TOP / "docs" / "architecture.md").read_text(encoding="utf-8")
PACKAGE = TOP / "gassapi_backend"
APART = {"__init__.py", "__main__.py", "__pycache__", "py.typed"}


def mapped(heading: str) -> set[str]:
    """Return the rooms that the table of a heading names."""
    table = TEXT.split(f"| {heading} |", 1)[1].split("\n\n", 1)[0]
    cells = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    return {name.rstrip("/") for cell in cells for name in re.findall(r"`([^`]+)`", cell)}


@pytest.mark.parametrize(
    ("heading", "folder"),
    [
        ("Room of `gassapi_backend/`", PACKAGE),
        ("Room of `gassapi_backend/server/`", PACKAGE / "server"),
    ],
)
def test_every_room_is_on_the_map_and_nothing_else(heading: str, folder: Path) -> None:
    rooms = {
        path.name
        for path in folder.iterdir()
        if path.name not in APART and (path.suffix == ".py" or any(path.glob("*.py")))
    }
    assert mapped(heading) == rooms


def test_every_file_of_the_walks_is_there() -> None:
    named = re.findall(r"`(gassapi_backend/[\w./]+)`", TEXT)
    assert len(named) > 40
    assert [name for name in named if not (TOP / name).exists()] == []


def test_there_are_three_walks() -> None:
    walks = re.findall(r"(?m)^### (.+)$", TEXT)
    assert walks == [
        "An endpoint is created",
        "An invitation is accepted",
        "A change reaches a stream",
    ]
