"""The leakage staircase: one model, scored on the same rows under stricter and stricter rules.

What a random split inflates is named in López de Prado, "Advances in Financial Machine Learning" (2018),
chapter 7; each step forbids one way in which training may know of the test, and its drop is what that way
was worth. Scores are means over the folds, since predictions of different models are not on one scale: pooled
over folds, pure noise scores below guessing (Forman & Scholz, "Apples-to-apples in cross-validation studies",
2010).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from core.data.dataset import Dataset
from core.errors import UserError
from core.evaluate.bootstrap import Interval, blocks, intervals, paired
from core.evaluate.events import to_events
from core.evaluate.leakage import GROUPS, ORDERED, PURGE, RANDOM, SHORT, STEPS, Step, sentence, summary
from core.evaluate.metrics import MAIN_METRIC, Metric, metric_named
from core.jobs import Report
from core.locale import N_
from core.train.models.ensemble import part
from core.train.settings import TrainSettings
from core.train.splits.partition import Split, apart
from core.train.splits.split import folds, make_split, require_learnable_folds, rows_to_split
from core.train.splits.splitters import RandomFolds

__all__ = ["SHORT", "STEPS", "Step", "sentence", "staircase", "summary", "tested_rows"]

FOLDS = 5
NO_DROP = Interval(math.nan, math.nan, math.nan)

FitPredict = Callable[[np.ndarray, np.ndarray, Report], np.ndarray]


def staircase(
    dataset: Dataset, outcome: np.ndarray, settings: TrainSettings, fit_predict: FitPredict, report: Report
) -> list[Step]:
    """Score one model under each rule of `STEPS`, always on the same rows.

    `outcome` is `(rows,)`, NaN where unknown. `fit_predict(train, test, report)` fits on rows at the positions
    `train` and predicts those at `test`, `(n, classes)` or `(n,)`. The final holdout takes no part: the rows
    scored are the tests of `settings.folds` walk-forward folds before it (as many as can be up to 5 where that
    is 0). "random" learns from random folds of the same rows, also from those after a test; "ordered" from all
    sessions before it; the others leave out what they name. Scores are of events where `settings.unit` says so.

    Raises `UserError` where there are too few sessions or a fold lacks a class, and whatever `report` raises.
    """
    plan = _plan(dataset, outcome, settings)
    rows = _tested(plan)
    predictions = _predict(plan, rows, fit_predict, part(report, 0, 0.95))
    report(0.95, N_("Scoring with intervals"))
    return _score(dataset, outcome, settings, plan, rows, predictions)


def tested_rows(dataset: Dataset, outcome: np.ndarray, settings: TrainSettings) -> np.ndarray:
    """Return the positions of the rows that `staircase` would score, ascending; raises as it does."""
    return _tested(_plan(dataset, outcome, settings))


def _tested(plan: dict[str, list[Split]]) -> np.ndarray:
    return np.sort(np.concatenate([split.test for split in plan[PURGE]]))


def _plan(dataset: Dataset, outcome: np.ndarray, settings: TrainSettings) -> dict[str, list[Split]]:
    """Return the folds of each step, each step's tests being the same rows."""
    if not dataset.has_sessions:
        raise UserError(
            N_(
                "The table has no date, so the staircase cannot be drawn: it compares rows at random with rows "
                "in the order of time."
            )
        )
    session = dataset.frame["session"]
    rows = make_split(dataset, settings, ~np.isnan(outcome)).development
    rows = rows[session.notna().to_numpy()[rows]]
    possible = int(session.iloc[rows].nunique()) - 1 - settings.horizon - settings.embargo
    count = settings.folds or max(1, min(FOLDS, possible))
    strict = folds(dataset, replace(settings, folds=count), rows)
    tested = np.sort(np.concatenate([split.test for split in strict]))
    ordered = [Split(split.development, split.test) for split in strict]
    X = rows_to_split(dataset)
    plan = {
        RANDOM: [
            Split(rows[split.train], np.intersect1d(rows[split.test], tested))
            for split in RandomFolds(max(2, count), settings.seed).parts(X.iloc[rows])
        ],
        ORDERED: ordered,
        GROUPS: [Split(apart(X, split.train, split.test)[0], split.test) for split in ordered],
        PURGE: strict,
    }
    for splits in plan.values():
        require_learnable_folds(outcome, splits, dataset.classes if settings.task == "classify" else ())
    return plan


def _predict(
    plan: dict[str, list[Split]], rows: np.ndarray, fit_predict: FitPredict, report: Report
) -> dict[str, np.ndarray]:
    """Predict the tested rows under each step; training rows that did not change are not fitted again."""
    known: dict[tuple[bytes, bytes], np.ndarray] = {}
    predictions: dict[str, np.ndarray] = {}
    fits = [(step, number) for step, splits in plan.items() for number in range(len(splits))]
    for done, (step, number) in enumerate(fits):
        split = plan[step][number]
        share = part(report, done / len(fits), (done + 1) / len(fits))
        share(0, N_("Staircase: fit {done} of {total}"), done=done + 1, total=len(fits))
        key = split.train.tobytes(), split.test.tobytes()
        if len(split.test) and key not in known:
            known[key] = fit_predict(split.train, split.test, share)
        if len(split.test):
            p = known[key]
            filled = predictions.setdefault(step, np.full((len(rows), *p.shape[1:]), np.nan))
            filled[np.searchsorted(rows, split.test)] = p
    return predictions


def _score(
    dataset: Dataset,
    outcome: np.ndarray,
    settings: TrainSettings,
    plan: dict[str, list[Split]],
    rows: np.ndarray,
    predictions: dict[str, np.ndarray],
) -> list[Step]:
    main = metric_named(MAIN_METRIC[settings.task])
    y, block_ids, sessions = outcome[rows], blocks(dataset, rows), dataset.frame["session"].to_numpy()[rows]
    if settings.unit == "event":
        events = {step: to_events(dataset, rows, p, outcome) for step, p in predictions.items()}
        predictions = {step: event.predictions for step, event in events.items()}
        _, y, sessions, _, block_ids = events[RANDOM]
    later_cuts = np.array([split.cut for split in plan[PURGE][1:]], "datetime64[ns]")
    metric = mean_over(np.searchsorted(later_cuts, sessions, side="right"), main)
    steps: list[Step] = []
    before, learned = None, 0
    for step, p in predictions.items():
        score = intervals(y, p, block_ids, [metric], settings.seed)[metric.name]
        drop = NO_DROP if before is None else paired(y, before, p, block_ids, metric, settings.seed)
        total = sum(len(split.train) for split in plan[step])
        steps.append(
            Step(
                step,
                score.value,
                score.low,
                score.high,
                drop.value,
                drop.low,
                drop.high,
                rows=len(y),
                train_rows=round(total / len(plan[step])),
                metric=metric.name,
                taken=0 if before is None else learned - total,
                horizon=settings.horizon,
                embargo=settings.embargo,
            )
        )
        before, learned = p, total
    return steps


def mean_over(fold: np.ndarray, metric: Metric) -> Metric:
    """Return the metric as the mean of its scores in each fold `(n,)` in which it is defined."""

    def compute(y: np.ndarray, p: np.ndarray, w: np.ndarray) -> np.ndarray:
        inside = [fold == number for number in np.unique(fold)]
        scores = np.stack([metric.compute(y[rows], p[rows], w[:, rows]) for rows in inside])  # (folds, B)
        defined = (~np.isnan(scores)).sum(axis=0)
        return np.divide(np.nansum(scores, axis=0), defined, out=np.full(len(w), np.nan), where=defined > 0)

    return replace(metric, compute=compute)
