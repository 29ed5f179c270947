"""Runs whose predictions are made up, so that it is known which candidate is best: no model is fitted."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

import numpy as np

from core.data.dataset import Dataset
from core.evaluate.bootstrap import Interval
from core.evaluate.predictions import Predictions
from core.train.run import FittedParts, Run, Walk
from core.train.settings import TrainSettings
from core.train.splits.summary import SplitSummary
from tests.makers.train_tables import make_dataset

SESSIONS, EACH = 60, 4


def board_table(kind: str = "return", seed: int = 0) -> Dataset:
    """Return sixty sessions of four headlines of one company each; labels are those of the sign of a return."""
    rng = np.random.default_rng(seed)
    returns = rng.normal(0, 0.01, SESSIONS * EACH)
    target = np.where(returns > 0, "승", "패") if kind == "label" else returns
    features = {"RSI": rng.normal(size=len(returns))}
    return make_dataset(target, np.repeat(np.arange(SESSIONS), EACH), features, kind=kind, name="board")


def made_run(
    data: Dataset, said: dict[str, np.ndarray], run_id: str, rows: np.ndarray | None = None, **settings: Any
) -> Run:
    """Return a run, in memory alone, that said this of the rows (all): `(n,)`, for classes that of the last one.

    Settings are those of `TrainSettings`, and `walked` rows are of a walk-forward, not of the holdout.
    """
    walked = settings.pop("walked", np.zeros(len(data), bool))
    rows = np.arange(len(data)) if rows is None else rows
    task = "classify" if data.target_kind == "label" else "regress"
    classes = data.classes if task == "classify" else ()
    values = {
        name: np.stack([1 - p[rows], p[rows]], axis=1) if classes else p[rows] for name, p in said.items()
    }
    predictions = Predictions.of(
        data, rows, walked[rows].astype(int), data.outcome(task)[rows], values, tuple(classes)
    )
    models = [name for name in said if name != "table_only"]
    nothing = {"auc" if classes else "rank_ic": Interval(0.5, 0.4, 0.6)}
    split = SplitSummary(
        *(len(data), data.distinct_headlines, 0, len(rows), 0, 0, 0, data.sessions, 0, SESSIONS, len(rows)),
        shared_sessions=0,
    )
    return Run(
        id=run_id,
        created=f"2026-01-01T00:00:00+00:00{run_id}",
        dataset_id=data.id,
        dataset_name=data.name,
        settings=replace(TrainSettings(task), **settings),
        classes=tuple(classes),
        split=split,
        scores={name: dict(nothing) for name in models},
        baselines={name: dict(nothing) for name in said if name == "table_only"},
        seconds=dict.fromkeys(models, 1.0),
        sizes=dict.fromkeys(models, 10),
        warnings=(),
        parts=FittedParts(cast(Any, None), {}, predictions),
        walk=Walk({}, {}, ()) if walked.any() else None,
    )


def knowing(data: Dataset, share: float, seed: int) -> np.ndarray:
    """Return predictions `(n,)` between 0 and 1 that follow what happened with about this correlation."""
    task = "classify" if data.target_kind == "label" else "regress"
    outcome = data.outcome(task)
    known = (outcome - outcome.mean()) / outcome.std()
    noise = np.random.default_rng(seed).normal(size=len(data))
    mixed = share * known + np.sqrt(1 - share**2) * noise
    result: np.ndarray = 1 / (1 + np.exp(-mixed))
    return result
