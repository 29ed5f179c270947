"""From the bytes of a file to a table of text: format, encoding, delimiter, header, rows. No value is interpreted."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from core.data.formats.delimited import read_delimited
from core.data.formats.recognise import container, find_encoding, head_of, text_format
from core.data.formats.sandbox import parse_apart
from core.errors import UserError
from core.jobs import Report, silent
from core.locale import N_
from core.settings import MEGABYTE, settings


@dataclass(frozen=True)
class ReadOptions:
    """What the user chose instead of what would be found; "" finds it.

    `encoding` is one of `core.data.formats.recognise.ENCODINGS`, `delimiter` one character (a line break for a
    single column), `sheet` the name of a workbook's sheet.
    """

    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""


@dataclass(frozen=True, eq=False)
class RawTable:
    """A table as it stands in the file: every cell a string, "" where empty.

    `format` is "csv" (any delimited text), "xlsx", "xls", "parquet", "json" or "jsonl". `encoding`, `delimiter`
    (also of a single column), `sheet` and `sheets` are empty where the format has none. `titles` are the lines above
    the header, which are not part of the table.
    """

    frame: pd.DataFrame
    encoding: str
    delimiter: str
    format: str = "csv"
    sheet: str = ""
    sheets: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Source:
    """One file that a dataset is made from: its name, a label only, and its cells."""

    name: str
    table: RawTable


_AUTOMATIC = ReadOptions()


def read_table(data: bytes, options: ReadOptions = _AUTOMATIC, report: Report = silent) -> RawTable:
    """Read a table from a CSV, XLSX, XLS, Parquet, JSON or JSON lines file, recognised by its content.

    Raises:
        UserError: where the bytes are no such file, are damaged or beyond this server's limits, hold no row, or a
            line cannot be read exactly (with its number).
    """
    limit = settings().max_upload_bytes
    if len(data) > limit:
        raise UserError(
            N_("The file has {size:,.0f} MB; at most {limit:,.0f} MB are read (HEADLINE_LAB_MAX_UPLOAD_MB)."),
            size=len(data) / MEGABYTE,
            limit=limit / MEGABYTE,
        )
    encoding, delimiter, kind = "", "", container(data)
    if not kind:
        encoding = find_encoding(data, options.encoding)
        kind = text_format(head_of(data, encoding))
    if kind == "csv":
        table, delimiter, titles = read_delimited(data, encoding, options.delimiter, report)
        return RawTable(table.to_pandas(), encoding, delimiter, titles=tuple(titles))
    table, parsed = parse_apart(kind, data, encoding, options.sheet, report)
    return RawTable(
        table.to_pandas(), encoding, "", parsed.format, parsed.sheet, parsed.sheets, parsed.titles
    )
