"""How steady the importances are: the same models, refitted on other stretches of time and from other seeds."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from core.arrays import read_arrays, write_arrays
from core.data.dataset import Dataset
from core.errors import UserError
from core.evaluate.predictions import MEAN
from core.explain.contributions import explain_classes
from core.explain.pipeline import chosen_rows, evenly
from core.jobs import Report, part, silent
from core.locale import N_
from core.train.context import TrainingContext
from core.train.models.ensemble import fit_models
from core.train.models.tuning import parameters
from core.train.run import FittedParts, Run
from core.train.runs import run_folder
from core.train.splits.plan import plan_splits

SEEDS = 2  # refits on the run's own training rows, each from another seed
ROWS = 200  # that each refit explains


@dataclass(frozen=True, eq=False)
class Stability:
    """The importance of each of a run's groups in several refits.

    `sizes[class number] (refits, groups)` are mean absolute contributions of the mean of the models, in the order of
    the run's groups (a group that a refit does not have is 0 there); returns have one entry. Of the refits `folds` are
    on the training rows of the walk-forward and `seeds` on the run's own.
    """

    groups: tuple[str, ...]
    sizes: tuple[np.ndarray, ...]
    folds: int
    seeds: int

    def spread(self, number: int) -> dict[str, tuple[float, float]]:
        """Return each group's lowest and highest importance for a class."""
        sizes = self.sizes[number]
        return {
            group: (float(low), float(high))
            for group, low, high in zip(self.groups, sizes.min(axis=0), sizes.max(axis=0), strict=True)
        }

    def first(self, group: str, number: int) -> int:
        """Return in how many refits this group moves the prediction of a class most."""
        return int((self.sizes[number].argmax(axis=1) == self.groups.index(group)).sum())


def stability_of(
    run: Run, dataset: Dataset, vectors: np.ndarray | None, report: Report = silent
) -> Stability:
    """Refit a run's models on each walk-forward fold and from other seeds, and explain rows that were held out.

    What is computed for a saved run is saved beside it. No outcome of a test is looked at. Raises `UserError` where
    the table cannot be split as the run says any more, and whatever `report` raises.
    """
    saved = saved_stability(run)
    if saved is not None:
        return saved
    plan = plan_splits(dataset, run.settings, recorded=True)
    context = TrainingContext.of(dataset, vectors, plan.outcome, run.settings, part(report, 0, 0.05))
    context = replace(context, parameters=parameters(run.tuned))
    own = chosen_rows(run, dataset, ROWS)
    seeds = [run.settings.seed + 1 + number for number in range(SEEDS)]
    wanted = [(fold.train, evenly(fold.test, ROWS), run.settings.seed) for fold in plan.walk]
    wanted += [(plan.holdout.train, own, seed) for seed in seeds]
    found = []
    for number, (train, rows, seed) in enumerate(wanted):
        begin, end = (0.05 + 0.95 * (number + more) / len(wanted) for more in (0, 1))
        report(begin, N_("Refitting the models: {done} of {total}"), done=number + 1, total=len(wanted))
        found.append(_sizes(run, context, train, rows, seed, part(report, begin, end)))
    made = Stability(
        run.preparation.groups,
        tuple(np.stack(each) for each in zip(*found, strict=True)),
        len(plan.walk),
        SEEDS,
    )
    _save(run, made)
    return made


def _sizes(
    run: Run, context: TrainingContext, train: np.ndarray, rows: np.ndarray, seed: int, report: Report
) -> list[np.ndarray]:
    """Return the importance of each of the run's groups `(groups,)` in one refit, for each class."""
    reseeded = replace(context, settings=replace(context.settings, seed=seed))
    preparation, sample = reseeded.prepare(train)
    models, _seconds = fit_models(sample, part(report, 0, 0.7))
    refitted = replace(run, parts=FittedParts(preparation, models, run.predictions))
    X = preparation.matrix(context.inputs.take(rows))
    explained = explain_classes(refitted, X, refitted.predict_by_models(X), part(report, 0.7, 1))
    return [
        np.array(
            [
                dict(zip(one.groups, np.abs(one.values[MEAN]).mean(axis=0), strict=True)).get(group, 0.0)
                for group in run.preparation.groups
            ]
        )
        for one in explained
    ]


def saved_stability(run: Run) -> Stability | None:
    """Return what was computed for a run before; None where nothing was, or it is damaged."""
    path = _path(run)
    arrays = read_arrays(path) if path else None
    if arrays is None or arrays["groups"].tolist() != list(run.preparation.groups):
        return None
    return Stability(
        tuple(arrays["groups"].tolist()),
        tuple(arrays[f"sizes.{number}"] for number in range(max(len(run.classes), 1))),
        *map(int, arrays["refits"]),
    )


def _save(run: Run, made: Stability) -> None:
    path = _path(run)
    if path:
        write_arrays(
            path,
            {"groups": np.array(made.groups, str), "refits": np.array([made.folds, made.seeds])}
            | {f"sizes.{number}": sizes for number, sizes in enumerate(made.sizes)},
        )


def _path(run: Run) -> Path | None:
    """Return where it is saved; None where the run is not."""
    try:
        return run_folder(run.id) / "stability.npz"
    except UserError:
        return None
