"""Over how many sessions outcomes overlap, seen from the outcomes alone.

An outcome that looks h sessions ahead shares h - k of them with the outcome of k sessions later, so returns have
the autocorrelation 1 - k / h at a lag of k < h and none from h on (Hansen and Hodrick, 1980, Forward exchange rates as
optimal predictors of future spot rates, Journal of Political Economy 88).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.data.dataset import Dataset
from core.data.plan import Exchange
from core.data.sessions import sessions_around
from core.data.target.leaks import whole_companies

USUAL = (1, 2, 3, 5, 10, 20, 40, 60)  # horizons that are told apart; a longer one looks like the last
LEAST_PAIRS, LEAST_BLOCKS = 20, 12
SURE = 0.01


@dataclass(frozen=True, eq=False)
class Outcomes:
    """One row per event with an outcome, ordered by company and session.

    `company` and `session` `(events,)` int64 number the companies and the sessions of the exchange's calendar;
    `value (events, d)` is the normal score of a return (d = 1), or of `labels` one column per class.
    """

    company: np.ndarray
    session: np.ndarray
    value: np.ndarray
    labels: bool = False

    @classmethod
    def of(cls, company: np.ndarray, session: np.ndarray, outcome: np.ndarray, labels: bool) -> Outcomes:
        """Average the rows of each event: `company` and `session` int64, `outcome` a return or a class number.

        Rows with an unknown session (below 0) or outcome (NaN) are left out; of many, whole companies are drawn.
        """
        known = (session >= 0) & np.isfinite(outcome)
        rows = pd.DataFrame({"company": company[known], "session": session[known]})
        if labels:
            classes = np.unique(outcome[known])
            rows = rows.join(pd.DataFrame((outcome[known, None] == classes).astype(float)))
        else:
            rows[0] = outcome[known]
        events = rows.groupby(["company", "session"], sort=True).mean()
        number = events.index.get_level_values(0).to_numpy(np.int64)
        taken = whole_companies(number, np.arange(len(events))) if len(events) else np.zeros(0, bool)
        value = events.to_numpy(float)[taken]
        if not labels and len(value):
            value = _normal_scores(value)
        return cls(number[taken], events.index.get_level_values(1).to_numpy(np.int64)[taken], value, labels)

    @property
    def spanned(self) -> int:
        """The number of sessions from the first event to the last."""
        return int(np.ptp(self.session)) + 1 if len(self.session) else 0


def _normal_scores(values: np.ndarray) -> np.ndarray:
    """Return the quantiles of the normal distribution at the values' ranks, `(n, 1)`: no outlier counts for much."""
    from scipy import stats

    return np.asarray(stats.norm.ppf((stats.rankdata(values, axis=0) - 0.5) / len(values)))


def outcomes_of(data: Dataset, exchange: Exchange) -> Outcomes:
    """Return the outcomes of a dataset's events."""
    task = "regress" if data.target_kind == "return" else "classify"
    days = data.frame["session"].to_numpy("datetime64[s]")
    return Outcomes.of(
        pd.factorize(data.frame["company"].fillna(""))[0],
        np.where(np.isnat(days), -1, sessions_around(days, exchange).position(days)),
        data.outcome(task),
        task == "classify",
    )


def can_tell(outcomes: Outcomes, horizon: int) -> bool:
    """Say whether an overlap of so many sessions would be seen: its events suffice, and the sessions for 12 blocks of it."""
    _, counts = _products(outcomes, 1)
    return bool((counts > 0).sum() >= LEAST_PAIRS) and outcomes.spanned >= LEAST_BLOCKS * horizon


def overlap_beyond(outcomes: Outcomes, horizon: int = 1) -> int:
    """Return over how many sessions the outcomes look as if they overlapped; 0 where that is not surely above `horizon`.

    Where nothing overlaps over more than `horizon` sessions, the product of two outcomes of a company that lie so
    many sessions apart is above zero as often as below. Products are summed over all companies of a session (a
    shock that they share counts once) and over blocks of 2 `horizon` - 1 sessions, within which they depend on each
    other; the sums' mean is above zero at the 1% level of a t-test, which volatility that comes in clusters
    leaves as it is. With fewer than 20 sessions that have such pairs, or 12 blocks, 0: it cannot be told.
    """
    products, counts = _products(outcomes, horizon)
    if (counts > 0).sum() < LEAST_PAIRS:
        return 0
    length = 2 * horizon - 1
    sums = np.bincount(np.arange(len(products)) // length, products)
    sums = sums[np.bincount(np.arange(len(counts)) // length, counts) > 0]
    if len(sums) < LEAST_BLOCKS:
        return 0
    from scipy import stats

    error = sums.std(ddof=1) / np.sqrt(len(sums))
    if sums.mean() <= stats.t.ppf(1 - SURE, len(sums) - 1) * error:
        return 0
    likely = likely_overlap(outcomes)
    return likely if likely > horizon else 0


def likely_overlap(outcomes: Outcomes) -> int:
    """Return which usual number of sessions fits the outcomes' autocorrelations best, by least squares; 1: no overlap.

    At most 60, and a quarter of the sessions. The autocovariances of all companies are pooled; that each is taken
    from a mean of few overlapping outcomes lowers all of them alike, which the fit makes good.
    """
    usual = [h for h in USUAL if h == 1 or h <= outcomes.spanned / 4]
    lags = np.arange(1, 2 * usual[-1] + 1)
    centred = _centred(outcomes)
    found = [_pairs(outcomes, centred, int(lag)) for lag in lags]
    weight = np.array([len(first) for first, _ in found], float)
    if not weight.any():
        return 1
    sums = np.array([products.sum() for _, products in found])
    covariance = np.divide(sums, weight, out=np.zeros(len(lags)), where=weight > 0)
    variance = float((centred**2).sum() / len(centred))
    errors = [_misfit(covariance, variance, weight, lags, h, outcomes.labels) for h in usual]
    return usual[int(np.argmin(errors))]


def _misfit(
    covariance: np.ndarray, variance: float, weight: np.ndarray, lags: np.ndarray, horizon: int, labels: bool
) -> float:
    """Return the weighted squares that `covariance = a + (variance - a) rho` leaves, with the best a."""
    rho = np.clip(1 - lags / horizon, 0, None)
    if labels:
        rho = 2 / np.pi * np.arcsin(rho)  # of the signs of two normal outcomes
    rest, free = covariance - variance * rho, 1 - rho
    a = (weight * rest * free).sum() / (weight * free**2).sum()
    return float((weight * (rest - a * free) ** 2).sum())


def _centred(outcomes: Outcomes) -> np.ndarray:
    """Return the values less the mean of their company, `(events, d)`."""
    mean = pd.DataFrame(outcomes.value).groupby(outcomes.company).transform("mean").to_numpy()
    return np.asarray(outcomes.value - mean)


def _pairs(outcomes: Outcomes, centred: np.ndarray, lag: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the later event of each pair of a company's events that lie `lag` sessions apart, and their product."""
    key = outcomes.company * 1_000_000 + outcomes.session
    place = np.minimum(np.searchsorted(key, key - lag), max(len(key) - 1, 0))
    later = np.flatnonzero(key[place] == key - lag) if len(key) else np.zeros(0, np.int64)
    return later, (centred[later] * centred[place[later]]).sum(axis=1)


def _products(outcomes: Outcomes, horizon: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the products of each session with the sessions `horizon` before, summed over companies, and their number.

    Where too few sessions have such pairs, those of up to four sessions more are taken as well.
    """
    centred, size = _centred(outcomes), outcomes.spanned
    sums, counts = np.zeros(size), np.zeros(size)
    for lag in range(horizon, horizon + 5):
        later, products = _pairs(outcomes, centred, lag)
        at = outcomes.session[later] - outcomes.session.min(initial=2**62)
        sums += np.bincount(at, products, size)
        counts += np.bincount(at, minlength=size)
        if (counts > 0).sum() >= LEAST_PAIRS:
            break
    return sums, counts
