"""A table of text cells that grows chunk by chunk within this server's limits; what a typed cell is as text."""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time

import pyarrow as pa
import pyarrow.compute as pc

from core.data.parse.characters import header_name
from core.errors import UserError
from core.locale import N_
from core.settings import MEGABYTE, settings

TEXT = pa.large_string()
_CHUNK_CELLS = 200_000
_SURROGATES = re.compile("[\ud800-\udfff]")


class TextColumns:
    """Collects rows or columns of text.

    Every method raises `UserError` where the table becomes larger than this server's limits.
    """

    def __init__(self, header: Sequence[str]) -> None:
        self._limits = settings()
        if not header:
            raise empty_file()
        if len(header) > self._limits.max_columns:
            raise UserError(
                N_(
                    "The table has {found:,} columns. Tables up to {limit:,} columns can be read ({variable}). Keep the columns that you need."
                ),
                found=len(header),
                limit=self._limits.max_columns,
                variable="HEADLINE_LAB_MAX_COLUMNS",
            )
        self.header = list(header)
        self.rows = 0
        self._bytes = 0
        self._pending: list[Sequence[str]] = []
        self._chunk_rows = max(1, _CHUNK_CELLS // max(1, len(header)))
        self._chunks: list[list[pa.Array]] = [[] for _ in header]

    def add_row(self, row: Sequence[str]) -> bool:
        """Add one row as wide as the header; return whether a chunk has just been completed."""
        self._pending.append(row)
        if len(self._pending) < self._chunk_rows:
            return False
        self._flush()
        return True

    def add_arrays(self, arrays: Sequence[pa.Array]) -> None:
        """Add rows given as one array of text per column."""
        self.rows += len(arrays[0])
        self._bytes += sum(array.nbytes for array in arrays)
        self._check()
        for position, (chunks, array) in enumerate(zip(self._chunks, arrays, strict=True)):
            longest = pc.max(pc.utf8_length(array)).as_py() or 0
            if longest > self._limits.max_cell_characters:
                raise cell_too_long(longest, self.header[position])
            chunks.append(array)

    def table(self) -> pa.Table:
        """Return what was added. Columns that have neither a name nor a cell are left out.

        Raises:
            UserError: where there is no row.
        """
        self._flush()
        if not self.rows:
            raise UserError(
                N_("The file has a header but no rows. Choose a file with headlines below the header.")
            )
        columns = [pa.chunked_array(chunks, TEXT) for chunks in self._chunks]
        used = [
            i
            for i, name in enumerate(self.header)
            if header_name(name) or pc.any(pc.not_equal(columns[i], "")).as_py()
        ]
        names = unique_names(self.header)
        return pa.table([columns[i] for i in used], [names[i] for i in used])

    def _flush(self) -> None:
        if self._pending:
            columns = zip(*self._pending, strict=True)
            self.add_arrays([pa.array(column, TEXT) for column in columns])
            self._pending = []

    def _check(self) -> None:
        if self.rows > self._limits.max_rows:
            raise UserError(
                N_(
                    "The table has more than {limit:,} rows, the most that can be read ({variable}). Split the file."
                ),
                limit=self._limits.max_rows,
                variable="HEADLINE_LAB_MAX_ROWS",
            )
        if self._bytes > self._limits.max_unpacked_bytes:
            raise UserError(
                N_(
                    "The table takes more than {limit:,} MB as text, the most that can be read ({variable}). Split the file, or keep the columns that you need."
                ),
                limit=self._limits.max_unpacked_bytes // MEGABYTE,
                variable="HEADLINE_LAB_MAX_UNPACKED_MB",
            )


def cell_too_long(characters: int, column: str) -> UserError:
    """Return the error for a cell beyond the limit."""
    return UserError(
        N_(
            "A cell of the column {column} has {found:,} characters. Cells up to {limit:,} can be read ({variable}). Shorten it or leave the column out."
        ),
        column=column[:100],
        found=characters,
        limit=settings().max_cell_characters,
        variable="HEADLINE_LAB_MAX_CELL_CHARACTERS",
    )


def unique_names(names: Iterable[str]) -> list[str]:
    """Clean headers (NFC, nothing invisible, single blanks), name the empty ones, number those that repeat."""
    cleaned = [header_name(name) or f"column {position}" for position, name in enumerate(names, 1)]
    taken, seen = set(cleaned), Counter[str]()
    result = []
    for name in cleaned:
        seen[name] += 1
        unique = name
        while seen[name] > 1 and unique in taken:
            unique = f"{name}_{seen[name]}"
            seen[name] += unique in taken
        taken.add(unique)
        result.append(unique)
    return result


def empty_file() -> UserError:
    """Return the error for a file that holds nothing."""
    return UserError(N_("The file is empty. Choose a file with a header line and rows below it."))


def header_row(first: Sequence[Sequence[str]]) -> int:
    """Return which of a table's first rows is its header: the first that holds anything, below titles.

    A title fills one cell; the header below it fills three or more. With fewer columns a title cannot be told
    from a header whose other names are missing.

    Raises:
        UserError: where no row holds anything.
    """
    filled = [sum(1 for cell in row if cell.strip()) for row in first]
    start = next((i for i, count in enumerate(filled) if count), None)
    if start is None:
        raise empty_file()
    wide = next((i for i, count in enumerate(filled) if count > 1), start)
    return wide if filled[wide] >= 3 else start


def as_text(value: object) -> str:
    """Return a typed cell as its canonical text, so that every format gives the same table.

    "" for a missing value, integers without ".0", floats in the shortest form that reads back the same, true
    and false, ISO dates (without a clock at midnight), nested values as JSON.
    """
    if isinstance(value, str):
        return _SURROGATES.sub("\ufffd", value)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        if math.isnan(value):
            return ""
        return str(int(value)) if value.is_integer() and abs(value) <= 2**53 else repr(value)
    if isinstance(value, datetime):
        text = value.isoformat(" ")
        return text.removesuffix(" 00:00:00")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if isinstance(value, dict | list):
        return _SURROGATES.sub("\ufffd", json.dumps(value, ensure_ascii=False, default=as_text))
    return str(value)
