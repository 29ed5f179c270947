"""A training as it is kept: its look at the holdout is counted before anybody sees a score."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from core.data.dataset import Dataset
from core.errors import UserError
from core.jobs import Report, silent
from core.locale import N_
from core.train.models.model import MEAN
from core.train.outcome import known_outcome
from core.train.pipeline import signature, train
from core.train.run import Run
from core.train.scores import ledger
from core.train.scores.metrics import MAIN_METRIC
from core.train.settings import TrainSettings
from core.train.splits.partition import NONE, Split
from core.train.splits.split import make_split
from core.train.store import delete_run, list_runs, load_run, save_run


def train_and_record(
    dataset: Dataset,
    vectors: np.ndarray | None,
    settings: TrainSettings,
    report: Report = silent,
    open_sealed: bool = False,
) -> Run:
    """Train, count the look at the holdout in the ledger (or seal it), and save the run.

    A sealed holdout is scored only with `open_sealed`, which the ledger logs; who comes too late is told who
    was first. Raises `UserError` where a row that would be scored is sealed and not to be opened, and as
    `train` and `save_run` do.
    """
    if settings.sealed and open_sealed:
        raise UserError(N_("A holdout is either sealed or opened: choose one of the two."))
    _require_unsealed(dataset, settings, open_sealed)
    run = train(dataset, vectors, settings, report)
    if settings.sealed:
        refusal = ledger.seal(dataset.id, run.holdout, run.id)
    else:
        opening = open_sealed or ledger.sealed(dataset.id, run.holdout)  # sealed while this one was training
        refusal = ledger.open_once(dataset.id, run.holdout, run.id) if opening else None
        metric = MAIN_METRIC[run.task]
        ledger.record_look(dataset.id, run.holdout, run.id, metric, run.scores[MEAN][metric])
    if refusal:
        run = replace(run, warnings=(refusal, *run.warnings))
    save_run(run)
    return run


def _require_unsealed(dataset: Dataset, settings: TrainSettings, open_sealed: bool) -> None:
    split = _split(dataset, settings)
    own = signature(dataset, split, settings)
    if not settings.sealed and not open_sealed and ledger.sealed(dataset.id, own):
        raise UserError(
            N_(
                "This holdout is sealed: it is scored once, when it is opened. Open it, or go on with a sealed "
                "run that is scored by walking forward."
            )
        )
    seen = ledger.looks(dataset.id, own)
    if settings.sealed and seen:
        raise UserError(
            N_(
                "This holdout has been looked at {looks} times already, so it cannot be sealed: hold out other sessions."
            ),
            looks=len(seen),
        )
    scored = np.r_[split.test, split.development if settings.folds else NONE]  # now or when opened
    for run in list_runs(dataset.id):
        if run.holdout == own or not run.settings.sealed or not ledger.sealed(dataset.id, run.holdout):
            continue
        inside = np.intersect1d(scored, _split(dataset, run.settings).test)
        if len(inside):
            raise UserError(
                N_(
                    "{rows:,} rows that would be scored lie in the holdout that run {run} sealed: hold out the same "
                    "rows in the same unit, or open that holdout first."
                ),
                rows=len(inside),
                run=run.id,
            )


def _split(dataset: Dataset, settings: TrainSettings) -> Split:
    return make_split(dataset, settings, ~np.isnan(known_outcome(dataset, settings)))


def delete_recorded(run_id: str) -> None:
    """Remove a run from the workspace; its looks stay counted.

    Raises `UserError` for an unknown run, and for one that keeps a holdout sealed: with it the rows would be
    forgotten that nobody may score.
    """
    run = load_run(run_id)
    if run.settings.sealed and ledger.sealed(run.dataset_id, run.holdout):
        raise UserError(N_("This run keeps a holdout sealed. Open the holdout before the run is deleted."))
    delete_run(run_id)
