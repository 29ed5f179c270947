"""A training as it is kept: its look at the holdout is counted before anybody sees a score."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from core.data.dataset import Dataset
from core.errors import UserError
from core.evaluate import ledger
from core.evaluate.ledger_rows import Rows
from core.evaluate.metrics import MAIN_METRIC
from core.jobs import Report, silent
from core.locale import N_
from core.train.models.combinations import MEAN
from core.train.models.saved_search import save_search, saved_search
from core.train.models.tuning import SearchCancelled
from core.train.pipeline import train
from core.train.run import Run
from core.train.runs import delete_run, list_runs, load_run, save_run
from core.train.settings import TrainSettings
from core.train.splits.outcome import known_outcome
from core.train.splits.partition import NONE
from core.train.splits.split import folds, make_split


def train_and_record(
    dataset: Dataset,
    vectors: np.ndarray | None,
    settings: TrainSettings,
    report: Report = silent,
    open_sealed: bool = False,
) -> Run:
    """Train, count the look at the holdout and the walk in the ledger (or seal the holdout), and save the run.

    A sealed holdout is scored only with `open_sealed`, which the ledger logs; who comes too late is told who
    was first. Raises `UserError` where a row that would be scored is sealed and not to be opened, also where it
    was sealed during the training, where a holdout to be sealed has been looked at, and as `train` and
    `save_run` do.
    """
    if settings.sealed and open_sealed:
        raise UserError(N_("A holdout is either sealed or opened: choose one of the two."))
    recall(dataset)
    holdout, walk, both = _rows(dataset, settings)
    ledger.require_unsealed(both, holdout, allowed=settings.sealed or open_sealed)
    if settings.sealed:
        ledger.require_unseen(dataset.id, holdout)
    run = _trained(dataset, vectors, settings, report)
    if settings.sealed:
        refusal = ledger.seal(dataset.id, run.id, holdout, walk)
    else:
        metric = MAIN_METRIC[run.task]
        score = run.scores[MEAN][metric]
        refusal = ledger.record_look(dataset.id, run.id, holdout, both, metric, score, open_sealed)
    if refusal:
        run = replace(run, warnings=(refusal, *run.warnings))
    save_run(run)
    return run


def _trained(dataset: Dataset, vectors: np.ndarray | None, settings: TrainSettings, report: Report) -> Run:
    """Train; a search begins where one like it was cancelled, and is saved where it is cancelled itself."""
    begin = saved_search(dataset.id, settings.as_dict()) if settings.tune_seconds else None
    try:
        return train(dataset, vectors, settings, report, begin)
    except SearchCancelled as stop:
        save_search(dataset.id, settings.as_dict(), stop.tuned)
        raise


def recall(dataset: Dataset) -> None:
    """Give the ledger the rows that its entries of an earlier version mean, where their runs are still there."""
    unknown = ledger.unknown(dataset.id)
    for run in list_runs(dataset.id) if unknown else ():
        if run.holdout in unknown:
            ledger.keep(_rows(dataset, run.settings)[0], run.holdout)


def _rows(dataset: Dataset, settings: TrainSettings) -> tuple[Rows, Rows, Rows]:
    """Return the rows of the holdout, those that a walk forward scores before it, and both together."""
    split = make_split(dataset, settings, ~np.isnan(known_outcome(dataset, settings)))
    tests = [fold.test for fold in folds(dataset, settings, split.development)]
    walked = np.concatenate([NONE, *tests])
    return (
        Rows.of(dataset, split.test),
        Rows.of(dataset, walked),
        Rows.of(dataset, np.concatenate([split.test, walked])),
    )


def delete_recorded(run_id: str) -> None:
    """Remove a run from the workspace; its looks stay counted.

    Raises `UserError` for an unknown run, and for one that keeps a holdout sealed: from it the seal is opened.
    """
    run = load_run(run_id)
    if run.settings.sealed and ledger.sealed(run.dataset_id, run.holdout):
        raise UserError(N_("This run keeps a holdout sealed. Open the holdout before the run is deleted."))
    delete_run(run_id)
