"""Decodes bytes to Unicode text: UTF-8, UTF-16 or UTF-32, with or without a byte order mark."""

import codecs

from gassapi_backend.exchange.tree import Unreadable

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # starts like UTF-16's, so it is checked first
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_ZEROS: dict[
    tuple[bool, ...], str
] = {  # which of the first four bytes of an ASCII document are zero (RFC 4627, section 3)
    (True, True, True, False): "utf-32-be",
    (False, True, True, True): "utf-32-le",
    (True, False, True, False): "utf-16-be",
    (False, True, False, True): "utf-16-le",
}
_OTHERS = (
    (b"\x1f\x8b", "compressed with gzip"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"Rar!", "a RAR archive"),
    (b"BZh", "compressed with bzip2"),
    (b"\xfd7zXZ\x00", "compressed with xz"),
    (b"%PDF", "a PDF"),
)


def decoded(data: bytes) -> str:
    """Return the text of a file; raise ``Unreadable`` if it is not text."""
    for start, what in _OTHERS:
        if data.startswith(start):
            raise Unreadable(f"The file is {what}. Unpack it, and import what is in it.")
    mark, encoding = _encoding(data)
    try:
        return data[len(mark) :].decode(encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start + len(mark)) + 1
        raise Unreadable(
            f"The file is not {encoding.upper()} text (byte {error.start + len(mark)}). "
            "Save it as UTF-8, and import it again.",
            f"line {line}",
        ) from None


def _encoding(data: bytes) -> tuple[bytes, str]:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return mark, encoding
    start = data[:4]
    zeros = tuple(byte == 0 for byte in start)
    if len(start) in (2, 3):  # a one-character document in UTF-16
        zeros = (*zeros[:2], *zeros[:2])
    return b"", _ZEROS.get(zeros, "utf-8")
