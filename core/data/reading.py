"""From the bytes of a file to a table of text: encoding, delimiter, header, rows. No value is interpreted."""

from __future__ import annotations

import codecs
import csv
import io
import unicodedata
from collections import Counter
from dataclasses import dataclass

import pandas as pd

from core.errors import UserError
from core.locale import N_
from core.settings import settings

_BOMS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
_DELIMITERS = (",", "\t", ";", "|")
_FOREIGN = {
    b"PK\x03\x04": "XLSX/ZIP", b"\xd0\xcf\x11\xe0": "XLS", b"PAR1": "Parquet", b"ARROW1": "Feather",
    b"MZ": "EXE", b"\x7fELF": "ELF", b"%PDF": "PDF", b"\x80\x04": "pickle", b"\x80\x05": "pickle",
    b"\x1f\x8b": "gzip",
}  # fmt: skip


@dataclass(frozen=True, eq=False)
class RawTable:
    """A table as it stands in the file: every cell a string, "" where empty."""

    frame: pd.DataFrame
    encoding: str
    delimiter: str


def read_table(data: bytes) -> RawTable:
    """Read a delimited text file.

    Raises:
        UserError: where the bytes are no such file: too large, another format, an unknown encoding,
            empty, a header alone, or a row with more or fewer cells than the header (with its line).
    """
    limit = settings().max_upload_bytes
    if len(data) > limit:
        raise UserError(
            N_("The file has {size:,.0f} MB; at most {limit:,.0f} MB are read (HEADLINE_LAB_MAX_UPLOAD_MB)."),
            size=len(data) / 2**20, limit=limit / 2**20,
        )  # fmt: skip
    text, encoding = decode(data)
    if not text.strip():
        raise UserError(N_("The file is empty. Choose a CSV file with a header line and rows below it."))
    delimiter = find_delimiter(text)
    return RawTable(_parse(text, delimiter), encoding, delimiter)


def decode(data: bytes) -> tuple[str, str]:
    """Return the text and its encoding: by the byte-order mark, else strict UTF-8, else CP949."""
    for magic, name in _FOREIGN.items():
        if data.startswith(magic):
            raise UserError(
                N_("This is a {format} file, not a CSV file. Save it as CSV and load that."), format=name
            )
    candidates = [name for bom, name in _BOMS.items() if data.startswith(bom)] or ["utf-8", "cp949"]
    for encoding in candidates:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" in text[:4096]:
            break
        return text, encoding
    raise UserError(N_("The file is no text in UTF-8 or CP949. Save it as “CSV UTF-8” and load it again."))


def find_delimiter(text: str) -> str:
    """Return the delimiter that splits the first lines into the same number of cells, more than one."""
    lines = text[:65536].splitlines()[:50]
    if len(text) > 65536:
        lines = lines[:-1] or lines
    best, score = ",", (0.0, 0)
    for delimiter in _DELIMITERS:
        widths = Counter(len(row) for row in csv.reader(lines, delimiter=delimiter) if row)
        width, count = widths.most_common(1)[0] if widths else (1, 0)
        if width > 1 and (count / sum(widths.values()), width) > score:
            best, score = delimiter, (count / sum(widths.values()), width)
    return best


def unique_names(names: list[str]) -> list[str]:
    """Clean headers (NFC, no outer blanks), name the empty ones, number those that repeat."""
    seen: Counter[str] = Counter()
    result = []
    for position, name in enumerate(names, 1):
        name = (
            " ".join(unicodedata.normalize("NFC", name).replace("\ufeff", "").split()) or f"column {position}"
        )
        seen[name] += 1
        result.append(name if seen[name] == 1 else f"{name}_{seen[name]}")
    return result


def _parse(text: str, delimiter: str) -> pd.DataFrame:
    csv.field_size_limit(1_000_000)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[list[str]] = []
    header: list[str] = []
    try:
        for row in reader:
            if not row:
                continue
            if not header:
                header = row
            elif len(row) != len(header):
                raise UserError(
                    N_("Line {line:,} has {found} cells, but the header has {expected}. "
                       "Put a text that holds the delimiter in quotation marks, or mend the line."),
                    line=reader.line_num, found=len(row), expected=len(header),
                )  # fmt: skip
            else:
                rows.append(row)
    except csv.Error as error:
        raise UserError(
            N_("Line {line:,} cannot be read ({reason}). Look for a quotation mark that is never closed."),
            line=reader.line_num, reason=str(error),
        ) from error  # fmt: skip
    if not rows:
        raise UserError(
            N_("The file has a header but no rows. Choose a file with headlines below the header.")
        )
    return pd.DataFrame(rows, columns=unique_names(header), dtype="str")
