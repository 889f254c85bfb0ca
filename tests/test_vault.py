"""The vault of secret variables: through changes of the key, and never without one."""

import re
from pathlib import Path

import pytest

from gassapi_backend.instance_key import begin_rotation, finish_rotation
from gassapi_backend.settings import SettingsError, load
from gassapi_backend.vault import Vault, key_id_of, sealed_length

SECRET = "0123456789abcdefghij0123456789abcdefghij"


@pytest.mark.parametrize("plain", ["", "x", "xy", "xyz", "é" * 1000])
def test_a_vault_says_how_long_a_value_is_without_opening_it(tmp_path: Path, plain: str) -> None:
    vault = Vault(load(home=tmp_path, secret_key=SECRET))
    assert 0 <= sealed_length(vault.seal(plain, "here")) - len(plain.encode()) <= 2


def test_a_vault_opens_with_former_keys_and_seals_with_the_newest(tmp_path: Path) -> None:
    old = Vault(load(home=tmp_path, secret_key=SECRET))
    sealed = old.seal("hush", "here")
    both = Vault(
        load(home=tmp_path, secret_key="hD8-k2LmQ0vXz_7rTnB4sWc9yGf1JpAe", old_secret_keys=SECRET)
    )
    assert both.open(sealed, "here") == "hush"
    assert both.open(sealed, "there") is None
    newer = both.seal("hush", "here")
    assert (key_id_of(sealed), key_id_of(newer)) == (old.current, both.current)
    assert old.open(newer, "here") is None
    assert re.fullmatch(r"[0-9a-f]{8}", both.current)
    assert both.key_ids == [both.current, old.current]


def test_a_vault_notices_a_new_key_file_and_forgets_no_key(tmp_path: Path) -> None:
    settings = load(home=tmp_path)
    running = Vault(settings)
    first = running.seal("hush", "here")
    begin_rotation(settings)
    second = Vault(settings).seal("hush", "here")
    assert running.open(second, "here") == "hush"
    finish_rotation(settings)
    assert key_id_of(running.seal("hush", "here")) == key_id_of(second)
    assert running.open(first, "here") == "hush"
    assert Vault(settings).open(first, "here") is None


def test_a_vault_makes_no_key_in_place_of_one_that_is_gone(tmp_path: Path) -> None:
    vault = Vault(load(home=tmp_path))
    sealed = vault.seal("hush", "here")
    (tmp_path / "secret.key").unlink()
    with pytest.raises(SettingsError, match=r"secret\.key: the secret key is gone"):
        vault.seal("hush", "here")
    assert vault.open(sealed, "here") == "hush"
    assert vault.open("12345678.eA==", "here") is None
    assert not list(tmp_path.iterdir())
