"""From a table of predictions and its dataset to books, day by day on the exchange's calendar."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.data.dataset import Dataset
from core.errors import Message
from core.evaluate.backtest.book import Book, book
from core.evaluate.backtest.market import Hedge, hedge
from core.evaluate.backtest.positions import (
    FEWEST_TO_RANK,
    QUINTILES,
    SIGN,
    filled,
    limits_on,
    signals,
    staggered,
)
from core.evaluate.backtest.statistics import (
    Statistics,
    blocks_of_days,
    resampled_days,
    statistics,
    sum_band,
    yearly_difference,
)
from core.evaluate.bootstrap import Interval
from core.evaluate.daily_returns import DailyReturns, company_names, daily_returns
from core.evaluate.predictions import MEAN, Predictions
from core.evaluate.scoring import dated_returns
from core.evaluate.settings import EvaluateSettings
from core.evaluate.verdict import Evidence
from core.evaluate.weighted import ratio

RANKED_SHARE = 0.5  # of the sessions must have enough companies to rank


@dataclass(frozen=True)
class Rules:
    """How is traded: the cost in basis points of what is traded, whether shares may be sold short, and whether
    orders at the exchange's daily price limit are filled."""

    cost_bp: float = 10.0
    shorts: bool = True
    limits: bool = False


@dataclass(frozen=True, eq=False)
class Traded:
    """A book and what it amounts to."""

    book: Book
    statistics: Statistics


@dataclass(frozen=True, eq=False)
class Backtest:
    """Books over the same trading days `days (d,)`, all at the same cost.

    `following` the predictions; `holding` every company in equal parts from the first day to the last; `neutral`:
    following, with the market's part sold against it, None where `hedge` says why not. `difference` is what
    following made a year more than holding; its interval and all others rest on `evidence`, days being its
    sessions. `rule` is "fifths" or "sign", followed over `horizon` trading days each; `skipped` counts the days on
    which nothing was bought, `blocked` the orders that a price limit stopped, `unknown` the share of the days
    held on which no return of what was held is known, and `quiet` the days on which none of any company is: both
    count as 0. `returns` says where the daily returns are from,
    `band (2, d)` is the 95% interval of the sum of what `following` earned after costs up to each day.
    """

    days: np.ndarray
    following: Traded
    holding: Traded
    neutral: Traded | None
    hedge: Hedge
    difference: Interval
    evidence: Evidence
    rule: str
    rules: Rules
    horizon: int
    companies: int
    skipped: int
    blocked: int
    unknown: float
    quiet: int
    returns: DailyReturns
    band: np.ndarray


def backtest(
    predictions: Predictions,
    dataset: Dataset,
    settings: EvaluateSettings,
    rules: Rules | None = None,
    model: str = MEAN,
) -> Backtest | Message:
    """Return what following the test's predictions would have made; raises `UserError` for a cost below 0.

    Positions are taken at the close of a headline's session. Companies are ranked against each other where at
    least half of the sessions with headlines have enough of them with different predictions, else each is followed
    by the sign of its prediction. Every trading day from the first session of the test to the end of the last
    one's holding is a day of the books, with headlines or without. A message where the predictions are no
    returns, have no dates, or no returns are known.
    """
    test = dated_returns(predictions.test)
    if isinstance(test, Message):
        return test
    horizon = max(settings.horizon, 1)
    known = daily_returns(dataset, horizon)
    if isinstance(known, Message):
        return known
    rules = rules or Rules()
    days, predicted = _test_days(test, dataset, known, model, horizon)
    rule = _rule(predicted)
    signal = signals(predicted, rule, rules.shorts)
    returns = known.returns[days]
    held, blocked = staggered(signal, horizon), 0
    if rules.limits and known.daily:
        moved = known.returns[np.maximum(np.arange(days.start, days.stop) - 1, 0)]
        held, blocked = filled(held, moved, limits_on(known.days[days]))
    gross = _earned(signal, held, returns, horizon, known.daily)
    following = book(gross, held, rules.cost_bp)
    market, quiet = _market(known.mean[days], horizon, known.daily)
    holding = book(market, np.ones((len(market), 1)), rules.cost_bp)
    hedged = hedge(known, days, horizon)
    neutral = None
    if hedged.betas is not None:
        against = -(signal @ hedged.betas)[:, None], -(held @ hedged.betas)[:, None]
        opposite = _earned(*against, known.market[days][:, None], horizon, known.daily)
        neutral = book(gross + opposite, np.hstack([held, against[1]]), rules.cost_bp)

    blocks = blocks_of_days(following.net, horizon, known.daily)
    paths = resampled_days(len(gross), blocks.length, settings.seed)

    def traded(made: Book) -> Traded:
        return Traded(made, statistics(made.net, made.turnover, paths, blocks, known.daily))

    asked = (signal if not known.daily else held) != 0
    return Backtest(
        days=known.days[days],
        following=traded(following),
        holding=traded(holding),
        neutral=traded(neutral) if neutral else None,
        hedge=hedged,
        difference=yearly_difference(following.net, holding.net, paths, blocks),
        evidence=Evidence.of(blocks),
        rule=rule,
        rules=rules,
        horizon=horizon,
        companies=int((~np.isnan(predicted)).any(axis=0).sum()),
        skipped=int((~signal.any(axis=1)).sum()) - (horizon - 1),
        blocked=blocked,
        unknown=float((asked & np.isnan(returns)).sum() / max(asked.sum(), 1)),
        quiet=quiet,
        returns=known,
        band=sum_band(following.net, paths, blocks),
    )


def _test_days(
    test: Predictions, dataset: Dataset, known: DailyReturns, model: str, horizon: int
) -> tuple[slice, np.ndarray]:
    """Return the trading days of the test, as a slice of all, and each company's mean prediction on them, `(d, c)`."""
    names = company_names(dataset)[test.positions(dataset)]
    day, company = known.place(test.table["session"].to_numpy("datetime64[s]"), names)
    days = slice(int(day.min()), int(day.max()) + horizon)
    shape = days.stop - days.start, len(known.companies)
    cell = np.ravel_multi_index((day - days.start, company), shape)
    count = np.bincount(cell, minlength=shape[0] * shape[1]).astype(float)
    return days, ratio(np.bincount(cell, test[model], minlength=len(count)), count).reshape(shape)


def _rule(predicted: np.ndarray) -> str:
    different = np.array([len(np.unique(row[~np.isnan(row)])) for row in predicted])
    ranked = (different[different > 0] >= FEWEST_TO_RANK).mean() >= RANKED_SHARE
    return QUINTILES if ranked else SIGN


def _earned(
    signal: np.ndarray, held: np.ndarray, returns: np.ndarray, horizon: int, daily: bool
) -> np.ndarray:
    """Return what positions earned on each day, `(d,)`, an unknown return counting as 0.

    Without daily returns each day's book earns its own outcome evenly over the days on which it is held.
    """
    if daily:
        return np.asarray(np.nansum(held * returns, axis=1))
    return staggered(np.nansum(signal * returns, axis=1), horizon)


def _market(mean: np.ndarray, horizon: int, daily: bool) -> tuple[np.ndarray, int]:
    """Return what all companies in equal parts returned on each day, `(d,)`, and on how many days that is unknown."""
    if not daily:
        known = (~np.isnan(mean)).astype(float)
        mean = ratio(staggered(np.nan_to_num(mean), horizon), staggered(known, horizon))
    return np.nan_to_num(mean), int(np.isnan(mean).sum())
