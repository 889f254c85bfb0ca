"""Text that somebody else may have written, made fit for the operator's terminal."""

import re

_STEERING = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
"""What terminals act on; of it JSON leaves C1, line breaks and directions as they are."""

_UNSEEN = "\ufffd"
_KEPT = "\t\n"

_TABLE = {
    **{code: chr(0x2400 + code) for code in range(0x20) if chr(code) not in _KEPT},  # ␛ for ESC
    0x7F: "␡",
    **dict.fromkeys(range(0x80, 0xA0), _UNSEEN),  # C1: U+009B begins a sequence as ESC [ does
    **dict.fromkeys((0x2028, 0x2029), _UNSEEN),  # further line breaks
    **dict.fromkeys((*range(0x202A, 0x202F), *range(0x2066, 0x206A)), _UNSEEN),  # other directions
}


def visible(text: str) -> str:
    """Return a text in which nothing steers a terminal; tabs and line breaks stay.

    As long as before, so that what is counted or styled by place still fits.
    """
    return text if text.isprintable() else text.translate(_TABLE)


def in_one_line(text: str) -> str:
    """Return a text as ``visible()`` does, without line breaks: for output with a line for each."""
    return visible(text).replace("\n", "␊")


def escaped_json(text: str) -> str:
    """Return JSON in which what steers a terminal is escaped, and the values are the same."""
    return _STEERING.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
