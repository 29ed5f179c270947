"""The backtest: what a portfolio that follows the predictions would have earned, before and after a cost."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.data.dataset import Dataset
from core.errors import Message, UserError
from core.evaluate.predictions import MEAN, Predictions
from core.evaluate.scoring import dated_returns
from core.evaluate.settings import EvaluateSettings
from core.evaluate.weighted import fifths
from core.locale import N_

FEWEST_TO_RANK = 5
RANKED_SHARE = 0.5  # of the sessions must have enough companies to rank
SIGN, QUINTILES = "sign", "fifths"


@dataclass(frozen=True, eq=False)
class Portfolio:
    """A portfolio that follows the predictions, one value per session in order of time.

    `gross` and `net` are cumulative returns (fractions of the capital, summed without compounding) before and
    after the cost; `turnover` is the sum of the absolute changes of the positions, 2 for a portfolio turned round;
    `skipped` counts the sessions without a position.
    """

    sessions: np.ndarray
    gross: np.ndarray
    net: np.ndarray
    turnover: np.ndarray
    rule: str
    cost_bp: float
    skipped: int

    def sentence(self) -> Message:
        """Say what was earned before and after the cost, and how much was traded for it."""
        return Message(
            N_(
                "Over {sessions:,} sessions the portfolio made {gross} before and {net} after a cost of {cost} bp on "
                "what is traded, {turnover} of the capital a session on average, without compounding."
            ),
            {
                "sessions": len(self.sessions),
                "gross": f"{self.gross[-1]:+.2%}",
                "net": f"{self.net[-1]:+.2%}",
                "cost": f"{self.cost_bp:g}",
                "turnover": f"{self.turnover.mean():.0%}",
            },
        )


def portfolio(
    y: np.ndarray,
    p: np.ndarray,
    sessions: np.ndarray,
    companies: np.ndarray | None = None,
    cost_bp: float = 10.0,
    rule: str = QUINTILES,
    horizon: int = 1,
) -> Portfolio:
    """Return what a portfolio would have made that follows predicted returns `p (n,)`, `y (n,)` being the actual.

    Rows of one company in one session are averaged to one event first; `sessions (n,)` sort in time. Rule
    "fifths" is long the top and short the bottom fifth of a session's events by prediction, half the capital
    each, and idle where fewer than five predictions differ; "sign" is long each event predicted above 0 and
    short the others, the capital in equal parts. With a horizon of more than one session, each session's portfolio
    gets that part of the capital and is held that long: the overlapping portfolios of Jegadeesh & Titman,
    "Returns to buying winners and selling losers" (1993). The cost in basis points is on each change of a
    position, the first purchase included. Raises `UserError` for a cost below 0.
    """
    if not 0 <= cost_bp < np.inf:
        raise UserError(N_("The cost in basis points must be a number of 0 or more."))
    days, day = np.unique(sessions, return_inverse=True)
    firm = np.zeros(len(y), int) if companies is None else np.unique(companies, return_inverse=True)[1]
    shape = len(days), int(firm.max()) + 1
    cell = day * shape[1] + firm
    count = np.bincount(cell, minlength=shape[0] * shape[1])
    with np.errstate(invalid="ignore"):
        actual, predicted = (
            (np.bincount(cell, values, minlength=len(count)) / count).reshape(shape) for values in (y, p)
        )
    position = np.stack([_positions(row, rule) for row in predicted]) / max(
        horizon, 1
    )  # (sessions, companies)
    held = sum(_later(position, lag) for lag in range(max(horizon, 1)))
    turnover = np.abs(np.diff(held, axis=0, prepend=0)).sum(axis=1)
    gross = np.nansum(position * actual, axis=1)
    net = gross - turnover * cost_bp / 1e4
    skipped = int((~position.any(axis=1)).sum())
    return Portfolio(days, gross.cumsum(), net.cumsum(), turnover, rule, cost_bp, skipped)


@dataclass(frozen=True, eq=False)
class Backtest:
    """A portfolio that follows the predictions, and one that always holds every company, at the same cost."""

    following: Portfolio
    holding: Portfolio
    companies: int


def backtest(
    predictions: Predictions,
    dataset: Dataset,
    settings: EvaluateSettings,
    cost_bp: float = 10.0,
    model: str = MEAN,
) -> Backtest | Message:
    """Return what following the test's predictions would have made; raises `UserError` for a cost below 0.

    Companies are ranked against each other where at least half of the sessions have enough of them with
    different predictions, else each is followed by the sign of its prediction.
    """
    test = dated_returns(predictions.test)
    if isinstance(test, Message):
        return test
    sessions, p, actual = test.table["session"].to_numpy(), test[model], test.outcome
    companies = dataset.frame["company"].iloc[test.positions(dataset)].fillna("").to_numpy(str)
    event = pd.DataFrame({"session": sessions, "company": companies, "p": p}).groupby(["session", "company"])
    different = event["p"].mean().groupby("session").nunique()
    ranked = (different >= FEWEST_TO_RANK).mean() >= RANKED_SHARE
    rule, horizon = QUINTILES if ranked else SIGN, settings.horizon
    return Backtest(
        portfolio(actual, p, sessions, companies, cost_bp, rule, horizon),
        portfolio(actual, np.ones_like(p), sessions, companies, cost_bp, SIGN, horizon),
        len(np.unique(companies)),
    )


def _positions(predicted: np.ndarray, rule: str) -> np.ndarray:
    """Return the shares of the capital in each company, `(companies,)`; NaN is a company without a headline."""
    there = ~np.isnan(predicted)
    position = np.zeros(len(predicted))
    if rule == SIGN:
        position[there] = np.where(predicted[there] > 0, 1, -1) / there.sum()
    elif len(np.unique(predicted[there])) >= FEWEST_TO_RANK:
        top, bottom = fifths(predicted[there], np.ones((1, int(there.sum()))))
        position[there] = (top[0] / top.sum() - bottom[0] / bottom.sum()) / 2
    return position


def _later(position: np.ndarray, lag: int) -> np.ndarray:
    return np.pad(position, ((lag, 0), (0, 0)))[: len(position)]
