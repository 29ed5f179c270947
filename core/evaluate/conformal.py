"""Intervals around predicted returns that hold the return as often as they say, and how often they really did."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

LEVEL = 0.9
STEP = 0.05  # of the adaptive level, a session


@dataclass(frozen=True, eq=False)
class Conformal:
    """The absolute errors of rows that the model has not learned from, `(m,)` ascending, and their weights.

    Sessions weigh the same, however many rows they have: sessions, not rows, are exchangeable. `sessions` is
    their number. One quantile of the errors is half the width of every interval: split conformal prediction
    (Vovk, Gammerman & Shafer, "Algorithmic learning in a random world", 2005; Lei, G'Sell, Rinaldo,
    Tibshirani & Wasserman, "Distribution-free predictive inference for regression", 2018), the errors pooled
    over groups as in Dunn, Wasserman & Ramdas, "Distribution-free prediction sets for two-layer hierarchical
    models" (2023).
    """

    errors: np.ndarray
    weights: np.ndarray
    sessions: int

    @classmethod
    def fit(cls, y: np.ndarray, p: np.ndarray, block_ids: np.ndarray) -> Conformal:
        """Take the errors of later inner rows: outcomes `y (n,)`, predictions `p (n,)`, sessions `(n,)`.

        Raises `ValueError` without a row.
        """
        if not len(y):
            raise ValueError("no rows to take errors from")
        block, size = np.unique(block_ids, return_inverse=True, return_counts=True)[1:]
        errors = np.abs(y - p)
        order = np.argsort(errors, kind="stable")
        return cls(errors[order], (1 / size[block])[order], len(size))

    @property
    def highest_level(self) -> float:
        """The highest level that so few sessions allow: n / (n + 1)."""
        return self.sessions / (self.sessions + 1)

    def half_width(self, level: float = LEVEL) -> float:
        """Return the distance from the prediction that a new session's rows keep to in this share of cases.

        The least error r with (sum over sessions of the share of their errors up to r) / (sessions + 1) of
        `level` or more; infinity where the level is above `highest_level`.
        """
        share = np.cumsum(self.weights) / (self.sessions + 1)
        enough = np.searchsorted(share, level - 1e-9)
        return float(self.errors[enough]) if enough < len(self.errors) else float("inf")


def adaptive_half_widths(
    conformal: Conformal,
    y: np.ndarray,
    p: np.ndarray,
    sessions: np.ndarray,
    level: float = LEVEL,
    horizon: int = 1,
    step: float = STEP,
) -> np.ndarray:
    """Return half the width for each row `(n,)`, wider after sessions that were missed, narrower after hits.

    `sessions (n,)` are their numbers in order of time, from 0 on. After each session the level asked for moves
    by `step` times (share of its rows missed - nominal share): Gibbs & Candès, "Adaptive conformal inference
    under distribution shift" (2021). A session counts only once `known_before` says so. The width is never more
    than that of the largest error seen, so it stays finite.
    """
    missing = asked = 1 - level  # the nominal share of misses, and that asked of the next session
    halves = np.empty(int(sessions.max()) + 1)
    missed = np.abs(y - p)
    rows = [np.flatnonzero(sessions == k) for k in range(len(halves))]
    learned = 0
    for k in range(len(halves)):
        while known_before(learned, k, horizon):
            if len(rows[learned]):
                asked += step * (missing - np.mean(missed[rows[learned]] > halves[learned]))
            learned += 1
        halves[k] = conformal.half_width(min(max(1 - asked, 0.0), conformal.highest_level))
    result: np.ndarray = halves[sessions]
    return result


def known_before(session: np.ndarray | int, now: int, horizon: int) -> np.ndarray | bool:
    """Say whether the outcome of a session is known at the last close before session `now`, by their numbers.

    An outcome runs from the session's own close to that `horizon` sessions later, so it is known where
    session + horizon < now: what the purge of a split leaves to learn from.
    """
    return session + horizon < now
