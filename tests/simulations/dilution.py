"""A table of five features, of which two matter together only, beside a vector of hundreds of columns.

80 sessions of 10 companies. The log-odds of a win are `table` times the sign of x1 x2, plus `linear` times the sum of
the features, plus `text` times one of twenty latent topics of the headline. The vector's columns are mixtures of the
topics and noise, of length 1. With `repeats` the first five topics are the features again, with a little noise: the
headline then repeats the table and says nothing beyond it. Every world goes through the real fits and scores of a
training, with a walk-forward and a holdout, but few trees.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pytest

from core.data.dataset import Dataset
from core.evaluate.lift import Lift
from core.evaluate.predictions import FUSION, MEAN
from core.evaluate.scoring import Scored
from core.jobs import silent
from core.train.context import TrainingContext
from core.train.fold_results import fit_folds, predictions_of
from core.train.models import baselines, boosted, forest
from core.train.pipeline import arms_of
from core.train.settings import TrainSettings
from core.train.splits.plan import plan_splits
from tests.makers.train_tables import make_dataset
from tests.simulations.row import Row

FEATURES, TOPICS, FOLDS = 5, 20, 2
TREES, ROUNDS, PATIENCE = 25, 100, 10
SESSIONS, COMPANIES = 80, 10
NEEDED = ("majority", "table_only")  # of the baselines


@dataclass(frozen=True)
class World:
    """What the outcome depends on, in log-odds."""

    table: float = 0.9
    linear: float = 0.0
    text: float = 0.75
    repeats: bool = False
    columns: int = 384

    def draw(self, seed: int) -> tuple[Dataset, np.ndarray]:
        """Return a dataset of labels and its vectors `(rows, columns)`."""
        rng = np.random.default_rng([seed, self.columns])
        rows = SESSIONS * COMPANIES
        x = rng.normal(size=(rows, FEATURES))
        topics = rng.normal(size=(rows, TOPICS))
        if self.repeats:
            topics[:, :FEATURES] = 0.9 * x + 0.44 * topics[:, :FEATURES]
        vectors = topics @ rng.normal(size=(TOPICS, self.columns)) + 2 * rng.normal(size=(rows, self.columns))
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        odds = (
            self.table * np.sign(x[:, 0] * x[:, 1]) + self.linear * x.sum(axis=1) + self.text * topics[:, -1]
        )
        won = rng.random(rows) < 1 / (1 + np.exp(-odds))
        dataset = make_dataset(
            np.where(won, "승", "패"),
            np.repeat(np.arange(SESSIONS), COMPANIES),
            {f"x{number + 1}": x[:, number] for number in range(FEATURES)},
            kind="label",
        )
        companies = np.tile([f"종목{number}" for number in range(COMPANIES)], SESSIONS)
        return replace(dataset, frame=dataset.frame.assign(company=companies)), vectors.astype(np.float32)


DILUTED = World()
NULL = World(text=0.0)
REPEATED = World(table=0.0, linear=0.5, text=0.0, repeats=True)


@dataclass(frozen=True)
class Measured:
    """Of so many `tables`: how often each arm "helps", and how often the models do worse for the headlines.

    `chosen` is the arm that the run's lift compares.
    """

    tables: int
    helps: Counter[str]
    hurts: Counter[str]


def verdicts(world: World, seeds: Sequence[int]) -> Measured:
    """Train on a table of the world for each seed, and compare each arm with the table alone."""
    found = [_lifts(*world.draw(seed), seed) for seed in seeds]
    return Measured(
        len(found),
        Counter(arm for lifts in found for arm, lift in lifts.items() if lift.sign > 0),
        Counter(arm for lifts in found for arm, lift in lifts.items() if lift.sign < 0),
    )


def _lifts(dataset: Dataset, vectors: np.ndarray, seed: int) -> dict[str, Lift]:
    settings = TrainSettings(folds=FOLDS, seed=seed, unit="event")
    plan = plan_splits(dataset, settings)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(forest, "TREES", TREES)
        patch.setattr(boosted, "MOST_ROUNDS", ROUNDS)
        patch.setattr(boosted, "PATIENCE", PATIENCE)
        patch.setattr(baselines, "BASELINES", {key: baselines.BASELINES[key] for key in NEEDED})
        context = TrainingContext.of(dataset, vectors, plan.outcome, settings, silent)
        results = fit_folds(context, plan.walk, plan.holdout, silent)
    scored = Scored.of(predictions_of(plan, results), dataset, settings.evaluation)
    arms = {"all": MEAN, "fusion": FUSION, "chosen": arms_of(plan, results)[0]}
    lifts = {arm: scored.lift(settings.evaluation, name, "table_only") for arm, name in arms.items()}
    return {arm: lift for arm, lift in lifts.items() if lift is not None}


def _found(world: World) -> str:
    made = verdicts(world, range(20))
    return (
        f'"helps" {made.helps["chosen"]} of {made.tables} (all columns in one model: {made.helps["all"]}), '
        f"does worse {made.hurts['chosen']} ({made.hurts['all']})"
    )


ROWS = (
    Row(
        "a table whose two features matter only together, beside 384 columns of headlines that inform",
        '"helps" in at least 8 of 20, worse in none',
        "20, seeds 0–19",
        lambda: _found(DILUTED),
    ),
    Row(
        "the same with headlines that say nothing",
        '"helps" in at most 1 of 20',
        "20, seeds 0–19",
        lambda: _found(NULL),
    ),
    Row(
        "headlines that repeat the table and say nothing beyond it",
        '"helps" in at most 1 of 20',
        "20, seeds 0–19",
        lambda: _found(REPEATED),
    ),
)
