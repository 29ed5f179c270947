"""Parquet to a table of text cells, batch by batch. Runs in the sandbox: its metadata may claim anything."""

from __future__ import annotations

import re

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pyarrow.types as pt

from core.data.formats.format import Parsed, ReadOptions
from core.data.formats.text_table import TEXT, TextColumns, as_text
from core.jobs import Report, silent
from core.locale import N_

_BATCH_CELLS = 200_000
_INDEX = re.compile(r"__index_level_\d+__")


def read(data: bytes, options: ReadOptions, report: Report) -> Parsed:
    """Read Parquet: the registry's entry to `read_parquet`."""
    return Parsed(read_parquet(data, report))


def read_parquet(data: bytes, report: Report = silent) -> pa.Table:
    """Return the table; the index that pandas adds is left out.

    Raises:
        UserError: where there is no row or the table is beyond this server's limits.
        pyarrow.ArrowException, OSError: where the file is damaged.
    """
    file = pq.ParquetFile(pa.BufferReader(data), arrow_extensions_enabled=False)
    schema = file.schema_arrow
    kept = [i for i, field in enumerate(schema) if not _INDEX.fullmatch(field.name)]
    columns = TextColumns([schema.names[i] for i in kept])
    batch_rows = max(1, _BATCH_CELLS // max(1, len(schema)))
    for batch in file.iter_batches(batch_rows, use_threads=False):
        columns.add_arrays([text_array(batch.column(i)) for i in kept])
        report(
            columns.rows / max(1, file.metadata.num_rows),
            N_("Reading the file: {rows:,} rows"),
            rows=columns.rows,
        )
    return columns.table()


def text_array(values: pa.Array) -> pa.Array:
    """Return a column's cells as `as_text` writes them, most types without leaving Arrow."""
    kind = values.type
    if pt.is_dictionary(kind):
        return text_array(values.dictionary_decode())
    if pt.is_boolean(kind) or pt.is_integer(kind) or pt.is_date(kind):
        text = pc.cast(pc.cast(values, pa.date32()) if pt.is_date(kind) else values, TEXT)
    elif pt.is_floating(kind):
        text = pc.replace_substring_regex(pc.cast(_finite(values), TEXT), r"^-0$", "0")
    elif pt.is_timestamp(kind):
        text = pc.replace_substring_regex(pc.cast(_in_seconds(values), TEXT), r" 00:00:00(\.0+)?$", "")
    elif pt.is_string(kind) or pt.is_large_string(kind) or pt.is_string_view(kind):
        text = pc.cast(values, TEXT)
    else:
        text = pa.array([as_text(value) for value in values.to_pylist()], TEXT)
    return pc.fill_null(text, "")


def _finite(values: pa.Array) -> pa.Array:
    if pt.is_float16(values.type):
        values = pc.cast(values, pa.float32())
    return pc.if_else(pc.is_nan(values), pa.scalar(None, values.type), values)


def _in_seconds(values: pa.Array) -> pa.Array:
    """Drop the fraction of a second where it is zero throughout."""
    try:
        return pc.cast(values, pa.timestamp("s", values.type.tz))
    except pa.ArrowInvalid:
        return values
