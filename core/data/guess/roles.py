"""Guess which column plays which part, from Korean and English headers and from the cells themselves."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.data.guess.headers import (
    AHEAD,
    BEHIND,
    BENCHMARK,
    CODE,
    DATE,
    GROUP,
    HEADLINE,
    LABEL,
    PRESS,
    PRICE,
    RETURN,
)
from core.data.parse.columns import moments, numbers
from core.data.plan import Roles
from core.errors import Message, UserError
from core.locale import N_

_SAMPLE = 2_000


@dataclass(frozen=True)
class Guess:
    """The guessed roles, for each guessed column a sentence that says why, and columns of prices and index levels.

    `price` and `benchmark` are "" where there are none; a target can be made from them.
    """

    roles: Roles
    reasons: dict[str, Message]
    price: str = ""
    benchmark: str = ""


@dataclass(frozen=True)
class _Column:
    name: str
    filled: float
    numeric: float
    dated: float
    distinct: int
    length: float
    hangul: float
    coded: bool
    fractional: bool

    @classmethod
    def of(cls, cells: pd.Series) -> _Column:
        sample = cells if len(cells) <= _SAMPLE else cells.sample(_SAMPLE, random_state=0)
        present = sample[sample.str.strip() != ""]
        if present.empty:
            return cls(str(cells.name), 0.0, 0.0, 0.0, 0, 0.0, 0.0, False, False)
        values, unreadable = numbers(present)
        times, _, _ = moments(present)
        return cls(
            name=str(cells.name),
            filled=len(present) / len(sample),
            numeric=float(np.mean(~unreadable)) if np.isfinite(values).any() else 0.0,
            dated=float(np.mean(~np.isnat(times))),
            distinct=int(present.nunique()),
            length=float(present.str.len().mean()),
            hangul=float(present.str.contains("[가-힣]").mean()),
            coded=bool(present.str.fullmatch(r"0\d+").any()),
            fractional=bool((values[np.isfinite(values)] % 1 != 0).any()),
        )

    @property
    def is_number(self) -> bool:
        return self.numeric >= 0.9 and not self.coded


def guess_roles(frame: pd.DataFrame) -> Guess:
    """Guess the roles of a table of text cells.

    Raises:
        UserError: where no column looks like headlines.
    """
    columns = [_Column.of(frame[name]) for name in frame.columns]
    reasons: dict[str, Message] = {}

    def take(column: _Column | None, why: str) -> str | None:
        if column is None:
            return None
        reasons[column.name] = Message(why)
        return column.name

    def free(test: re.Pattern[str]) -> list[_Column]:
        return [c for c in columns if c.name not in reasons and c.filled and test.search(c.name)]

    headline = _best_headline(columns)
    if headline is None:
        raise UserError(
            N_("No column looks like headlines (columns: {columns}). Name the headline column yourself."),
            columns=", ".join(str(name) for name in frame.columns[:12]),
        )
    take(headline, N_("the column with the longest, most varied text"))
    target = take(
        _best_target(columns, reasons), N_("its name speaks of an outcome, a return before a label")
    )
    date = take(
        next((c for c in free(DATE) if c.dated >= 0.6), None)
        or next(
            (c for c in columns if c.name not in reasons and c.dated >= 0.9 and not AHEAD.search(c.name)),
            None,
        ),
        N_("its cells are dates"),
    )
    press = take(next((c for c in free(PRESS) if not c.is_number), None), N_("its name means a press outlet"))
    companies = sorted(free(GROUP), key=lambda c: (bool(CODE.search(c.name)), -c.hangul))
    group = take(
        next((c for c in companies if not c.is_number or CODE.search(c.name)), None),
        N_("its name means a company"),
    )
    price = take(
        next((c for c in free(PRICE) if c.is_number), None),
        N_("its name means a closing price, from which a target can be made"),
    )
    benchmark = take(
        next((c for c in free(BENCHMARK) if c.is_number), None) if price else None,
        N_("its name means an index, which can be taken off a return"),
    )
    numeric = tuple(
        c.name
        for c in columns
        if c.name not in reasons
        and c.is_number
        and not CODE.search(c.name)
        and not _is_outcome(c)
        and c.dated < 0.9
    )
    for name in numeric:
        reasons[name] = Message(N_("its cells are numbers"))
    return Guess(
        Roles(headline.name, press, date, group, numeric, target), reasons, price or "", benchmark or ""
    )


def _best_headline(columns: list[_Column]) -> _Column | None:
    candidates = [c for c in columns if c.filled and not c.is_number and c.dated < 0.5 and c.length >= 5]
    named = [c for c in candidates if HEADLINE.search(c.name) and not CODE.search(c.name) and c.length >= 8]
    wordy = [c for c in candidates if c.length >= 12 and c.distinct >= 3 and not CODE.search(c.name)]
    return max(named or wordy, key=lambda c: c.length * min(c.distinct, 50), default=None)


def _is_outcome(column: _Column) -> bool:
    if BEHIND.search(column.name):
        return False
    if column.is_number and (AHEAD.search(column.name) or RETURN.search(column.name)):
        return True
    return bool(LABEL.search(column.name)) and column.distinct <= 20


def _best_target(columns: list[_Column], taken: dict[str, Message]) -> _Column | None:
    outcomes = [c for c in columns if c.name not in taken and c.filled and _is_outcome(c)]

    def rank(column: _Column) -> tuple[bool, bool]:
        is_return = column.is_number and (column.distinct > 2 or column.fractional)
        return is_return and bool(AHEAD.search(column.name)), is_return

    return max(outcomes, key=rank, default=None)
