"""The three walks through the rooms: every file that they come by is there."""

import re

from tests.checkout import TOP

TEXT = (TOP / "docs" / "architecture.md").read_text(encoding="utf-8")


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
