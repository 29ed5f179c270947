"""The whole of a training, with few trees, on tables whose headlines and features say nothing of the outcome."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pytest

from core.data.dataset import Dataset
from core.train.models import baselines, boosted, forest
from core.train.pipeline import train
from core.train.run import Run
from core.train.settings import TrainSettings
from tests.makers.train_tables import make_dataset
from tests.simulations.overlap import World
from tests.simulations.row import Row, percent

COLUMNS, FEATURES, FOLDS = 8, 2, 2
TREES, ROUNDS, PATIENCE = 25, 60, 10
NEEDED = ("average", "table_only")  # of the baselines
SEEDS = range(20)


class Said(NamedTuple):
    """In what share of the trainings the headlines "help", the models do worse for them, and the ensemble beats chance."""

    helps: float
    worse: float
    better: float


def null_table(world: World, seed: int) -> tuple[Dataset, np.ndarray]:
    """Return a dataset of returns over the world's horizon, and vectors `(rows, 8)` that drift as its text does.

    Nothing in the vectors or in the two features has to do with the returns.
    """
    y, _, _, session = world.table(seed)
    drifting = np.column_stack(
        [world.table(1000 + seed * 20 + number)[1] for number in range(COLUMNS + FEATURES)]
    )
    features = {f"x{number}": drifting[:, COLUMNS + number] for number in range(FEATURES)}
    dataset = make_dataset(0.01 * y, session, features)
    companies = np.tile([f"종목{number}" for number in range(world.companies)], world.sessions)
    named = replace(dataset, frame=dataset.frame.assign(company=companies))
    return named, drifting[:, :COLUMNS].astype(np.float32)


def said(world: World, seeds: Sequence[int] = SEEDS) -> Said:
    """Train on a null table for each seed, with a walk-forward and a holdout, and count what is said."""
    runs = [_trained(world, seed) for seed in seeds]
    signs = np.array([run.lift.sign if run.lift else 0 for run in runs])
    better = [run.against_chance > 0 for run in runs]
    return Said(float((signs > 0).mean()), float((signs < 0).mean()), float(np.mean(better)))


def _trained(world: World, seed: int) -> Run:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(forest, "TREES", TREES)
        patch.setattr(boosted, "MOST_ROUNDS", ROUNDS)
        patch.setattr(boosted, "PATIENCE", PATIENCE)
        patch.setattr(baselines, "BASELINES", {key: baselines.BASELINES[key] for key in NEEDED})
        settings = TrainSettings("regress", folds=FOLDS, horizon=world.horizon, unit="event", seed=seed)
        return train(*null_table(world, seed), settings)


ROWS = (
    Row(
        "the whole of a training on null tables with slow vectors and features, 240 sessions × 4 companies with a common "
        "daily shock, horizon 5; 20",
        '"helps" and better than chance in at most 1 of 20 (worse is true of models that pay for noise); helps / worse / better',
        "20 trainings each, seeds 0–19",
        lambda: "; ".join(percent(*said(World(h, sessions=240, companies=4))) for h in (5, 20)),
    ),
)
