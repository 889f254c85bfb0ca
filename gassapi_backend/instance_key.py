"""The instance's secret key, and one key derived from it for each purpose."""

import hashlib
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from gassapi_backend.addresses import Host, hosts_of
from gassapi_backend.private_files import write_private
from gassapi_backend.sealing import derive
from gassapi_backend.settings import LOOPBACK, Settings, SettingsError

FILE_NAME = "secret.key"


@dataclass(frozen=True)
class Keys:
    """32-byte keys, each for one use only."""

    access: bytes
    refresh: bytes
    links: bytes
    answers: bytes
    devices: bytes


def derive_keys(secret: str) -> Keys:
    """Return the keys of a secret (HMAC-SHA256 over a label)."""
    return Keys(
        access=derive(secret, "access token"),
        refresh=derive(secret, "refresh token"),
        links=derive(secret, "link"),
        answers=derive(secret, "answer"),
        devices=derive(secret, "device"),
    )


def load_keys(settings: Settings) -> Keys:
    """Return the keys of ``GASSAPI_SECRET_KEY`` or of ``secret.key`` in the data directory.

    Makes the file, for its owner only, when there is none. Raises ``SettingsError`` when it
    cannot be read, made or trusted.
    """
    return derive_keys(load_secrets(settings)[0])


def lacks_key(settings: Settings) -> bool:
    """Whether there is no secret key yet, so that the next who needs it makes one."""
    try:
        return settings.secret_key is None and not _read(settings.home / FILE_NAME)
    except (OSError, UnicodeDecodeError):
        return False


def tell_of_new_key(settings: Settings) -> str:
    """Return what to tell the operator of a database with accounts for which a key was made."""
    return (
        "A new secret key was made, although there are accounts already: sign-ins and mailed links "
        "have ended, and secret variables cannot be read. If you still have the former key, put it "
        f"back into {settings.home / FILE_NAME} and restart the servers."
    )


def instance_of(settings: Settings) -> str:
    """Return 16 hexadecimal digits that are the same for the same secret and database only.

    They tell nothing about either, and take some hundredths of a second and 16 MB to make, so that
    nobody finds the secret by trying (RFC 7914). Makes the file and raises as ``load_keys()`` does.
    """
    parts = urlsplit(settings.database)
    path = unquote(parts.path)
    if parts.scheme == "sqlite":  # by whatever way to the file
        place = str(Path(path[1:]).expanduser().resolve())
    else:
        hosts = hosts_of(parts.netloc)
        place = f"{','.join(str(_known(host)) for host in hosts)} {path}"
    key = derive(load_secrets(settings)[0], "instance")
    return hashlib.scrypt(key, salt=place.encode(), n=2**14, r=8, p=1, dklen=8).hex()


def _known(host: Host) -> Host:
    return host._replace(name="localhost") if host.name in LOOPBACK else host


def load_secrets(settings: Settings) -> list[str]:
    """Return the secrets behind the keys: the one in force, then former ones that still open.

    The former ones are those of a rotation under way and of ``GASSAPI_OLD_SECRET_KEYS``. Makes the
    file and raises as ``load_keys()`` does.
    """
    former = [key.get_secret_value() for key in settings.old_secret_keys]
    if settings.secret_key:
        return list(dict.fromkeys([settings.secret_key.get_secret_value(), *former]))
    path = settings.home / FILE_NAME
    try:
        settings.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = _read(path) or _make(path)
    except OSError as error:
        reason = error.strerror or error
        raise SettingsError(f"{path}: the secret key cannot be read or made ({reason}).") from None
    except UnicodeDecodeError:
        raise SettingsError(f"{path}: the secret key is not plain ASCII text.") from None
    if not found or any(len(secret) < 32 for secret in found):
        raise SettingsError(f"{path}: the secret key is shorter than 32 characters.")
    return list(dict.fromkeys([*found, *former]))


def begin_rotation(settings: Settings) -> bool:
    """Put a fresh secret on the first line of the file, before the one in force until now.

    Returns ``False``, and leaves the file alone, where a rotation was broken off: it is to be
    finished with the secrets it began with.
    """
    load_secrets(settings)
    found = _read(settings.home / FILE_NAME)
    if len(found) > 1:
        return False
    write_private(settings.home / FILE_NAME, "\n".join([_fresh(), *found, ""]))
    return True


def finish_rotation(settings: Settings) -> None:
    """Leave nothing in the file but the secret on its first line, and none of its drafts."""
    path = settings.home / FILE_NAME
    found = _read(path)
    if len(found) > 1:
        write_private(path, f"{found[0]}\n")
    for draft in path.parent.glob(f".{FILE_NAME}.*"):  # of a rotation that was killed
        draft.unlink()


def is_rotating(settings: Settings) -> bool:
    """Whether a rotation of the file's secret was begun and not finished."""
    try:
        return settings.secret_key is None and len(_read(settings.home / FILE_NAME)) > 1
    except (OSError, UnicodeDecodeError):
        return False


def _read(path: Path) -> list[str]:
    """Return the file's lines: the secret in force and, during a rotation, the one before it."""
    if not path.exists():
        return []
    text = path.read_text("utf-8-sig").encode("ascii").decode()  # Windows puts a mark before it
    return [line.strip() for line in text.splitlines() if line.strip()]


def _make(path: Path) -> list[str]:
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    write_private(draft, f"{_fresh()}\n")
    try:
        os.link(draft, path)  # fails where another process was first: its key is the one
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    return _read(path)


def _fresh() -> str:
    return secrets.token_urlsafe(48)
