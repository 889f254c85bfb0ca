"""Encrypting with a key of the instance, and deriving one key for each use."""

import hmac
import secrets


def derive(secret: str, label: str) -> bytes:
    """Return the 32-byte key of a secret for one use."""
    return hmac.digest(secret.encode(), f"gassapi {label}".encode(), "sha256")


def seal(key: bytes, plain: bytes, context: str) -> bytes:
    """Encrypt with AES-256-GCM (NIST SP 800-38D): a nonce of 12 bytes, then text and tag.

    ``context`` says what it is for; only the same one opens it again.
    """
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # slow to import, rarely needed

    nonce = secrets.token_bytes(12)
    return nonce + AESGCM(key).encrypt(nonce, plain, context.encode())


def unseal(key: bytes, sealed: bytes, context: str) -> bytes | None:
    """Decrypt what ``seal()`` made; ``None`` where the key or the context is a different one."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    try:
        return AESGCM(key).decrypt(sealed[:12], sealed[12:], context.encode())
    except (InvalidTag, ValueError):
        return None
