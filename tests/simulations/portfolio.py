"""Portfolios in worlds of which it is known whether the predictions say anything."""

from __future__ import annotations

import numpy as np

from core.evaluate.backtest.positions import QUINTILES, signals, staggered
from core.evaluate.backtest.statistics import blocks_of_days, resampled_days, sharpe
from core.evaluate.bootstrap import bounds
from tests.simulations.row import Row, percent

DAYS, COMPANIES, AUTOCORRELATION = 120, 10, 0.9
REPETITIONS, RESAMPLES = 400, 600


def null(
    horizon: int = 1, spread: bool = False, repetitions: int = REPETITIONS, days: int = DAYS
) -> tuple[float, float]:
    """Return how often a 95% interval lies wholly above and wholly below 0 where predictions say nothing.

    World: 120 sessions of ten companies whose daily returns share a shock as large as their own; predictions that
    are independent of them, with an autocorrelation of 0.9 from session to session; a book long the top and short
    the bottom fifth, held `horizon` days, without costs. Truth: mean and Sharpe ratio are 0. Level: 2.5% a side.
    The interval is that of the Sharpe ratio; with `spread` (returns over the horizon, spread evenly for want of
    daily ones) that of the mean. Seeds 0 to `repetitions - 1`.
    """
    sides = np.zeros(2)
    for seed in range(repetitions):
        net = _book(seed, horizon, spread, days, skill=0.0)
        low, high = _interval(net, horizon, spread, seed)
        sides += low > 0, high < 0
    above, below = sides / repetitions
    return float(above), float(below)


def power(skill: float = 0.1, horizon: int = 1, repetitions: int = 100, days: int = 250) -> float:
    """Return how often the Sharpe ratio's 95% interval lies above 0 where predictions know something.

    The world of `null` over 250 sessions, but a part of each prediction is the next return's own: a correlation
    of `skill` within a session. Seeds 0 to `repetitions - 1`.
    """
    found = 0
    for seed in range(repetitions):
        net = _book(seed, horizon, False, days, skill)
        found += _interval(net, horizon, False, seed)[0] > 0
    return found / repetitions


def _book(seed: int, horizon: int, spread: bool, days: int, skill: float) -> np.ndarray:
    """Return the book's return on each day, `(days + horizon - 1,)`."""
    rng = np.random.default_rng(seed)
    span = days + horizon - 1
    own = rng.normal(size=(span, COMPANIES))
    returns = 0.01 * (rng.normal(size=(span, 1)) + own)
    predicted = np.full((span, COMPANIES), np.nan)
    state = rng.normal(size=COMPANIES)
    for day in range(days):
        state = AUTOCORRELATION * state + np.sqrt(1 - AUTOCORRELATION**2) * rng.normal(size=COMPANIES)
        predicted[day] = np.sqrt(1 - skill**2) * state + skill * own[day]
    signal = signals(predicted, QUINTILES)
    if not spread:
        return np.asarray((staggered(signal, horizon) * returns).sum(axis=1))
    ahead = np.zeros_like(returns)
    ahead[:days] = np.mean([returns[lag : lag + days] for lag in range(horizon)], axis=0)
    return staggered((signal * ahead).sum(axis=1), horizon)


def _interval(net: np.ndarray, horizon: int, spread: bool, seed: int) -> tuple[float, float]:
    blocks = blocks_of_days(net, horizon, daily=not spread)
    drawn = net[resampled_days(len(net), blocks.length, seed, RESAMPLES)]
    return bounds(drawn.mean(axis=1) if spread else sharpe(drawn), blocks.count, blocks.widening)


def _sides() -> str:
    found = {"horizon 1": (1, False), "5": (5, False), "5, returns spread evenly": (5, True)}
    return "; ".join(f"{name}: {percent(*null(*made))}" for name, made in found.items())


ROWS = (
    Row(
        "a staggered long–short portfolio by predictions that say nothing, 120 sessions × 10 with a common daily shock",
        "the interval of Sharpe ratio or mean leaves out 0 in at most 4% a side",
        f"{REPETITIONS} each, seeds 0–{REPETITIONS - 1}",
        _sides,
    ),
    Row(
        "the same with a correlation of 0.1 with the next returns, 250 sessions",
        "the skill is found in at least 80%",
        "100, seeds 0–99",
        lambda: percent(power()),
    ),
)
