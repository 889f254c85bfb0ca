"""Secret values at rest: sealed with a key of the instance, and opened while that key is known.

A sealed value is ``<key id>.<base64url>``. The id, 8 hexadecimal digits of a hash, says which key
opens it without telling anything about that key, so that keys can change while servers run.
"""

import base64
import binascii
import hashlib
from pathlib import Path

from gassapi_backend.instance_key import FILE_NAME, load_secrets
from gassapi_backend.sealing import derive, seal, unseal
from gassapi_backend.settings import Settings, SettingsError


class Vault:
    """Seals with the key in force, and opens with every key that was in force since it was made.

    The key file is looked at again whenever that matters: a rotation reaches running servers.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._keys: dict[str, bytes] = {}
        self._current = ""
        self._seen: tuple[int, ...] | None = None
        self._load()

    @property
    def current(self) -> str:
        """The id of the key that seals now."""
        return self._current

    @property
    def key_ids(self) -> list[str]:
        """The ids of all keys that open."""
        return list(self._keys)

    def seal(self, plain: str, context: str) -> str:
        """Encrypt a value for one place, which ``context`` names: elsewhere it cannot be opened.

        To be called inside a change, with the project's row locked or saved: then a rotation, which
        waits for such changes once it has written the new key, misses none. Raises
        ``SettingsError`` while the key cannot be read.
        """
        self._refresh()
        sealed = seal(self._keys[self._current], plain.encode(), context)
        return f"{self._current}.{base64.urlsafe_b64encode(sealed).decode()}"

    def open(self, sealed: str, context: str) -> str | None:
        """Decrypt a value; ``None`` where no key opens it there."""
        key_id, _, text = sealed.partition(".")
        if key_id not in self._keys:
            try:
                self._refresh()
            except SettingsError:
                return None
        key = self._keys.get(key_id)
        try:
            raw = base64.b64decode(text, altchars="-_", validate=True)
            plain = unseal(key, raw, context) if key else None
            return None if plain is None else plain.decode()
        except (binascii.Error, ValueError):
            return None

    def _refresh(self) -> None:
        if self._settings.secret_key is None and _stamp(self._file) != self._seen:
            self._load()

    def _load(self) -> None:
        stamp = _stamp(self._file)  # before reading: what is written meanwhile is read next time
        found = {_key_id(secret): derive(secret, "variable") for secret in self._secrets()}
        self._keys |= found
        self._current = next(iter(found))
        self._seen = stamp

    def _secrets(self) -> list[str]:
        if self._seen is not None and not self._file.exists():
            raise SettingsError(f"{self._file}: the secret key is gone.")  # make no other one
        return load_secrets(self._settings)

    @property
    def _file(self) -> Path:
        return self._settings.home / FILE_NAME


def key_id_of(sealed: str) -> str:
    """Return the id of the key that sealed a value."""
    return sealed.partition(".")[0]


def sealed_length(sealed: str) -> int:
    """Return how many bytes a sealed value has, without opening it: less nonce and tag."""
    return max(0, len(sealed.partition(".")[2]) * 3 // 4 - 28)


def _key_id(secret: str) -> str:
    return hashlib.sha256(derive(secret, "variable key id")).hexdigest()[:8]


def _stamp(path: Path) -> tuple[int, ...]:
    try:
        found = path.stat()
    except OSError:
        return ()
    return (found.st_ino, found.st_mtime_ns, found.st_size)
