"""How often a slice is said to differ from the rest where none does."""

from __future__ import annotations

import numpy as np
from scipy.special import expit

from core.evaluate.blocks import Blocks, block_length
from core.evaluate.metrics import METRICS
from core.evaluate.slices import slices
from tests.simulations.row import Row, percent
from tests.simulations.worlds import overlapping, persistent

MONTH, OUTLETS, LENGTHS = 21, 4, 4
REPETITIONS, RESAMPLES = 200, 150


def said_to_differ(
    sessions: int,
    horizon: int,
    companies: int = 10,
    metric: str = "rank_ic",
    better: float = 0.0,
    repetitions: int = REPETITIONS,
    seed: int = 0,
) -> float:
    """Return the share of made-up tables in which at least one slice is said to differ.

    World: predictions are persistent (0.9) and say nothing, outcomes over `horizon` sessions overlap, half of both is
    shared by companies; the slices are all companies, months of 21 sessions, four outlets and four lengths at random.
    Truth: none differs, which may be denied in 5% of tables at the most; with `better` above 0 the first outlet's
    rows are predicted with that many standard deviations of signal.
    """
    rng = np.random.default_rng(seed)
    day, company = np.divmod(np.arange(sessions * companies), companies)
    said = 0
    for repetition in range(repetitions):
        p = persistent(rng, sessions, companies).ravel()
        labels = {
            "press": rng.integers(0, OUTLETS, len(day)).astype(str),
            "company": company.astype(str),
            "month": (day // MONTH).astype(str),
            "length": rng.integers(0, LENGTHS, len(day)).astype(str),
        }
        y = overlapping(rng, sessions, companies, horizon).ravel() + better * p * (labels["press"] == "0")
        if metric == "auc":
            y, p = (y > 0).astype(float), np.stack([1 - expit(p), expit(p)], axis=1)
        blocks = Blocks(day, block_length(y, day, horizon), horizon)
        found = slices(y, p, blocks, labels, METRICS[metric], repetition, resamples=RESAMPLES)
        said += any(made.differs for made in found)
    return said / repetitions


ROWS = (
    Row(
        "slices (companies, months, outlets, lengths) of predictions that say nothing, 60 sessions × 10, horizon 1 / 5",
        "any slice is said to differ in at most 5%",
        f"{REPETITIONS} each, seed 0",
        lambda: percent(*(said_to_differ(60, horizon) for horizon in (1, 5))),
    ),
)
