"""The IC by horizon in a world in which the headlines say nothing of what follows."""

from __future__ import annotations

import numpy as np

from core.evaluate.daily_returns import chained
from core.evaluate.ic_decay import LONGEST, certain
from core.evaluate.information_coefficient import hac_mean
from tests.simulations.row import Row

DAYS, COMPANIES = 250, 10
REPETITIONS = 400


def null(repetitions: int = REPETITIONS, days: int = DAYS) -> tuple[float, dict[int, float]]:
    """Return how often any horizon is called certain, and by horizon how often the interval leaves out 0.

    World: 250 sessions of ten companies whose daily returns share half of their variance; predictions independent
    of them, with an autocorrelation of 0.9 from session to session. Truth: every rank IC is 0. Level: 5% of the
    tables, and 5% of the intervals of each horizon (of both sides). Seeds 0 to `repetitions - 1`.
    """
    told, outside = 0, dict.fromkeys((1, 5, 10, 20), 0)
    horizons = np.arange(1, LONGEST + 1)
    for seed in range(repetitions):
        rng = np.random.default_rng(seed)
        shape = days + LONGEST, COMPANIES
        returns = 0.01 * (rng.normal(size=(shape[0], 1)) + rng.normal(size=shape))
        predicted = rng.normal(size=(days, COMPANIES))
        for day in range(1, days):
            predicted[day] = 0.9 * predicted[day - 1] + np.sqrt(1 - 0.81) * predicted[day]
        means = [hac_mean(_rank_ics(chained(returns, int(k))[:days], predicted), int(k)) for k in horizons]
        told += bool(certain(means, horizons).any())
        for k in outside:
            outside[k] += means[k - 1].low > 0 or means[k - 1].high < 0
    return told / repetitions, {k: count / repetitions for k, count in outside.items()}


def _rank_ics(returns: np.ndarray, predicted: np.ndarray) -> np.ndarray:
    """Return Spearman's correlation of each session's companies, `(d,)`, there being no ties."""
    middle = (COMPANIES - 1) / 2
    one, two = (values.argsort(axis=1).argsort(axis=1) - middle for values in (returns, predicted))
    return np.asarray((one * two).sum(axis=1) / (one**2).sum(axis=1))


def _told() -> str:
    told, outside = null()
    return f"{told:.1%}; intervals: " + ", ".join(f"{k}: {share:.1%}" for k, share in outside.items())


ROWS = (
    Row(
        "IC by horizon of predictions that say nothing, 250 sessions × 10",
        "at most 5% are told that any of 20 horizons is ranked; intervals at horizon 1, 5, 10, 20 miss 0 in about 5%",
        f"{REPETITIONS}, seeds 0–{REPETITIONS - 1}",
        _told,
    ),
)
