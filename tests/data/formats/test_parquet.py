"""Parquet."""

import io

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from core.data.formats.parquet import read_parquet, text_array
from core.data.reading import ReadOptions, read_table
from core.errors import UserError
from tests.makers.table_files import FRAME


def refused(data: bytes | str, options: ReadOptions = ReadOptions()) -> str:  # noqa: B008
    with pytest.raises(UserError) as caught:
        read_table(data.encode() if isinstance(data, str) else data, options)
    return str(caught.value)


def test_arrow_types_become_the_same_text_as_python_values():
    columns = {
        "float32": pa.array([0.1, None], pa.float32()),
        "large": pa.array([2**63 - 1, None], pa.int64()),
        "decimal": pa.array([None, 1], pa.decimal128(5, 2)),
        "dictionary": pa.array(["가", None]).dictionary_encode(),
        "nanoseconds": pa.array([1704207600_000000000, None], pa.timestamp("ns")),
        "zoned": pa.array([1704207600, None], pa.timestamp("s", "Asia/Seoul")),
        "date64": pa.array([1704153600000, None], pa.date64()),
        "list": pa.array([["가", "나"], None]),
        "bytes": pa.array([b"\xea\xb0\x80", None]),
        "null": pa.array([None, None]),
        "nan": pa.array([float("nan"), -0.0]),
    }
    assert {name: text_array(array).to_pylist() for name, array in columns.items()} == {
        "float32": ["0.1", ""],
        "large": ["9223372036854775807", ""],
        "decimal": ["", "1.00"],
        "dictionary": ["가", ""],
        "nanoseconds": ["2024-01-02 15:00:00", ""],
        "zoned": ["2024-01-03 00:00:00+0900", ""],
        "date64": ["2024-01-02", ""],
        "list": ['["가", "나"]', ""],
        "bytes": ["가", ""],
        "null": ["", ""],
        "nan": ["", "0"],
    }


def test_the_index_that_pandas_adds_to_parquet_is_left_out():
    buffer = io.BytesIO()
    FRAME.iloc[[2, 0]].to_parquet(buffer)
    assert read_parquet(buffer.getvalue()).column_names == list(FRAME.columns)


def test_a_parquet_file_of_many_batches_keeps_its_order():
    buffer = io.BytesIO()
    pq.write_table(pa.table({"a": [str(i) for i in range(300_000)]}), buffer, row_group_size=70_000)
    assert read_parquet(buffer.getvalue())["a"].to_pylist() == [str(i) for i in range(300_000)]


def test_a_parquet_file_without_rows_is_refused():
    buffer = io.BytesIO()
    FRAME.head(0).to_parquet(buffer)
    assert "no rows" in refused(buffer.getvalue())
