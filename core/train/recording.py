"""A training on the record: its test access is counted in the ledger before anybody sees a score."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from core.data.dataset import Dataset
from core.errors import Message, UserError
from core.evaluate import ledger
from core.evaluate.ledger_file import save_rows
from core.evaluate.metrics import main_metric
from core.evaluate.predictions import MEAN
from core.jobs import Report, silent
from core.locale import N_
from core.train.models.saved_search import save_search, saved_search
from core.train.models.tuning import SearchCancelled
from core.train.pipeline import train
from core.train.run import Run
from core.train.runs import delete_run, list_runs, load_run, save_run
from core.train.settings import TrainSettings
from core.train.splits.plan import SplitPlan, plan_splits


def train_and_record(
    dataset: Dataset,
    vectors: np.ndarray | None,
    settings: TrainSettings,
    report: Report = silent,
    open_sealed: bool = False,
) -> Run:
    """Train, count the test access in the ledger (or seal the holdout), and save the run.

    A sealed holdout is scored only with `open_sealed`, which the ledger logs; what the headlines add is then measured
    on it alone, as a first test. Who comes too late is told who
    was first. Raises `UserError` where a row that would be scored is sealed and not to be opened, also where it
    was sealed during the training, where a holdout to be sealed has been looked at, and as `train` and
    `save_run` do.
    """
    plan = admitted(dataset, settings, open_sealed)
    opening = open_sealed and ledger.is_sealed(dataset.id, plan.holdout_rows.name)
    run = counted(_trained(plan, vectors, report, opening), plan, open_sealed, opening)
    save_run(run)
    return run


def admitted(dataset: Dataset, settings: TrainSettings, open_sealed: bool = False) -> SplitPlan:
    """Return the plan of a training's splits, none of whose tests is refused by the ledger.

    Raises `UserError` where a row that would be scored is sealed and not to be opened, and where a holdout to be
    sealed has been looked at.
    """
    if settings.sealed and open_sealed:
        raise UserError(N_("A holdout is either sealed or opened: choose one of the two."))
    recall(dataset)
    plan = plan_splits(dataset, settings)
    ledger.require_unsealed(plan.test_rows, plan.holdout_rows, allowed=settings.sealed or open_sealed)
    if settings.sealed:
        ledger.require_untested(dataset.id, plan.holdout_rows)
    return plan


def counted(
    run: Run,
    plan: SplitPlan,
    open_sealed: bool = False,
    opening: bool = False,
    tests: int = 1,
    ahead: int = 0,
) -> Run:
    """Count a trained run's test access in the ledger, or seal its holdout; return it as it then stands.

    `opening` says that a seal is opened. `tests` is how many of its models are tests of their own, and `ahead` how many
    tests more belong to the same search: they count for this run as if they had been made. Raises `UserError` where a
    row was sealed during the training.
    """
    sealed = plan.settings.sealed
    scored = plan.walk_rows if sealed else plan.holdout_rows
    compared = scored if sealed or opening else plan.test_rows
    own = tests + ahead
    run = run.after(*(own + ledger.looks(rows, plan.dataset.id) for rows in (scored, compared)))
    if sealed:
        refusal = ledger.seal(plan.dataset.id, run.id, plan.holdout_rows, plan.walk_rows, tests)
    else:
        refusal = count(run, plan, open_sealed, tests)
    return replace(run, warnings=(refusal, *run.warnings)) if refusal else run


def count(run: Run, plan: SplitPlan, opened: bool = False, tests: int = 1) -> Message | None:
    """Count in the ledger that a run's holdout and walk-forward were scored; returns and raises as it does.

    With `opened` that opens the holdout's seal.
    """
    metric = main_metric(run.task).name
    score = run.scores[MEAN][metric]
    return ledger.record_access(
        run.dataset_id, run.id, plan.holdout_rows, plan.test_rows, metric, score, opened, tests
    )


def _trained(plan: SplitPlan, vectors: np.ndarray | None, report: Report, holdout_alone: bool) -> Run:
    """Train; a search begins where one like it was cancelled, and is saved where it is cancelled itself."""
    dataset, settings = plan.dataset, plan.settings
    begin = saved_search(dataset.id, settings.as_dict()) if settings.tune_seconds else None
    try:
        return train(dataset, vectors, settings, report, begin, plan, holdout_alone)
    except SearchCancelled as stop:
        save_search(dataset.id, settings.as_dict(), stop.tuned)
        raise


def recall(dataset: Dataset) -> None:
    """Give the ledger the rows that its entries of an earlier version mean, where their runs are still there."""
    unknown = ledger.unknown_rows(dataset.id)
    for run in list_runs(dataset.id, archived=True) if unknown else ():
        if run.holdout in unknown:
            save_rows(plan_splits(dataset, run.settings, recorded=True).holdout_rows, run.holdout)


def delete_recorded(run_id: str) -> None:
    """Remove a run from the workspace; its test accesses stay counted.

    Raises `UserError` for an unknown run, and for one that keeps a holdout sealed: from it the seal is opened.
    """
    run = load_run(run_id)
    if run.settings.sealed and ledger.is_sealed(run.dataset_id, run.holdout):
        raise UserError(N_("This run keeps a holdout sealed. Open the holdout before the run is deleted."))
    delete_run(run_id)
