import unicodedata

import pytest

from core.data.formats.delimited import ONE_COLUMN, find_delimiter
from core.data.formats.encoding import ENCODINGS
from core.data.formats.text_table import unique_names
from core.data.reading import ReadOptions, read_table
from core.errors import UserError
from core.jobs import Cancelled

TEXT = "제목,언론사\n삼성전자 급등,가나일보\n카카오 급락,다라경제\n"
CELLS = {"제목": ["삼성전자 급등", "카카오 급락"], "언론사": ["가나일보", "다라경제"]}


def refused(data: bytes, options: ReadOptions = ReadOptions()) -> str:  # noqa: B008
    with pytest.raises(UserError) as caught:
        read_table(data, options)
    return str(caught.value)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp949", "utf-16"])
def test_every_encoding_gives_the_same_cells(encoding):
    table = read_table(TEXT.encode(encoding))
    assert table.frame.to_dict("list") == CELLS
    assert (table.format, table.encoding, table.delimiter) == ("csv", encoding, ",")


@pytest.mark.parametrize("name", ["utf-16-le", "utf-16-be", "johab", "euc-kr", "UTF8"])
def test_a_chosen_encoding_is_used(name):
    assert read_table(TEXT.encode(name), ReadOptions(encoding=name)).frame.to_dict("list") == CELLS


def test_a_chosen_encoding_leaves_the_byte_order_mark_out():
    table = read_table(TEXT.encode("utf-8-sig"), ReadOptions(encoding="utf-8"))
    assert list(table.frame.columns) == ["제목", "언론사"]


def test_every_encoding_that_can_be_chosen_is_one_of_python():
    assert all(
        "가".encode(name).decode(name) == "가"
        for name in ENCODINGS
        if name not in ("big5", "shift_jis", "cp1252")
    )


@pytest.mark.parametrize("name", ["zip", "rot13", "utf-7", "idna", "nonsense", "a\0b", "../x"])
def test_an_encoding_that_is_none_is_refused_with_the_choices(name):
    assert "cp949" in refused(TEXT.encode(), ReadOptions(encoding=name))


def test_a_chosen_encoding_that_does_not_fit_names_the_line():
    assert "Line 1 holds bytes that are no text in UTF-8" in refused(
        TEXT.encode("cp949"), ReadOptions(encoding="utf-8")
    )


def test_mostly_ascii_cp949_is_not_taken_for_another_encoding():
    data = ("title,press\n" + "Samsung rises,Daily\n" * 500 + "삼성 급등,일보\n").encode("cp949")
    assert read_table(data).frame["title"].iloc[-1] == "삼성 급등"


def test_the_encoding_is_decided_by_the_whole_file():
    data = ("title,press\n" + "Samsung rises,Daily\n" * 60_000 + "삼성 급등,일보\n").encode("cp949")
    assert read_table(data).encoding == "cp949"


def test_a_damaged_byte_is_named_by_its_line():
    lines = ["제목,언론사", *(["삼성전자 급등,가"] * 5000)]
    data = "\n".join(lines).encode()
    place = data.rindex("급".encode())
    assert "Line 5,001 " in refused(data[:place] + b"\xff\xff" + data[place:])


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


def test_nfd_headers_become_nfc():
    data = unicodedata.normalize("NFD", TEXT).encode()
    assert list(read_table(data).frame.columns) == ["제목", "언론사"]


def test_headers_are_cleaned_named_and_made_unique():
    names = ["a", "", "a", "\ufeff b\u200b \n c\x00", "a_2", "a"]
    assert unique_names(names) == ["a", "column 2", "a_3", "b c", "a_2", "a_4"]


def test_columns_without_a_name_and_a_cell_are_left_out():
    assert list(read_table(b"a,,b,\n1,,2,\n").frame.columns) == ["a", "b"]
    assert list(read_table(b"a,,b,\n1,x,2,\n").frame.columns) == ["a", "column 2", "b"]


def test_codes_and_outlets_named_na_stay_text():
    table = read_table("제목,종목코드,언론사\n급등,005930,NA\n".encode())
    assert table.frame.iloc[0].tolist() == ["급등", "005930", "NA"]


def test_an_integer_of_twenty_digits_stays_as_it_is():
    assert read_table(b"a,b\n100000000000000000001,x\n").frame["a"].tolist() == ["100000000000000000001"]


def test_one_row_is_a_table():
    assert read_table("제목,언론사\n급등,가".encode()).frame.shape == (1, 2)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        ("\ufeff".encode(), "empty"),
        ("\ufeff".encode("utf-16-le"), "empty"),
        (b"   \n\n", "empty"),
        (b",,,\n,,,\n", "empty"),
        ("제목,언론사\n".encode(), "no rows"),
        ("제목,언론사\n급등,가\n급락,나,다\n".encode(), "Line 3 has 3 cells"),
        ('제목,언론사\n"급등\n셋",가\n\n급락,나,다\n'.encode(), "Line 5 has 3 cells"),
        ('제목,언론사\n"급등\n셋",가\n급락\n'.encode(), "Line 4 has 1 cells"),
        ('제목,언론사\n급락,나\n"급등,가\n'.encode(), "Line 3 cannot be read"),
        ("\ud800,b\n1,2\n".encode("utf-8", "surrogatepass"), "Line 1 holds bytes"),
        (b"\xff\xff\xff", "UTF-8 / CP949"),
    ],
)
def test_what_cannot_be_read_is_refused_in_one_sentence(data, words):
    assert words in refused(data)


def test_a_nul_in_a_headline_does_not_make_the_file_binary():
    assert read_table("제목,언론사\n삼\x00성,가\n".encode()).frame["제목"].tolist() == ["삼\x00성"]


@pytest.mark.parametrize(
    ("variable", "value", "data"),
    [
        ("HEADLINE_LAB_MAX_UPLOAD_MB", "1", b"a,b\n" + b"1,2\n" * 400_000),
        ("HEADLINE_LAB_MAX_ROWS", "3", b"a,b\n" + b"1,2\n" * 4),
        ("HEADLINE_LAB_MAX_COLUMNS", "3", b"a,b,c,d\n1,2,3,4\n"),
        ("HEADLINE_LAB_MAX_CELL_CHARACTERS", "10", b"a,b\n1,2\n12345678901,2\n"),
        ("HEADLINE_LAB_MAX_UNPACKED_MB", "1", b"a,b\n" + b"1,2\n" * 100_000),
    ],
)
def test_a_limit_that_is_hit_names_its_number_and_its_variable(monkeypatch, variable, value, data):
    monkeypatch.setenv(variable, value)
    sentence = refused(data)
    assert variable in sentence
    assert value in sentence


def test_a_limit_that_is_no_number_is_said(monkeypatch):
    monkeypatch.setenv("HEADLINE_LAB_MAX_ROWS", "many")
    assert "HEADLINE_LAB_MAX_ROWS is many" in refused(TEXT.encode())


def test_a_headline_of_100_000_characters_is_read_and_a_longer_one_names_its_line():
    assert read_table(f"제목,언론사\n{'가' * 100_000},나\n".encode()).frame["제목"].str.len().tolist() == [
        100_000
    ]
    assert "Line 2 holds a cell of more than 100,000" in refused(
        f"제목,언론사\n{'가' * 100_001},나\n".encode()
    )


def test_reading_reports_progress_and_stops_on_cancel():
    seen = []

    def report(fraction, template, /, **params):
        seen.append((fraction, template.format(**params)))
        if len(seen) == 2:
            raise Cancelled

    with pytest.raises(Cancelled):
        read_table(b"a,b\n" + b"1,2\n" * 500_000, report=report)
    assert 0 < seen[0][0] < seen[1][0] < 1
    assert seen[0][1] == "Reading the file: 100,000 rows"
