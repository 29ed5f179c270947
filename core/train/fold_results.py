"""Splits fitted and tested: what every model and baseline predicts of rows that it has not learned from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from core.evaluate.calibration import calibrated
from core.jobs import Report
from core.train.context import Bench, Learned
from core.train.models.combinations import MEAN
from core.train.models.ensemble import part
from core.train.splits.partition import Split

HOLDOUT = 0  # the number of the holdout where predictions name their fold; folds count from 1 on


@dataclass(frozen=True, eq=False)
class Tested:
    """A split with the predictions of its test rows by the models and by the baselines.

    `uncalibrated` is the models' mean as the baselines are: calibration is no part of what headlines add.
    """

    split: Split
    learned: Learned
    predictions: dict[str, np.ndarray]
    baselines: dict[str, np.ndarray]
    uncalibrated: dict[str, np.ndarray] = field(default_factory=dict)


def fit_splits(bench: Bench, splits: Sequence[Split], report: Report) -> list[Tested]:
    """Fit every split, the holdout's last, and predict its test rows; a sealed holdout's are left alone."""
    total, done = sum(len(split.train) for split in splits), 0
    tested = []
    for number, split in enumerate(splits):
        last = number == len(splits) - 1
        share = part(report, done / total, (done + len(split.train)) / total)
        done += len(split.train)
        learned = bench.learn(split.train, part(share, 0, 0.5), inner=last)
        if last and bench.settings.sealed:
            tested.append(Tested(split, learned, {}, {}))
            continue
        made = learned.predict(bench.inputs.take(split.test))
        quick = not last and not bench.settings.sealed
        baselines = bench.baselines(learned, split.test, part(share, 0.5, 1), quick)
        predictions = calibrated(made, learned.calibrators)
        tested.append(Tested(split, learned, predictions, baselines, {MEAN: made[MEAN]}))
    return tested


def joined(tested: Sequence[Tested], missing: bool = False) -> dict[str, np.ndarray]:
    """Return the predictions that every split has, one test after another.

    With `missing` also those that only some have, NaN where they are missing.
    """
    each = [t.predictions | t.baselines for t in tested]
    of_any = {name: p for made in each for name, p in made.items()}
    names = [name for name in of_any if missing or all(name in made for made in each)]
    return {name: np.concatenate([_or_nan(t, name, of_any[name]) for t in tested]) for name in names}


def _or_nan(tested: Tested, name: str, like: np.ndarray) -> np.ndarray:
    made = tested.predictions | tested.baselines
    return made[name] if name in made else np.full((len(tested.split.test), *like.shape[1:]), np.nan)


def tested_rows(tested: Sequence[Tested]) -> tuple[np.ndarray, np.ndarray]:
    """Return the positions tested and the number of each one's split."""
    rows = [t.split.test for t in tested]
    return np.concatenate(rows), np.repeat(np.arange(len(rows)), list(map(len, rows)))
