"""Make the target from closing prices: the return over the next sessions, or that less the market's."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.data.classes import LOSE, WIN
from core.data.join.keys import clean_keys, shared_keys
from core.data.join.matching import equal_rows
from core.data.plan import TargetRule
from core.data.sessions import Sessions
from core.errors import UserError
from core.locale import N_, P_

TOLERANCE = 1e-9

# why a headline has no return from prices, in the order in which that is looked for
REASONS = {
    "no_session": P_(
        "{n:,} headline has no return: its date is unknown.",
        "{n:,} headlines have no return: their date is unknown.",
    ),
    "unknown_company": P_(
        "{n:,} headline has no return: there is no price of its company.",
        "{n:,} headlines have no return: there is no price of their company.",
    ),
    "before_prices": P_(
        "{n:,} headline has no return: the prices of its company begin after its session.",
        "{n:,} headlines have no return: the prices of their company begin after their session.",
    ),
    "no_price": P_(
        "{n:,} headline has no return: its company has no price in its session (not traded, or left out).",
        "{n:,} headlines have no return: their company has no price in their session (not traded, or "
        "left out).",
    ),
    "prices_end": P_(
        "{n:,} headline has no return yet: the prices end before the horizon is over.",
        "{n:,} headlines have no return yet: the prices end before the horizon is over.",
    ),
    "company_ends": P_(
        "{n:,} headline has no return: the prices of its company end before the horizon is over, those "
        "of others do not (delisted, or left out).",
        "{n:,} headlines have no return: the prices of their company end before the horizon is over, "
        "those of others do not (delisted, or left out).",
    ),
    "no_later_price": P_(
        "{n:,} headline has no return: its company has no price at the end of the horizon (not traded, "
        "or left out).",
        "{n:,} headlines have no return: their company has no price at the end of the horizon (not "
        "traded, or left out).",
    ),
    "no_benchmark": P_(
        "{n:,} headline has no return: the benchmark has no level in its session, or at the end of the "
        "horizon.",
        "{n:,} headlines have no return: the benchmark has no level in their session, or at the end of "
        "the horizon.",
    ),
}


@dataclass(frozen=True, eq=False)
class Prices:
    """One closing price for each company and session, in the order of both.

    - `company`: `(n,)` str, "" in every place where the prices are of one company without a name;
    - `session`: `(n,)` datetime64[s]; `price` and `benchmark`: `(n,)` float64, NaN where missing;
    - `not_positive`, `no_session`: positions, in the rows that the prices came from, of prices of zero or less
      and of prices dated on no session; both count as missing.
    """

    company: np.ndarray
    session: np.ndarray
    price: np.ndarray
    benchmark: np.ndarray
    not_positive: np.ndarray
    no_session: np.ndarray


def prices_from(
    company: pd.Series | None,
    session: np.ndarray,
    price: np.ndarray,
    benchmark: np.ndarray | None = None,
) -> Prices:
    """Collect the price of each company and session from rows that may repeat them.

    Args:
        company: The company of each row, or None where all rows are of one.
        session: `(rows,)` datetime64[s], the session whose close the price is (`Sessions.on` of a price
            table's dates; the headline's session where prices stand in the headlines' rows); NaT where none.
        price: `(rows,)` closing prices, adjusted for splits and dividends where returns should be.
        benchmark: `(rows,)` index levels at the same close.

    Raises:
        UserError: where two rows of a company and session contradict each other by more than 1e-9 of the value.
    """
    names = np.full(len(session), "", object) if company is None else clean_keys(company).to_numpy(object)
    price, not_positive = _positive(price)
    levels, no_level = _positive(np.full(len(session), np.nan) if benchmark is None else benchmark)
    rows = pd.DataFrame({"company": names, "session": session, "price": price, "benchmark": levels})
    dated = rows["session"].notna().to_numpy()
    groups = rows[dated].groupby(["company", "session"], sort=True)
    lows, highs = groups.min(), groups.max()
    for column in ("price", "benchmark"):
        _refuse_contradiction(lows[column], highs[column])
    index = lows.index
    return Prices(
        company=index.get_level_values(0).to_numpy(object),
        session=index.get_level_values(1).to_numpy("datetime64[s]"),
        price=lows["price"].to_numpy(float),
        benchmark=lows["benchmark"].to_numpy(float),
        not_positive=np.flatnonzero(not_positive | no_level),
        no_session=np.flatnonzero(~dated & np.isfinite(price)),
    )


def make_target(
    company: pd.Series | None, session: np.ndarray, prices: Prices, rule: TargetRule, sessions: Sessions
) -> tuple[np.ndarray, np.ndarray]:
    """Return what the price did after each headline, `(rows,)` float64 as a fraction, NaN where it is not known, and why.

    Why is `(rows,)` of str: a code of `REASONS`, "" where there is a return.

    With s the headline's session and k the rule's horizon, the return is P[s+k] / P[s] - 1: from the close of
    the headline's own session (the first on which one could trade on it) to the close k sessions of the
    exchange's calendar later. What the price did from the headline to the close of s is not in it. For
    "adjusted" the benchmark's return over the same span is taken off, the market-adjusted return of Brown and
    Warner (1985, Using daily stock returns, Journal of Financial Economics 14), which takes every beta as 1.
    A company without a price at either close has no return; no other session's price stands in.

    Args:
        company: The company of each headline, or None where there is only one.
        session: `(rows,)` datetime64[s], the session that each headline belongs to, NaT where unknown.
        prices: From `prices_from`, of all sessions that are needed, not only those with headlines.
        rule: Says the horizon and whether to adjust.
        sessions: The calendar, which covers the headlines and the prices.

    Raises:
        UserError: where the prices name no company but the headlines are of several, or the reverse; where the
            rule adjusts and no benchmark level is known.
    """
    if rule.source == "adjusted" and not np.isfinite(prices.benchmark).any():
        raise UserError(
            N_("A market-adjusted return needs a column of index levels. Choose the benchmark's column.")
        )
    mine, theirs = _companies(company, len(session), prices)
    at, own = sessions.locate(session), sessions.locate(prices.session)
    priced = pd.DataFrame({"company": theirs, "session": own})
    usable = (theirs >= 0) & (own >= 0)
    start = equal_rows(pd.DataFrame({"company": mine, "session": at}), priced, usable)
    later = np.where(at >= 0, at + rule.horizon, -1)
    end = equal_rows(pd.DataFrame({"company": mine, "session": later}), priced, usable)
    returns = _growth(prices.price, start, end)
    if rule.source == "adjusted":
        returns = returns - _growth(prices.benchmark, start, end)
    why = _reasons(
        mine, at, later, theirs, np.where(np.isfinite(prices.price), own, -1), start, end, prices.price
    )
    return returns, np.where(np.isfinite(returns), "", why)


def as_labels(returns: np.ndarray, win_above: float) -> np.ndarray:
    """Return 승 where a return is above `win_above` (a fraction), 패 elsewhere, None where it is unknown."""
    labels = np.where(returns > win_above, WIN, LOSE).astype(object)
    labels[np.isnan(returns)] = None
    return labels


def _positive(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    values = np.asarray(values, float)
    wrong = values <= 0
    return np.where(wrong | ~np.isfinite(values), np.nan, values), wrong


def _refuse_contradiction(low: pd.Series, high: pd.Series) -> None:
    wrong = (high - low > TOLERANCE * high).to_numpy()
    if wrong.any():
        name, day = low.index[wrong][0]
        raise UserError(
            N_(
                "There are two different prices for {example}: {low} and {high} ({others:,} more like this). Keep one "
                "price for each company and session."
            ),
            example=f"{name}, {day:%Y-%m-%d}" if name else f"{day:%Y-%m-%d}",
            low=f"{low[wrong].iloc[0]:,.12g}",
            high=f"{high[wrong].iloc[0]:,.12g}",
            others=int(wrong.sum()) - 1,
        )


def _companies(company: pd.Series | None, rows: int, prices: Prices) -> tuple[np.ndarray, np.ndarray]:
    named = set(prices.company.tolist()) - {""}
    if company is None or not named:
        several = len(named) if company is None else company.nunique()
        if several > 1:
            raise UserError(
                N_(
                    "The prices or the headlines are of {companies:,} companies, the other of one without a name. "
                    "Choose the company column of both."
                ),
                companies=several,
            )
        return np.zeros(rows, np.int64), np.zeros(len(prices.company), np.int64)
    keys = shared_keys(company, pd.Series(prices.company, dtype="str"))
    return keys.first, keys.second


def _reasons(
    mine: np.ndarray,
    at: np.ndarray,
    later: np.ndarray,
    theirs: np.ndarray,
    priced: np.ndarray,
    start: np.ndarray,
    end: np.ndarray,
    price: np.ndarray,
) -> np.ndarray:
    """Return why each headline would have no return, `(rows,)`.

    `mine`, `at` and `later` are the company and the first and last session of each headline; `theirs` and `priced`
    the company and session of each price, -1 where there is none; `start` and `end` the headline's two prices.
    """
    usable = (theirs >= 0) & (priced >= 0)
    if not usable.any():
        return np.where(at < 0, "no_session", "no_price")
    known = np.append(np.isfinite(price), False)
    spans = pd.Series(priced[usable]).groupby(theirs[usable]).agg(["min", "max"]).reindex(mine)
    first, last = spans["min"].to_numpy(), spans["max"].to_numpy()
    tests = {
        "no_session": at < 0,
        "unknown_company": np.isnan(first),
        "before_prices": at < first,
        "no_price": (at <= last) & ~known[start],
        "prices_end": later > priced.max(),
        "company_ends": later > last,
        "no_later_price": ~known[end],
    }
    return np.select(list(tests.values()), list(tests), "no_benchmark")


def _growth(levels: np.ndarray, start: np.ndarray, end: np.ndarray) -> np.ndarray:
    padded = np.append(levels, np.nan)
    return np.asarray(padded[end] / padded[start] - 1.0)
