"""How often headlines that lie close together are said to share their outcome where they do not."""

from __future__ import annotations

import numpy as np
import pandas as pd

from core.data.dataset import Dataset
from core.maps.agreement import agreement
from tests.makers.train_tables import make_dataset
from tests.simulations.row import Row, percent
from tests.simulations.worlds import overlapping, persistent

DIM, REPETITIONS, RESAMPLES = 8, 200, 200


def said_to_agree(
    sessions: int,
    horizon: int = 1,
    companies: int = 8,
    classes: int = 0,
    signal: float = 0.0,
    repetitions: int = REPETITIONS,
    seed: int = 0,
) -> float:
    """Return the share of made-up tables in which neighbours are said to agree more, or less, than others.

    World: the vectors of a company lie around a place of its own and drift together from session to session
    (autocorrelation 0.9); outcomes over `horizon` sessions overlap, and half of them is shared by all companies.
    Truth: vectors and outcomes have nothing in common, so 5% at the most; with `signal` above 0 the outcome, times
    this, is added to a direction of the vector.
    """
    rng = np.random.default_rng(seed)
    return float(
        np.mean(
            [
                _said(*world(rng, sessions, horizon, companies, classes, signal), horizon, repetition)
                for repetition in range(repetitions)
            ]
        )
    )


def world(
    rng: np.random.Generator, sessions: int, horizon: int, companies: int, classes: int, signal: float
) -> tuple[Dataset, np.ndarray]:
    """Draw one table with `classes` (0 for returns) and the vectors of its rows."""
    day, company = np.divmod(np.arange(sessions * companies), companies)
    y = overlapping(rng, sessions, companies, horizon).ravel()
    drift = np.stack([persistent(rng, sessions, companies).ravel() for _ in range(DIM)], axis=1)
    vectors = 2 * rng.normal(size=(companies, DIM))[company] + drift + rng.normal(size=(len(y), DIM))
    vectors[:, 0] += signal * y
    labels = pd.qcut(y, classes, labels=False).astype(str) if classes else y
    data = make_dataset(labels, day, kind="label" if classes else "return")
    data.frame["company"] = pd.Series(company, dtype="str")
    return data, vectors.astype(np.float32)


def _said(data: Dataset, vectors: np.ndarray, horizon: int, seed: int) -> bool:
    found = agreement(data, vectors, horizon=horizon, seed=seed, resamples=RESAMPLES)
    return found is not None and found.verdict in ("better", "worse")


ROWS = (
    Row(
        "headlines whose places on the map have nothing to do with their outcome: returns, horizon 1 / 5; three classes",
        "neighbours are said to agree more or less than others in at most 5%",
        f"{REPETITIONS} each, seed 0",
        lambda: percent(said_to_agree(60), said_to_agree(60, 5), said_to_agree(60, classes=3)),
    ),
)
