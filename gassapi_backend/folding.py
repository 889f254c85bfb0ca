"""When two spellings of a name are one: the rule, for every database and every import."""

import hashlib
import unicodedata


def folded(text: str, limit: int = 255) -> str:
    """Return the form in which two spellings of one name are equal.

    Compatibility-normalised (NFKC) and case-folded, runs of white space made one blank, cut to
    ``limit`` characters. Databases disagree on case, accents and trailing blanks; this decides.
    """
    normal = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return " ".join(normal.split())[:limit].rstrip()


def name_hash(name: str) -> str:
    """Return what no two names beside each other may share: SHA-256 of the whole folded name."""
    return hashlib.sha256(folded(name, limit=10_000).encode()).hexdigest()
