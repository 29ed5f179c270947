"""Delimited text."""

import pytest

from core.data.formats.delimited import ONE_COLUMN, find_delimiter
from core.data.reading import ReadOptions, read_table
from core.errors import UserError

TEXT = "제목,언론사\n삼성전자 급등,가나일보\n카카오 급락,다라경제\n"


CELLS = {"제목": ["삼성전자 급등", "카카오 급락"], "언론사": ["가나일보", "다라경제"]}


def refused(data: bytes, options: ReadOptions = ReadOptions()) -> str:  # noqa: B008
    with pytest.raises(UserError) as caught:
        read_table(data, options)
    return str(caught.value)


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
def test_the_delimiter_is_found(delimiter):
    table = read_table(TEXT.replace(",", delimiter).encode())
    assert table.delimiter == delimiter
    assert list(table.frame.columns) == ["제목", "언론사"]


def test_commas_inside_headlines_do_not_hide_a_semicolon():
    assert find_delimiter("제목;언론사\n삼성, LG, SK 급등;가\n현대 하락;나\n") == ";"


def test_a_chosen_delimiter_is_used():
    table = read_table(b"a^b,c\n1^2,3\n", ReadOptions(delimiter="^"))
    assert table.frame.to_dict("list") == {"a": ["1"], "b,c": ["2,3"]}


@pytest.mark.parametrize("delimiter", ["ab", '"', "\r"])
def test_a_delimiter_that_cannot_be_one_is_refused(delimiter):
    assert "delimiter" in refused(TEXT.encode(), ReadOptions(delimiter=delimiter))


@pytest.mark.parametrize(
    "text",
    [
        "제목\n삼성전자 급등\n",
        "제목\n삼성, LG 급등\n현대 하락\n카카오, 네이버, SK 혼조\n",
        "제목\n삼성; LG | SK 급등\n현대 하락\n",
        "제목",
    ],
)
def test_a_single_column_is_not_split_at_the_commas_of_its_headlines(text):
    assert find_delimiter(text) == ONE_COLUMN


def test_a_single_column_is_read_with_quoted_line_breaks():
    table = read_table('제목\n"삼성\n급등"\n현대, 하락\n'.encode())
    assert (table.frame["제목"].tolist(), table.delimiter) == (["삼성\n급등", "현대, 하락"], "")


def test_a_single_column_can_be_chosen():
    table = read_table(b"a,b\n1,2\n", ReadOptions(delimiter=ONE_COLUMN))
    assert table.frame.to_dict("list") == {"a,b": ["1,2"]}


def test_a_header_without_names_for_its_columns_is_refused_rather_than_read_as_one_column():
    assert "Line 2 has 2 cells" in refused("제목\n삼성 급등,가\n현대 하락,나\n기아 상승,다\n".encode())


def test_titles_above_the_header_are_left_out_and_told():
    table = read_table(
        "2024년 뉴스 목록\n\n제목,일자,언론사\n급등,2024-01-02,가\n급락,2024-01-03,나\n".encode()
    )
    assert list(table.frame.columns) == ["제목", "일자", "언론사"]
    assert table.titles == ("2024년 뉴스 목록",)


def test_a_line_break_inside_quotation_marks_stays_in_its_cell():
    table = read_table('제목,언론사\n"삼성전자\n급등",가\n'.encode())
    assert table.frame["제목"].tolist() == ["삼성전자\n급등"]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_line_end_is_one(end):
    assert read_table(TEXT.replace("\n", end).encode()).frame.to_dict("list") == CELLS


def test_lines_that_hold_nothing_are_skipped():
    assert read_table((TEXT + "\n   \n,,,\n\x1a").encode()).frame.to_dict("list") == CELLS
