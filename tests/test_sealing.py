"""What is sealed is opened by its own key, for its own purpose, and whole."""

import pytest

from gassapi_backend.instance_key import derive_keys
from gassapi_backend.sealing import seal, unseal

SECRET = "0123456789abcdefghij0123456789abcdefghij"


@pytest.mark.parametrize("plain", [b"", b"x", "é😀".encode(), b"x" * 50_000])
def test_what_is_sealed_opens_with_its_key_and_context_only(plain: bytes) -> None:
    key, other = derive_keys(SECRET).answers, derive_keys(SECRET).links
    sealed = seal(key, plain, "here")
    assert unseal(key, sealed, "here") == plain
    assert unseal(key, sealed, "there") is None
    assert unseal(other, sealed, "here") is None
    for broken in (sealed[:-1], sealed[1:], b"", sealed[:11], bytes([sealed[0] ^ 1]) + sealed[1:]):
        assert unseal(key, broken, "here") is None
    assert seal(key, plain, "here") != sealed
    assert plain not in sealed or len(plain) < 2
