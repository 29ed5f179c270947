"""From predictions to positions: shares of the capital held in each company over each trading day."""

from __future__ import annotations

import numpy as np

from core.evaluate.weighted import fifths

FEWEST_TO_RANK = 5
SIGN, QUINTILES = "sign", "fifths"

# the KRX's daily price limits by the day from which they held
KRX_LIMITS = (("1998-12-07", 0.15), ("2015-06-15", 0.30))
TICK = 0.007  # the limit is rounded to a tick of up to half a percent of the limit price


def signals(predicted: np.ndarray, rule: str, shorts: bool = True) -> np.ndarray:
    """Return the shares of the capital that each day's predictions ask for, `(d, c)`.

    `predicted (d, c)` are returns, NaN where a company has no headline that day: it gets nothing. Rule "fifths"
    is long the top and short the bottom fifth, half the capital each, and idle where fewer than five predictions
    differ; "sign" is long each company predicted above 0 and short the others, in equal parts. Without shorts all
    the capital is in what is bought, in equal parts, or idle where nothing is.
    """
    made = np.stack([_signal(row, rule) for row in predicted])
    if shorts:
        return made
    bought = np.maximum(made, 0)
    total = bought.sum(axis=1, keepdims=True)
    result: np.ndarray = np.divide(bought, total, out=np.zeros_like(bought), where=total > 0)
    return result


def staggered(signal: np.ndarray, horizon: int) -> np.ndarray:
    """Return the mean of each day's and the last `horizon - 1` days' values `(d, …)`, those before being 0.

    Each day's book gets 1/h of the capital and is held h trading days: the overlapping portfolios of Jegadeesh &
    Titman, "Returns to buying winners and selling losers: implications for stock market efficiency" (1993).
    """
    total = np.cumsum(signal, axis=0)
    total[horizon:] -= total[:-horizon].copy()
    result: np.ndarray = total / horizon
    result[np.abs(result) < 1e-12] = 0  # what is left of a sum and its opposite
    return result


def limits_on(days: np.ndarray) -> np.ndarray:
    """Return the KRX's price limit on each day, `(d,)` as a fraction; infinite before the first one known."""
    starts = np.array([start for start, _ in KRX_LIMITS], days.dtype)
    values = np.array([np.inf, *(limit for _, limit in KRX_LIMITS)])
    result: np.ndarray = values[np.searchsorted(starts, days, side="right")]
    return result


def filled(wanted: np.ndarray, moved: np.ndarray, limit: np.ndarray) -> tuple[np.ndarray, int]:
    """Return the positions that could be had where nobody sells at the upper limit nor buys at the lower one.

    `wanted (d, c)` positions; `moved (d, c)` each day's return up to the close at which is traded, NaN where
    unknown: that blocks nothing; `limit (d,)`. A position that cannot be changed stays until a day on which it
    can. Also returns how many orders were not filled. The exit at the end is not blocked.
    """
    held, blocked = np.empty_like(wanted), 0
    before = np.zeros(wanted.shape[1])
    for day, row in enumerate(wanted):
        change = row - before
        stuck = ((moved[day] >= limit[day] - TICK) & (change > 0)) | (
            (moved[day] <= TICK - limit[day]) & (change < 0)
        )
        before = np.where(stuck, before, row)
        held[day] = before
        blocked += int(stuck.sum())
    return held, blocked


def _signal(predicted: np.ndarray, rule: str) -> np.ndarray:
    there = ~np.isnan(predicted)
    position = np.zeros(len(predicted))
    if rule == SIGN:
        position[there] = np.where(predicted[there] > 0, 1, -1) / max(there.sum(), 1)
    elif len(np.unique(predicted[there])) >= FEWEST_TO_RANK:
        top, bottom = fifths(predicted[there], np.ones((1, int(there.sum()))))
        position[there] = (top[0] / top.sum() - bottom[0] / bottom.sum()) / 2
    return position
