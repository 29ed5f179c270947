"""Every format gives the same table."""

import json

import numpy as np
import pytest

from core.data.parse.cells import plain_text
from core.data.parse.columns import moments, numbers, texts
from core.data.reading import RawTable, read_table
from tests.makers.table_files import FORMATS, FRAME, TEXTS, exact_objects, workbook


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


@pytest.mark.slow
def test_the_same_file_is_read_from_a_thread_and_by_another_working_folder(tmp_path, monkeypatch):
    from concurrent.futures import ThreadPoolExecutor

    monkeypatch.chdir(tmp_path)
    (tmp_path / "json.py").write_text("raise SystemExit('a module of the working folder was imported')")
    with ThreadPoolExecutor(2) as pool:
        done = [pool.submit(read_table, data) for data in (workbook(), json.dumps(exact_objects()).encode())]
    assert [future.result().frame["제목"].tolist() for future in done] == [FRAME["제목"].tolist()] * 2
