import codecs

import pytest

from core.data.reading import decode, find_delimiter, read_table, unique_names
from core.errors import UserError

TEXT = "제목,언론사\n삼성전자 급등,가나일보\n카카오 급락,다라경제\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp949", "utf-16"])
def test_every_encoding_gives_the_same_cells(encoding):
    table = read_table(TEXT.encode(encoding))
    assert table.frame.to_dict("list") == {
        "제목": ["삼성전자 급등", "카카오 급락"],
        "언론사": ["가나일보", "다라경제"],
    }
    assert table.encoding == encoding


def test_mostly_ascii_cp949_is_not_taken_for_another_encoding():
    data = ("title,press\n" + "Samsung rises,Daily\n" * 500 + "삼성 급등,일보\n").encode("cp949")
    assert read_table(data).frame["title"].iloc[-1] == "삼성 급등"


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
def test_the_delimiter_is_found(delimiter):
    table = read_table(TEXT.replace(",", delimiter).encode())
    assert table.delimiter == delimiter
    assert list(table.frame.columns) == ["제목", "언론사"]


def test_commas_inside_headlines_do_not_hide_a_semicolon():
    assert find_delimiter("제목;언론사\n삼성, LG, SK 급등;가\n현대 하락;나\n") == ";"


def test_a_single_column_file_is_read():
    assert read_table("제목\n삼성전자 급등\n".encode()).frame.shape == (1, 1)


def test_a_line_break_inside_quotation_marks_stays_in_its_cell():
    table = read_table('제목,언론사\n"삼성전자\n급등",가\n'.encode())
    assert table.frame["제목"].tolist() == ["삼성전자\n급등"]


def test_nfd_headers_become_nfc():
    import unicodedata

    data = unicodedata.normalize("NFD", TEXT).encode()
    assert list(read_table(data).frame.columns) == ["제목", "언론사"]


def test_repeated_and_empty_headers_are_made_unique():
    assert unique_names(["a", "", "a", "\ufeffb "]) == ["a", "column 2", "a_2", "b"]


def test_codes_and_outlets_named_na_stay_text():
    table = read_table("제목,종목코드,언론사\n급등,005930,NA\n".encode())
    assert table.frame.iloc[0].tolist() == ["급등", "005930", "NA"]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (codecs.BOM_UTF8, "empty"),
        (b"   \n\n", "empty"),
        ("제목,언론사\n".encode(), "no rows"),
        (b"PK\x03\x04rest", "XLSX"),
        (b"\x80\x05\x95pickle", "pickle"),
        (b"MZ\x90\x00", "EXE"),
        (b"a,b\n\x00\x01\x02\xff\xfe", "UTF-8 or CP949"),
        ("제목,언론사\n급등,가\n급락,나,다\n".encode(), "Line 3 has 3 cells"),
        ('제목,언론사\n"급등,가\n'.encode(), "quotation mark"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_in_one_sentence(data, words):
    with pytest.raises(UserError) as caught:
        read_table(data)
    assert words in str(caught.value)


def test_a_file_over_the_limit_is_refused_before_it_is_parsed(monkeypatch):
    monkeypatch.setenv("HEADLINE_LAB_MAX_UPLOAD_MB", "1")
    with pytest.raises(UserError, match="at most 1 MB"):
        read_table(b"a,b\n" + b"1,2\n" * 400_000)


def test_bytes_that_are_neither_utf8_nor_cp949_are_refused():
    with pytest.raises(UserError, match="UTF-8 or CP949"):
        decode(b"\xff\xff\xff")
