import re
import time
import unicodedata
from datetime import datetime

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.data.parse.cells import CLEAN_TEXT, moment, number, plain_text
from core.data.parse.columns import moments, numbers, texts
from core.data.target.classes import order_classes

ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("1.2%", 0.012),
        ("1,234", 1234.0),
        ("１２３", 123.0),
        ("△3", -3.0),
        ("−1.5", -1.5),
        ("(1.2)", -1.2),
        ("▲1.5", 1.5),
        ("▼2", -2.0),
        ("12bp", 0.0012),
        ("+0.5", 0.5),
        ("1e-3", 0.001),
        (" 7 ", 7.0),
        (".5", 0.5),
        ("100000000000000000000", 1e20),
        ("-1,234.5%", -12.345),
        ("△ 3", -3.0),
        ("－１，２３４．５％", -12.345),
        ("\u200b1.5\u00a0", 1.5),
        ("（1.2%）", -0.012),
        ("1.2e1%", 0.12),
        ("5.", 5.0),
        ("25 bps", 0.0025),
    ],
)
def test_a_number_is_read_exactly(cell, value):
    assert number(cell) == value


def test_zero_has_no_sign():
    values, _ = numbers(pd.Series(["-0", "-0.0", "(0)", "△0"]))
    assert not np.signbit([*values, number("-0")]).any()


@pytest.mark.parametrize(
    "cell", ["", "-", "NaN", "N/A", "#N/A", "null", "없음", "∞", "-∞", "inf", "1e400", " \u3000 "]
)
def test_missing_and_infinite_cells_are_missing(cell):
    assert np.isnan(number(cell))


@pytest.mark.parametrize(
    "cell",
    [
        "1,23",
        "약 3",
        "1.2.3",
        "12,34,567",
        "3배",
        "0x10",
        "1_000",
        "3²",
        "½",
        "①",
        "٣",
        "(-1.2)",
        "(△3)",
        "--1",
        "1e",
        "%",
        "9" * 401,
        "1" * 100_000 + "x",
        "1 2",
        "(",
        "()",
        "e5",
        "1.5억",
        "#DIV/0!",
    ],
)
def test_a_cell_that_is_no_exact_number_is_rejected(cell):
    assert number(cell) is None


@pytest.mark.parametrize(
    ("cell", "time", "timed"),
    [
        ("2024-01-02", datetime(2024, 1, 2), False),
        ("24.01.02", datetime(2024, 1, 2), False),
        ("20240102", datetime(2024, 1, 2), False),
        ("2024년 1월 2일", datetime(2024, 1, 2), False),
        ("2024-01-02 (화)", datetime(2024, 1, 2), False),
        ("2024.01.02. 오후 3:30", datetime(2024, 1, 2, 15, 30), True),
        ("2024년 1월 2일 오전 12시 05분", datetime(2024, 1, 2, 0, 5), True),
        ("2024-01-02T15:30:00Z", datetime(2024, 1, 3, 0, 30), True),
        ("2024-01-02 15:30:00+09:00", datetime(2024, 1, 2, 15, 30), True),
        ("20240102 1530", datetime(2024, 1, 2, 15, 30), True),
        ("2024/1/2 3:05 PM", datetime(2024, 1, 2, 15, 5), True),
        ("24/01/02", datetime(2024, 1, 2), False),
        ("2024.1.2.", datetime(2024, 1, 2), False),
        ("2024. 1. 2. 오후 3:30:05", datetime(2024, 1, 2, 15, 30, 5), True),
        ("2024년1월2일(화)", datetime(2024, 1, 2), False),
        ("2024년 1월 2일 화요일 15시", datetime(2024, 1, 2, 15), True),
        ("2024年1月2日", datetime(2024, 1, 2), False),
        ("２０２４－０１－０２", datetime(2024, 1, 2), False),
        ("2024-01-02 오후 3시 5분 7초", datetime(2024, 1, 2, 15, 5, 7), True),
        ("2024-01-02 12:00 AM", datetime(2024, 1, 2, 0, 0), True),
        ("2024-01-02 3:30\u202fPM", datetime(2024, 1, 2, 15, 30), True),
        ("2024-01-02 3PM", datetime(2024, 1, 2, 15), True),
        ("2024-01-02 15:30:59.999", datetime(2024, 1, 2, 15, 30, 59), True),
        ("2024-01-02 15:30 KST", datetime(2024, 1, 2, 15, 30), True),
        ("2024-01-02T01:30:00-0500", datetime(2024, 1, 2, 15, 30), True),
        ("20240102153005", datetime(2024, 1, 2, 15, 30, 5), True),
        ("202401021530", datetime(2024, 1, 2, 15, 30), True),
        ("Tue, 02 Jan 2024 15:30:00 +0900", datetime(2024, 1, 2, 15, 30), True),
        ("02 jan 2024 06:30:00 GMT", datetime(2024, 1, 2, 15, 30), True),
        ("2024-02-29", datetime(2024, 2, 29), False),
        (unicodedata.normalize("NFD", "2024년 1월 2일 오후 3:30"), datetime(2024, 1, 2, 15, 30), True),
    ],
)
def test_a_date_is_read_exactly(cell, time, timed):
    assert moment(cell) == (time, timed)


@pytest.mark.parametrize(
    "cell",
    [
        "2024-13-01",
        "01/02/2024",
        "오후 3:30",
        "어제",
        "2024-02-30",
        "45293",
        "0000-01-01",
        "2023-02-29",
        "2024-01-02 24:00",
        "2024-01-02 오전 15:30",
        "2024-01-02 10:60",
        "2024-01-02 10:00+99:99",
        "0001-01-01 00:00+09:01",
        "9999-12-31 23:59-1200",
        "2024-01-0²",
        "2024-01",
        "2024",
        "1704153600",
        "٢٠٢٤-٠١-٠٢",
        "2024-01-02" + " " * 100_000 + "x",
        "02 foo 2024 06:30",
        "24-31-12",
    ],
)
def test_a_cell_that_is_no_exact_date_is_rejected(cell):
    assert moment(cell) is None


def test_columns_keep_their_rows_and_mark_what_cannot_be_read():
    values, bad = numbers(pd.Series(["1", "x", "", "1"]))
    assert bad.tolist() == [False, True, False, False]
    np.testing.assert_array_equal(values, [1, np.nan, np.nan, 1])
    times, timed, bad = moments(pd.Series(["2024-01-02", "?", "2024-01-02 09:00"]))
    assert timed.tolist() == [False, False, True]
    assert bad.tolist() == [False, True, False]
    assert np.isnat(times[1])


def test_dates_with_the_month_first_are_never_taken_for_years():
    times, timed, bad = moments(pd.Series(["01/02/24", "01/31/24", "2024-01-03", "01/02/24 10:00"]))
    assert bad.tolist() == [True, True, False, True]
    assert np.isnat(times).tolist() == [True, True, False, True]
    assert not timed.any()


def test_one_wrong_date_leaves_the_other_short_years_alone():
    times, _timed, bad = moments(pd.Series(["24.01.02", "24.02.30", "24.13.01"]))
    assert bad.tolist() == [False, True, True]
    assert times[0] == np.datetime64("2024-01-02")


PLAIN_NUMBERS = st.one_of(
    st.floats(allow_nan=False, allow_infinity=False).map(repr),
    st.decimals(allow_nan=False, allow_infinity=False, places=6).map(str),
    st.integers().map(str),
    st.from_regex(r"[-+(]?[0-9]{0,3},?[0-9]{0,30}[.]?[0-9]{0,30}(e[-+]?[0-9]{1,3})?[%)]?", fullmatch=True),
    ANY_TEXT,
)
TIMES = st.one_of(
    st.datetimes().map(lambda t: t.isoformat(" ", "seconds")),
    st.dates().map(str),
    st.from_regex(
        r"[0-2][0-9]{3}[-./][01][0-9][-./][0-3][0-9]([ T][0-2][0-9]:[0-6][0-9](:[0-6][0-9])?)?",
        fullmatch=True,
    ),
    ANY_TEXT,
)


@settings(max_examples=300, deadline=None)
@given(st.lists(PLAIN_NUMBERS, max_size=12))
def test_a_column_of_numbers_is_read_as_its_cells_are(cells):
    values, bad = numbers(pd.Series(cells, dtype="str"))
    one_by_one = [number(cell) for cell in cells]
    assert bad.tolist() == [value is None for value in one_by_one]
    expected = np.array([np.nan if value is None else value for value in one_by_one], float)
    assert values.tobytes() == expected.tobytes()


@settings(max_examples=300, deadline=None)
@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_float_is_read_back_exactly(value):
    assert numbers(pd.Series([repr(value)]))[0][0] == value
    assert number(repr(value)) == value


@settings(max_examples=300, deadline=None)
@given(st.lists(TIMES, max_size=12))
def test_a_column_of_times_is_read_as_its_cells_are(cells):
    times, timed, bad = moments(pd.Series(cells, dtype="str"))
    one_by_one = [moment(cell) for cell in cells]
    assert bad.tolist() == [value is None for value in one_by_one]
    assert timed.tolist() == [bool(value and value[1]) for value in one_by_one]
    expected = np.array([value[0] if value else None for value in one_by_one], "datetime64[s]")
    np.testing.assert_array_equal(times, expected)


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("<b>삼성</b> &quot;급등&quot;", '삼성 "급등"'),
        ("&lt;b&gt;그대로", "<b>그대로"),
        ("삼성\u200b전자\x00 급등\n속보", "삼성전자 급등 속보"),
        ("中 증시 🚀 급등", "中 증시 🚀 급등"),
        ("<img src=x onerror=alert(1)>", "<img src=x onerror=alert(1)>"),
        ("\u1109\u1161\u11b7성", "삼성"),
    ],
)
def test_a_headline_is_cleaned_and_nothing_else_is_lost(cell, text):
    assert plain_text(cell) == text


def thoroughly_cleaned(cell):
    """`plain_text` without its short cut for text that needs no cleaning."""
    return plain_text(cell + "<b></b>")


def test_no_character_that_counts_as_clean_is_changed_by_cleaning():
    clean = re.compile(CLEAN_TEXT)
    characters = [chr(c) for c in range(0x110000) if clean.fullmatch(chr(c))]
    assert len(characters) > 30_000
    assert [c for c in characters if thoroughly_cleaned(c) != c] == []
    pairs = zip(characters, [*characters[5000:], *characters[:5000]], strict=True)
    assert [c + d for c, d in pairs if thoroughly_cleaned(c + d) != c + d] == []


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.one_of(ANY_TEXT, st.text("가각ㄱ\u1100\u1161\u0301e <b>&;amp#39\n\u3000\ufeff🚀", max_size=30)),
        max_size=12,
    )
)
def test_a_column_of_texts_is_cleaned_as_its_cells_are(cells):
    expected = [thoroughly_cleaned(cell) for cell in cells]
    assert texts(pd.Series(cells, dtype="str"), plain_text).tolist() == expected
    assert [plain_text(cell) for cell in cells] == expected


@settings(max_examples=200, deadline=None)
@given(ANY_TEXT)
def test_a_cleaned_text_is_composed_and_has_no_control_characters(cell):
    text = plain_text(cell)
    assert unicodedata.is_normalized("NFC", text)
    assert not any(unicodedata.category(c) in ("Cc", "Cs", "Co", "Zl", "Zp") for c in text)
    assert text == text.strip()


@pytest.mark.parametrize(
    "cell",
    [
        "&#" + "9" * 99_000 + ";",
        "e" + "\u0301\u0316" * 50_000,
        "<b " * 33_000,
        "1" * 100_000,
        " " * 99_999 + "x",
        "2024-01-02" + " " * 99_000 + "x",
        "1," * 50_000,
        "&" * 100_000,
        "\u1100" * 100_000,
        "(" * 100_000,
    ],
)
def test_a_hostile_cell_of_100_000_characters_costs_no_time(cell):
    start = time.process_time()
    number(cell), moment(cell), plain_text(cell)
    assert time.process_time() - start < 5


@pytest.mark.parametrize(
    ("labels", "ordered"),
    [
        (["승", "패"], ("패", "승")),
        (["1", "0"], ("0", "1")),
        (["Win", "Lose"], ("Lose", "Win")),
        (["positive", "neutral", "negative"], ("negative", "neutral", "positive")),
    ],
)
def test_the_class_that_means_up_comes_last(labels, ordered):
    assert order_classes(labels) == ordered
