"""Event studies in a world in which the headlines say nothing of what follows."""

from __future__ import annotations

import numpy as np

from core.evaluate.event_study import AFTER, BEFORE, RAW, cumulative, study
from core.evaluate.weighted import quintiles
from tests.simulations.row import Row, percent

DAYS, COMPANIES, AUTOCORRELATION = 140, 10, 0.9
REPETITIONS = 300


def null(
    shared: float = 1.0, repetitions: int = REPETITIONS, days: int = DAYS
) -> dict[int, tuple[float, float]]:
    """Return by span how often the interval of top less bottom fifth lies wholly above and wholly below 0.

    World: 140 sessions of ten companies, one headline each a session; daily returns with a shock of a day that is
    `shared` times as large as their own; predictions that are independent of them, with an autocorrelation of 0.9
    from session to session, half of it the same for all companies. Truth: no difference between the fifths. Level:
    2.5% a side. Seeds 0 to `repetitions - 1`.
    """
    sessions = np.arange(-BEFORE, AFTER + 1)
    spans = [int(np.flatnonzero(sessions == span)[0]) for span in (1, 5, 10)]
    sides = np.zeros((len(spans), 2))
    for seed in range(repetitions):
        rng = np.random.default_rng(seed)
        returns = 0.01 * (
            shared * rng.normal(size=(days + AFTER, 1)) + rng.normal(size=(days + AFTER, COMPANIES))
        )
        state, common = rng.normal(size=COMPANIES), rng.normal()
        predicted = np.empty((days, COMPANIES))
        for day in range(days):
            keep, fresh = AUTOCORRELATION, np.sqrt(1 - AUTOCORRELATION**2)
            state = keep * state + fresh * rng.normal(size=COMPANIES)
            common = keep * common + fresh * rng.normal()
            predicted[day] = (state + common) / np.sqrt(2)
        day, company = np.divmod(np.arange(days * COMPANIES), COMPANIES)
        paths = cumulative(returns, day, company, sessions)
        fifth = quintiles(predicted.ravel(), np.ones((1, len(day))))[:, 0]
        made = study(paths[:, spans], fifth, day, sessions[spans], seed, RAW)
        for row, spread in zip(sides, made.spread, strict=True):
            row += spread.low > 0, spread.high < 0
    return {
        int(sessions[t]): (float(above), float(below))
        for t, (above, below) in zip(spans, sides / repetitions, strict=True)
    }


def _told_apart() -> str:
    found = {"a common daily shock": null(1.0), "none": null(0.0)}
    return "; ".join(
        f"{world}: " + ", ".join(f"{span}: {percent(*sides)}" for span, sides in spans.items())
        for world, spans in found.items()
    )


ROWS = (
    Row(
        "event study of predictions that say nothing, after 1, 5 and 10 sessions",
        "top and bottom fifth are told apart in at most 4% a side",
        f"{REPETITIONS} each, seeds 0–{REPETITIONS - 1}",
        _told_apart,
    ),
)
