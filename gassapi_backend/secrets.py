"""The instance's secret key, and one key derived from it for each purpose."""

import hmac
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from gassapi_backend.settings import Settings, SettingsError

FILE_NAME = "secret.key"


@dataclass(frozen=True)
class Keys:
    """32-byte keys, each for one use only."""

    access: bytes
    refresh: bytes
    links: bytes
    answers: bytes


def derive_keys(secret: str) -> Keys:
    """Return the keys of a secret (HMAC-SHA256 over a label)."""
    return Keys(
        access=_derive(secret, "access token"),
        refresh=_derive(secret, "refresh token"),
        links=_derive(secret, "link"),
        answers=_derive(secret, "answer"),
    )


def load_keys(settings: Settings) -> Keys:
    """Return the keys of ``GASSAPI_SECRET_KEY`` or of ``secret.key`` in the data directory.

    Makes the file, for its owner only, when there is none. Raises ``SettingsError`` when it
    cannot be read, made or trusted.
    """
    if settings.secret_key:
        return derive_keys(settings.secret_key.get_secret_value())
    path = settings.home / FILE_NAME
    try:
        settings.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        secret = _read(path) or _make(path)
    except OSError as error:
        reason = error.strerror or error
        raise SettingsError(f"{path}: the secret key cannot be read or made ({reason}).") from None
    except UnicodeDecodeError:
        raise SettingsError(f"{path}: the secret key is not plain ASCII text.") from None
    if len(secret) < 32:
        raise SettingsError(f"{path}: the secret key is shorter than 32 characters.")
    return derive_keys(secret)


def seal(key: bytes, plain: bytes, context: str) -> bytes:
    """Encrypt with AES-256-GCM (NIST SP 800-38D): a nonce of 12 bytes, then text and tag.

    ``context`` says what it is for; only the same one opens it again.
    """
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # slow to import, rarely needed

    nonce = secrets.token_bytes(12)
    return nonce + AESGCM(key).encrypt(nonce, plain, context.encode())


def unseal(key: bytes, sealed: bytes, context: str) -> bytes | None:
    """Decrypt what ``seal()`` made; ``None`` where the key or the context is another."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    try:
        return AESGCM(key).decrypt(sealed[:12], sealed[12:], context.encode())
    except (InvalidTag, ValueError):
        return None


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner can read, all of it or nothing."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise


def _read(path: Path) -> str | None:
    return path.read_text("ascii").strip() if path.exists() else None


def _make(path: Path) -> str:
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    write_private(draft, secrets.token_urlsafe(48) + "\n")
    try:
        os.link(draft, path)  # fails where another process was first: its key is the one
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    return path.read_text("ascii").strip()


def _derive(secret: str, label: str) -> bytes:
    return hmac.digest(secret.encode(), f"gassapi {label}".encode(), "sha256")
