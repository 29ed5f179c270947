import io
import json
import pickle
import struct
import tempfile
import zipfile

import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from core.data.formats.workbook import check_archive
from core.data.reading import read_table
from core.errors import UserError
from core.jobs import Cancelled
from tests.makers.table_files import FRAME, changed_zip, parquet_file, workbook, xlsx_file

pytestmark = pytest.mark.slow

SHEET = "xl/worksheets/sheet1.xml"


@pytest.fixture(autouse=True)
def no_traces(tmp_path, monkeypatch):
    """Nothing of a file stays on the disk, whatever became of it."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    yield
    assert list(tmp_path.iterdir()) == []


def refused(data: bytes) -> str:
    with pytest.raises(UserError) as caught:
        read_table(data)
    return str(caught.value)


def zipped(**parts: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/"), content)
    return buffer.getvalue()


def feather() -> bytes:
    buffer = io.BytesIO()
    FRAME.to_feather(buffer)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"MZ\x90\x00\x03\x00\x00\x00" + bytes(200), "EXE"),
        (b"\x7fELF\x02\x01\x01" + bytes(200), "ELF"),
        (pickle.dumps({"a": [1]}, 2), "pickle"),
        (pickle.dumps(FRAME), "pickle"),
        (feather(), "Feather"),
        (b"%PDF-1.7\n", "PDF"),
        (b"\x1f\x8b\x08\x00" + bytes(50), "gzip"),
        (b"SQLite format 3\x00" + bytes(50), "SQLite"),
        (b"<html><body><table><tr><td>1</td></tr></table>", "web page"),
        (b'\n<?xml version="1.0"?><Workbook/>', "web page"),
        (zipped(news__csv=b"a,b\n1,2\n"), "holds no XLSX workbook"),
        (zipped(word__document=b"<x/>"), "holds no XLSX workbook"),
        (bytes(1000), "no text"),
        (bytes(range(256)) * 40, "no text"),
        ("제목,언론사\n급등,가\n".encode("utf-16-le"), "no text"),
    ],
)
def test_another_format_is_refused_by_its_content(data, words):
    assert words in refused(data)


def test_a_header_that_begins_like_an_executable_is_text():
    assert list(read_table(b"MZ,PK\n1,2\n").frame.columns) == ["MZ", "PK"]


@pytest.mark.parametrize("text", ["../../etc/passwd", "http://127.0.0.1/x.csv", "/etc/passwd\x00.csv"])
def test_bytes_that_look_like_a_path_or_an_address_are_only_text(text):
    assert "no rows" in refused(text.encode())
    assert read_table(f"{text}\nx\n".encode()).frame.iloc[0, 0] == "x"


# workbooks


def test_a_cell_in_the_last_corner_of_a_sheet_is_one_sentence():
    book = openpyxl.Workbook()
    book.active["A1"], book.active["XFD1048576"] = "제목", "x"
    buffer = io.BytesIO()
    book.save(buffer)
    assert len(buffer.getvalue()) < 6_000
    assert "HEADLINE_LAB_PARSER_MEMORY_MB" in refused(buffer.getvalue())


def test_a_sheet_that_declares_more_cells_than_it_has_is_read():
    data = changed_zip(
        workbook(),
        {SHEET: lambda xml: xml.replace(b'<dimension ref="A1:I5"', b'<dimension ref="A1:XFD1048576"')},
    )
    assert read_table(data).frame["제목"].tolist() == FRAME["제목"].tolist()


def test_a_workbook_that_unpacks_to_far_more_than_it_weighs_is_refused_before_it_is_parsed():
    bomb = changed_zip(workbook(), {"xl/styles.xml": lambda xml: xml + b" " * 63_000_000})
    assert len(bomb) < 163_000
    with pytest.raises(UserError, match="HEADLINE_LAB_MAX_UNPACK_RATIO"):
        check_archive(bomb)
    assert "HEADLINE_LAB_MAX_UNPACK_RATIO" in refused(bomb)


def test_a_workbook_larger_than_the_limit_unpacked_is_refused(monkeypatch):
    monkeypatch.setenv("HEADLINE_LAB_MAX_UNPACKED_MB", "1")
    data = changed_zip(workbook(), {"xl/styles.xml": lambda xml: xml + b"<!--" + bytes(2_000_000) + b"-->"})
    assert "Workbooks up to 1 MB (HEADLINE_LAB_MAX_UNPACKED_MB)" in refused(data)


def test_a_workbook_of_very_many_parts_is_refused():
    parts = {f"xl__{i}": b"" for i in range(10_001)}
    assert "10,001 parts" in refused(zipped(**parts))


def test_a_workbook_whose_directory_lies_about_its_size_is_bounded(monkeypatch):
    monkeypatch.setenv("HEADLINE_LAB_PARSER_MEMORY_MB", "1200")
    rows = b"".join(
        b'<row r="%d"><c r="A%d" t="inlineStr"><is><t>%s</t></is></c></row>' % (i, i, b"x" * 30_000)
        for i in range(2, 60_000, 5)
        if i < 30_000
    )
    data = changed_zip(
        workbook(), {SHEET: lambda xml: xml.replace(b"</sheetData>", rows * 3 + b"</sheetData>")}
    )
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        size = archive.getinfo(SHEET).file_size
    assert size > 500_000_000
    lying = data.replace(struct.pack("<I", size), struct.pack("<I", 100_000))
    check_archive(lying)
    with pytest.raises(UserError):
        read_table(lying)


@pytest.mark.parametrize(
    "damage", [lambda d: d[: len(d) // 2], lambda d: d[:4] + bytes(500), lambda d: d[:-30]]
)
def test_a_damaged_workbook_is_one_sentence(damage):
    assert "XLSX file is damaged" in refused(damage(workbook()))


def test_an_ole_file_that_is_no_workbook_is_one_sentence():
    assert "XLS file is damaged" in refused(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000))


def test_a_formula_is_never_run_and_external_entities_are_not_opened():
    entity = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
    data = changed_zip(
        xlsx_file([["제목", "b"], ["x", "1"]]),
        {"xl/sharedStrings.xml": lambda xml: entity + xml.replace(b"<t>x</t>", b"<t>&e;</t>")},
    )
    try:
        cells = read_table(data).frame.to_csv()
    except UserError as error:
        cells = str(error)
    assert "root:" not in cells


# Parquet


def bomb(characters: int, rows: int) -> bytes:
    """One long text, kept once in a dictionary, that every row repeats."""
    buffer = io.BytesIO()
    column = pa.DictionaryArray.from_arrays(pa.array([0] * rows, pa.int32()), pa.array(["가" * characters]))
    pq.write_table(pa.table({"제목": column}), buffer, compression="zstd")
    return buffer.getvalue()


def test_a_small_parquet_file_that_holds_hundreds_of_megabytes_is_refused(monkeypatch):
    data = bomb(90_000, 1_000)
    assert len(data) < 32_000
    monkeypatch.setenv("HEADLINE_LAB_MAX_UNPACKED_MB", "200")
    assert "more than 200 MB as text" in refused(data)


def test_a_parquet_batch_beyond_the_memory_limit_is_one_sentence(monkeypatch):
    monkeypatch.setenv("HEADLINE_LAB_PARSER_MEMORY_MB", "1000")
    assert "HEADLINE_LAB_PARSER_MEMORY_MB" in refused(bomb(90_000, 100_000))


def test_a_parquet_file_of_very_many_rows_stops_at_the_limit(monkeypatch):
    monkeypatch.setenv("HEADLINE_LAB_MAX_ROWS", "1000")
    assert "HEADLINE_LAB_MAX_ROWS" in refused(bomb(1, 3_000_000))


def test_a_parquet_cell_beyond_the_limit_names_its_column():
    assert "the column 제목 has 100,001 characters" in refused(bomb(100_001, 1))


@pytest.mark.parametrize("damage", [lambda d: d[: len(d) // 2], lambda d: d[:4] + bytes(500) + d[-8:]])
def test_a_damaged_parquet_file_is_one_sentence(damage):
    assert "Parquet file is damaged" in refused(damage(parquet_file()))


# the process that reads them


def test_memory_beyond_the_limit_is_one_sentence(monkeypatch):
    monkeypatch.setenv("HEADLINE_LAB_PARSER_MEMORY_MB", "1000")
    assert "HEADLINE_LAB_PARSER_MEMORY_MB" in refused(b"[" + b'{"a":[[],[],[]]},' * 3_000_000 + b"{}]")


def test_memory_is_watched_where_the_system_sets_no_limit(monkeypatch):
    """As on Windows: the process may take what it likes, and is ended once it has taken too much."""
    from core.data.formats import sandbox

    seen = []
    monkeypatch.setattr(sandbox, "_memory_of", lambda pid: seen.append(pid) or 5_000 * 2**20)
    assert "more than 4,000 MB of memory" in refused(b"[" + b'{"a":1},' * 300_000 + b"{}]")
    assert len(seen) == 1


def test_a_reader_that_takes_too_long_is_stopped(monkeypatch):
    monkeypatch.setenv("HEADLINE_LAB_PARSER_SECONDS", "1")
    assert "longer than 1 seconds (HEADLINE_LAB_PARSER_SECONDS)" in refused(
        b"[" + b'{"a":1},' * 3_000_000 + b"{}]"
    )


def test_cancelling_stops_the_reader():
    def report(fraction, template, /, **params):
        raise Cancelled

    with pytest.raises(Cancelled):
        read_table(json.dumps([{"a": 1}] * 300_000).encode(), report=report)


def test_a_number_in_a_column_name_or_a_repeated_one_is_no_problem():
    frame = pd.DataFrame([["급등", 1, 2]], columns=["제목", "a", "b"])
    frame.columns = ["제목", "값", "값"]
    table = pa.Table.from_arrays([pa.array(frame.iloc[:, i]) for i in range(3)], names=list(frame.columns))
    buffer = io.BytesIO()
    pq.write_table(table, buffer)
    assert list(read_table(buffer.getvalue()).frame.columns) == ["제목", "값", "값_2"]
