"""Whole columns of text cells to numbers, times and clean texts: plain cells all at once, the rest one by one."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from core.data.parse.cells import CLEAN_TEXT, KOREA, moment, number, plain_text

_PLAIN_NUMBER = r"^-?[0-9]+(?:\.[0-9]+)?(?:[eE][-+]?[0-9]{1,2})?$"
_LONGEST_PLAIN_NUMBER = 100
_PLAIN_TIME = r"^[0-9]{4}[-./][0-9]{2}[-./][0-9]{2}(?:[ T][0-9]{2}:[0-9]{2}(?::[0-9]{2})?)?$"
_SHORT_YEAR = re.compile(r"\s*\d{1,2}\s*[-./]\s*\d{1,2}\s*[-./]\s*\d{1,2}(?!\d)")
_MONTH_FIRST = re.compile(r"\s*(?:0?[1-9]|1[0-2])\s*[-./]\s*(?:1[3-9]|2\d|3[01])\s*[-./]")


def numbers(cells: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    """Read a column: `(float64 values with NaN where missing or unreadable, mask of the unreadable)`."""
    codes, distinct = _distinct(cells)
    plain = _matching(distinct, _PLAIN_NUMBER) & (_lengths(distinct) <= _LONGEST_PLAIN_NUMBER)
    values = np.full(len(distinct), np.nan)
    values[plain] = (
        pc.cast(distinct.filter(pa.array(plain)), pa.float64()).to_numpy() + 0.0
    )  # -0.0 becomes 0.0
    bad = np.zeros(len(distinct), bool)
    for place, cell in _others(distinct, plain):
        value = number(cell)
        values[place], bad[place] = (np.nan, True) if value is None else (value, False)
    return values[codes], bad[codes]


def moments(cells: pd.Series, zone: str = KOREA) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Read a column: `(datetime64[s], mask of those with a time of day, mask of the unreadable)`.

    Times are naive and of `zone`, to which those that name their own time zone are converted. Where a date of the
    column shows that the month comes first (01/31/24), none that has a year of two digits is read: 01/02/24 would
    be taken for 2001.
    """
    codes, distinct = _distinct(cells)
    plain = _matching(distinct, _PLAIN_TIME)
    times = np.full(len(distinct), np.datetime64("NaT", "s"))
    timed = np.zeros(len(distinct), bool)
    times[plain], timed[plain] = _plain_times(distinct.filter(pa.array(plain)))
    plain &= ~np.isnat(times)
    bad = np.zeros(len(distinct), bool)
    short = np.zeros(len(distinct), bool)
    month_first = False
    for place, cell in _others(distinct, plain):
        read = moment(cell, zone)
        bad[place] = read is None
        short[place] = bool(_SHORT_YEAR.match(cell))
        month_first |= bad[place] and short[place] and bool(_MONTH_FIRST.match(cell))
        times[place], timed[place] = read or (None, False)
    if month_first:
        bad |= short
        times[short], timed[short] = np.datetime64("NaT", "s"), False
    return times[codes], timed[codes], bad[codes]


def texts(cells: pd.Series, clean: Callable[[str], str] = plain_text) -> np.ndarray:
    """Clean a column of text, each distinct cell once: `(rows,)` of str, "" where nothing is left."""
    codes, distinct = _distinct(cells)
    read = np.array(distinct.to_pylist(), object)
    plain = _matching(distinct, CLEAN_TEXT) if clean is plain_text else np.zeros(len(distinct), bool)
    for place, cell in _others(distinct, plain):
        read[place] = clean(cell)
    return np.asarray(read[codes])


def _distinct(cells: pd.Series) -> tuple[np.ndarray, pa.Array]:
    """Return each row's place among the distinct cells, `(rows,)`, and those; a missing cell is ""."""
    column = pa.chunked_array(pa.array(cells, pa.large_string(), from_pandas=True))
    encoded = pc.dictionary_encode(pc.fill_null(column, "").combine_chunks())
    return encoded.indices.to_numpy(), encoded.dictionary


def _matching(cells: pa.Array, pattern: str) -> np.ndarray:
    return np.asarray(pc.match_substring_regex(cells, pattern).to_numpy(zero_copy_only=False))


def _lengths(cells: pa.Array) -> np.ndarray:
    return np.asarray(pc.binary_length(cells).to_numpy())


def _others(cells: pa.Array, plain: np.ndarray) -> Iterable[tuple[int, str]]:
    return zip(np.flatnonzero(~plain).tolist(), cells.filter(pa.array(~plain)).to_pylist(), strict=True)


def _plain_times(cells: pa.Array) -> tuple[np.ndarray, np.ndarray]:
    """Read YYYY-MM-DD, with a clock or without; NaT where there is no such day or time."""

    def part(start: int, stop: int) -> np.ndarray:
        digits = pc.utf8_slice_codeunits(cells, start, stop)
        return np.asarray(pc.cast(pc.if_else(pc.equal(digits, ""), "0", digits), pa.int64()).to_numpy())

    year, month, day = part(0, 4), part(5, 7), part(8, 10)
    hour, minute, second = part(11, 13), part(14, 16), part(17, 19)
    months = ((year - 1970) * 12 + month - 1).astype("datetime64[M]")
    days = months.astype("datetime64[D]") + (day - 1)
    valid = (year >= 1) & (month >= 1) & (month <= 12) & (day >= 1) & (days.astype("datetime64[M]") == months)
    valid &= (hour < 24) & (minute < 60) & (second < 60)
    times = days.astype("datetime64[s]") + ((hour * 60 + minute) * 60 + second)
    return np.where(valid, times, np.datetime64("NaT", "s")), _lengths(cells) > 10
