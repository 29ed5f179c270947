"""The IC by horizon in a world in which the headlines say nothing of what follows."""

from __future__ import annotations

import numpy as np

from core.evaluate.daily_returns import OUTCOMES, DailyReturns
from core.evaluate.ic_decay import decay_of
from core.evaluate.tested_events import TestedEvents

DAYS, COMPANIES = 250, 10
REPETITIONS = 200


def null(repetitions: int = REPETITIONS, days: int = DAYS) -> tuple[float, dict[int, float]]:
    """Return how often any horizon is called certain, and by horizon how often the interval leaves out 0.

    World: 250 sessions of ten companies whose daily returns share half of their variance; predictions independent
    of them, with an autocorrelation of 0.9 from session to session. Truth: every rank IC is 0. Level: 5% of the
    tables, and 5% of the intervals of each horizon (of both sides). Seeds 0 to `repetitions - 1`.
    """
    told, outside = 0, dict.fromkeys((1, 5, 10, 20), 0)
    for seed in range(repetitions):
        rng = np.random.default_rng(seed)
        returns = 0.01 * (rng.normal(size=(days + 21, 1)) + rng.normal(size=(days + 21, COMPANIES)))
        state = rng.normal(size=COMPANIES)
        predicted = np.empty((days, COMPANIES))
        for t in range(days):
            state = 0.9 * state + np.sqrt(1 - 0.81) * rng.normal(size=COMPANIES)
            predicted[t] = state
        day, company = np.divmod(np.arange(days * COMPANIES), COMPANIES)
        calendar = np.datetime64("2020-01-01") + np.arange(days + 21)
        known = DailyReturns(
            calendar,
            np.arange(COMPANIES).astype(str),
            returns,
            np.full(days + 21, np.nan),
            OUTCOMES,
            1,
        )
        made = decay_of(TestedEvents(predicted.ravel(), calendar[day], day, company, known), 1, seed, 20)
        told += bool(made.certain.any())
        for k in outside:
            mean = made.means[k - 1]
            outside[k] += mean.low > 0 or mean.high < 0
    return told / repetitions, {k: n / repetitions for k, n in outside.items()}
