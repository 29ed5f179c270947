"""Fold results: every split fitted, and what its models and baselines predict of its test rows."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

import numpy as np

from core.errors import Message
from core.evaluate.calibration import Calibrator, calibrated
from core.evaluate.predictions import FUSION, HOLDOUT, MEAN, Predictions
from core.jobs import Report, part
from core.train.context import TrainedModels, TrainingContext
from core.train.features.preparation import Preparation
from core.train.models.ensemble import Ensemble
from core.train.models.fusion import Fusion
from core.train.splits.partition import Split
from core.train.splits.plan import SplitPlan

OVERHEAD = 700  # training rows that take as long as what a split needs whatever its size
LAST = 1.4


@dataclass(frozen=True, eq=False)
class Fitted:
    """What a split's training rows have taught, without the rows themselves."""

    preparation: Preparation
    ensemble: Ensemble
    calibrators: dict[str, Calibrator]
    fusion: Fusion | None


@dataclass(frozen=True, eq=False)
class FoldResult:
    """A split with the predictions of its test rows by the models and by the baselines.

    `fold` is the number of the split, 0 for the holdout, whose models alone are kept (`fitted`). `uncalibrated` are
    the models' mean and the fusion as the baselines are: calibration is no part of what headlines add. `fused` and
    `calibrated` say whether there is a fusion, and a calibration; `notes` what could not be done; `seconds` is how
    long the split took.
    """

    fold: int
    split: Split
    predictions: dict[str, np.ndarray] = field(default_factory=dict)
    baselines: dict[str, np.ndarray] = field(default_factory=dict)
    uncalibrated: dict[str, np.ndarray] = field(default_factory=dict)
    fused: bool = False
    calibrated: bool = False
    notes: tuple[Message, ...] = ()
    fitted: Fitted | None = None
    seconds: float = 0.0


def fit_folds(
    context: TrainingContext, walk: Sequence[Split], holdout: Split, report: Report
) -> list[FoldResult]:
    """Fit every split, the holdout's last, and predict its test rows; a sealed holdout's are left alone."""
    splits = numbered(walk, holdout)
    costs = [cost(split, number == HOLDOUT) for number, split in splits]
    ends = np.cumsum(costs) / sum(costs)
    return [
        fit_fold(context, number, split, part(report, float(begin), float(end)))
        for (number, split), (begin, end) in zip(splits, pairwise([0.0, *ends]), strict=True)
    ]


def numbered(walk: Sequence[Split], holdout: Split) -> list[tuple[int, Split]]:
    """Return every split with the number of its fold, the holdout's last."""
    return [*enumerate(walk, 1), (HOLDOUT, holdout)]


def fit_fold(context: TrainingContext, number: int, split: Split, report: Report) -> FoldResult:
    """Fit one split and predict its test rows; those of a sealed holdout are left alone.

    It needs no other split, so that splits can be fitted at the same time, and elsewhere.
    """
    start = time.perf_counter()
    last = number == HOLDOUT
    models = context.learn(split.train, part(report, 0, 0.5), inner=last)
    result = FoldResult(
        number,
        split,
        fused=models.fusion is not None,
        calibrated=bool(models.calibrators),
        notes=models.notes,
        fitted=_fitted(models) if last else None,
    )
    if not (last and context.settings.sealed):
        made = models.predict(context.inputs.take(split.test))
        quick = not last and not context.settings.sealed
        result = replace(
            result,
            baselines=context.baselines(models, split.test, part(report, 0.5, 1), quick),
            predictions=calibrated(made, models.calibrators),
            uncalibrated={name: made[name] for name in (MEAN, FUSION) if name in made},
        )
    return replace(result, seconds=time.perf_counter() - start)


def _fitted(models: TrainedModels) -> Fitted:
    ensemble = replace(models.ensemble, inner=None)
    return Fitted(models.preparation, ensemble, models.calibrators, models.fusion)


def cost(split: Split, last: bool) -> float:
    """Return how long a split takes compared with others, as measured: the last one has more to beat."""
    return (len(split.train) + OVERHEAD) * (LAST if last else 1)


def predictions_of(plan: SplitPlan, results: Sequence[FoldResult]) -> Predictions:
    """Return the out-of-sample predictions of all folds in one table, models first and then baselines."""
    latest = [results[-1], *results[:-1]]  # the holdout has all of them
    names = dict.fromkeys(
        [name for r in latest for name in r.predictions] + [name for r in latest for name in r.baselines]
    )
    return _table(plan, results, {name: [(r.predictions | r.baselines) for r in results] for name in names})


def uncalibrated_of(plan: SplitPlan, results: Sequence[FoldResult]) -> Predictions | None:
    """Return the table with mean and fusion before calibration; None where nothing was calibrated."""
    if not any(r.calibrated for r in results):
        return None
    arms = (name for r in results for name in r.uncalibrated)
    names = dict.fromkeys([*arms, *(name for r in results for name in r.baselines)])
    return _table(plan, results, {name: [(r.uncalibrated | r.baselines) for r in results] for name in names})


def _table(
    plan: SplitPlan,
    results: Sequence[FoldResult],
    made: Mapping[str, Sequence[Mapping[str, np.ndarray]]],
) -> Predictions:
    shown = [k for k, r in enumerate(results) if r.predictions]  # a sealed holdout is not
    sizes = [len(results[k].split.test) for k in shown]
    rows = np.concatenate([results[k].split.test for k in shown])
    fold = np.repeat([results[k].fold for k in shown], sizes)
    columns = {name: _joined([each[k].get(name) for k in shown], sizes) for name, each in made.items()}
    return Predictions.of(plan.dataset, rows, fold, plan.outcome[rows], columns, plan.classes)


def _joined(each: Sequence[np.ndarray | None], sizes: Sequence[int]) -> np.ndarray:
    """Join a model's predictions of all folds, NaN where a fold has none."""
    like = next(p for p in each if p is not None)
    parts = [
        np.full((size, *like.shape[1:]), np.nan) if p is None else p
        for p, size in zip(each, sizes, strict=True)
    ]
    return np.concatenate(parts)
