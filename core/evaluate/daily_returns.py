"""What companies returned from one trading day's close to the next: by prices, or by the outcomes themselves."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from core.data.daily_prices import daily_prices
from core.data.dataset import Dataset
from core.data.plan import Plan
from core.data.sessions import KRX, sessions_around
from core.errors import Message
from core.evaluate.weighted import ratio
from core.locale import N_

PRICES, OUTCOMES, SPREAD = "prices", "outcomes", "spread"
BEFORE, AFTER = 40, 21  # trading days around those of the dataset
FEWEST_RETURNS = 20  # that a company's mean or beta is estimated from
KNOWN_SHARE = 0.5  # of the test's days must have a return of the market
FEWEST_COMPANIES = 5  # whose mean can stand for the market
SAME = 1e-3  # how far a table's returns may lie from those of its prices, in the median

SOURCES = {
    PRICES: N_("The returns of each trading day are those of the table's closing prices."),
    OUTCOMES: N_(
        "The table has no daily prices: a trading day's returns are the outcomes of its headlines, so companies "
        "without a headline that day are not known."
    ),
    SPREAD: N_(
        "The table has no daily prices, so each return over {horizon} sessions is spread evenly over them: the sum is "
        "right, ups and downs within are smoothed. Join daily prices on the Data page for more."
    ),
}


@dataclass(frozen=True, eq=False)
class DailyReturns:
    """Returns by trading day and company, as fractions.

    - `days (d,)` datetime64[s]: every trading day of the exchange from 40 before the first session of the dataset
      to 21 after the last;
    - `companies (c,)`: their names, "" where the table has none;
    - `returns (d, c)`: from the close of the day to that of the next trading day, NaN where unknown; for `SPREAD`
      the mean a day of the outcome that begins there;
    - `benchmark (d,)`: the same of the benchmark's level;
    - `source`: `PRICES`, `OUTCOMES` (one-session returns) or `SPREAD` (over `horizon` sessions);
    - `levels (d, c)`: closing prices, None where there are none.
    """

    days: np.ndarray
    companies: np.ndarray
    returns: np.ndarray
    benchmark: np.ndarray
    source: str
    horizon: int
    levels: np.ndarray | None = None

    @property
    def daily(self) -> bool:
        """Whether the returns are those of single days."""
        return self.source != SPREAD

    @property
    def note(self) -> Message:
        """Say where the returns are from."""
        return Message(SOURCES[self.source], {"horizon": self.horizon})

    @cached_property
    def mean(self) -> np.ndarray:
        """The mean return of the companies known that day, `(d,)`."""
        known = ~np.isnan(self.returns)
        result: np.ndarray = ratio(np.nansum(self.returns, axis=1), known.sum(axis=1).astype(float))
        return result

    @cached_property
    def market(self) -> np.ndarray:
        """The benchmark's return, or the mean of at least five companies known that day, `(d,)`."""
        if np.isfinite(self.benchmark).any():
            return self.benchmark
        enough = (~np.isnan(self.returns)).sum(axis=1) >= FEWEST_COMPANIES
        return np.where(enough, self.mean, np.nan)

    def growth(self, sessions: int) -> np.ndarray:
        """Return what each company returned over so many trading days from each day's close on, `(d, c)`."""
        if self.levels is None:
            return chained(self.returns, sessions)
        result = np.full(self.levels.shape, np.nan)
        if sessions < len(self.levels):
            result[:-sessions] = self.levels[sessions:] / self.levels[:-sessions] - 1
        return result

    def place(self, sessions: np.ndarray, companies: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return where events stand in `returns`: the number of the day and of the company, `(n,)` each."""
        return np.searchsorted(self.days, sessions), np.searchsorted(self.companies, companies)


def chained(returns: np.ndarray, sessions: int) -> np.ndarray:
    """Return the compounded return over so many days from each day on, `(d, …)`; NaN where one is unknown."""
    logs = np.log1p(np.maximum(returns, -1 + 1e-9))
    padded = np.concatenate([logs, np.full((sessions - 1, *logs.shape[1:]), np.nan)])
    total = sum(padded[lag : lag + len(logs)] for lag in range(sessions))
    return np.asarray(np.expm1(total))


def trading_days(sessions: np.ndarray, plan: Plan | None = None) -> np.ndarray:
    """Return the exchange's trading days around sessions `(n,)`, from 40 before the first to 21 after the last.

    A session that the calendar does not know (a table made with another one) is a trading day too.
    """
    calendar = sessions_around(sessions, plan.exchange if plan else KRX).days
    first, last = np.searchsorted(calendar, [sessions.min(), sessions.max()])
    return np.union1d(calendar[max(first - BEFORE, 0) : last + AFTER + 1], sessions.astype(calendar.dtype))


def company_names(dataset: Dataset) -> np.ndarray:
    """Return the company of each row, `(rows,)` str, "" where unknown."""
    result: np.ndarray = dataset.frame["company"].fillna("").to_numpy(str)
    return result


def daily_returns(dataset: Dataset, horizon: int) -> DailyReturns | Message:
    """Return what is known of the daily returns of a dataset whose target looks `horizon` sessions ahead.

    Those of its closing prices where it has them, of every trading day; but where a ready-made target is not the
    return of these prices, the target counts. Else the outcomes, which stand for one day each where they look one
    session ahead. A message where the table has neither prices nor returns.
    """
    if not dataset.has_sessions:
        return Message(N_("The table has no dates, so there are no results by session."))
    dated = dataset.frame["session"].notna().to_numpy()
    session = dataset.frame["session"].to_numpy("datetime64[s]")[dated]
    names = company_names(dataset)[dated]
    days, companies = trading_days(session, dataset.plan), np.unique(names)
    at = np.searchsorted(days, session), np.searchsorted(companies, names)
    returned = dataset.target_kind == "return"
    outcomes = (
        _means(dataset.outcome("regress")[dated], at, (len(days), len(companies))) if returned else None
    )
    if (priced := _of_prices(dataset, days, companies, horizon)) is not None:
        given = dataset.plan is not None and dataset.plan.target.source == "column"
        if outcomes is None or not given or _agree(priced.growth(horizon), outcomes):
            return priced
    if outcomes is None:
        return Message(
            N_(
                "The target is a label, and the table has no closing prices to tell what was earned. Join daily prices "
                "on the Data page."
            )
        )
    source = OUTCOMES if horizon <= 1 else SPREAD
    return DailyReturns(
        days, companies, outcomes / max(horizon, 1), np.full(len(days), np.nan), source, max(horizon, 1)
    )


def _of_prices(
    dataset: Dataset, days: np.ndarray, companies: np.ndarray, horizon: int
) -> DailyReturns | None:
    prices = daily_prices(dataset)
    if prices is None or not np.isfinite(prices.price).any():
        return None
    at = np.minimum(np.searchsorted(days, prices.session), len(days) - 1)
    kept = (days[at] == prices.session) & np.isin(prices.company.astype(str), companies)
    at, price, level = at[kept], prices.price[kept], prices.benchmark[kept]
    levels = np.full((len(days), len(companies)), np.nan)
    levels[at, np.searchsorted(companies, prices.company[kept].astype(str))] = price
    index = np.full(len(days), np.nan)
    known = np.isfinite(level)
    index[at[known]] = level[known]
    returns, benchmark = (np.full(part.shape, np.nan) for part in (levels, index))
    returns[:-1], benchmark[:-1] = levels[1:] / levels[:-1] - 1, index[1:] / index[:-1] - 1
    return DailyReturns(days, companies, returns, benchmark, PRICES, max(horizon, 1), levels)


def _means(values: np.ndarray, at: tuple[np.ndarray, np.ndarray], shape: tuple[int, int]) -> np.ndarray:
    """Return the mean of the known values `(n,)` in each cell, NaN where there is none."""
    known = ~np.isnan(values)
    cell = np.ravel_multi_index(at, shape)[known]
    size = shape[0] * shape[1]
    count = np.bincount(cell, minlength=size).astype(float)
    return ratio(np.bincount(cell, values[known], minlength=size), count).reshape(shape)


def _agree(ours: np.ndarray, theirs: np.ndarray) -> bool:
    difference = np.abs(ours - theirs)
    known = difference[~np.isnan(difference)]
    return bool(len(known) and np.median(known) <= SAME)
