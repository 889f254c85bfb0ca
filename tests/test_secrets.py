"""The secret key: made once, for its owner only, and the same for everybody who starts."""

import re
from pathlib import Path

import pytest

from gassapi_backend.secrets import derive_keys, load_keys, write_private
from gassapi_backend.settings import SettingsError, load
from tests.programs import all_at_once

SECRET = "0123456789abcdefghij0123456789abcdefghij"

START = """
from gassapi_backend.secrets import load_keys
from gassapi_backend.settings import load

settings = load()
print("ready", flush=True)
input()
keys = load_keys(settings)
print(keys.access.hex(), keys.refresh.hex())
"""


def test_the_first_start_makes_a_key_for_its_owner_only(tmp_path: Path) -> None:
    home = tmp_path / "new" / "home"
    keys = load_keys(load(home=home))
    path = home / "secret.key"
    assert path.stat().st_mode & 0o777 == 0o600
    assert home.stat().st_mode & 0o777 == 0o700
    assert re.fullmatch(r"[\w-]{64}\n", path.read_text())
    assert [found.name for found in home.iterdir()] == ["secret.key"]
    assert keys == derive_keys(path.read_text().strip())


def test_later_starts_read_the_same_key(tmp_path: Path) -> None:
    settings = load(home=tmp_path)
    first = load_keys(settings)
    before = (tmp_path / "secret.key").read_bytes()
    assert load_keys(settings) == first
    assert (tmp_path / "secret.key").read_bytes() == before


def test_every_instance_makes_another_key(tmp_path: Path) -> None:
    assert load_keys(load(home=tmp_path / "a")) != load_keys(load(home=tmp_path / "b"))


def test_processes_that_start_at_once_have_one_key(tmp_path: Path) -> None:
    home = tmp_path / "home"
    ended = all_at_once(START, 6, env={"GASSAPI_HOME": str(home)})
    assert [code for code, _, _ in ended] == [0] * 6, ended
    assert len({output for _, output, _ in ended}) == 1
    assert [found.name for found in home.iterdir()] == ["secret.key"]


def test_a_key_in_the_settings_needs_no_file(tmp_path: Path) -> None:
    keys = load_keys(load(home=tmp_path / "home", secret_key=SECRET))
    assert keys == derive_keys(SECRET)
    assert not (tmp_path / "home").exists()


@pytest.mark.parametrize("content", [b"", b"  \n", b"too short\n", b"\xff" * 40, b"x" * 31])
def test_a_file_of_no_use_is_named_and_left_alone(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "secret.key"
    path.write_bytes(content)
    with pytest.raises(SettingsError, match=re.escape(str(path))):
        load_keys(load(home=tmp_path))
    assert path.read_bytes() == content
    assert [found.name for found in tmp_path.iterdir()] == ["secret.key"]


def test_a_key_that_is_too_short_is_never_shown(tmp_path: Path) -> None:
    (tmp_path / "secret.key").write_text("hush-hush")
    with pytest.raises(SettingsError) as caught:
        load_keys(load(home=tmp_path))
    assert "hush-hush" not in str(caught.value)
    with pytest.raises(SettingsError, match="GASSAPI_SECRET_KEY") as caught:
        load(home=tmp_path, secret_key="hush-hush")
    assert "hush-hush" not in str(caught.value)


def test_a_place_where_nothing_can_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    home = tmp_path / "file" / "home"
    with pytest.raises(SettingsError, match="file"):
        load_keys(load(home=tmp_path).model_copy(update={"home": home}))
    (tmp_path / "secret.key").mkdir()
    with pytest.raises(SettingsError, match=r"secret\.key"):
        load_keys(load(home=tmp_path))


def test_each_purpose_has_a_key_of_its_own() -> None:
    keys, others = derive_keys(SECRET), derive_keys(SECRET + "!")
    assert len({keys.access, keys.refresh, others.access, others.refresh}) == 4
    assert {len(keys.access), len(keys.refresh)} == {32}
    assert derive_keys(SECRET) == keys


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
