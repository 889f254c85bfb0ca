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
_PACKED = (
    (b"\x1f\x8b", "compressed with gzip"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"Rar!", "a RAR archive"),
    (b"BZh", "compressed with bzip2"),
    (b"\xfd7zXZ\x00", "compressed with xz"),
    (b"\x28\xb5\x2f\xfd", "compressed with zstd"),
)
_NO_DOCUMENTS = (
    (b"%PDF-", "a PDF"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"SQLite format 3\x00", "an SQLite database"),
    (b"bplist0", "a binary property list"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an Office document"),
    *((mark, "a recording of network packets") for mark in (b"\xd4\xc3\xb2\xa1", b"\n\r\r\n")),
    (b"\x7fELF", "a program"),
    (b"MZ\x90\x00", "a program"),
)
_TAR_AT = 257


def decoded(data: bytes) -> str:
    """Return the text of a file; raise ``Unreadable`` if it is not text."""
    _refuse_binary(data)
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


def _refuse_binary(data: bytes) -> None:
    packed = next((what for start, what in _PACKED if data.startswith(start)), None)
    if data[_TAR_AT : _TAR_AT + 5] == b"ustar":
        packed = "a tar archive"
    if packed:
        unpack = "Unpack it, and import what is in it, or a ZIP archive of that."
        raise Unreadable(f"The file is {packed}. {unpack}")
    other = next((what for start, what in _NO_DOCUMENTS if data.startswith(start)), None)
    if other:
        raise Unreadable(
            f"The file is {other}, and no document of an API. "
            "Export your requests from their tool as text: JSON or YAML."
        )


def _encoding(data: bytes) -> tuple[bytes, str]:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return mark, encoding
    start = data[:4]
    zeros = tuple(byte == 0 for byte in start)
    if len(start) in (2, 3):  # a one-character document in UTF-16
        zeros = (*zeros[:2], *zeros[:2])
    return b"", _ZEROS.get(zeros, "utf-8")
