"""Whole columns of cells."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.data.parse.cells import moment, number, plain_text
from core.data.parse.columns import moments, numbers, texts

ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)


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


@pytest.mark.slow
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


@pytest.mark.slow
@settings(max_examples=300, deadline=None)
@given(st.lists(TIMES, max_size=12))
def test_a_column_of_times_is_read_as_its_cells_are(cells):
    times, timed, bad = moments(pd.Series(cells, dtype="str"))
    one_by_one = [moment(cell) for cell in cells]
    assert bad.tolist() == [value is None for value in one_by_one]
    assert timed.tolist() == [bool(value and value[1]) for value in one_by_one]
    expected = np.array([value[0] if value else None for value in one_by_one], "datetime64[s]")
    np.testing.assert_array_equal(times, expected)


def thoroughly_cleaned(cell):
    """`plain_text` without its short cut for text that needs no cleaning."""
    return plain_text(cell + "<b></b>")


@pytest.mark.slow
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
