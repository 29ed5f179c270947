"""What daily returns amount to: mean, volatility, Sharpe ratio, drawdown and turnover, with intervals by blocks."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from core.evaluate.blocks import Blocks, circular_length
from core.evaluate.bootstrap import RESAMPLES, Interval, bounds

A_YEAR = 252  # trading days
FEWEST_DAYS = 8  # that a length of blocks is read from
SMOOTH = 3  # horizons that a block spans where returns were spread evenly over one
UNKNOWN = Interval(math.nan, math.nan, math.nan)


@dataclass(frozen=True)
class Statistics:
    """Of a book after costs, each with its 95% interval.

    `mean` and `volatility` a year as fractions of the capital, without compounding; `sharpe` their ratio, without
    a riskless rate; `drawdown` the deepest fall of the sum below its highest point before, its interval being
    what the same blocks of days give in other orders; `turnover` a day. Where returns were spread evenly over
    several days, their ups and downs are not known: volatility, Sharpe ratio and drawdown are NaN.
    """

    mean: Interval
    volatility: Interval
    sharpe: Interval
    drawdown: Interval
    turnover: Interval


def statistics(
    net: np.ndarray, turnover: np.ndarray, paths: np.ndarray, blocks: Blocks, daily: bool = True
) -> Statistics:
    """Describe daily returns after costs `net (d,)` and `turnover (d,)`.

    `paths (B, d)` are resampled days as of `resampled_days`, `blocks` what they are made of;
    `daily` says whether the returns are those of single days, not spread over several. The
    intervals are percentiles over blocks, expanded for few of them: that of the Sharpe ratio follows Ledoit &
    Wolf, "Robust performance hypothesis testing with the Sharpe ratio" (2008), in taking whole blocks of days.
    """
    drawn = net[paths]

    def interval(value: float, values: np.ndarray) -> Interval:
        return Interval(value, *bounds(values, blocks.count, blocks.widening))

    def of_risk(score: Callable[[np.ndarray], np.ndarray]) -> Interval:
        return interval(float(score(net)), score(drawn)) if daily else UNKNOWN

    return Statistics(
        mean=interval(float(net.mean()) * A_YEAR, drawn.mean(axis=1) * A_YEAR),
        volatility=of_risk(volatility),
        sharpe=of_risk(sharpe),
        drawdown=of_risk(drawdown),
        turnover=interval(float(turnover.mean()), turnover[paths].mean(axis=1)),
    )


def sum_band(net: np.ndarray, paths: np.ndarray, blocks: Blocks) -> np.ndarray:
    """Return the 95% interval of the sum of `net (d,)` up to each day, `(2, d)`: its lower and its upper ends.

    The sum as it was, plus how far the sums of resampled days stray from their own mean by then; each day by itself.
    """
    strayed = np.cumsum(net[paths] - net.mean(), axis=1)
    ends = [bounds(at, blocks.count, blocks.widening) for at in strayed.T]
    result: np.ndarray = np.cumsum(net) + np.array(ends).T
    return result


def yearly_difference(ours: np.ndarray, theirs: np.ndarray, paths: np.ndarray, blocks: Blocks) -> Interval:
    """Return the mean a year of `ours (d,)` less that of `theirs (d,)`, paired day by day, with its 95% interval."""
    difference = ours - theirs
    drawn = difference[paths].mean(axis=1) * A_YEAR
    return Interval(float(difference.mean()) * A_YEAR, *bounds(drawn, blocks.count, blocks.widening))


def volatility(net: np.ndarray) -> np.ndarray:
    """Return the standard deviation a year of daily returns `(…, d)`; NaN for a single day."""
    if net.shape[-1] < 2:
        return np.full(net.shape[:-1], math.nan)
    return np.asarray(net.std(axis=-1, ddof=1) * math.sqrt(A_YEAR))


def sharpe(net: np.ndarray) -> np.ndarray:
    """Return the mean a year over the volatility a year of `(…, d)`, NaN without volatility: Sharpe (1966, 1994)."""
    risk = volatility(net)
    return np.asarray(
        np.divide(net.mean(axis=-1) * A_YEAR, risk, out=np.full(risk.shape, math.nan), where=risk > 1e-12)
    )


def drawdown(net: np.ndarray) -> np.ndarray:
    """Return the deepest fall of the sum of `(…, d)` below its highest point so far, the start being one."""
    total = np.cumsum(net, axis=-1)
    highest = np.maximum(np.maximum.accumulate(total, axis=-1), 0)
    return np.asarray((highest - total).max(axis=-1))


def resampled_days(days: int, length: int, seed: int, resamples: int = RESAMPLES) -> np.ndarray:
    """Return resampled days `(resamples, days)`: blocks of `length` days that follow each other, end joined to start.

    The circular block bootstrap of Politis & Romano, "A circular block-resampling procedure for stationary data"
    (1992).
    """
    rng = np.random.default_rng(seed)
    starts = rng.integers(0, days, (resamples, math.ceil(days / length)))
    blocks = (starts[:, :, None] + np.arange(length)) % days
    return np.asarray(blocks.reshape(resamples, -1)[:, :days])


def blocks_of_days(net: np.ndarray, horizon: int, daily: bool = True) -> Blocks:
    """Return the blocks of the days of `net (d,)`: as long as the series asks for, and no shorter than the horizon.

    Returns of single days do not overlap, so only what the series hangs together by counts: Politis & White,
    "Automatic block-length selection for the dependent bootstrap" (2004), corrected by Patton, Politis & White
    (2009). Where outcomes were spread over the horizon in books that overlap too, a block spans three horizons.
    """
    days = np.arange(len(net))
    if not daily:
        return Blocks(days, SMOOTH * horizon, horizon)
    asked = 1
    if len(net) >= FEWEST_DAYS and np.ptp(net) > 0:
        asked = math.ceil(circular_length(net))
    return Blocks(days, max(horizon, min(asked, len(net))))
