"""When two spellings are one, and what a search finds: the rules, for all databases and imports."""

import hashlib
import unicodedata


def folded(text: str, limit: int = 255) -> str:
    """Return the form in which two spellings of one name are equal.

    Compatibility-normalised (NFKC) and case-folded, runs of white space made one blank, cut to
    ``limit`` characters. Databases disagree on case, accents and trailing blanks; this decides.
    """
    normal = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return " ".join(normal.split())[:limit].rstrip()


def search_key(text: str, limit: int = 255) -> str:
    """Return the form of text in which it is searched and sorted: ``folded()`` without accents.

    Combining marks are dropped after compatibility decomposition (NFKD), what is left is composed
    again. An i without its dot counts as one with it: Turkish has both, and I as the capital of
    the first. So every spelling that differs by case, accents or width is found by every other.
    Looser than the rule for names that may stand beside each other: "cafe" and "café" may.
    """
    if text.isascii():  # nearly all are, and the rest of this costs ten times as much
        return " ".join(text.lower().split())[:limit].rstrip()
    marked = unicodedata.normalize("NFKD", folded(text, limit=len(text) * 18))
    bare = "".join(one for one in marked if unicodedata.category(one) != "Mn")
    normal = unicodedata.normalize("NFKC", bare).replace("\N{LATIN SMALL LETTER DOTLESS I}", "i")
    return " ".join(normal.split())[:limit].rstrip()


def name_hash(name: str) -> str:
    """Return what no two names beside each other may share: SHA-256 of the whole folded name."""
    return hashlib.sha256(folded(name, limit=10_000).encode()).hexdigest()
