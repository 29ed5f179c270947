"""The leakage staircase where there is no leak, and where rows at random know their session."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.data.dataset import Dataset
from core.jobs import Report
from core.train.leakage import staircase
from core.train.settings import TrainSettings
from core.train.splits.leakage import leakage_folds
from core.train.splits.plan import plan_splits
from tests.makers.train_tables import make_dataset
from tests.simulations.row import Row, percent
from tests.simulations.splits import null_world, ridge, summed_shocks

World = Callable[[int, int], tuple[Dataset, np.ndarray]]
SESSIONS, COMPANIES, WIDTH = 60, 5, 20


@dataclass(frozen=True)
class Falls:
    """In which shares of `tables` tables a step fell significantly: any step, and the first (to earlier days)."""

    world: str
    horizon: int
    tables: int
    any_step: float
    ordered: float


def leak_free(seed: int, horizon: int = 1) -> tuple[Dataset, np.ndarray]:
    """Return a table whose headlines inform, with nothing of the test in any training but more rows.

    60 sessions of five companies with one headline each. The outcome is the sum of `horizon` daily
    returns, of a shock that the companies share and one of their own, plus what the vector (20 numbers, new with
    each event) says. A model that learns from more rows knows the 20 weights better, whichever rows they are.
    """
    rng = np.random.default_rng(seed)
    events = SESSIONS * COMPANIES
    ahead = summed_shocks(rng, SESSIONS, COMPANIES, horizon)
    text = rng.normal(size=(events, WIDTH))
    returns = ahead.reshape(-1) / np.sqrt(2 * horizon) + text @ rng.normal(size=WIDTH) / np.sqrt(2 * WIDTH)
    row = np.arange(events)
    dataset = make_dataset(0.01 * returns, row // COMPANIES)
    dataset.frame["company"] = pd.Series([f"회사{e % COMPANIES}" for e in row], dtype="str")
    return dataset, text


def falls(world: str, horizon: int = 1, tables: int = 100, folds: int = 3, first_seed: int = 0) -> Falls:
    """Draw the staircase of as many tables of a world ("leak-free" or "leaky") with ridge on the vectors.

    The folds, repeats and intervals are the product's; the score is the rank IC of events. The leaky world is
    that of `tests.simulations.splits`: outcomes and topics are shared by session, and say nothing of other ones.
    """
    makers: dict[str, World] = {"leak-free": leak_free, "leaky": null_world}
    found, first = 0, 0
    for seed in range(first_seed, first_seed + tables):
        dataset, vectors = makers[world](seed, horizon)
        settings = TrainSettings("regress", horizon=horizon, folds=folds, unit="event", seed=seed)
        plan = plan_splits(dataset, settings)

        def fit_predict(
            train: np.ndarray,
            test: np.ndarray,
            report: Report,
            X: np.ndarray = vectors,
            y: np.ndarray = plan.outcome,
        ) -> np.ndarray:
            return ridge(X[train], y[train], X[test])

        _, *steps = staircase(plan, leakage_folds(plan), fit_predict)
        found += any(step.drop_low > 0 for step in steps)
        first += steps[0].drop_low > 0
    return Falls(world, horizon, tables, found / tables, first / tables)


ROWS = (
    Row(
        "staircase of a table without a leak (60 sessions, 5 companies, ridge on 20 informative numbers), horizon 1 / 5",
        "at most 5% show a significant fall at any step",
        "100 tables each, seeds 0–99",
        lambda: percent(*(falls("leak-free", horizon).any_step for horizon in (1, 5))),
    ),
    Row(
        "staircase where outcomes and topics are shared by session, horizon 1 / 5",
        "the fall from random to ordered is found in most, where outcomes do not overlap",
        "30 tables each, seeds 0–29",
        lambda: percent(*(falls("leaky", horizon, 30).ordered for horizon in (1, 5))),
    ),
)
