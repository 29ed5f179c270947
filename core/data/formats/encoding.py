"""In which encoding a text is: decided by all of its bytes, never by the file's name."""

from __future__ import annotations

import codecs

from core.errors import UserError
from core.locale import N_

# what a person may choose where the encoding that was found is wrong
ENCODINGS = (
    "utf-8",
    "cp949",
    "utf-16",
    "utf-16-le",
    "utf-16-be",
    "johab",
    "shift_jis",
    "gb18030",
    "big5",
    "cp1252",
)
_SAME = {"utf-8-sig": "utf-8", "euc_kr": "cp949"}

_BOMS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
_HEAD = 65_536
_MOST_CONTROLS = 0.02


def find_encoding(data: bytes, chosen: str = "") -> str:
    """Return the encoding of a text: by its byte-order mark, else strict UTF-8, else CP949, over all of it.

    Raises:
        UserError: where no encoding, or not the `chosen` one, fits every byte, or it is no text.
    """
    marked = next((name for bom, name in _BOMS.items() if data.startswith(bom)), "")
    if chosen:
        name = _known(chosen)
        unmarked = "utf-16-le" if name == "utf-16" else name
        candidates = [marked if marked.startswith(name) else unmarked]
    else:
        candidates = [marked] if marked else ["utf-8", "cp949"]
    faults = []
    for name in candidates:
        place = first_fault(data, name)
        if place is None:
            _refuse_binary(head_of(data, name))
            return name
        faults.append(place)
    _refuse_binary(data[:_HEAD].decode("latin-1"))
    raise UserError(
        N_(
            "Line {line:,} holds bytes that are no text in {encoding}. Choose the file's encoding, or save it as "
            "“CSV UTF-8” and load it again."
        ),
        line=data.count(b"\n", 0, max(faults)) + 1,
        encoding=" / ".join(name.upper() for name in candidates),
    )


def first_fault(data: bytes, encoding: str) -> int | None:
    """Return the place of about the first byte that the encoding does not allow; None where all are text."""
    decoder = codecs.getincrementaldecoder(encoding)()
    block = 2**20
    for start in range(0, len(data), block):
        try:
            decoder.decode(data[start : start + block], final=start + block >= len(data))
        except UnicodeDecodeError as error:
            return start + error.start
    return None


def head_of(data: bytes, encoding: str) -> str:
    """Return the first 64 KB as text."""
    return codecs.getincrementaldecoder(encoding)().decode(data[:_HEAD], final=len(data) <= _HEAD)


def _known(encoding: str) -> str:
    try:
        name = codecs.lookup(encoding).name
    except (LookupError, ValueError):
        name = encoding
    name = _SAME.get(name, name)
    if name not in ENCODINGS:
        raise UserError(
            N_("There is no encoding {encoding} here. Choose one of: {encodings}."),
            encoding=encoding,
            encodings=", ".join(ENCODINGS),
        )
    return name


def _refuse_binary(head: str) -> None:
    nuls = head.count("\x00")
    controls = sum(1 for c in head if c < " " and c not in "\t\n\r\f\x1a")
    if nuls > _MOST_CONTROLS * len(head) + 4 or controls > _MOST_CONTROLS * len(head) + 32:
        raise UserError(
            N_(
                "The file is no text: it is full of control characters. If it is UTF-16 without a byte-order mark, "
                "choose that encoding; else save it as “CSV UTF-8”."
            )
        )
