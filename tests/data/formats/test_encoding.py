"""In which encoding a text is."""

import pytest

from core.data.formats.encoding import ENCODINGS
from core.data.reading import ReadOptions, read_table
from core.errors import UserError

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


def test_a_nul_in_a_headline_does_not_make_the_file_binary():
    assert read_table("제목,언론사\n삼\x00성,가\n".encode()).frame["제목"].tolist() == ["삼\x00성"]
