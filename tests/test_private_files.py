"""A private file: for its owner only, and whole at any moment."""

from pathlib import Path

import pytest

from gassapi_backend.private_files import write_private


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
