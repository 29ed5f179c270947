"""Delimited text (CSV, TSV and their kin) to a table of text cells, with the exact line of what is wrong."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator
from itertools import chain, dropwhile, islice

import pyarrow as pa

from core.data.formats.encoding import head_of
from core.data.formats.format import Parsed, ReadOptions
from core.data.formats.text_table import TextColumns, empty_file, header_row
from core.errors import UserError
from core.jobs import Report, silent
from core.locale import N_
from core.settings import settings

DELIMITERS = (",", "\t", ";", "|")
ONE_COLUMN = "\n"
_NOTHING = " \t\r\n\v\f\x00\x1a\ufeff\u3000"
_UNUSED = "\x1f"


def read(data: bytes, options: ReadOptions, report: Report) -> Parsed:
    """Read delimited text: the registry's entry to `read_delimited`."""
    table, delimiter, titles = read_delimited(data, options.encoding, options.delimiter, report)
    return Parsed(table, delimiter=delimiter, titles=tuple(titles))


def read_delimited(
    data: bytes, encoding: str, delimiter: str = "", report: Report = silent
) -> tuple[pa.Table, str, list[str]]:
    """Return the table, its delimiter ("" for a single column) and the titles above its header.

    `delimiter` is one character, `"\\n"` for a single column, or "" to find it. Lines that hold nothing are
    skipped, unless they have as many cells as the header.

    Raises:
        UserError: where there is no row, a row has more or fewer cells than the header (with its line), a
            quotation mark is never closed, or the table is beyond this server's limits.
    """
    if delimiter and (len(delimiter) > 1 or delimiter in '"\r'):
        raise UserError(
            N_("The delimiter {delimiter} cannot be used. Choose one character such as a comma."),
            delimiter=repr(delimiter),
        )
    csv.field_size_limit(settings().max_cell_characters)
    head = head_of(data, encoding)
    if not head.strip(_NOTHING + "".join(DELIMITERS)):
        raise empty_file()
    delimiter = delimiter or find_delimiter(head)
    raw = io.BytesIO(data)
    records = _records(io.TextIOWrapper(raw, encoding, newline=""), delimiter)
    first = list(islice(records, 12))
    header = header_row([row for _line, row in first])
    columns = TextColumns(first[header][1])
    for line, row in chain(first[header + 1 :], records):
        if len(row) != len(columns.header):
            _refuse_ragged(line, row, len(columns.header))
        elif columns.add_row(row):
            report(0.99 * raw.tell() / len(data), N_("Reading the file: {rows:,} rows"), rows=columns.rows)
    titles = (" ".join("".join(row).split()) for _line, row in first[:header])
    return columns.table(), "" if delimiter == ONE_COLUMN else delimiter, [title for title in titles if title]


def find_delimiter(head: str) -> str:
    """Return the delimiter that splits the first lines into the same number of cells, more than one.

    A single column gives `ONE_COLUMN`: no delimiter splits its header, nor the lines below it alike.
    """
    best, score = ONE_COLUMN, (0.0, 0)
    for delimiter in DELIMITERS:
        widths = _widths(head, delimiter)
        if not widths or not _splits(widths):
            continue
        width, count = Counter(widths).most_common(1)[0]
        if (count / len(widths), width) > score:
            best, score = delimiter, (count / len(widths), width)
    return best


def _splits(widths: list[int]) -> bool:
    """Whether lines of these widths are a table: a split header, or below lines above it rows that agree."""
    if widths[0] > 1:
        return True
    below = list(dropwhile(lambda width: width == 1, widths))
    if len(below) < 2:
        return False
    width, count = Counter(below).most_common(1)[0]
    return count >= 0.8 * len(below) and (width >= 3 or len(widths) == len(below) + 1)


def _widths(head: str, delimiter: str) -> list[int]:
    reader = csv.reader(io.StringIO(head, newline=""), delimiter=delimiter)
    try:
        widths = [len(row) for row in islice(reader, 51) if "".join(row).strip(_NOTHING)]
    except csv.Error:
        return []
    return widths[:-1] if len(widths) > 1 and not head.endswith(("\n", "\r")) else widths


def _records(lines: io.TextIOWrapper, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Yield each record that is no empty line, with the line it starts on."""
    reader = csv.reader(lines, delimiter=_UNUSED if delimiter == ONE_COLUMN else delimiter, strict=True)
    line = 1
    try:
        for row in reader:
            if row:
                yield line, row
            line = reader.line_num + 1
    except csv.Error as error:
        if "field limit" in str(error):
            raise UserError(
                N_(
                    "Line {line:,} holds a cell of more than {limit:,} characters ({variable}). Look for a quotation "
                    "mark that is never closed, or shorten the text."
                ),
                line=line,
                limit=settings().max_cell_characters,
                variable="HEADLINE_LAB_MAX_CELL_CHARACTERS",
            ) from error
        raise UserError(
            N_("Line {line:,} cannot be read ({reason}). Look for a quotation mark that is never closed."),
            line=line,
            reason=str(error),
        ) from error


def _refuse_ragged(line: int, row: list[str], expected: int) -> None:
    if "".join(row).strip(_NOTHING):
        raise UserError(
            N_(
                "Line {line:,} has {found} cells, but the header has {expected}. "
                "Put a text that holds the delimiter in quotation marks, or mend the line."
            ),
            line=line,
            found=len(row),
            expected=expected,
        )
