"""Which format a file has, and in which encoding its text is: decided by its content, never by its name."""

from __future__ import annotations

import codecs
import re

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
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_FOREIGN = {
    b"ARROW1": "Feather",
    b"FEA1": "Feather",
    b"\x7fELF": "ELF",
    b"\xcf\xfa\xed\xfe": "Mach-O",
    b"%PDF-": "PDF",
    b"\x80\x02": "pickle",
    b"\x80\x03": "pickle",
    b"\x80\x04": "pickle",
    b"\x80\x05": "pickle",
    b"\x1f\x8b": "gzip",
    b"BZh9": "bzip2",
    b"\xfd7zXZ": "xz",
    b"\x28\xb5\x2f\xfd": "zstd",
    b"7z\xbc\xaf\x27\x1c": "7z",
    b"Rar!": "RAR",
    b"\x89PNG": "PNG",
    b"\xff\xd8\xff": "JPEG",
    b"GIF8": "GIF",
    b"SQLite format 3\x00": "SQLite",
    b"\x89HDF": "HDF5",
    b"\x93NUMPY": "NumPy",
    b"HWP Document": "HWP",
}
_JSON = re.compile(r'\s*(?:\[\s*[\[{]|\{\s*["}])')
_WEB_PAGE = re.compile(r"\s*<(?:!doctype html|html|head|body|table|meta|div|\?xml)\b", re.IGNORECASE)
_HEAD = 65_536
_MOST_CONTROLS = 0.02


def container(data: bytes) -> str:
    """Return "xlsx" (any ZIP), "xls" (any OLE file), "parquet", or "" for text.

    Raises:
        UserError: where the first bytes are those of another known format.
    """
    if data.startswith(b"PK\x03\x04"):
        return "xlsx"
    if data.startswith(_OLE):
        return "xls"
    if data.startswith(b"PAR1"):
        return "parquet"
    name = next((name for magic, name in _FOREIGN.items() if data.startswith(magic)), None)
    if data.startswith(b"MZ") and b"\x00" in data[:256]:
        name = "EXE"
    if name:
        raise UserError(
            N_(
                "This is a {format} file. What can be read is CSV, XLSX, Parquet and JSON: save it as one of them."
            ),
            format=name,
        )
    return ""


def text_format(head: str) -> str:
    """Return "json" (JSON and JSON lines) or "csv" for the beginning of a text.

    Raises:
        UserError: where it is a web page, as some systems export under the name .xls.
    """
    if _WEB_PAGE.match(head):
        raise UserError(
            N_(
                "This is a web page (HTML or XML), though it may be named .xls or .csv. "
                "Open it in Excel and save it as XLSX."
            )
        )
    return "json" if _JSON.match(head) else "csv"


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
