"""The leakage staircase of a training: predicted by the fastest model, counted in the ledger, saved with the run."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np

from core.data.dataset import Dataset
from core.errors import UserError
from core.evaluate import ledger
from core.evaluate.leakage import PURGE, Step, leakage
from core.evaluate.ledger_rows import Rows
from core.evaluate.predictions import Predictions
from core.files import write_atomic
from core.jobs import Report, part, silent
from core.locale import N_
from core.train.context import TrainingContext
from core.train.models.registry import fastest
from core.train.run import Run
from core.train.runs import run_folder
from core.train.settings import TrainSettings
from core.train.splits.leakage import leakage_splits, tested_rows
from core.train.splits.partition import Split
from core.train.splits.plan import SplitPlan, plan_splits

log = logging.getLogger(__name__)

FILE = "staircase.json"

FitPredict = Callable[[np.ndarray, np.ndarray, Report], np.ndarray]


def staircase_rows(dataset: Dataset, settings: TrainSettings) -> Rows:
    """Return the rows that a staircase of these settings would score.

    Raises `UserError` where the table allows none or one of the rows is sealed: ask before a long training.
    """
    return _unsealed(dataset, leakage_splits(plan_splits(dataset, settings)))


def draw_staircase(
    run: Run, dataset: Dataset, vectors: np.ndarray | None, report: Report = silent
) -> list[Step]:
    """Score a run's staircase, count the access to its rows, and save it in the run's folder; raises as it does."""
    steps, rows = staircase_of(dataset, vectors, run.settings, report)
    ledger.record_access(dataset.id, run.id, rows)
    save_staircase(run, steps)
    return steps


def staircase_of(
    dataset: Dataset, vectors: np.ndarray | None, settings: TrainSettings, report: Report = silent
) -> tuple[list[Step], Rows]:
    """Score the fastest model on these settings' features under each rule of the staircase; return the rows scored too.

    Raises `UserError` as `staircase_rows` does, and whatever `report` raises.
    """
    plan = plan_splits(dataset, settings)
    splits = leakage_splits(plan)
    rows = _unsealed(dataset, splits)
    fit_predict = fastest_model(plan, vectors, part(report, 0, 0.1))
    return staircase(plan, splits, fit_predict, part(report, 0.1, 1)), rows


def staircase(
    plan: SplitPlan, splits: Mapping[str, Sequence[Split]], fit_predict: FitPredict, report: Report = silent
) -> list[Step]:
    """Score one model under each rule of `splits`, always on the same rows.

    `fit_predict(train, test, report)` fits on rows at the positions `train` and predicts those at `test`,
    `(n, classes)` or `(n,)`. Raises whatever `report` raises.
    """
    predictions = _predict(plan, splits, fit_predict, part(report, 0, 0.95))
    report(0.95, N_("Scoring with intervals"))
    learned = {step: [len(split.train) for split in folds] for step, folds in splits.items()}
    return leakage(
        predictions, plan.dataset, plan.settings.evaluation, learned, embargo=plan.settings.embargo
    )


def fastest_model(plan: SplitPlan, vectors: np.ndarray | None, report: Report) -> FitPredict:
    """Return what fits and predicts with the fastest model on the features of the plan's settings."""
    context = TrainingContext.of(plan.dataset, vectors, plan.outcome, plan.settings, report)

    def fit_predict(train: np.ndarray, test: np.ndarray, reported: Report) -> np.ndarray:
        preparation, sample = context.prepare(train)
        model = fastest().fit(sample, reported)
        return model.predict(preparation.matrix(context.inputs.take(test)))

    return fit_predict


def save_staircase(run: Run, steps: Sequence[Step]) -> None:
    """Save a staircase in the run's folder."""
    text = json.dumps([step.as_dict() for step in steps], indent=1)
    write_atomic(run_folder(run.id) / FILE, lambda path: path.write_text(text, encoding="utf-8"))


def saved_staircase(run: Run) -> list[Step] | None:
    """Return the staircase saved with a run; None where there is none, or none that can be read."""
    try:
        path: Path = run_folder(run.id) / FILE
        return [Step.from_dict(fields) for fields in json.loads(path.read_text(encoding="utf-8"))]
    except (OSError, UserError):
        return None
    except (ValueError, TypeError, AttributeError) as error:
        log.warning("the staircase of run %s cannot be read: %r", run.id, error)
        return None


def _unsealed(dataset: Dataset, splits: dict[str, list[Split]]) -> Rows:
    """Return the rows that the staircase scores; raises `UserError` where one of them is sealed."""
    rows = Rows.of(dataset, tested_rows(splits))
    ledger.require_unsealed(rows)
    return rows


def _predict(
    plan: SplitPlan, splits: Mapping[str, Sequence[Split]], fit_predict: FitPredict, report: Report
) -> Predictions:
    """Predict the tested rows under each step; training rows that did not change are not fitted again."""
    rows = tested_rows({PURGE: list(splits[PURGE])})
    known: dict[tuple[bytes, bytes], np.ndarray] = {}
    columns: dict[str, np.ndarray] = {}
    fits = [(step, split) for step, folds in splits.items() for split in folds]
    for done, (step, split) in enumerate(fits):
        share = part(report, done / len(fits), (done + 1) / len(fits))
        share(0, N_("Staircase: fit {done} of {total}"), done=done + 1, total=len(fits))
        key = split.train.tobytes(), split.test.tobytes()
        if len(split.test) and key not in known:
            known[key] = fit_predict(split.train, split.test, share)
        if len(split.test):
            p = known[key]
            filled = columns.setdefault(step, np.full((len(rows), *p.shape[1:]), np.nan))
            filled[np.searchsorted(rows, split.test)] = p
    fold = np.empty(len(rows), int)
    for number, split in enumerate(splits[PURGE], 1):
        fold[np.searchsorted(rows, split.test)] = number
    return Predictions.of(plan.dataset, rows, fold, plan.outcome[rows], columns, plan.classes)
