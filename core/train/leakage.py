"""The leakage staircase of a training: predicted by the fastest model, counted in the ledger, saved with the run."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from core.data.dataset import Dataset
from core.errors import UserError
from core.evaluate import ledger
from core.evaluate.leakage import Step, leakage
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
from core.train.splits.leakage import Fit, Tested, draw_fits, leakage_folds, tested_rows
from core.train.splits.plan import SplitPlan, plan_splits

log = logging.getLogger(__name__)

FILE = "staircase.json"

FitPredict = Callable[[np.ndarray, np.ndarray, Report], np.ndarray]


def staircase_rows(dataset: Dataset, settings: TrainSettings) -> Rows:
    """Return the rows that a staircase of these settings would score.

    Raises `UserError` where the table allows none or one of the rows is sealed: ask before a long training.
    """
    return _unsealed(dataset, leakage_folds(plan_splits(dataset, settings)))


def draw_staircase(
    run: Run, dataset: Dataset, vectors: np.ndarray | None, report: Report = silent
) -> list[Step]:
    """Score a run's staircase, log the access to its rows, and save it in the run's folder; raises as they do."""
    steps, rows = staircase_of(dataset, vectors, run.settings, report)
    log_staircase(run, rows)
    save_staircase(run, steps)
    return steps


def log_staircase(run: Run, rows: Rows) -> None:
    """Log in the ledger that a run's staircase scored these rows; raises as `ledger.record_access` does.

    Where the run walks forward it is no further test: the same rows were counted when the run was trained, and nothing
    is chosen by it.
    """
    ledger.record_access(run.dataset_id, run.id, rows, tests=0 if run.walk is not None else 1)


def staircase_of(
    dataset: Dataset, vectors: np.ndarray | None, settings: TrainSettings, report: Report = silent
) -> tuple[list[Step], Rows]:
    """Score the fastest model on these settings' features under each rule of the staircase; return the rows scored too.

    Raises `UserError` as `staircase_rows` does, and whatever `report` raises.
    """
    plan = plan_splits(dataset, settings)
    tested = leakage_folds(plan)
    rows = _unsealed(dataset, tested)
    fit_predict = fastest_model(plan, vectors, part(report, 0, 0.1))
    return staircase(plan, tested, fit_predict, part(report, 0.1, 1)), rows


def staircase(
    plan: SplitPlan, tested: Sequence[Tested], fit_predict: FitPredict, report: Report = silent
) -> list[Step]:
    """Score one model under each rule, always on the same rows and learning from as many.

    `fit_predict(train, test, report)` fits on rows at the positions `train` and predicts those at `test`,
    `(n, classes)` or `(n,)`. Raises `UserError` as `draw_fits` does, and whatever `report` raises.
    """
    fits = list(draw_fits(plan, tested))
    repeats = _predict(plan, fits, fit_predict, part(report, 0, 0.9))
    report(0.9, N_("Scoring with intervals"))
    allowed = {step: sum(len(fold.allowed[step]) for fold in tested) for step in tested[0].allowed}
    return leakage(
        repeats,
        plan.dataset,
        plan.settings.evaluation,
        round(np.mean([len(fit.train) for fit in fits])),
        allowed,
        embargo=plan.settings.embargo,
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
    """Return the staircase saved with a run; None where there is none, or none that can be read.

    One drawn before all steps learned from as many rows counts as none: its falls may be those of the number.
    """
    try:
        path: Path = run_folder(run.id) / FILE
        steps = steps_of(path.read_bytes())
    except (OSError, UserError):
        return None
    except (ValueError, TypeError, AttributeError) as error:
        log.warning("the staircase of run %s cannot be read: %r", run.id, error)
        return None
    return steps if all(step.repeats for step in steps) else None


def steps_of(text: bytes) -> list[Step]:
    """Read the steps that `save_staircase` wrote; raises `ValueError` or `TypeError` for anything else."""
    return [Step.from_dict(fields) for fields in json.loads(text)]


def _unsealed(dataset: Dataset, tested: Sequence[Tested]) -> Rows:
    """Return the rows that the staircase scores; raises `UserError` where one of them is sealed."""
    rows = Rows.of(dataset, tested_rows(tested))
    ledger.require_unsealed(rows)
    return rows


def _predict(
    plan: SplitPlan, fits: Sequence[Fit], fit_predict: FitPredict, report: Report
) -> list[list[Predictions]]:
    """Predict the tested rows: for each repeat one table of each half, with the steps as models.

    Training rows that did not change from one step to the next are not fitted again.
    """
    made: dict[tuple[int, int], list[tuple[Fit, np.ndarray]]] = {}
    known: dict[tuple[bytes, bytes], np.ndarray] = {}
    for done, fit in enumerate(fits):
        share = part(report, done / len(fits), (done + 1) / len(fits))
        share(0, N_("Staircase: fit {done} of {total}"), done=done + 1, total=len(fits))
        rows = np.sort(np.concatenate(list(fit.tests.values())))
        key = fit.train.tobytes(), rows.tobytes()
        if key not in known:
            known = {key: fit_predict(fit.train, rows, share)}
        for half, tested in fit.tests.items():
            p = known[key][np.searchsorted(rows, tested)]
            made.setdefault((fit.repeat, half), []).append((fit, p))
    repeats: dict[int, list[Predictions]] = {}
    for (repeat, half), parts in made.items():
        repeats.setdefault(repeat, []).append(_table(plan, half, parts))
    return list(repeats.values())


def _table(plan: SplitPlan, half: int, parts: Sequence[tuple[Fit, np.ndarray]]) -> Predictions:
    """Return the table of one half of the tested rows in one repeat."""
    steps = list(dict.fromkeys(fit.step for fit, _ in parts))
    first = [fit for fit, _ in parts if fit.step == steps[0]]
    rows = np.concatenate([fit.tests[half] for fit in first])
    fold = np.repeat([fit.fold + 1 for fit in first], [len(fit.tests[half]) for fit in first])
    columns = {step: np.concatenate([p for fit, p in parts if fit.step == step]) for step in steps}
    return Predictions.of(plan.dataset, rows, fold, plan.outcome[rows], columns, plan.classes)
