import csv
import io

import numpy as np
import openpyxl
import pandas as pd
import pytest

from core.data.dataset import Dataset
from core.data.export import dataset_table, to_csv, to_xlsx
from core.data.plan import Roles


def _cells(frame: pd.DataFrame) -> list[list[str]]:
    return list(csv.reader(io.StringIO(to_csv(frame).decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize(
    "cell",
    [
        '=HYPERLINK("http://x","y")',
        "+1+1",
        "-오늘",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        "=",
        "-",
        "＝1+1",
        "－inf",
        "-inf",
        "+nan",
        "-1_000",
        "+1;=2",
        "-1.2 하락",
        "-2+3+cmd|' /C calc'!A0",
    ],
)
def test_a_text_that_a_spreadsheet_would_run_is_neutralised(cell):
    assert _cells(pd.DataFrame({"a": [cell]}))[1] == ["'" + cell]


@pytest.mark.parametrize(
    "cell", ["가나전자 +3%", "'=1", " =1", "승", "1=1", "<b>=1</b>", "$1,300…$1,350", ":red[x]"]
)
def test_any_other_text_stays_as_it_is(cell):
    assert _cells(pd.DataFrame({"a": [cell]}))[1] == [cell]


def test_numbers_stay_numbers():
    text = to_csv(pd.DataFrame({"a": [-1.2], "b": ["-1.2"], "c": ["-1,234.5"], "d": ["+3%"], "e": ["-1e-5"]}))
    assert text.decode("utf-8-sig").splitlines()[1] == '-1.2,-1.2,"-1,234.5",+3%,-1e-5'


def test_floats_are_written_so_that_they_come_back_exactly():
    values = np.array([0.1 + 0.2, -1e-17, 1 / 3, np.nextafter(1, 2)])
    back = [float(cell) for (cell,) in _cells(pd.DataFrame({"a": values}))[1:]]
    np.testing.assert_array_equal(back, values)


def test_text_columns_of_every_dtype_are_neutralised():
    cells = ["=1", "나", None]
    for dtype in ("str", "object", "category"):
        assert _cells(pd.DataFrame({"a": pd.Series(cells, dtype=dtype), "b": [1, 2, 3]}))[1] == ["'=1", "1"]


def test_the_file_opens_in_excel_as_korean():
    assert to_csv(pd.DataFrame({"제목": ["가"]})).startswith(b"\xef\xbb\xbf")


def test_a_header_is_neutralised_too():
    assert to_csv(pd.DataFrame({"=1+1": ["가"]})).decode("utf-8-sig").startswith("'=1+1")


def test_columns_of_one_name_are_both_written():
    frame = pd.DataFrame([["=1", "=2"]], columns=["a", "a"])
    assert _cells(frame) == [["a", "a"], ["'=1", "'=2"]]


def test_a_lone_surrogate_does_not_stop_an_export():
    assert to_csv(pd.DataFrame({"a": pd.Series(["가\ud800"], dtype=object)})).endswith("가?\r\n".encode())


def test_an_exported_dataset_carries_the_row_numbers_of_the_file_and_its_own_column_names():
    day = pd.Series(pd.to_datetime(["2024-01-03", "2024-01-04"])).astype("datetime64[s]")
    frame = pd.DataFrame(
        {
            "row": [2, 7],
            "headline": ["가", "나"],
            "press": ["다", None],
            "company": [None, None],
            "time": day,
            "session": day,
            "target": [0.01, np.nan],
            "feature.RSI": [50.0, np.nan],
            "feature.story": [1.0, 2.0],
            "story": [0, 1],
        }
    )
    data = Dataset(
        "x", "x", Roles("제목", "언론사", "일자", None, ("RSI", "story"), "수익률(%)"), frame, "return"
    )
    table = dataset_table(data)
    assert list(table) == ["row", "제목", "언론사", "일자", "RSI", "story", "session", "story_2", "return"]
    assert table["row"].tolist() == [2, 7]
    assert _cells(table)[1][-1] == "0.01"


def test_a_workbook_holds_the_same_cells_and_no_formula():
    frame = pd.DataFrame(
        {"제목": ["=1+1", "삼성전자 급등", "제어\x07문자", None], "수익률": [0.01, -0.02, np.nan, 0.5]}
    )
    book = openpyxl.load_workbook(io.BytesIO(to_xlsx(frame)))
    (head, *rows) = list(book.active.iter_rows())
    assert [cell.value for cell in head] == ["제목", "수익률"]
    assert [row[0].value for row in rows] == ["'=1+1", "삼성전자 급등", "제어문자", None]
    assert "f" not in {cell.data_type for row in rows for cell in row}
    assert [row[1].value for row in rows] == [0.01, -0.02, None, 0.5]


def test_a_workbook_of_two_columns_of_one_name_holds_both():
    frame = pd.DataFrame([[1, 2]], columns=["a", "a"])
    (_head, row) = openpyxl.load_workbook(io.BytesIO(to_xlsx(frame))).active.iter_rows()
    assert [cell.value for cell in row] == [1, 2]
