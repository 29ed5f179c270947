"""From bytes to a table of text."""

import unicodedata

import pytest

from core.data.formats.text_table import unique_names
from core.data.reading import ReadOptions, read_table
from core.errors import UserError
from core.jobs import Cancelled

TEXT = "제목,언론사\n삼성전자 급등,가나일보\n카카오 급락,다라경제\n"


def refused(data: bytes, options: ReadOptions = ReadOptions()) -> str:  # noqa: B008
    with pytest.raises(UserError) as caught:
        read_table(data, options)
    return str(caught.value)


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


@pytest.mark.slow
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
