"""Excel workbooks (XLSX, XLS) to a table of text cells. Runs in the sandbox: a parser may abort its process."""

from __future__ import annotations

import io
import math
import zipfile
from collections.abc import Iterable, Iterator
from itertools import chain, islice, repeat
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from core.data.formats.format import Parsed, ReadOptions
from core.data.formats.text_table import TextColumns, as_text, header_row
from core.data.formats.workbook_percent import as_percent, percent_columns
from core.errors import UserError
from core.jobs import Report, silent
from core.locale import N_
from core.settings import MEGABYTE, settings

if TYPE_CHECKING:
    from python_calamine import CalamineSheet, CalamineWorkbook

_MOST_ENTRIES = 10_000
_SMALL = 16 * MEGABYTE  # unpacked files up to here may be packed as tightly as they like


def read(data: bytes, options: ReadOptions, report: Report) -> Parsed:
    """Read a workbook: the registry's entry to `read_workbook`."""
    table, name, sheets, titles = read_workbook(data, options.sheet, report)
    return Parsed(table, sheet=name, sheets=tuple(sheets), titles=tuple(titles))


def read_workbook(
    data: bytes, sheet: str = "", report: Report = silent
) -> tuple[pa.Table, str, list[str], list[str]]:
    """Return a sheet's table, the sheet's name, all sheets' names and the titles above the table's header.

    Numbers that Excel shows as percent get their sign. `sheet` is a name, or "" for the first visible sheet of
    two rows or more. Rows below the header that are empty stay (so that row numbers do), but not those at the
    end.

    Raises:
        UserError: where the file is no workbook or beyond this server's limits, protected by a password, has no
            such sheet, or the sheet has no row.
    """
    import python_calamine as calamine

    if data.startswith(b"PK"):
        check_archive(data)
    try:
        book = calamine.load_workbook(io.BytesIO(data))
    except calamine.PasswordError as error:
        raise UserError(
            N_("The workbook is protected by a password. Save it without one and load it again.")
        ) from error
    worksheets = [meta for meta in book.sheets_metadata if meta.typ == calamine.SheetTypeEnum.WorkSheet]
    names = [meta.name for meta in worksheets]
    if sheet and sheet not in names:
        raise UserError(
            N_("There is no sheet {sheet} in the workbook. Its sheets are: {sheets}."),
            sheet=sheet,
            sheets=", ".join(names),
        )
    visible = [m.name for m in worksheets if m.visible == calamine.SheetVisibleEnum.Visible]
    name, cells = _first_table(book, [sheet] if sheet else visible)
    if cells is not None:
        percents = percent_columns(data, name) if data.startswith(b"PK") else set()
        table, titles = _table(cells, percents, report)
        return table, name, names, titles
    raise UserError(N_("The workbook holds no cells. Choose another sheet or file."))


def _first_table(book: CalamineWorkbook, names: list[str]) -> tuple[str, CalamineSheet | None]:
    """Return the first sheet of two rows or more (a cover page often has one), else the first with any cell."""
    short: tuple[str, CalamineSheet | None] = ("", None)
    for name in names:
        cells = book.get_sheet_by_name(name)
        if cells.height > 1:
            return name, cells
        if cells.height and short[1] is None:
            short = name, cells
    return short


def check_archive(data: bytes) -> None:
    """Refuse a ZIP file that is no XLSX workbook, or is too large unpacked.

    Raises:
        UserError: as said, with the limit that was hit.
    """
    limits = settings()
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        entries = archive.infolist()
    names = {entry.filename for entry in entries}
    if not any(name.startswith("xl/") for name in names) or "xl/workbook.bin" in names:
        raise UserError(
            N_("This is a ZIP file that holds no XLSX workbook. Unpack it, or save the table as XLSX or CSV.")
        )
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > limits.max_unpacked_bytes or len(entries) > _MOST_ENTRIES:
        raise UserError(
            N_(
                "The workbook has {size:,.0f} MB in {entries:,} parts unpacked. Workbooks up to {limit:,} MB ({variable}) in {parts:,} parts can be read. Save the sheet as CSV."
            ),
            size=unpacked / MEGABYTE,
            entries=len(entries),
            limit=limits.max_unpacked_bytes // MEGABYTE,
            variable="HEADLINE_LAB_MAX_UNPACKED_MB",
            parts=_MOST_ENTRIES,
        )
    ratio = unpacked / max(len(data), 1)
    if unpacked > _SMALL and ratio > limits.max_unpack_ratio:
        raise UserError(
            N_(
                "The workbook becomes {ratio:,.0f} times larger when it is unpacked. Up to {limit:,} times can be read ({variable}). Save the sheet as CSV."
            ),
            ratio=ratio,
            limit=limits.max_unpack_ratio,
            variable="HEADLINE_LAB_MAX_UNPACK_RATIO",
        )


def _table(sheet: CalamineSheet, percents: set[int], report: Report) -> tuple[pa.Table, list[str]]:
    left = sheet.start[1] if sheet.start else 0  # rows begin at the first column that holds anything
    shown = {column - left for column in percents}
    rows = _without_empty_end(_texts(row, shown) for row in sheet.iter_rows())
    first = list(islice(rows, 12))
    header = header_row(first)
    columns = TextColumns(first[header])
    for row in chain(first[header + 1 :], rows):
        if columns.add_row(row):
            report(
                columns.rows / sheet.total_height, N_("Reading the file: {rows:,} rows"), rows=columns.rows
            )
    titles = (" ".join("".join(row).split()) for row in first[:header])
    return columns.table(), [title for title in titles if title]


def _texts(row: list[Any], percents: set[int]) -> list[str]:
    cells = [as_text(cell) for cell in row]
    for column in percents:
        if column < len(row) and isinstance(row[column], float) and math.isfinite(row[column]):
            cells[column] = as_percent(row[column])
    return cells


def _without_empty_end(rows: Iterable[list[str]]) -> Iterator[list[str]]:
    """Yield the rows from the first to the last that hold anything."""
    empty = 0
    started = False
    for row in rows:
        if any(cell.strip() for cell in row):
            yield from repeat([""] * len(row), empty)
            yield row
            empty, started = 0, True
        elif started:
            empty += 1
