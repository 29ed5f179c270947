"""Excel workbooks."""

import io

import pytest

from core.data.parse.columns import numbers
from core.data.reading import ReadOptions, read_table
from core.errors import UserError
from tests.makers.table_files import xlsx_file


def refused(data: bytes | str, options: ReadOptions = ReadOptions()) -> str:  # noqa: B008
    with pytest.raises(UserError) as caught:
        read_table(data.encode() if isinstance(data, str) else data, options)
    return str(caught.value)


def test_the_first_visible_sheet_with_cells_is_read_and_the_names_of_all_are_given():
    table = read_table(xlsx_file([["제목", "언론사"], ["급등", "가"]], "둘째", "셋째"))
    assert (table.sheet, table.sheets) == ("뉴스", ("뉴스", "둘째", "셋째"))


@pytest.mark.slow
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


@pytest.mark.slow
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
