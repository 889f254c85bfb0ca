"""A private file: for its owner only, and whole at any moment."""

import os
from pathlib import Path

import pytest

from gassapi_backend.private_files import private_bytes, write_private


def test_a_private_file_replaces_another_whole_and_is_for_its_owner(tmp_path: Path) -> None:
    path = tmp_path / "new" / "file"
    write_private(path, "old\n")
    assert path.parent.stat().st_mode & 0o777 == 0o700
    path.chmod(0o644)
    write_private(path, "new é\n")
    assert path.read_text(encoding="utf-8") == "new é\n"
    assert path.stat().st_mode & 0o777 == 0o600
    assert [found.name for found in path.parent.iterdir()] == ["file"]


def test_a_private_file_that_cannot_be_written_whole_leaves_the_old_one(tmp_path: Path) -> None:
    path = tmp_path / "file"
    write_private(path, "old\n")
    with pytest.raises(UnicodeEncodeError):
        write_private(path, "new" * 100_000 + "\ud800")
    assert path.read_text(encoding="utf-8") == "old\n"
    assert [found.name for found in tmp_path.iterdir()] == ["file"]


def test_bytes_are_written_as_text_is(tmp_path: Path) -> None:
    path = tmp_path / "file"
    with pytest.raises(TypeError), private_bytes(path) as file:
        file.writelines([b"half", 0])  # type: ignore[list-item]  # what goes wrong half way
    assert list(tmp_path.iterdir()) == []
    with private_bytes(path) as file:
        file.write(b"\xff")
    assert path.read_bytes() == b"\xff"
    assert path.stat().st_mode & 0o777 == 0o600


def test_what_is_no_file_is_written_to_and_never_replaced(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    write_private(pipe, "text\n")
    assert os.read(reader, 100) == b"text\n"
    os.close(reader)
    assert pipe.is_fifo()


def test_a_name_may_be_as_long_as_names_may_be(tmp_path: Path) -> None:
    path = tmp_path / ("x" * 255)
    write_private(path, "text\n")
    assert path.read_text() == "text\n"
