"""Null headlines under every split that a page offers: how often do they "help"?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.data.dataset import Dataset
from core.evaluate.predictions import Predictions
from core.evaluate.scoring import Scored
from core.train.settings import TrainSettings
from core.train.splits.plan import plan_splits
from core.train.splits.registry import SPLITS
from core.train.splits.summary import summary_of_split
from core.train.withheld import withheld
from tests.makers.train_tables import make_dataset
from tests.simulations.row import Row, percent

SESSIONS, COMPANIES, WIDTH = 120, 10, 128


@dataclass(frozen=True)
class Verdicts:
    """How often one split's verdict was each, over `tables` tables; `leaked` counts "helps" before withholding."""

    split: str
    horizon: int
    tables: int
    helps: float
    hurts: float
    withheld: float
    leaked: float


def null_world(seed: int, horizon: int = 1) -> tuple[Dataset, np.ndarray]:
    """Return a table in which headlines say nothing of later days, and their vectors `(rows, 128)`.

    120 sessions of ten companies, one headline each. The outcome is the sum of `horizon` daily returns, each the
    market's shock, which all companies of the session share, plus as much of the company's own, plus a little of
    the feature `x`. A vector is the topic of the day, random and shared by all headlines of the session, plus
    half as much noise; neither has to do with any outcome but that both are the session's.
    """
    rng = np.random.default_rng(seed)
    days = np.repeat(np.arange(SESSIONS), COMPANIES)
    company = np.tile(np.arange(COMPANIES), SESSIONS)
    ahead = summed_shocks(rng, SESSIONS, COMPANIES, horizon)
    x = rng.normal(size=len(days))
    target = 0.01 * (ahead[days, company] + 0.3 * x)
    vectors = rng.normal(size=(SESSIONS, WIDTH))[days] + 0.5 * rng.normal(size=(len(days), WIDTH))
    dataset = make_dataset(target, days, {"x": x})
    names = pd.Series([f"회사{number}" for number in company], dtype="str")
    dataset.frame["company"] = names
    return dataset, vectors


def summed_shocks(rng: np.random.Generator, sessions: int, companies: int, horizon: int) -> np.ndarray:
    """Return sums of `horizon` daily shocks `(sessions, companies)`, half of their variance the market's."""
    shock = rng.normal(size=(sessions + horizon, 1)) + rng.normal(size=(sessions + horizon, companies))
    summed = np.lib.stride_tricks.sliding_window_view(shock, horizon, axis=0)[:sessions].sum(axis=-1)
    return np.asarray(summed)


def ridge(X: np.ndarray, y: np.ndarray, X_test: np.ndarray, penalty: float = 10.0) -> np.ndarray:
    """Fit a ridge regression with an intercept and predict `(n,)`."""
    mean, level = X.mean(axis=0), y.mean()
    Z = X - mean
    slope = np.linalg.solve(Z.T @ Z + penalty * np.eye(Z.shape[1]), Z.T @ (y - level))
    return level + (X_test - mean) @ slope


def null_verdicts(
    split: str, horizon: int = 1, tables: int = 100, folds: int = 0, first_seed: int = 0
) -> Verdicts:
    """Compare ridge on table and vectors with ridge on the table, under one split of as many null tables.

    The plan of the splits, the unit (event), the metric (rank IC) and the verdict are the product's own.
    """
    found = [_verdict(split, horizon, folds, seed) for seed in range(first_seed, first_seed + tables)]
    shown = [verdict for verdict, _ in found]
    shares = [shown.count(name) / tables for name in ("helps", "hurts", "withheld")]
    return Verdicts(split, horizon, tables, *shares, sum(raw == "helps" for _, raw in found) / tables)


def _verdict(split: str, horizon: int, folds: int, seed: int) -> tuple[str, str]:
    dataset, vectors = null_world(seed, horizon)
    settings = TrainSettings("regress", split, horizon=horizon, folds=folds, unit="event", seed=seed)
    plan = plan_splits(dataset, settings)
    table = dataset.features.to_numpy(float)
    both = np.column_stack([table, vectors])
    rows = np.concatenate([part.test for part in plan.splits])
    made = {
        name: np.concatenate([ridge(X[s.train], plan.outcome[s.train], X[s.test]) for s in plan.splits])
        for name, X in (("mean", both), ("table_only", table))
    }
    numbers = [*range(1, len(plan.walk) + 1), 0]
    fold = np.repeat(numbers, [len(part.test) for part in plan.splits])
    predictions = Predictions.of(dataset, rows, fold, plan.outcome[rows], made)
    lift = Scored.of(predictions, dataset, settings.evaluation).lift(
        settings.evaluation, "mean", "table_only"
    )
    assert lift is not None
    reason = withheld(split, summary_of_split(dataset, plan.holdout))
    return "withheld" if reason else lift.verdict, lift.verdict


def _row(split: str) -> Row:
    def measure() -> str:
        found = [null_verdicts(split, horizon) for horizon in (1, 5)]
        helps = percent(*(each.helps for each in found))
        if not found[0].withheld:
            return f"helps {helps}"
        told = percent(*(each.leaked for each in found))
        return f"helps {helps}, withheld {percent(*(each.withheld for each in found))} (it would have been {told})"

    return Row(
        f"null headlines with a topic of the day, ten companies that share a daily shock, split {split}, horizon 1 / 5",
        'at most 5% "helps", or withheld',
        "100 tables each, seeds 0–99",
        measure,
    )


ROWS = tuple(_row(split) for split in SPLITS)
