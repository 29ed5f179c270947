from datetime import datetime

import numpy as np
import pandas as pd
import pytest

from core.data.values import moment, moments, number, numbers, order_classes, plain_text


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("1.2%", 0.012), ("1,234", 1234.0), ("１２３", 123.0), ("△3", -3.0), ("−1.5", -1.5), ("(1.2)", -1.2),
        ("▲1.5", 1.5), ("▼2", -2.0), ("12bp", 0.0012), ("+0.5", 0.5), ("1e-3", 0.001), (" 7 ", 7.0), (".5", 0.5),
        ("100000000000000000000", 1e20), ("-1,234.5%", -12.345),
    ],
)  # fmt: skip
def test_a_number_is_read_exactly(cell, value):
    assert number(cell) == pytest.approx(value, rel=1e-12)


@pytest.mark.parametrize("cell", ["", "-", "NaN", "N/A", "null", "없음", "∞", "inf", "1e400"])
def test_missing_and_infinite_cells_are_missing(cell):
    assert np.isnan(number(cell))


@pytest.mark.parametrize("cell", ["1,23", "약 3", "1.2.3", "12,34,567", "3배", "0x10", "1_000"])
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
    ],
)
def test_a_date_is_read_exactly(cell, time, timed):
    assert moment(cell) == (time, timed)


@pytest.mark.parametrize("cell", ["2024-13-01", "01/02/2024", "오후 3:30", "어제", "2024-02-30", "45293"])
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
