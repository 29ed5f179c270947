"""Fold results: every split fitted, and what its models and baselines predict of its test rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from core.evaluate.calibration import calibrated
from core.evaluate.predictions import FUSION, HOLDOUT, MEAN, Predictions
from core.jobs import Report, part
from core.train.context import TrainedModels, TrainingContext
from core.train.splits.partition import Split

OVERHEAD = 700  # training rows that take as long as what a split needs whatever its size
LAST = 1.4


@dataclass(frozen=True, eq=False)
class FoldResult:
    """A split with the predictions of its test rows by the models and by the baselines.

    `fold` is the number of the split, 0 for the holdout. `uncalibrated` are the models' mean and the
    fusion as the baselines are: calibration is no part of what headlines add.
    """

    fold: int
    split: Split
    models: TrainedModels
    predictions: dict[str, np.ndarray]
    baselines: dict[str, np.ndarray]
    uncalibrated: dict[str, np.ndarray] = field(default_factory=dict)


def fit_folds(
    context: TrainingContext, walk: Sequence[Split], holdout: Split, report: Report
) -> list[FoldResult]:
    """Fit every split, the holdout's last, and predict its test rows; a sealed holdout's are left alone."""
    splits = [*enumerate(walk, 1), (HOLDOUT, holdout)]
    costs = [_cost(split, number == HOLDOUT) for number, split in splits]
    ends = np.cumsum(costs) / sum(costs)
    results = []
    for (number, split), (begin, end) in zip(splits, pairwise([0.0, *ends]), strict=True):
        last = number == HOLDOUT
        share = part(report, float(begin), float(end))
        models = context.learn(split.train, part(share, 0, 0.5), inner=last)
        if last and context.settings.sealed:
            results.append(FoldResult(number, split, models, {}, {}))
            continue
        made = models.predict(context.inputs.take(split.test))
        quick = not last and not context.settings.sealed
        baselines = context.baselines(models, split.test, part(share, 0.5, 1), quick)
        predictions = calibrated(made, models.calibrators)
        arms = {name: made[name] for name in (MEAN, FUSION) if name in made}
        results.append(FoldResult(number, split, models, predictions, baselines, arms))
    return results


def _cost(split: Split, last: bool) -> float:
    """Return how long a split takes compared with others, as measured: the last one has more to beat."""
    return (len(split.train) + OVERHEAD) * (LAST if last else 1)


def predictions_of(context: TrainingContext, results: Sequence[FoldResult]) -> Predictions:
    """Return the out-of-sample predictions of all folds in one table, models first and then baselines."""
    latest = [results[-1], *results[:-1]]  # the holdout has all of them
    names = dict.fromkeys(
        [name for r in latest for name in r.predictions] + [name for r in latest for name in r.baselines]
    )
    return _table(
        context, results, {name: [(r.predictions | r.baselines) for r in results] for name in names}
    )


def uncalibrated_of(context: TrainingContext, results: Sequence[FoldResult]) -> Predictions | None:
    """Return the table with mean and fusion before calibration; None where nothing was calibrated."""
    if not any(r.models.calibrators for r in results):
        return None
    arms = (name for r in results for name in r.uncalibrated)
    names = dict.fromkeys([*arms, *(name for r in results for name in r.baselines)])
    return _table(
        context, results, {name: [(r.uncalibrated | r.baselines) for r in results] for name in names}
    )


def _table(
    context: TrainingContext,
    results: Sequence[FoldResult],
    made: Mapping[str, Sequence[Mapping[str, np.ndarray]]],
) -> Predictions:
    shown = [k for k, r in enumerate(results) if r.predictions]  # a sealed holdout is not
    sizes = [len(results[k].split.test) for k in shown]
    rows = np.concatenate([results[k].split.test for k in shown])
    fold = np.repeat([results[k].fold for k in shown], sizes)
    columns = {name: _joined([each[k].get(name) for k in shown], sizes) for name, each in made.items()}
    return Predictions.of(context.dataset, rows, fold, context.outcome[rows], columns, context.classes)


def _joined(each: Sequence[np.ndarray | None], sizes: Sequence[int]) -> np.ndarray:
    """Join a model's predictions of all folds, NaN where a fold has none."""
    like = next(p for p in each if p is not None)
    parts = [
        np.full((size, *like.shape[1:]), np.nan) if p is None else p
        for p, size in zip(each, sizes, strict=True)
    ]
    return np.concatenate(parts)
