"""What every text goes through: composed Hangul, in a time that hostile input cannot stretch."""

from __future__ import annotations

import unicodedata

_MARKS = 30  # as many combining marks on one character as Unicode's stream-safe format allows


def compose(text: str, form: str = "NFC") -> str:
    """Return the text in NFC (or NFKC). Combining marks beyond the 30th on one character are dropped.

    Sorting marks takes quadratic time: 100,000 of them on one letter would take 12 seconds
    (https://unicode.org/reports/tr15/#Stream_Safe_Text_Format).
    """
    if text.isascii():
        return text
    if len(text) > 4 * _MARKS:
        text = _few_marks(text)
    return unicodedata.normalize(form, text)  # type: ignore[arg-type]


def header_name(cell: str) -> str:
    """Clean a header: NFC, no control or invisible characters, single blanks."""
    text = "".join(" " if c in "\t\r\n\v\f\u2028\u2029" else c for c in compose(cell))
    return " ".join("".join(c for c in text if not invisible(c) and unicodedata.category(c) != "Cc").split())


def invisible(character: str) -> bool:
    """Whether a character has no shape: zero-width ones, surrogates, private use; not the joiner in emoji."""
    return unicodedata.category(character) in ("Cf", "Cs", "Co") and character != "\u200d"


def _few_marks(text: str) -> str:
    kept, marks = [], 0
    for character in text:
        marks = marks + 1 if unicodedata.combining(character) else 0
        if marks <= _MARKS:
            kept.append(character)
    return "".join(kept)
