"""Regimes in a world in which the model is as good in all of them."""

from __future__ import annotations

import numpy as np

from core.evaluate.blocks import Blocks
from core.evaluate.metrics import METRICS
from core.evaluate.slices import slices
from tests.simulations.row import Row, percent

DAYS, COMPANIES = 120, 8
REPETITIONS = 200


def null(repetitions: int = REPETITIONS, horizon: int = 1) -> float:
    """Return in what share of the tables any regime is said to differ from the rest.

    World: 120 sessions of eight companies whose returns share half of their variance and whose predictions (with an
    autocorrelation of 0.9) have a correlation of 0.1 with them, in wild and calm, rising and falling times and in
    both halves alike. Truth: no regime differs. Level: 5% of the tables, over seven comparisons (Holm). Seeds 0 to
    `repetitions - 1`.
    """
    flagged = 0
    day = np.repeat(np.arange(DAYS), COMPANIES)
    for seed in range(repetitions):
        rng = np.random.default_rng(seed)
        state = rng.normal(size=COMPANIES)
        predicted = np.empty((DAYS, COMPANIES))
        for t in range(DAYS):
            state = 0.9 * state + np.sqrt(1 - 0.81) * rng.normal(size=COMPANIES)
            predicted[t] = state
        daily = rng.normal(size=(DAYS + horizon, 1)) + rng.normal(size=(DAYS + horizon, COMPANIES))
        ahead = sum(daily[lag : lag + DAYS] for lag in range(horizon)) / np.sqrt(horizon)
        y = 0.14 * predicted + ahead
        past = rng.normal(size=(2, DAYS)).cumsum(
            axis=1
        )  # what calm and rising are read from lasts for a while
        labels = {
            "volatility": np.digitize(past[0], np.quantile(past[0], [1 / 3, 2 / 3])).astype(str)[day],
            "market": (past[1] > np.median(past[1])).astype(str)[day],
            "half": (np.arange(DAYS) < DAYS // 2).astype(str)[day],
        }
        found = slices(
            y.ravel(), predicted.ravel(), Blocks(day, horizon, horizon), labels, METRICS["rank_ic"], seed
        )
        flagged += any(made.differs for made in found)
    return flagged / repetitions


ROWS = (
    Row(
        "a model as good in wild and calm, rising and falling times, and in both halves",
        "any regime is said to differ in at most 5%",
        f"{REPETITIONS}, seeds 0–{REPETITIONS - 1}",
        lambda: percent(null()),
    ),
)
