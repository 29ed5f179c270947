import io
import json

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from core.data.formats.jsonfile import read_json
from core.data.formats.parquet import read_parquet, text_array
from core.data.formats.text_table import as_text
from core.data.parse.cells import plain_text
from core.data.parse.columns import moments, numbers, texts
from core.data.reading import RawTable, ReadOptions, read_table
from core.errors import UserError
from tests.makers.table_files import FORMATS, FRAME, TEXTS, exact_objects, workbook, xlsx_file


def refused(data: bytes | str, options: ReadOptions = ReadOptions()) -> str:  # noqa: B008
    with pytest.raises(UserError) as caught:
        read_table(data.encode() if isinstance(data, str) else data, options)
    return str(caught.value)


def in_process(value: object) -> dict[str, list[str]]:
    return read_json(json.dumps(value))[0].to_pydict()


@pytest.fixture(scope="module")
def tables() -> dict[str, RawTable]:
    return {name: read_table(make()) for name, make in FORMATS.items()}


@pytest.mark.parametrize("name", FORMATS)
def test_a_format_is_recognised_by_its_content(tables, name):
    assert tables[name].format == name
    assert (tables[name].encoding, tables[name].delimiter) == {
        "csv": ("utf-8", ","),
        "json": ("utf-8", ""),
        "jsonl": ("utf-8", ""),
    }.get(name, ("", ""))


@pytest.mark.parametrize("name", FORMATS)
def test_every_cell_is_text_in_one_form(tables, name):
    frame = tables[name].frame
    assert list(frame.columns) == list(FRAME.columns)
    assert set(map(str, frame.dtypes)) == {"str"}
    assert {column: frame[column].tolist() for column in TEXTS} == TEXTS


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_gives_the_same_typed_columns(tables, name):
    frame, first = tables[name].frame, tables["csv"].frame
    for column in ("RSI", "금액", "수량"):
        values, bad = numbers(frame[column])
        assert (
            values.tobytes() == numbers(first[column])[0].tobytes() == FRAME[column].to_numpy(float).tobytes()
        )
        assert not bad.any()
    for column in ("일자", "작성일시"):
        times, _timed, bad = moments(frame[column])
        np.testing.assert_array_equal(times, FRAME[column].to_numpy("datetime64[s]"))
        assert not bad.any()
    for column in ("제목", "언론사", "종목코드"):
        assert texts(frame[column], plain_text).tolist() == texts(first[column], plain_text).tolist()


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (float("nan"), ""),
        (5930.0, "5930"),
        (0.1, "0.1"),
        (1e20, "1e+20"),
        (-0.0, "0"),
        (True, "true"),
        (10**20, "100000000000000000000"),
        ("\ud800x", "\ufffdx"),
        ({"a": [1, None]}, '{"a": [1, null]}'),
        (b"\xea\xb0\x80", "가"),
        (float("inf"), "inf"),
    ],
)
def test_a_typed_cell_has_one_text(value, text):
    assert as_text(value) == text


# workbooks


def test_the_first_visible_sheet_with_cells_is_read_and_the_names_of_all_are_given():
    table = read_table(xlsx_file([["제목", "언론사"], ["급등", "가"]], "둘째", "셋째"))
    assert (table.sheet, table.sheets) == ("뉴스", ("뉴스", "둘째", "셋째"))


def test_a_sheet_is_chosen_by_its_name():
    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(xlsx_file([["a"], ["1"]], "둘째", "빈")))
    for row in (["제목", "값"], ["급등", 1.5]):
        book["둘째"].append(row)
    book["뉴스"].sheet_state = "hidden"
    buffer = io.BytesIO()
    book.save(buffer)
    for options in (ReadOptions(sheet="둘째"), ReadOptions()):
        assert read_table(buffer.getvalue(), options).frame.to_dict("list") == {
            "제목": ["급등"],
            "값": ["1.5"],
        }
    assert read_table(buffer.getvalue(), ReadOptions(sheet="뉴스")).frame.to_dict("list") == {"a": ["1"]}
    assert "뉴스, 둘째, 빈" in refused(buffer.getvalue(), ReadOptions(sheet="넷째"))


def test_titles_empty_rows_and_empty_columns_around_a_sheets_table_are_left_out():
    rows = [
        [],
        [None, "2024년 뉴스"],
        [],
        [None, "제목", "언론사", "RSI"],
        [None, "급등", "가", 1],
        [],
        [None, "급락", "나", 2],
        [],
        [None, " "],
    ]
    table = read_table(xlsx_file(rows))
    assert table.frame.to_dict("list") == {
        "제목": ["급등", "", "급락"],
        "언론사": ["가", "", "나"],
        "RSI": ["1", "", "2"],
    }
    assert table.titles == ("2024년 뉴스",)


def test_a_workbook_without_cells_is_refused():
    assert "no cells" in refused(xlsx_file([]))
    assert "no rows" in refused(xlsx_file([["제목", "언론사"]]))


@pytest.mark.parametrize("form", ["0.00%", "0%", '+0.0%;-0.0%;"–"'])
def test_numbers_that_a_sheet_shows_as_percent_get_their_sign(form):
    import openpyxl

    book = openpyxl.load_workbook(
        io.BytesIO(xlsx_file([[], [None, "제목", "등락률(%)", "RSI"], [None, "급등", 0.012, 0.5]]))
    )
    sheet = book["뉴스"]
    sheet.append([None, "급락", -0.009549795361528002, 1.5])
    for row in (3, 4):
        sheet.cell(row, 3).number_format = form
        sheet.cell(row, 4).number_format = '0.0"%"'
    buffer = io.BytesIO()
    book.save(buffer)
    frame = read_table(buffer.getvalue()).frame
    assert frame["등락률(%)"].tolist() == ["1.2%", "-0.9549795361528002%"]
    assert numbers(frame["등락률(%)"])[0].tolist() == [0.012, -0.009549795361528002]
    assert frame["RSI"].tolist() == ["0.5", "1.5"]


# Parquet


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


# JSON

OBJECTS = [{"제목": "급등", "값": 1}, {"제목": "급락", "값": None}]
COLUMNS = {"제목": ["급등", "급락"], "값": ["1", ""]}


@pytest.mark.parametrize(
    "document",
    [
        OBJECTS,
        {"data": OBJECTS},
        {"total": 2, "items": OBJECTS},
        {"response": {"header": {"code": "00"}, "body": {"items": {"item": OBJECTS}}}},
        {"제목": ["급등", "급락"], "값": [1, None]},
        {"제목": {"0": "급등", "1": "급락"}, "값": {"0": 1, "1": None}},
        {"0": OBJECTS[0], "1": OBJECTS[1]},
        {"columns": ["제목", "값"], "index": [0, 1], "data": [["급등", 1], ["급락", None]]},
        {"schema": {"fields": []}, "data": OBJECTS},
        [["제목", "값"], ["급등", 1], ["급락", None]],
    ],
)
def test_every_shape_of_a_table_in_json_is_read(document):
    assert in_process(document) == COLUMNS


@pytest.mark.parametrize("orient", ["records", "columns", "split", "table"])
def test_json_as_pandas_writes_it_is_read(orient):
    frame = pd.DataFrame({"제목": ["급등", "급락"], "값": [1, 2]})
    found = read_json(frame.to_json(orient=orient))[0].select(["제목", "값"])
    assert found.to_pydict() == {"제목": ["급등", "급락"], "값": ["1", "2"]}


def test_keys_that_an_object_lacks_are_empty_cells():
    assert in_process([{"a": 1}, {"b": 2}]) == {"a": ["1", ""], "b": ["", "2"]}


def test_numbers_of_json_are_exact():
    data = b'[{"a": 100000000000000000001, "b": 5930.0, "c": NaN, "d": -Infinity, "e": ' + b"9" * 5000 + b"}]"
    row = read_json(data.decode())[0].to_pylist()[0]
    assert list(row.values()) == ["100000000000000000001", "5930", "", "-inf", "9" * 5000]


def test_json_lines_may_have_empty_lines_and_another_encoding():
    text = "\n".join(["", *(json.dumps(item, ensure_ascii=False) for item in OBJECTS), "", ""])
    table = read_table(text.encode("cp949"))
    assert (table.format, table.encoding) == ("jsonl", "cp949")
    assert table.frame.to_dict("list") == COLUMNS


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('[{"a": 1}, {"a": 2}', "Line 1 is no valid JSON"),
        ('{"a": 1}\n{"a": \n{"a": 3}', "Line 2 is no valid JSON"),
        ('{"a": 1}\n[1]', "Line 2 is no valid JSON (no object)"),
        ('[{"a": 1}]\n[{"a": 2}]', "Line 2 is no valid JSON (Extra data)"),
        ('{"a": 1}', "no table"),
        ('{"a": [1, 2], "b": [1]}', "different lengths: a 2, b 1"),
        ('{"a": [{"x": 1}], "b": [{"y": 1}]}', "no table"),
        ('[["a", "b"], ["1"]]', "Row 1 of the JSON"),
        ("[[]]", "empty"),
        ("[[], []]", "empty"),
        ("[{}, {}]", "empty"),
        ("[[" * 100_000, "nested too deeply"),
        ('{"a":' * 100_000, "nested too deeply"),
        ('[{"a": ' + "[" * 500 + "]" * 500 + "}]", ""),
    ],
)
def test_json_without_a_table_is_refused_in_one_sentence(text, words):
    if words:
        with pytest.raises(UserError) as caught:
            read_json(text)
        assert words in str(caught.value)
    else:
        assert len(read_json(text)[0]["a"][0].as_py()) == 1000


def test_a_csv_whose_header_begins_with_a_bracket_is_no_json():
    assert read_table("[속보] 제목,언론사\n급등,가\n".encode()).format == "csv"


def test_the_same_file_is_read_from_a_thread_and_by_another_working_folder(tmp_path, monkeypatch):
    from concurrent.futures import ThreadPoolExecutor

    monkeypatch.chdir(tmp_path)
    (tmp_path / "json.py").write_text("raise SystemExit('a module of the working folder was imported')")
    with ThreadPoolExecutor(2) as pool:
        done = [pool.submit(read_table, data) for data in (workbook(), json.dumps(exact_objects()).encode())]
    assert [future.result().frame["제목"].tolist() for future in done] == [FRAME["제목"].tolist()] * 2
