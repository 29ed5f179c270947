"""Kinds of times: calm and wild, rising and falling markets, as they could be seen before each session, and halves."""

from __future__ import annotations

import numpy as np

from core.data.dataset import Dataset
from core.errors import Message
from core.evaluate.daily_returns import daily_returns

PAST, FEWEST = 20, 10  # sessions that volatility and direction are read from, and how many must be known
CALM, MIDDLE, WILD = "<calm>", "<middle>", "<wild>"
DOWN, UP = "<down>", "<up>"
FIRST, SECOND = "<first>", "<second>"
REGIMES = ("volatility", "market", "half")


def regime_labels(dataset: Dataset, rows: np.ndarray, horizon: int) -> dict[str, np.ndarray]:
    """Return the regimes of the rows at these positions, `(n,)` str each, "" where unknown; empty without dates.

    - "volatility": `CALM`, `MIDDLE`, `WILD`, the terciles of these rows' sessions by the standard deviation of the
      market's returns on the 20 trading days before;
    - "market": `UP`, `DOWN` by whether these returns sum to more than 0;
    - "half": `FIRST`, `SECOND` half of these rows' sessions.

    The market is the benchmark, or else the mean of all companies that are known. Its last return is one that was
    over by the close of the session, so a regime could be seen before the outcome began.
    """
    session = dataset.frame["session"].to_numpy("datetime64[s]")[rows]
    dated = ~np.isnat(session)
    if not dated.any():
        return {}
    days, at = np.unique(session[dated], return_inverse=True)

    def spread_out(labels: np.ndarray) -> np.ndarray:
        result = np.full(len(rows), "", dtype="<U12")
        result[dated] = labels[at]
        return result

    half = np.where(np.arange(len(days)) < (len(days) + 1) // 2, FIRST, SECOND)
    found = {"half": spread_out(half)}
    past = _past(dataset, days, max(horizon, 1))
    if past is not None:
        enough = (~np.isnan(past)).sum(axis=1) >= FEWEST
        safe = np.where(enough[:, None], np.nan_to_num(past), 0)
        spread = np.where(enough, np.nanstd(np.where(enough[:, None], past, 0), axis=1), np.nan)
        cuts = np.quantile(spread[enough], [1 / 3, 2 / 3]) if enough.any() else np.zeros(2)
        volatility = np.array([CALM, MIDDLE, WILD])[np.searchsorted(cuts, np.nan_to_num(spread))]
        direction = np.where(safe.sum(axis=1) > 0, UP, DOWN)
        found = {
            "volatility": spread_out(np.where(enough, volatility, "")),
            "market": spread_out(np.where(enough, direction, "")),
        } | found
    return found


def _past(dataset: Dataset, days: np.ndarray, horizon: int) -> np.ndarray | None:
    """Return the market's last 20 returns that were over by the close of each day, `(d, 20)`, NaN where unknown."""
    known = daily_returns(dataset, horizon)
    if isinstance(known, Message):
        return None
    span = 1 if known.daily else horizon
    at = np.searchsorted(known.days, days)
    lags = at[:, None] - span - np.arange(PAST)
    market = known.market if np.isfinite(known.benchmark).any() else known.mean
    return np.asarray(np.where(lags >= 0, market[np.maximum(lags, 0)], np.nan))
