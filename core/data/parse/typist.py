"""Columns of text cells to typed columns; what cannot be read is counted with its rows."""

from __future__ import annotations

import numpy as np
import pandas as pd

from core.data.dataset import Problem
from core.data.parse.cells import KOREA, plain_text
from core.data.parse.columns import moments, numbers, texts
from core.errors import Message, UserError
from core.locale import N_

UNITS = {
    1.0: N_("The returns in {column} were read as fractions (0.012 is 1.2%)."),
    0.01: N_("The returns in {column} were read as percent (1.2 is 1.2%)."),
    0.0001: N_("The returns in {column} were read as basis points (120 is 1.2%)."),
}


class Typist:
    """Types the columns of one table whose rows have the numbers `row`, and keeps what it could not read."""

    def __init__(self, table: pd.DataFrame, row: np.ndarray) -> None:
        self.table = table
        self.row = row
        self.problems: list[Problem] = []

    def note(self, code: str, template: str, mask: np.ndarray, **params: object) -> None:
        """Keep the rows where `mask` is True as a problem, if there are any."""
        if mask.any():
            self.problems.append(Problem(code, Message(template, params), tuple(self.row[mask].tolist())))

    def text(self, column: str | None) -> pd.Series:
        """Return a column of clean text, missing where empty; all missing for no column."""
        if column is None:
            return pd.Series([None] * len(self.table), dtype="str")
        cells = pd.Series(texts(self.table[column], plain_text), dtype="str")
        return cells.mask(cells == "")

    def times(self, column: str, zone: str = KOREA) -> tuple[np.ndarray, np.ndarray]:
        """Return a column's times, naive datetime64[s] of the zone, and which of them have a time of day."""
        times, timed, bad = moments(self.table[column], zone)
        self.note(
            "bad_date",
            N_("Dates in {column} could not be read; these rows have no session."),
            bad,
            column=column,
        )
        if np.isnat(times).all():
            raise UserError(
                N_("No cell of {column} could be read as a date. Choose another date column, or none."),
                column=column,
            )
        return times, timed

    def feature(self, column: str) -> np.ndarray:
        """Return a column of numbers, NaN where missing."""
        values, bad = numbers(self.table[column])
        if bad.any() and not np.isfinite(values).any():
            raise UserError(
                N_("No cell of {column} could be read as a number. Leave it out of the features."),
                column=column,
            )
        self._note_numbers(column, bad)
        return values

    def target(self, column: str | None) -> tuple[pd.Series | np.ndarray, str]:
        """Return the target and its kind: "return" (a fraction), "label" or "" (none)."""
        if column is None:
            return np.full(len(self.table), np.nan), ""
        values, bad = numbers(self.table[column])
        known = np.isfinite(values)
        if known.any() and bad.mean() < 0.1 and not are_codes(values[known]):
            self._note_numbers(column, bad)
            unit = return_unit(self.table[column], values)
            self.problems.append(Problem("return_unit", Message(UNITS[unit], {"column": column}), ()))
            return values * unit, "return"
        labels = self.text(column)
        classes = labels.nunique()
        if classes > 20:
            raise UserError(
                N_(
                    "The target {column} holds {classes:,} different texts. It should hold returns, or at most 20 "
                    "labels such as 승 and 패."
                ),
                column=column,
                classes=classes,
            )
        return labels, "label"

    def _note_numbers(self, column: str, bad: np.ndarray) -> None:
        template = N_("Cells of {column} could not be read as numbers; they count as missing.")
        self.note("bad_number", template, bad, column=column)


def are_codes(values: np.ndarray) -> bool:
    """Say whether numbers are two codes such as 0 and 1 rather than returns."""
    return len(np.unique(values)) <= 2 and bool((values == np.round(values)).all())


def return_unit(cells: pd.Series, values: np.ndarray) -> float:
    """Return what one unit of a return column is worth as a fraction: 1, 0.01 (percent) or 0.0001 (bp).

    The header decides (`수익률(%)`, `(bp)`); cells that carry their own unit are fractions already; else a
    column whose largest values exceed 100% a session as fractions must be percent.
    """
    header = str(cells.name).lower()
    if cells.str.contains("%|bp", case=False).any():
        return 1.0
    if "bp" in header:
        return 0.0001
    if "%" in header or "퍼센트" in header or "pct" in header or "percent" in header:
        return 0.01
    known = np.abs(values[np.isfinite(values)])
    return 0.01 if len(known) and np.quantile(known, 0.99) > 1.0 else 1.0
