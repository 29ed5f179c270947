"""From the bytes of a file to a table of text: format, encoding, delimiter, header, rows. No value is interpreted."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial

import pandas as pd

from core.data.formats.encoding import find_encoding, head_of
from core.data.formats.format import ReadOptions, load_reader
from core.data.formats.recognise import binary_format, text_format
from core.data.formats.sandbox import parse_apart
from core.errors import UserError
from core.jobs import Report, silent
from core.locale import N_
from core.settings import MEGABYTE, settings

__all__ = ["RawTable", "ReadOptions", "Source", "read_table"]


@dataclass(frozen=True, eq=False)
class RawTable:
    """A table as it stands in the file: every cell a string, "" where empty.

    `format` is the key of a format in `formats.registry`, or "jsonl". `encoding`, `delimiter`
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
    """Read a table from a file of any format in `formats.registry`, recognised by its content.

    Raises:
        UserError: where the bytes are no such file, are damaged or beyond this server's limits, hold no row, or a
            line cannot be read exactly (with its number).
    """
    limit = settings().max_upload_bytes
    if len(data) > limit:
        raise UserError(
            N_(
                "The file has {size:,.0f} MB. Files up to {limit:,.0f} MB can be read (HEADLINE_LAB_MAX_UPLOAD_MB)."
            ),
            size=len(data) / MEGABYTE,
            limit=limit / MEGABYTE,
        )
    kind = binary_format(data)
    if kind is None:
        options = replace(options, encoding=find_encoding(data, options.encoding))
        kind = text_format(head_of(data, options.encoding))
    else:
        options = replace(options, encoding="")
    read = partial(parse_apart, kind) if kind.apart else load_reader(kind.reader)
    found = read(data, options, report)
    return RawTable(
        found.table.to_pandas(),
        options.encoding,
        found.delimiter,
        found.format or kind.key,
        found.sheet,
        found.sheets,
        found.titles,
    )
