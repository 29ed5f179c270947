"""One cell as a number, a time or a text."""

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
from core.data.parse.columns import numbers

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
    ("cell", "time"),
    [
        ("2024-01-02T15:00:00+00:00", datetime(2024, 1, 2, 10)),
        ("2024-07-02T15:00:00Z", datetime(2024, 7, 2, 11)),  # summer time
        ("2024-01-03 06:30 KST", datetime(2024, 1, 2, 16, 30)),
        ("2024-01-02 15:00", datetime(2024, 1, 2, 15)),
    ],
    ids=["offset", "Z in summer", "KST", "none: local already"],
)
def test_a_time_with_its_zone_becomes_that_of_the_exchange(cell, time):
    assert moment(cell, "America/New_York") == (time, True)


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
