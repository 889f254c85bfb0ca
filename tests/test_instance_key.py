"""The secret key: made once, for its owner only, and the same for everybody who starts."""

import re
from pathlib import Path

import pytest

from gassapi_backend.instance_key import (
    begin_rotation,
    derive_keys,
    finish_rotation,
    instance_of,
    is_rotating,
    load_keys,
    load_secrets,
)
from gassapi_backend.sealing import derive
from gassapi_backend.settings import SettingsError, load
from tests.programs import all_at_once

SECRET = "0123456789abcdefghij0123456789abcdefghij"

START = """
from gassapi_backend.instance_key import load_keys
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


def test_a_rotation_keeps_the_former_secret_until_it_is_finished(tmp_path: Path) -> None:
    settings, path = load(home=tmp_path), tmp_path / "secret.key"
    (old,) = load_secrets(settings)
    assert begin_rotation(settings)
    new = path.read_text().split()[0]
    assert load_secrets(settings) == [new, old]
    assert load_keys(settings) == derive_keys(new)
    assert is_rotating(settings)
    assert not begin_rotation(settings)
    assert load_secrets(settings) == [new, old]
    assert path.stat().st_mode & 0o777 == 0o600
    (tmp_path / ".secret.key.0123abcd").write_text("of one that was killed")
    for _ in range(2):
        finish_rotation(settings)
        assert path.read_text() == f"{new}\n"
    assert not is_rotating(settings)
    assert [found.name for found in tmp_path.iterdir()] == ["secret.key"]


def test_a_secret_may_have_blanks_in_it_and_come_with_former_ones(tmp_path: Path) -> None:
    phrase = "a phrase of words that is long enough"
    (tmp_path / "secret.key").write_text(f"  {phrase} \r\n\n")
    assert load_secrets(load(home=tmp_path, old_secret_keys=f"{SECRET},{phrase}")) == [
        phrase,
        SECRET,
    ]
    both = load(home=tmp_path, secret_key=SECRET, old_secret_keys=[phrase])
    assert load_secrets(both) == [SECRET, phrase]


def test_former_secrets_are_never_shown(tmp_path: Path) -> None:
    assert SECRET not in repr(load(home=tmp_path, old_secret_keys=SECRET))
    with pytest.raises(SettingsError, match="GASSAPI_OLD_SECRET_KEYS") as caught:
        load(home=tmp_path, old_secret_keys=f"{SECRET},hush-hush")
    assert "hush" not in str(caught.value)
    assert SECRET not in str(caught.value)


def test_the_name_of_an_instance_is_not_made_by_a_plain_hash(tmp_path: Path) -> None:
    """Whoever reads ``/health`` could try keys by the billion; each try is to cost 16 MB."""
    settings = load(home=tmp_path, secret_key="k7Zq-" * 8 + "xW3v")
    name = instance_of(settings)
    assert name == instance_of(settings)
    assert re.fullmatch("[0-9a-f]{16}", name)
    key = "k7Zq-" * 8 + "xW3v"
    place = str((tmp_path / "gassapi.db").resolve())
    for label in (f"instance {place}", "instance", place):
        for secret in (key, derive(key, "instance").hex()):
            assert derive(secret, label).hex()[:16] != name
