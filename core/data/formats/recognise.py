"""Which format a file has: decided by its content, never by its name."""

from __future__ import annotations

import re

from core.data.formats.format import Format
from core.data.formats.registry import FORMATS, titles
from core.errors import UserError
from core.locale import N_

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
_WEB_PAGE = re.compile(r"\s*<(?:!doctype html|html|head|body|table|meta|div|\?xml)\b", re.IGNORECASE)


def binary_format(data: bytes) -> Format | None:
    """Return the binary format that the first bytes are of, None for text.

    Raises:
        UserError: where they are those of a format that cannot be read.
    """
    for one in reversed(FORMATS):
        if one.starts and data.startswith(one.starts):
            return one
    name = next((name for magic, name in _FOREIGN.items() if data.startswith(magic)), None)
    if data.startswith(b"MZ") and b"\x00" in data[:256]:
        name = "EXE"
    if name:
        raise UserError(
            N_("This is a {format} file, which cannot be read here. Save it as one of: {formats}."),
            format=name,
            formats=titles(),
        )
    return None


def text_format(head: str) -> Format:
    """Return the text format of a text that begins with `head`: CSV where it is no other.

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
    return next(one for one in reversed(FORMATS) if one.matches and one.matches(head))
