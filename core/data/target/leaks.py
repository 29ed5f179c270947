"""Features that are the target, or its future, under another name."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.data.dataset import Dataset
from core.data.plan import Exchange, Plan
from core.data.sessions import sessions_around

LEAK_AUC, LEAK_RANK = 0.97, 0.98
LEAST, LEAST_OF_A_CLASS = 10, 5
ROWS_COMPARED, EVENTS_COMPARED = 100_000, 20_000
BACK = 2  # sessions that a feature is looked for before the session of the target
_AHEAD = re.compile(r"익일|다음|향후|내일|명일|차일|next|forward|fwd|future|ahead|t\+\d", re.IGNORECASE)
_BEHIND = re.compile(r"전일|직전|과거|이전|지난|prev|past|lag|trailing", re.IGNORECASE)


@dataclass(frozen=True)
class Disguise:
    """A continuous feature that may know the outcome, and how that was noticed.

    `kind` is "target" (it alone orders the outcomes of its own rows), "future" (it equals the target of
    another session of the same company, known only after the headline), "session" (as "future", but of the
    session before what the target covers, where a target column does not tell when it begins) or "name" (its name speaks
    of what is next). `lag` is the number of sessions after which the feature shows what the target had told.
    """

    feature: str
    kind: str
    lag: int = 0


def gives_away(y: np.ndarray, x: np.ndarray, task: str) -> bool:
    """Say whether a feature `x (n,)` alone orders the outcomes `y (n,)` almost exactly.

    For `task="regress"` that is a Spearman correlation beyond 0.98; for "classify" an AUC of one class against
    the rest above 0.97 (or below 0.03). False with fewer than 10 known pairs or 5 rows of a class.
    """
    return _strength(y, x, task) > _limit(task)


def disguised(data: Dataset, plan: Plan) -> list[Disguise]:
    """Return the features that are the target or its future in disguise, each once, by the gravest sign.

    Each event counts once. Where the target looks k sessions ahead, a feature known at the headline can equal
    the target of k + 1 sessions earlier at best: one that equals a later one is found. At most 100,000 rows
    are compared, and over time 20,000 events of whole companies, both drawn at random.
    """
    names = list(data.roles.numeric)
    found: dict[str, Disguise] = {}
    if data.target_kind and names:
        unit = data.event if data.has_sessions else data.frame["story"].to_numpy()
        outcomes = {task: data.outcome(task) for task in _tasks(data)}
        rows = np.arange(len(data))
        if len(rows) > ROWS_COMPARED:
            rows = np.random.default_rng(0).choice(rows, ROWS_COMPARED, replace=False)
        for name in names:
            x = data.features[name].to_numpy(float)
            if any(_orders(unit[rows], y[rows], x[rows], task) for task, y in outcomes.items()):
                found[name] = Disguise(name, "target")
        if data.has_sessions:
            horizon = plan.target.horizon
            events = _Events.of(data, plan.exchange)
            for name in (name for name in names if name not in found):
                lag = events.leading_lag(name, horizon)
                if lag is not None:
                    open_question = lag == horizon and plan.target.source == "column"
                    found[name] = Disguise(name, "session" if open_question else "future", lag)
    for name in names:
        if name not in found and _AHEAD.search(name) and not _BEHIND.search(name):
            found[name] = Disguise(name, "name")
    return [found[name] for name in names if name in found]


def _tasks(data: Dataset) -> tuple[str, ...]:
    return ("regress", "classify") if data.target_kind == "return" else ("classify",)


def _orders(unit: np.ndarray, y: np.ndarray, x: np.ndarray, task: str) -> bool:
    once = pd.DataFrame({"unit": unit, "y": y, "x": x}).drop_duplicates()
    return gives_away(once["y"].to_numpy(), once["x"].to_numpy(), task)


def _limit(task: str) -> float:
    return LEAK_RANK if task == "regress" else 2 * LEAK_AUC - 1


def _strength(y: np.ndarray, x: np.ndarray, task: str) -> float:
    """Return the absolute Spearman correlation, or |2 AUC - 1| of the class that stands out most."""
    known = np.isfinite(x) & np.isfinite(y)
    y, x = y[known], x[known]
    if len(y) < LEAST or x.min() == x.max():
        return 0.0
    rank = pd.Series(x).rank().to_numpy()
    if task == "regress":
        return 0.0 if y.min() == y.max() else float(abs(np.corrcoef(pd.Series(y).rank(), rank)[0, 1]))
    return max(_separation(y == code, rank) for code in np.unique(y))


def _separation(positive: np.ndarray, rank: np.ndarray) -> float:
    n, rest = int(positive.sum()), int((~positive).sum())
    if min(n, rest) < LEAST_OF_A_CLASS:
        return 0.0
    area = (rank[positive].sum() - n * (n + 1) / 2) / (n * rest)  # Mann-Whitney
    return float(abs(2 * area - 1))


@dataclass(frozen=True, eq=False)
class _Events:
    """One row per event: `key` (company and session, ascending), the outcome, and the mean of each feature."""

    key: np.ndarray
    outcome: np.ndarray
    features: pd.DataFrame
    task: str

    @classmethod
    def of(cls, data: Dataset, exchange: Exchange) -> _Events:
        task = _tasks(data)[0]
        rows = np.flatnonzero(data.event >= 0)
        days = data.frame["session"].to_numpy("datetime64[s]")[rows]
        position = sessions_around(days, exchange).position(days)
        company = pd.factorize(data.frame["company"].iloc[rows].fillna(""))[0].astype(np.int64)
        key = company * 100_000 + position  # a calendar holds far fewer sessions
        chosen = whole_companies(company, data.event[rows])
        key, rows = key[chosen], rows[chosen]
        outcome = pd.Series(data.outcome(task)[rows]).groupby(key).agg(["min", "max"])
        one = (outcome["max"] - outcome["min"]).to_numpy() <= 1e-9
        features = data.features.iloc[rows].groupby(key).mean()
        return cls(features.index.to_numpy(), np.where(one, outcome["min"], np.nan), features, task)

    def leading_lag(self, name: str, horizon: int) -> int | None:
        """Return the number of sessions after which a feature equals the target, where that is too few."""
        x = self.features[name].to_numpy()
        lags = [lag for lag in range(-BACK, horizon + 2) if lag]
        strengths = [self._strength_at(x, lag) for lag in lags]
        best = int(np.argmax(strengths))
        return lags[best] if strengths[best] > _limit(self.task) and lags[best] <= horizon else None

    def _strength_at(self, x: np.ndarray, lag: int) -> float:
        place = np.searchsorted(self.key, self.key + lag)
        there = self.key[np.minimum(place, len(self.key) - 1)] == self.key + lag
        return _strength(self.outcome[there], x[place[there]], self.task)


def whole_companies(company: np.ndarray, event: np.ndarray) -> np.ndarray:
    """Return which rows belong to companies, drawn at random, that hold about 20,000 events together."""
    first = ~pd.Series(event).duplicated().to_numpy()
    events = np.bincount(company[first])
    order = np.random.default_rng(0).permutation(len(events))
    before = np.cumsum(events[order]) - events[order]
    taken = np.zeros(len(events), bool)
    taken[order[before < EVENTS_COMPARED]] = True
    return np.asarray(taken[company])
